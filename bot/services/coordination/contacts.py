"""Who of an agency a request goes to, and how the agency can be called where nobody there reads the bot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.domain import vietnamese
from bot.domain.agencies import Post
from bot.domain.coordination import LADDER
from bot.services import answers
from bot.services.desk import Desk
from locales import At, Word
from storage import agencies, posts
from storage.agencies import Agency
from storage.coordinations import Request

MOST_MERGERS = 10  # of an agency that was merged again and again


async def home(desk: Desk, agency: str) -> Agency:
    """The agency that answers for another one today: itself, or what it was merged into."""
    found = await agencies.get(desk.tx, agency)
    for _ in range(MOST_MERGERS):
        after = await agencies.find(desk.tx, found.successor)
        if after is None:
            return found
        found = after
    return found


async def first(desk: Desk, agency: str, but: Collection[str] = ()) -> tuple[Post, Sequence[str]] | None:
    """Who hears first: the officers; where none can be reached the deputies, then the heads. None: nobody can."""
    held = await _held(desk, agency, but)
    return next(((post, held[post]) for post in Post if held.get(post)), None)


async def at_posts(desk: Desk, agency: str, wanted: Collection[Post]) -> Sequence[str]:
    """Everybody at these posts who can be reached; where nobody is, the next ones upwards, then whoever there is."""
    held = await _held(desk, agency)
    found = [person for post in Post if post in wanted for person in held.get(post, [])]
    if found:
        return found
    above = await first(desk, agency)
    return above[1] if above else []


async def heard(desk: Desk, agency: str, request: Request) -> Sequence[str]:
    """Who of the agency has read of a request so far."""
    step = next((step for step in LADDER if step.name == request.told), None)
    if step is not None:
        return await at_posts(desk, agency, step.to)
    found = await first(desk, agency)
    return found[1] if found else []


async def _held(desk: Desk, agency: str, but: Collection[str] = ()) -> dict[Post, list[str]]:
    found = (await posts.reachable(desk.tx, [agency])).get(agency, {})
    return {post: [one for one in people if one not in but] for post, people in found.items()}


async def are_silent(desk: Desk, agency: str, people: Collection[str]) -> bool:
    """Whether all of these are out of reach as far as the bot has seen lately: they may not read it."""
    red = {one.person for one in await posts.of_agency(desk.tx, agency) if one.red_since is not None}
    return red.issuperset(people)


def phone(agency: Agency) -> Any:
    """The number that the agency has published, with its source and day."""
    published = agency.published
    if not published.phones:
        return Word("request.phone.unpublished")
    return Word(
        "request.phone.published",
        phones=", ".join(vietnamese.show_phone(one) for one in published.phones),
        email=published.email,
        source=published.source,
        day=At(answers.midnight(published.published_on.isoformat()), "date") if published.published_on else None,
    )
