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
    """An agency for which somebody speaks, and as what.

    Raises:
        Refusal: no permission, or it is somebody else's: the same words as for one that does not exist.
    """
    check(person, permission, way)
    for one in await posts.of_person(desk.tx, person.id):
        if one.agency == identifier:
            return await agencies.get(desk.tx, identifier), one.post
    raise Refusal("press.stale.toast" if way == "toast" else "register.not_yours.text")


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
