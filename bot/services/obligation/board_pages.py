"""A board in words: why each kind of obligation is spoken of, by which rule, who hears next, and a grid of signs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.domain import reminding
from bot.domain.agencies import Post
from bot.domain.obligations import SELF_EVIDENT, Evidence, Standing
from bot.domain.presses import Do, Owed, OwnPost
from bot.services.answers import midnight
from bot.services.desk import Desk, Key, Keys, key, rows
from bot.services.obligation import laying
from bot.services.obligation.boards import Board, Group, Row
from locales import DEFAULT, At, Listed, Rows, Word
from storage.agencies import Agency
from storage.obligations import Obligation

GROUPS_A_PAGE: Final = 6
ROWS_A_PAGE: Final = 15
NAMED: Final = 3  # systems that one group names; the grid has all of them
LONGEST_NAME: Final = 40  # letters of a name in a list
OTHERS: Final = 5  # other agencies that are named, with a key each
TALLIED: Final = (Standing.OVERDUE, Standing.SOON, Standing.UNKNOWN, Standing.WAITING, Standing.WAIVED, Standing.DONE)


@dataclass(frozen=True)
class Other:
    """Another agency of the same reader, with how much of it presses."""

    agency: Agency
    overdue: int
    soon: int


@dataclass(frozen=True)
class View:
    """One page of a board for one reader. `spoken_of`: the obligations that a message is about; None: all."""

    board: Board
    post: Post
    page: int = 0
    spoken_of: Collection[str] | None = None
    others: Sequence[Other] = ()

    @property
    def groups(self) -> Sequence[Group]:
        return self.board.groups(self.spoken_of)

    @property
    def pages(self) -> int:
        return max(1, _pages(len(self.groups), GROUPS_A_PAGE), _pages(len(self.board.rows), ROWS_A_PAGE))


def _pages(n: int, each: int) -> int:
    return -(-n // each)


def brief(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def facts(desk: Desk, view: View) -> Mapping[str, Any]:
    """The values of `owed.board` and `owed.digest`."""
    board, page = view.board, view.page
    groups = view.groups[page * GROUPS_A_PAGE : (page + 1) * GROUPS_A_PAGE]
    lines = [_line(desk, board, group) for group in groups]
    own = [Word("owed.own", sign=glyph(desk, cell.standing), name=rule.name.vi) for rule, cell in board.own]
    grid = board.rows[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE]
    return {
        "agency": board.agency.name,
        "tally": _tally(desk, board),
        "capacity": Word(f"owed.capacity.{view.post}") if view.post is not Post.OFFICER else None,
        "lines": Rows(lines) if lines else Word("owed.more_below" if page else "owed.nothing"),
        "others": Rows([_other(one) for one in view.others[:OTHERS]]) if view.others else None,
        "own": Rows(own) if own and page == 0 else None,
        "head": _columns(board) if grid else None,
        "grid": Rows([_row(desk, row) for row in grid]) if grid else None,
        "pages": Word("owed.pages", page=page + 1, pages=view.pages) if view.pages > 1 else None,
    }


def _tally(desk: Desk, board: Board) -> Any:
    counted = board.count()
    said = [
        Word("owed.tally", sign=glyph(desk, one), n=counted[one], what=Word(f"standing.{one}"))
        for one in TALLIED
        if counted[one]
    ]
    return Listed(said) if said else Word("owed.none")


def _other(one: Other) -> Any:
    return Word("owed.other", agency=brief(one.agency.name), overdue=one.overdue, soon=one.soon)


def glyph(desk: Desk, standing: Standing) -> str:
    return desk.house.texts.plain(DEFAULT, f"standing.sign.{standing}", {})


# The grid -------------------------------------------------------------------------------------------------------------


def number(place: int) -> str:
    """A column as a sign as wide as those below it."""
    return f"{place}\ufe0f\u20e3" if place < 10 else "\U0001f51f" if place == 10 else "\u25ab\ufe0f"


def _columns(board: Board) -> Any:
    named = [
        Word("owed.column", number=number(place), name=rule.name.vi) for place, rule in enumerate(board.columns, 1)
    ]
    return Word("owed.head", numbers="".join(number(place) for place, _ in enumerate(named, 1)), columns=Listed(named))


def _row(desk: Desk, row: Row) -> Any:
    signs = "".join(glyph(desk, cell.standing) for cell in row.cells)
    level = Word("owed.level", level=row.system.level) if row.system.level else Word("owed.no_level")
    return Word("owed.row", signs=signs, name=brief(row.system.name), level=level)


# Why ------------------------------------------------------------------------------------------------------------------


def _line(desk: Desk, board: Board, group: Group) -> Any:
    overdue = group.overdue(board.day)
    soon = len(group.owed) - overdue
    standing = Standing.OVERDUE if overdue else Standing.SOON
    return Word(
        "owed.line",
        sign=glyph(desk, standing),
        name=group.rule.name.vi,
        how=Listed(
            [
                Word("owed.overdue", n=overdue) if overdue else None,
                Word("owed.soon", n=soon) if soon else None,
            ]
        ),
        which=_which(board, group),
        why=group.rule.why.vi if group.rule.why else None,
        basis=basis(desk, board, group),
        next=_next(desk, board, group),
    )


def _which(board: Board, group: Group) -> Any:
    """The most urgent by name. What is due on one day is said once for all of them."""
    same = len({one.due_on for one in group.owed}) == 1
    first = group.owed[0]
    if first.system is None:
        return Word("owed.alone", since=since(first, board.day))
    rest = len(group.owed) - NAMED
    names = [
        _name(board, one) if same else Word("owed.which", name=_name(board, one), since=since(one, board.day))
        for one in group.owed[:NAMED]
    ]
    which = Listed([*names, Word("owed.rest", n=rest) if rest > 0 else None])
    if same:
        return Word("owed.same", since=since(first, board.day), which=which)
    return Word("owed.mixed", which=which)


def _name(board: Board, one: Obligation) -> str:
    system = board.systems.get(one.system or "")
    return brief(system.name if system else board.agency.name)


def since(one: Obligation, day: date) -> Any:
    """Why somebody is reminded now: so many days are left, or over."""
    assert one.due_on is not None
    days = (one.due_on - day).days
    due = At(midnight(one.due_on.isoformat()), "date")
    if days == 0:
        return Word("owed.today")
    return Word("owed.left", n=days, due=due) if days > 0 else Word("owed.over", n=-days, due=due)


def basis(desk: Desk, board: Board, group: Group) -> Any:
    """Article and law of the period that counts; None where nobody has checked the law."""
    system = board.systems.get(group.owed[0].system or "")
    key_of_law, article = group.rule.source(system.level if system else None)
    law = desk.policy.law(key_of_law, board.day) if key_of_law else None
    if law is None or article is None:
        return law.number if law else None
    return Word("owed.basis", article=article.vi, law=law.number)


def _next(desk: Desk, board: Board, group: Group) -> Any:
    """Who above the officer hears next, should nothing come in; the earliest of all of the group."""
    climbs = [reminding.next_to(desk.policy.reminders, group.rule, laying.place(one), _told(one)) for one in group.owed]
    ahead = [(day, who) for who, day in filter(None, climbs)]
    if not ahead:
        return Word("owed.all_told")
    day, who = min(ahead)
    heard_by = reminding.stands_in(who, board.staffed)
    return Word("owed.next", day=At(midnight(day.isoformat()), "date"), who=Word(f"owed.audience.{heard_by}"))


def _told(one: Obligation) -> int:
    return -366 if one.told is None else one.told  # below the lowest rung


# Keys -----------------------------------------------------------------------------------------------------------------


def keys(desk: Desk, view: View) -> Keys:
    """What can be done at once: write results down for several, say that it was seen, put off, see it as a picture."""
    agency = view.board.agency.id
    groups = view.groups
    kinds = dict.fromkeys(group.rule.evidence for group in groups if group.rule.evidence not in SELF_EVIDENT)
    does = [key(f"button.owed_do_{kind}", Do(kind, agency), "primary") for kind in kinds]
    if any(group.rule.evidence is Evidence.CONTACTS for group in groups):
        does.append(key("button.contacts_right", OwnPost(agency, "right"), "success"))
    answers = [
        key("button.owed_received", Owed("received", agency, f"{desk.now:%Y%m%d%H%M}")),
        key("button.owed_later", Owed("later", agency)),
        key("button.owed_waive", Owed("waive", agency)),
    ]
    files = [key("button.owed_picture", Owed("picture", agency)), key("button.owed_calendar", Owed("calendar", agency))]
    others = [
        [key(Word("owed.pick", agency=brief(one.agency.name)), Owed("see", one.agency.id))]
        for one in view.others[:OTHERS]
    ]
    turns = _turns(view)
    return [*rows(does, 2), *(rows(answers, 2) if groups else []), files, *([turns] if turns else []), *others]


def _turns(view: View) -> list[Key]:
    agency, page = view.board.agency.id, view.page
    back = [key("button.owed_before", Owed("see", agency, str(page - 1)))] if page else []
    return [*back, *([key("button.owed_after", Owed("see", agency, str(page + 1)))] if page + 1 < view.pages else [])]
