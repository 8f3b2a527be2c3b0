"""The one door to what belongs to an agency: whoever is not confirmed for it sees nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.domain.agencies import Post
from bot.domain.errors import Refusal
from bot.domain.moments import HANOI
from bot.domain.people import Permission, Person
from bot.services.desk import Desk, check
from storage import agencies, posts, systems
from storage.agencies import Agency
from storage.posts import Held
from storage.systems import System

MERGERS = 20  # one after another; more there never were


def today(desk: Desk) -> date:
    """The day in Ha Noi."""
    return desk.now.astimezone(HANOI).date()


async def posts_of(desk: Desk, person: Person, permission: Permission, way: str = "text") -> Sequence[Held]:
    """For which agencies somebody speaks.

    Raises:
        Refusal: no role allows it, or nobody has confirmed them for any agency (the sentence names `/dangky`).
    """
    check(person, permission, way)
    held = await posts.of_person(desk.tx, person.id)
    if not held:
        raise Refusal(f"register.no_post.{way}")
    return held


async def own_agency(
    desk: Desk, person: Person, permission: Permission, identifier: str, way: str = "toast"
) -> tuple[Agency, Post]:
    """An agency for which somebody speaks, and as what. A key or a form of before a merger means the successor.

    Raises:
        Refusal: no permission, or it is somebody else's: the same words as for one that does not exist.
    """
    check(person, permission, way)
    held = {one.agency: one.post for one in await posts.of_person(desk.tx, person.id)}
    named = identifier if identifier in held else await heir(desk, identifier)
    if named in held:
        return await agencies.get(desk.tx, named), held[named]
    raise Refusal("press.stale.toast" if way == "toast" else "register.not_yours.text")


async def heir(desk: Desk, agency: str) -> str:
    """The agency that has what this one had: itself, or where it was merged into another, that one."""
    for _ in range(MERGERS):
        found = await agencies.find(desk.tx, agency)
        if found is None or found.successor is None or found.exists(today(desk)):
            break
        agency = found.successor
    return agency


async def own_system(desk: Desk, person: Person, permission: Permission, identifier: str, way: str = "toast") -> System:
    """A system of an agency for which somebody speaks.

    Raises:
        Refusal: as for `own_agency`.
    """
    check(person, permission, way)
    found = await systems.find(desk.tx, identifier)
    if found is None:
        raise Refusal("press.stale.toast" if way == "toast" else "register.not_yours.text")
    await own_agency(desk, person, permission, found.agency, way)
    return found
