"""The view over all agencies as files: which key orders which."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import ComplianceFile
from bot.services import workshop
from bot.services.compliance import books, maps, silent, sums
from bot.services.desk import Desk, check

FILES: Mapping[str, str] = {"map": maps.WHAT, "book": books.WHAT, "silent": silent.WHAT}
MOST_SHEETS = 40  # of one heat map: six thousand agencies


async def press(desk: Desk, person: Person, pressed: ComplianceFile) -> None:
    """Order a file.

    Raises:
        Refusal: not of those who see it, or there is no such file.
    """
    check(person, Permission.SEE_COMPLIANCE)
    what = FILES.get(pressed.what)
    kind = sums.kind_named(pressed.kind)
    if what is None or pressed.page not in map(str, range(MOST_SHEETS)):
        raise Refusal("press.stale.toast")
    await workshop.order(desk, what, person, kind=kind or sums.EVERYONE, page=int(pressed.page))
