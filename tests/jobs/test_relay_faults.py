"""Two hundred messages between reporters and team, while Telegram slows down, lines break and the process is killed."""

from __future__ import annotations

import logging
import random

from bot.playground.telegram import Call
from jobs.dispatcher import HANDS
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import BotProcess, nothing_waits, start, started
from tests.jobs.relays import Case, Town, firsts, is_marked, silent_doubles, town

log = logging.getLogger(__name__)

REPORTERS, RESPONDERS = 8, 5
EACH_WAY = 100


def ledger(place: Town) -> Ledger:
    return Ledger(place.stage.folder / "demo.db")


async def talk(place: Town, chance: random.Random, messages: int) -> None:
    """So many messages, half of them each way, by whoever comes."""
    for number in range(messages):
        # Every case twice, so that every fault that waits in a chat is struck; then whichever comes.
        case = place.cases[number // 2] if number < 2 * len(place.cases) else chance.choice(place.cases)
        if number % 2:
            await place.tells(case)
        else:
            await place.asks(case, chance.randrange(RESPONDERS))


def break_the_line(place: Town, chance: random.Random) -> int:
    """Once in every chat a request breaks before or after Telegram acted, and now and then Telegram slows down."""
    chats = [*(case.reporter.chat for case in place.cases), place.team.chat]
    for chat in chats:
        place.stage.telegram.fails(chance.choice(["drop_before", "drop_after"]), "sendMessage", chat)
    for chat in chance.sample(chats, 4):
        place.stage.telegram.fails("429", "sendMessage", chat, retry_after=1)
    return len(chats)


async def killed_while_it_works(place: Town, bot: BotProcess, sent: int) -> int:
    """SIGKILL once it has sent so many messages more; how many were under way."""
    goal = [sent]

    def count(call: Call) -> None:
        goal[0] -= call.method == "sendMessage"

    place.stage.telegram.on_call.append(count)
    await place.stage.telegram.until(lambda: goal[0] <= 0, 20)
    place.stage.telegram.on_call.remove(count)
    await bot.killed()
    flying = ledger(place).flying()
    assert flying <= HANDS
    return flying


async def test_two_hundred_messages_both_ways_survive_a_bad_line_and_two_kills(stage: Stage) -> None:
    seed = random.SystemRandom().randrange(10**9)
    log.info("seed %d", seed)
    chance = random.Random(seed)
    place = await town(stage, REPORTERS, RESPONDERS)
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        await nothing_waits(bot, stage.telegram)
        await place.cards_are_there()
        doubts = break_the_line(place, chance)
        await talk(place, chance, EACH_WAY)
        await nothing_waits(bot, stage.telegram)
        # A message that a kill leaves in doubt and a broken line doubts again is for a person: not what is shown here.
        assert stage.telegram.faults.waiting == []
        await talk(place, chance, EACH_WAY // 2)
        doubts += await killed_while_it_works(place, bot, chance.randrange(5, 30))
    bot = await start(stage.server.url, stage.folder, "--unpaced")
    await talk(place, chance, EACH_WAY // 2)
    doubts += await killed_while_it_works(place, bot, chance.randrange(5, 30))
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        await nothing_waits(bot, stage.telegram)
        assert await bot.stopped() == 0
    nothing_was_lost_or_mixed_up(place)
    doubles_are_explained(place, doubts)
    every_mark_is_true(place)


def nothing_was_lost_or_mixed_up(place: Town) -> None:
    """Everything that was said arrived at the other side of its own incident, in order, and nowhere else."""
    assert sum(len(case.asked) + len(case.told) for case in place.cases) == 2 * EACH_WAY
    for case in place.cases:
        to_reporter, to_team = place.arrived(case)
        assert firsts(to_reporter) == [message.text for message in case.asked]
        assert firsts(to_team) == [message.text for message in case.told]
        assert all(message.reply_to is case.card for message in to_team)
    assert [row for row in ledger(place).left_over() if row.get("op") in (None, "send")] == []


def doubles_are_explained(place: Town, doubts: int) -> None:
    """Whatever came twice says so, and a kill or a broken line had left it in doubt."""
    marked = 0
    for case in place.cases:
        for messages in place.arrived(case):
            assert silent_doubles(messages) == []
            marked += sum(map(is_marked, messages))
    written = ledger(place).number("SELECT sum(doubts) FROM deliveries WHERE op = 'send'")
    assert marked <= written <= doubts


def every_mark_is_true(place: Town) -> None:
    def shown(case: Case) -> list[str | None]:
        return [place.stage.telegram.reaction(message) for message in case.asked]

    for case in place.cases:
        assert shown(case) == ["👍"] * len(case.asked)
        assert set(firsts(place.arrived(case)[0])) == {message.text for message in case.asked}
