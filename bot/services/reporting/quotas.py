"""One person's measure: how much is taken in a day, what is refused beyond it, and how often that is said."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.quotas import LARGEST_FILE, LEAST_ROOM, MEGABYTE, Beyond, Excess
from bot.services.desk import Desk
from storage import intake, people, refusals


async def take(desk: Desk, person: Person, size: int | None) -> None:
    """Count one file of this person for today (the day of Hà Nội).

    `size` in bytes; None counts as the largest, and 0 is a file that is only listed: it needs no room.

    Raises:
        Beyond: there is no room on the disk, or the measure of the day is used up; nothing was counted.
    """
    if size != 0 and desk.house.room() < LEAST_ROOM:
        raise Beyond(Excess.DISK, "disk.low")
    limits = desk.policy.intake
    most = limits.megabytes_a_day * MEGABYTE
    weight = LARGEST_FILE if size is None else size
    if await intake.take(desk.tx, person.id, weight, desk.now, most_files=limits.files_a_day, most_bytes=most):
        return
    used = await intake.used(desk.tx, person.id, desk.now)
    if used.files >= limits.files_a_day:
        raise Beyond(Excess.FILES, "file.too_many", most=limits.files_a_day)
    raise Beyond(Excess.BYTES, "file.too_much", most=limits.megabytes_a_day)


async def is_said(desk: Desk, person: Person, no: Refusal) -> bool:
    """Whether a refusal is to be told now: every one is, but those beyond a measure only once an hour, and counted.

    To be asked outside of the savepoint that the refusal undid.
    """
    if not isinstance(no, Beyond):
        return True
    return await refusals.count(desk.tx, person.telegram_id, no.excess, desk.now)


async def turn_away(desk: Desk, sender: int, times: int, *, in_private: bool) -> bool:
    """Count messages that were not stored because `sender` has too many waiting; true where a sentence was posted.

    It goes to the person alone: nobody else in a group hears of it, and a stranger in a group has no chat with us.
    """
    if not await refusals.count(desk.tx, sender, Excess.MESSAGES, desk.now, times):
        return False
    person = await people.find(desk.tx, sender)
    if person is None and in_private:
        person = await people.add(desk.tx, sender, "vi", desk.now)
    if person is None:
        return False
    await desk.say(person, "flood.told", most=desk.policy.intake.waiting_messages)
    return True
