"""Who has let things lie after every reminder, as an annex that goes along with an official letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.domain.agencies import Kind
from bot.domain.errors import Refusal
from bot.domain.moments import HANOI
from bot.domain.obligations import Rule, Scope
from bot.domain.people import Permission
from bot.domain.policy import Body
from bot.domain.sending import Enclosure
from bot.services.compliance import sums
from bot.services.compliance.annexes import Annex, Entry, annex
from bot.services.compliance.sums import Survey
from bot.services.desk import Desk, check
from bot.services.paper.docx import MIME
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, Texts
from storage import compliance, people
from storage.compliance import Entry as Agency
from storage.compliance import Heard
from storage.orders import Order

WHAT = "silent"
CODES: Final = 6  # systems that are named one by one; the workbook names all
_KINDS: Final = list(Kind)


@dataclass(frozen=True)
class Item:
    """One kind of obligation that one agency has let lie, and who was told of it."""

    agency: Agency
    rule: Rule
    n: int
    codes: Sequence[str]
    due_on: date
    told: Sequence[Heard]


@dataclass(frozen=True)
class Letter:
    """The words of the annex, and what its caption says."""

    annex: Annex
    facts: dict[str, Any]
    day: date


async def items(desk: Desk, survey: Survey) -> list[Item]:
    """What stands on the department's list, by kind and name of the agency, in the order of the policy."""
    told: dict[tuple[str, str], list[Heard]] = {}
    for one in await compliance.heard(desk.tx, survey.today):
        told.setdefault((one.agency, one.rule), []).append(one)
    rules = {rule.key: rule for rule in survey.rules}
    order = list(rules)
    found = [
        Item(
            survey.agencies[one.agency],
            rules[one.rule],
            one.n,
            one.codes,
            one.due_on,
            told.get((one.agency, one.rule), []),
        )
        for one in survey.unanswered
    ]
    places = {agency: place for place, agency in enumerate(survey.agencies)}
    return sorted(
        found,
        key=lambda one: (_KINDS.index(one.agency.kind), places[one.agency.id], order.index(one.rule.key)),
    )


async def gather(desk: Desk, order: Order) -> Letter:
    """The list in words; the right may have ended since it was ordered.

    Raises:
        Refusal: not of those who see it (any more), or nobody is on the list.
    """
    check(await people.get(desk.tx, order.person), Permission.SEE_COMPLIANCE, "text")
    survey = await sums.survey(desk, sums.kind_named(order.details["kind"]))
    listed = await items(desk, survey)
    if not listed:
        raise Refusal("compliance.no_silent")
    facts = {"agencies": len({one.agency.id for one in listed}), "n": sum(one.n for one in listed)}
    texts, day = desk.house.texts, survey.today
    words = Annex(
        number=_said(texts, "compliance.letter.annex"),
        title=_said(texts, "compliance.letter.title"),
        attached=_attached(desk, day),
        until=_said(texts, "compliance.letter.until", day=f"{day:%d/%m/%Y}"),
        heads=tuple(_said(texts, f"compliance.head.{name}") for name in ("number", "agency", "what", "since", "told")),
        entries=tuple(_entries(texts, listed, day)),
        sum=_said(texts, "compliance.letter.sum", **facts),
        page=_said(texts, "compliance.letter.page"),
    )
    return Letter(words, {**facts, "scope": sums.scope_word(survey.kind)}, day)


def _attached(desk: Desk, day: date) -> str:
    """To which letter it belongs: number and day are written by hand."""
    body = desk.policy.name_of(Body.STANDING_UNIT, day)
    if body is None:
        return _said(desk.house.texts, "compliance.letter.attached", year=day.year)
    return _said(desk.house.texts, "compliance.letter.attached_of", year=day.year, body=body)


def _entries(texts: Texts, listed: Sequence[Item], day: date) -> Iterator[Entry]:
    """One line each; an agency is counted once, and its name is read on every line: a page may break between them."""
    numbers: dict[str, int] = {}
    for item in listed:
        is_new = item.agency.id not in numbers
        number = numbers.setdefault(item.agency.id, len(numbers) + 1)
        overdue = (day - item.due_on).days
        since = _said(texts, "compliance.letter.since", day=f"{item.due_on:%d/%m/%Y}", n=overdue)
        told = tuple(told_words(texts, item))
        yield Entry(str(number) if is_new else "", item.agency.name, what_words(texts, item), since, told)


def what_words(texts: Texts, item: Item, *, whole: bool = False) -> str:
    """What is overdue, and for which systems."""
    rule = sums.rule_name(item.rule)
    if item.rule.scope is Scope.AGENCIES:
        return _said(texts, "compliance.letter.what_agency", rule=rule)
    shown = item.codes if whole else item.codes[:CODES]
    more = len(item.codes) - len(shown)
    codes = ", ".join(shown)
    if more:
        return _said(texts, "compliance.letter.what_more", rule=rule, n=item.n, codes=codes, more=more)
    return _said(texts, "compliance.letter.what", rule=rule, n=item.n, codes=codes)


def told_words(texts: Texts, item: Item) -> list[str]:
    """Who was told, and when last: names and posts, never a number of anybody's phone."""
    lines = []
    for one in item.told:
        post = _said(texts, f"compliance.post.{one.post or 'former'}")
        day = f"{one.at.astimezone(HANOI):%d/%m/%Y}"
        if one.name:
            lines.append(_said(texts, "compliance.letter.told", name=one.name, post=post, day=day))
        else:
            lines.append(_said(texts, "compliance.letter.told_nameless", post=post, day=day))
    nobody = "compliance.letter.told_nobody" if item.agency.contacts == 0 else "compliance.letter.told_none"
    return lines or [_said(texts, nobody)]


def _said(texts: Texts, text: str, **values: Any) -> str:
    return texts.plain(DEFAULT, text, values)


def make(letter: Letter) -> Enclosure:
    return Enclosure(f"danh-sach-qua-han-{letter.day:%Y-%m-%d}.docx", MIME, annex(letter.annex))


async def _caption(desk: Desk, order: Order, letter: Letter, file: Enclosure) -> Caption:
    return Caption(letter.facts)


SILENT = Maker(text="compliance.silent_caption", gather=gather, make=make, hand_over=_caption)
