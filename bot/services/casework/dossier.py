"""The case file: whatever one of the team can do with an incident besides moving it, in private, under one head."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN
from bot.domain.people import Permission, Person
from bot.domain.presses import Details, Dossier, Hand, Leaf, Mark, Paper, Related
from bot.domain.reports import OUTBREAK
from bot.services.casework import cards as faces
from bot.services.casework import chains, checklists, notes, ready_replies, ticks, timelines
from bot.services.casework import incidents as desk_incidents
from bot.services.casework.tasks import TASKS
from bot.services.clockwork import deadlines, pauses, ratings
from bot.services.desk import Desk, Key, check, door, key
from bot.services.reporting import conversations
from storage.incidents import Incident


@dataclass(frozen=True)
class Shelf:
    """One key of the case file, for those who may use it, on incidents that it fits."""

    permission: Permission
    key: Callable[[Incident], Key]
    fits: Callable[[Incident], bool] = lambda incident: True


def _task(name: str) -> Callable[[Incident], Key]:
    """The key that opens the form of a task (`bot.services.casework.tasks`)."""
    return lambda incident: door(f"button.{name}", f"w-{name}-{incident.id}")


def _leaf(page: str) -> Callable[[Incident], Key]:
    return lambda incident: key(f"button.{page}", Leaf(incident.id, page))


# In the order in which they stand, a row each: what is needed first stands first. A shelf that is missing leaves its
# neighbour the whole row, so that every key keeps its place.
SHELVES: tuple[tuple[Shelf, ...], ...] = (
    (
        Shelf(Permission.SEE_DETAILS, lambda incident: key("button.details", Details(incident.id))),
        Shelf(Permission.RELAY, _leaf("replies"), lambda incident: incident.form != OUTBREAK.name),
    ),
    (Shelf(Permission.SEE_DETAILS, _leaf("checklist")), Shelf(Permission.SEE_DETAILS, _leaf("severity"))),
    (Shelf(Permission.SEE_DETAILS, _leaf("clocks")), Shelf(Permission.PAUSE, _task("pause"), deadlines.may_pause)),
    (Shelf(Permission.SEE_DETAILS, _leaf("notes")), Shelf(Permission.NOTE, _task("note"))),
    (
        Shelf(Permission.SEE_DETAILS, lambda incident: key("button.related", Related(incident.id))),
        Shelf(
            Permission.HAND_OVER,
            lambda incident: key("button.hand_over", Hand("one", incident.id)),
            lambda incident: incident.owner is not None and incident.status in OPEN,
        ),
    ),
    (
        Shelf(Permission.SEE_DETAILS, _leaf("timeline")),
        Shelf(Permission.MAKE_PAPERS, lambda incident: key("button.papers", Paper(incident.id))),
    ),
    (Shelf(Permission.COORDINATE, _task("request"), lambda incident: incident.status in OPEN),),
    (
        Shelf(Permission.MARK_TLP, lambda incident: key("button.tlp", Mark(incident.id))),
        Shelf(Permission.VERIFY, _leaf("chain")),
    ),
)


async def show(desk: Desk, person: Person, incident_id: str, edits: int | None = None) -> None:
    """The head of the card and the keys of the case file that this person may use.

    Raises:
        Refusal: no right, or there is no such incident.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.SEE_DETAILS, incident_id, "text")
    keys = [[one.key(incident) for one in row if person.may(one.permission) and one.fits(incident)] for row in SHELVES]
    await desk.say(
        person,
        "dossier.head",
        buttons=[row for row in keys if row],
        edits=edits,
        about=incident.id,
        **{
            **await faces.facts(desk.tx, incident, person),
            **await deadlines.on_card(desk, incident),
            "steps": await _steps(desk, incident),
        },
    )


async def _steps(desk: Desk, incident: Incident) -> Any:
    return await ticks.count(desk.tx, desk.policy, desk.now, incident)


async def open_form(desk: Desk, person: Person, name: str, incident_id: str) -> None:
    """The form of a task, opened by a deep link: everything that it names is checked again.

    Raises:
        Refusal: no right, no such task or incident, or an unsent report of one's own is open.
    """
    task = TASKS.get(name)
    if task is None:
        raise Refusal("press.stale.toast")
    check(person, Permission.SEE_DETAILS, "text")
    await desk_incidents.seen_by(desk, person, task.permission, incident_id, "text")
    await conversations.check_free(desk, person)
    await conversations.begin(desk, person, task.form, about=incident_id)


# The pages of the case file that are no form: who may open them, and what is shown.
LEAVES: Mapping[str, tuple[Permission, Callable[[Desk, Person, Incident, int | None], Awaitable[None]]]] = {
    "clocks": (Permission.SEE_DETAILS, deadlines.show_page),
    "severity": (Permission.SEE_DETAILS, ratings.show_page),
    "resume": (Permission.PAUSE, pauses.end),
    "checklist": (Permission.SEE_DETAILS, checklists.show_page),
    "replies": (Permission.RELAY, ready_replies.show_page),
    "notes": (Permission.SEE_DETAILS, notes.show_page),
    "timeline": (Permission.SEE_DETAILS, timelines.show_page),
    "chain": (Permission.VERIFY, chains.show_page),
}


async def turn(desk: Desk, person: Person, press: Leaf, message: int | None) -> None:
    """A page of the case file.

    Raises:
        Refusal: no right, or no such page or incident.
    """
    if press.page not in LEAVES:
        raise Refusal("press.stale.toast")
    permission, show_leaf = LEAVES[press.page]
    incident = await desk_incidents.seen_by(desk, person, permission, press.incident)
    await show_leaf(desk, person, incident, message)


async def press(desk: Desk, person: Person, press: Dossier, message: int | None) -> None:
    """Back to the case file from one of its pages.

    Raises:
        Refusal: as in `show`.
    """
    try:
        await show(desk, person, press.incident, message)
    except Refusal as no:
        raise Refusal(no.key.replace(".text", ".toast"), **no.values) from None
