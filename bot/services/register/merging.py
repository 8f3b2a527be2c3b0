"""An agency goes into a successor: shown with all that follows, then done at once; both keep their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.domain.agencies import Kind, Post
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import AgencyFile, Merge
from bot.domain.registering import Event
from bot.domain.sending import Lane
from bot.services.desk import Desk, check, key
from bot.services.obligation import laying
from bot.services.register import agency_pages, chronicle
from bot.services.register.gate import today
from bot.services.register.keying import shown_day
from locales import Listed, Word
from storage import agencies, carrying, people, posts
from storage.agencies import Agency
from storage.posts import Held


@dataclass(frozen=True)
class Union:
    """Who goes into whom, and from which day on."""

    old: Agency
    new: Agency
    day: date

    def press(self, sure: str = "") -> Merge:
        return Merge(self.old.id, self.new.id, self.day.strftime("%Y%m%d"), sure)


async def ask(desk: Desk, person: Person, agency: str, successor: str, day: date, message: int | None) -> None:
    """Show what a merger would carry over, with the key that does it.

    Raises:
        Refusal: no right, or these two cannot be merged.
    """
    check(person, Permission.KEEP_REGISTER)
    union = await _united(desk, agency, successor, day)
    load = await carrying.counted(desk.tx, union.old.id, today(desk))
    held = await posts.of_agency(desk.tx, union.old.id)
    await desk.say(
        person,
        "merge.ask",
        buttons=[
            [key("button.merge_yes", union.press("yes"), "danger")],
            [key("button.merge_no", AgencyFile(union.old.id))],
        ],
        edits=message,
        old=Word("agency.named", name=union.old.name, code=union.old.code),
        new=Word("agency.named", name=union.new.name, code=union.new.code),
        day=shown_day(union.day),
        systems=load.systems,
        obligations=load.obligations,
        posts=_posts(held) or Word("merge.no_posts"),
        waiting=Word("merge.waiting", n=load.submissions + load.requests) if load.submissions + load.requests else None,
    )


def _posts(held: Sequence[Held]) -> Any:
    """How many speak for an agency, by post, in one line; None where nobody does."""
    count = {post: sum(one.post is post for one in held) for post in Post}
    parts = [Word("merge.posts", n=n, post=Word(f"post.{post}")) for post, n in count.items() if n]
    return Listed(parts) if parts else None


async def press(desk: Desk, person: Person, press: Merge, message: int | None) -> None:
    """Ask again, or do it.

    Raises:
        Refusal: no right, nothing that can be merged (any more), or a key that is none of ours.
    """
    check(person, Permission.KEEP_REGISTER)
    if press.sure not in ("", "yes"):
        raise Refusal("press.stale.toast")
    day = _day(press.day)
    if press.sure == "":
        await ask(desk, person, press.agency, press.successor, day, message)
        return
    union = await _united(desk, press.agency, press.successor, day)
    await _merge(desk, person, union)
    await agency_pages.show(desk, person, await agencies.get(desk.tx, union.old.id), message)


def _day(said: str) -> date:
    try:
        day = datetime.strptime(said, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise Refusal("press.stale.toast") from None
    if day.strftime("%Y%m%d") != said:
        raise Refusal("press.stale.toast")
    return day


async def _united(desk: Desk, agency: str, successor: str, day: date) -> Union:
    """Two agencies that can be merged.

    Raises:
        Refusal: one is unknown or no more, they are one and the same, of sorts that do not mix, or the day is wrong.
    """
    old, new = await agencies.find(desk.tx, agency), await agencies.find(desk.tx, successor)
    if old is None or new is None or not old.exists(today(desk)):
        raise Refusal("press.stale.toast")
    if old.id == new.id:
        raise Refusal("merge.itself.toast")
    if not new.exists(today(desk)):
        raise Refusal("merge.gone.toast")
    # What somebody may do who speaks for an enterprise differs from what an officer of an agency may.
    if (old.kind is Kind.PROVIDER) is not (new.kind is Kind.PROVIDER):
        raise Refusal("merge.provider.toast")
    if day > today(desk) or day <= (old.since or date.min):
        raise Refusal("agency.wrong_day.toast")
    return Union(old, new, day)


async def _merge(desk: Desk, actor: Person, union: Union) -> None:
    """1. The predecessor ends and names its successor; its own obligations end with it.
    2. Systems, what is owed of them and what waits for an answer go over.
    3. Whoever spoke for it speaks for the successor; everybody concerned is told.
    """
    load = await carrying.counted(desk.tx, union.old.id, today(desk))
    ended = replace(union.old, until=union.day, successor=union.new.id)
    await agencies.change(desk.tx, ended, desk.now)
    await carrying.carry(desk.tx, union.old.id, union.new.id, today(desk), desk.now)
    await laying.lay_agency(desk, ended)
    day = union.day.isoformat()
    await chronicle.note(desk, Event.AGENCY_MERGED, actor, union.old.id, successor=union.new.code, day=day)
    await chronicle.note(desk, Event.AGENCY_JOINED, actor, union.new.id, predecessor=union.old.code, day=day)
    there = await posts.of_agency(desk.tx, union.new.id)
    for held in await posts.of_agency(desk.tx, union.old.id):
        await _move(desk, actor, held, union, there, load.systems)
    for held in there:
        await _tell(desk, held.person, "merge.joined", union, load.systems, held.post)


async def _move(desk: Desk, actor: Person, held: Held, union: Union, there: Sequence[Held], systems: int) -> None:
    """Somebody goes over. Two heads cannot stand side by side: who comes to one becomes a deputy."""
    moved = await carrying.move_post(desk.tx, held, union.new.id, actor.id, desk.now)
    if not moved:
        return  # is there already, and told with the others
    post = held.post
    if post is Post.HEAD and any(one.post is Post.HEAD for one in there):
        post = Post.DEPUTY
        for one in await posts.of_person(desk.tx, held.person):
            if one.agency == union.new.id:
                await posts.change_post(desk.tx, one.id, post)
    await _tell(desk, held.person, "merge.moved", union, systems, post)


async def _tell(desk: Desk, who: str, text: str, union: Union, systems: int, post: Post) -> None:
    try:
        person = await people.get(desk.tx, who)
    except LookupError:
        return
    await desk.say(
        person,
        text,
        lane=Lane.NOTICE,
        old=union.old.name,
        new=union.new.name,
        day=shown_day(union.day),
        n=systems,
        post=Word(f"post.{post}"),
    )
