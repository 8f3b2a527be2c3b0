"""The response team's group: bound by an administrator, replaced only after a second thought in private."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Bind
from bot.services.casework import cards as faces
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import Desk, check, key
from bot.services.outbreak import digests as storms
from locales import Word
from storage import cards, digests, groups, incidents, seats, threads
from storage.pictures import Hung, Wall

LAID_AT_ONCE = 10  # cards that a new group gets at once; the rest waits in /hangdoi


@dataclass(frozen=True)
class Room:
    """What Telegram says of the group in which `/gannhom` was written."""

    chat: int
    title: str
    public: bool  # has a username: anybody could read along


async def bind(desk: Desk, admin: Person, room: Room) -> None:
    """The first binding acts at once; replacing one is confirmed in private and told to the old group.

    Asked again in the team's own group, it lays the cards that could not be sent there before.

    Raises:
        Refusal: no administrator, or a public group.
    """
    check(admin, Permission.BIND_GROUP, "text")
    if room.public:
        raise Refusal("bind.public")
    group = await groups.meet(desk.tx, room.chat)
    team = await groups.team(desk.tx)
    if team is not None and team.id == group.id:
        await desk.tell_group(group, "bind.already")
        await lay_what_is_missing(desk, group)
        return
    if team is None:
        await _bind(desk, admin, group, room.title)
        return
    binding = await groups.ask_binding(desk.tx, group.id, room.title, admin.id, desk.now)
    await desk.tell_group(group, "bind.asked_in_private")
    await desk.say(
        admin,
        "bind.confirm",
        buttons=[
            [key("button.bind_yes", Bind(binding, "yes"), "danger")],
            [key("button.bind_no", Bind(binding, "no"))],
        ],
        old=team.title,
        new=room.title,
    )


async def confirm(desk: Desk, admin: Person, binding_id: str, answer: str, message: int | None) -> int | None:
    """The administrator's answer in private; the chat that is now the team's. Only the one who asked may give it.

    Raises:
        Refusal: no administrator, or no longer pending.
    """
    check(admin, Permission.BIND_GROUP)
    binding = await groups.close_binding(desk.tx, binding_id, "done" if answer == "yes" else "dropped")
    if binding is None or binding.asked_by != admin.id:
        raise Refusal("press.stale.toast")
    if answer != "yes":
        await desk.say(admin, "bind.kept", edits=message)
        return None
    old = await groups.team(desk.tx)
    group = await groups.get(desk.tx, binding.group)
    if old is not None:
        await digests.move(desk.tx, old.id, group.id, desk.now)  # first: what is on an open list needs no card
    await _bind(desk, admin, group, binding.title)
    await _hang_lists(desk, group)
    await desk.say(admin, "bind.replaced", edits=message, new=binding.title)
    if old is not None:
        # Its cards stay as they are: what becomes of the incidents is no business of that group any more.
        await groups.forget_messages(desk.tx, old.id)
        await groups.redirect(desk.tx, old.id, group.id, desk.now)
        await desk.tell_group(old, "bind.released")
    return group.telegram_id


async def _bind(desk: Desk, admin: Person, group: groups.Group, title: str) -> None:
    await groups.bind(desk.tx, group.id, title, admin.id, desk.now)
    await seats.doubt_all(desk.tx, group.id)
    await desk.tell_group(group, "bind.done")
    waiting = await incidents.queue(desk.tx, LAID_AT_ONCE + 1, 0)
    for incident in waiting[:LAID_AT_ONCE]:
        await desk_incidents.show_to_team(desk, incident)
    if len(waiting) > LAID_AT_ONCE:
        await desk.tell_group(group, "bind.more_waiting")


@dataclass(frozen=True)
class Seen:
    """What Telegram says the bot may do in a group: it can only be asked outside of a transaction."""

    is_admin: bool
    may_write: bool
    reads_everything: bool  # privacy mode is off, or the bot is an administrator


async def report_sight(desk: Desk, room: int, seen: Seen) -> None:
    """Tell the group what the bot can do there, and what somebody must change where it cannot do its work."""
    group = await groups.find(desk.tx, room)
    if group is None or group.duty is None:
        return
    await groups.sees(desk.tx, group.id, seen.is_admin)
    if not seen.may_write:
        await desk.tell_those_who_may(Permission.BIND_GROUP, "bind.sight.mute", title=group.title)
        return
    sight = "everything" if seen.reads_everything else "commands"
    admin = "admin" if seen.is_admin else "member"
    await desk.tell_group(group, f"bind.sight.{sight}", standing=Word(f"bind.standing.{admin}"))


async def moved(desk: Desk, old: int, new: int) -> None:
    """The group became a supergroup: everything that refers to it follows, in whichever order Telegram tells it.

    Cards in the old group can be changed by nobody any more, so those of open incidents are sent anew.
    """
    moved_group = await groups.move(desk.tx, old, new)
    if moved_group is None:
        return
    await groups.forget_messages(desk.tx, moved_group)
    await threads.forget_chat(desk.tx, moved_group)
    await lay_what_is_missing(desk, await groups.get(desk.tx, moved_group))


async def lay_what_is_missing(desk: Desk, group: groups.Group) -> None:
    """Cards of open incidents that have no message in the team's group are sent anew; a released group gets none."""
    if group.duty is None:
        return
    await _hang_lists(desk, group)
    for card in await cards.homeless(desk.tx, group.id):
        await faces.send_anew(desk.tx, card, desk.now)


async def _hang_lists(desk: Desk, group: groups.Group) -> None:
    for digest in await digests.homeless(desk.tx, group.id):
        await storms.send_anew(desk, digest)


async def hang_anew(desk: Desk, picture: Hung) -> None:
    """Somebody deleted the message of a picture: it is sent again, unless it is a list that has its end."""
    if picture.wall is Wall.CARDS:
        card = await cards.find(desk.tx, picture.id)
        assert card is not None
        await faces.send_anew(desk.tx, card, desk.now)
    elif not picture.settled:
        digest = await digests.find(desk.tx, picture.id)
        assert digest is not None
        await storms.send_anew(desk, digest)
