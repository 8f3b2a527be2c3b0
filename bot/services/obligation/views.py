"""`/nghiavu`: what one's agency owes, on demand; and the key by which somebody says that a reminder was seen."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.services import workshop
from bot.services.compliance import calendars
from bot.services.desk import Desk
from bot.services.obligation import board_pages, board_sheets, boards
from bot.services.obligation.board_pages import View
from bot.services.obligation.digests import other
from bot.services.register import gate
from storage import agencies, obligations
from storage.posts import Held

LONGEST_PAGE = 3  # digits
_MINUTE = "%Y%m%d%H%M"


async def show(desk: Desk, person: Person, agency: str = "", page: str = "0", edits: int | None = None) -> None:
    """The board of one agency: the named one, or the one of which most is overdue.

    Raises:
        Refusal: confirmed for no agency, or not for this one.
    """
    way = "text" if edits is None else "toast"
    if agency:
        agency = await _own(desk, person, agency, way)
    held = await gate.posts_of(desk, person, Permission.DO_OBLIGATIONS, way)
    views = sorted([await _view(desk, one) for one in held], key=_worst)
    first = next((view for view in views if view.board.agency.id == agency), views[0])
    others = [other(view) for view in views if view is not first]
    shown = View(first.board, first.post, _page(page, first.pages), None, others)
    buttons = board_pages.keys(desk, shown)
    await desk.say(person, "owed.board", buttons=buttons, edits=edits, **board_pages.facts(desk, shown))


async def _own(desk: Desk, person: Person, agency: str, way: str = "toast") -> str:
    """The agency that a key names, or what it was merged into.

    Raises:
        Refusal: not theirs.
    """
    return (await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, agency, way))[0].id


async def _view(desk: Desk, held: Held) -> View:
    return View(await boards.board(desk, await agencies.get(desk.tx, held.agency)), held.post)


def _worst(view: View) -> tuple[int, str]:
    return -sum(group.overdue(view.board.day) for group in view.groups), view.board.agency.name


def _page(text: str, pages: int) -> int:
    """The page that a key names.

    Raises:
        Refusal: no such page.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_PAGE and int(text) < pages):
        raise Refusal("press.stale.toast")
    return int(text)


async def receive(desk: Desk, person: Person, agency: str, minute: str) -> int:
    """*Đã nhận*: what was told to this person up to that minute is quiet until the next rung; of how much that is so.

    Raises:
        Refusal: not theirs, no key of ours, or nothing of it waits for an answer.
    """
    agency = await _own(desk, person, agency)
    count = await obligations.receive(desk.tx, agency, person.id, _moment(minute), desk.now)
    if not count:
        raise Refusal("owed.received_already.toast")
    return count


def _moment(minute: str) -> datetime:
    try:
        return datetime.strptime(minute, _MINUTE).replace(second=59, microsecond=999_999, tzinfo=UTC)
    except ValueError:
        raise Refusal("press.stale.toast") from None


async def order_picture(desk: Desk, person: Person, agency: str) -> None:
    """The board as a picture, made by the workshop.

    Raises:
        Refusal: not theirs.
    """
    agency = await _own(desk, person, agency)
    await workshop.order(desk, board_sheets.WHAT, person, agency=agency)


async def order_calendar(desk: Desk, person: Person, agency: str) -> None:
    """What is due as a calendar file, made by the workshop.

    Raises:
        Refusal: not theirs.
    """
    agency = await _own(desk, person, agency)
    await workshop.order(desk, calendars.WHAT, person, agency=agency)
