"""How somebody says for which agency they speak: the form, and the number that nobody can type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain import vietnamese
from bot.domain.agencies import Kind, Post
from bot.domain.errors import Unclear
from bot.domain.forms import Form
from bot.domain.listed import Sought
from bot.domain.people import Role
from bot.domain.questions import Choice, Json, Known, Line, Phone, Said

AGENCIES: Final = "agencies"  # among what the agency is sought
MOST_OPEN: Final = 3  # enrolments of one person that wait for the department at once
PRESSED_EVERY: Final = timedelta(days=1)  # how often it is written down that an officer is there
LONGEST_FOREIGN = 20  # characters of a number that is none of this country


@dataclass(frozen=True, kw_only=True)
class OwnPhone(Phone):
    """The number of the account itself, by Telegram's own contact button alone: what is typed proves nothing."""

    def read(self, said: Said, known: Known) -> Json:
        if said.contact_phone is None:
            raise Unclear("unclear.typed_phone")
        if not said.contact_is_own:
            raise Unclear("unclear.others_phone")
        phone = vietnamese.parse_phone(said.contact_phone)
        return phone.digits if phone is not None else said.contact_phone[:LONGEST_FOREIGN]


ENROLMENT = Form(
    "enrolment_1",
    (
        Sought(name="agency", among=AGENCIES),
        Choice(name="post", of=tuple(Post), label="post"),
        Line(name="name", shortest=2, longest=100),
        Line(name="title", optional=True, longest=100),
        OwnPhone(name="phone"),
    ),
)

FORMS: Mapping[str, Form] = {ENROLMENT.name: ENROLMENT}


def role_of(kind: Kind) -> Role:
    """As what somebody acts who speaks for an agency of this kind."""
    return Role.ISP_CONTACT if kind is Kind.PROVIDER else Role.AGENCY_CONTACT
