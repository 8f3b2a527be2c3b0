"""TLP 2.0 of FIRST (2022): how far what is known of an incident may be passed on. It says nothing about secrecy."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.people import Person, Role


class Tlp(StrEnum):
    """The five labels, the strictest first; the spelling is the standard's own."""

    RED = "RED"  # whoever is told, and nobody else
    AMBER_STRICT = "AMBER+STRICT"  # within the organisation
    AMBER = "AMBER"  # within the organisation and for those whom it serves, as far as they need it
    GREEN = "GREEN"  # within the community
    CLEAR = "CLEAR"  # everybody

    @property
    def label(self) -> str:
        """As the standard writes it: upper case, no space."""
        return f"TLP:{self}"


CHIEFS = frozenset({Role.DEPUTY_LEAD, Role.TEAM_LEAD})  # who read what is red besides its owner
PROTECTED = frozenset({Tlp.RED, Tlp.AMBER_STRICT})  # of which Telegram is asked to let nothing be forwarded


def shown_in_group(tlp: Tlp) -> bool:
    """Whether the team's group may read more of an incident than its number, its kind and how it stands."""
    return tlp is not Tlp.RED


def may_read(person: Person, owner: str | None, tlp: Tlp) -> bool:
    """Whether one of the team may read an incident; that a role lets read incidents at all is asked elsewhere."""
    if shown_in_group(tlp) or person.id == owner:
        return True
    return person.seated and not CHIEFS.isdisjoint(person.roles)
