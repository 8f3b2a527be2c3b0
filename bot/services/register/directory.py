"""The published contact points of telecommunications and Internet enterprises, for everyone."""

from __future__ import annotations

from typing import Any

from bot.domain import vietnamese
from bot.domain.agencies import Kind
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Providers
from bot.services import answers
from bot.services.desk import Desk, Keys, check, key
from bot.services.register.gate import today
from locales import At, Rows, Word
from storage import agencies
from storage.agencies import Agency

SHOWN = 8  # on one page
NEW = "new"  # the first page, in a message of its own
LAST_PAGE = 999


async def show(desk: Desk, person: Person, page: str = NEW, edits: int | None = None) -> None:
    """One page of it, with the day and the source of each entry.

    Raises:
        Refusal: no page of ours.
    """
    check(person, Permission.SEE_CONTACT_POINT)
    number = _number(page)
    found = await agencies.of_kind(desk.tx, Kind.PROVIDER, today(desk), SHOWN + 1, number * SHOWN)
    apart = [part for one in found[:SHOWN] for part in (_entry(one), " ")][:-1]  # " ": empty rows are left out
    lines = Rows(apart) if found else Word("providers.none")
    keys = _turning(number, more=len(found) > SHOWN)
    await desk.say(person, "providers.list", buttons=keys, edits=edits, lines=lines)


def _number(page: str) -> int:
    """Raises Refusal: no page of ours."""
    if page == NEW:
        return 0
    if not (page.isascii() and page.isdecimal() and int(page[:9]) <= LAST_PAGE):
        raise Refusal("press.stale.toast")
    return int(page[:9])


def _turning(number: int, *, more: bool) -> Keys:
    before = [key("button.newer", Providers(str(number - 1)))] if number else []
    after = [key("button.older", Providers(str(number + 1)))] if more else []
    return [[*before, *after]] if before or after else []


def _entry(one: Agency) -> Any:
    point = one.published
    if not (point.phones or point.email or point.page):
        return Word("providers.unpublished", name=one.name)
    return Word(
        "providers.published",
        name=one.name,
        phones=", ".join(vietnamese.show_phone(phone) for phone in point.phones) or None,
        email=point.email,
        page=point.page,
        day=At(answers.midnight(point.published_on.isoformat()), "date") if point.published_on else None,
        source=point.source,
    )
