"""Faults between the bot and Telegram while people report: every journey still ends right."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot.domain.people import Role
from bot.domain.presses import Claim, Own, Press
from bot.playground.chats import Message
from bot.playground.telegram import Call
from tests.conftest import Stage
from tests.jobs.citizens import Citizen
from tests.jobs.diary import Diary
from tests.jobs.records import becomes, number, rests, shows, told
from tests.people import Person, Team

FILED = "SELECT count(*) FROM incidents"
UNREACHABLE = "SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL"


@pytest.fixture
async def running_stage(stage: Stage) -> Stage:
    """Telegram and the bot, connected: what goes wrong goes wrong later."""
    await stage.start()
    await shows(stage, telegram="connected")
    return stage


@pytest.fixture
def citizen(reporter: Person) -> Citizen:
    return Citizen(reporter, random.Random(7))


@pytest.fixture
def diary(running_stage: Stage) -> Diary:
    return Diary(running_stage.telegram)


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Lò Văn Quản", Role.ADMIN)


def data_under(message: Message, kind: type[Press], act: str = "") -> str:
    """The callback data of the first key of that kind."""
    keys = [str(key.get("callback_data")) for row in message.keys for key in row]
    return next(data for data in keys if data.startswith(f"{kind.verb}:") and data.endswith(act))


async def claims(responder: Person, card: Message) -> str:
    """Press *claim* under a card; what the popup says."""
    press = responder.telegram.presses(responder.user, card, data=data_under(card, Claim))
    await responder.telegram.until(lambda: press.answers)
    return press.answers[0][0]


def can_be_claimed(message: Message | None) -> bool:
    return message is not None and any(
        str(key.get("callback_data")).startswith("c:") for row in message.keys for key in row
    )


# A line that breaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "marks", "doubles"),
    [
        ("429", {"retry_after": 1}, 0, 0),
        ("delay", {"seconds": 0.5}, 0, 0),
        ("502", {}, 1, 0),
        ("500", {}, 1, 0),
        ("500", {"applied": True}, 1, 1),
        ("garbage", {}, 1, 0),
        ("drop_before", {}, 1, 0),
        ("drop_after", {}, 1, 1),
    ],
)
async def test_a_journey_ends_right_whatever_becomes_of_a_question(
    running_stage: Stage,
    citizen: Citizen,
    diary: Diary,
    team: Team,
    kind: str,
    options: dict[str, Any],
    marks: int,
    doubles: int,
) -> None:
    """A doubtful question comes once more and says so; whoever saw the first has nothing new to read."""
    chat = citizen.person.chat
    running_stage.telegram.fails(kind, "sendMessage", chat, **options)
    report = await citizen.files()
    await team.sees(report.code)
    await rests(running_stage)
    assert (diary.marked(chat), diary.doubles(chat)) == (marks, doubles)
    assert await number(running_stage, FILED) == 1
    assert not running_stage.telegram.faults.waiting


@pytest.mark.parametrize("kind", ["502", "500", "garbage", "drop_before", "429"])
async def test_edits_of_a_question_are_repeated_without_a_word(
    running_stage: Stage, citizen: Citizen, diary: Diary, kind: str
) -> None:
    """Done twice is done once: nothing is marked and nothing is doubled."""
    running_stage.telegram.fails(kind, "editMessageText", citizen.person.chat)
    await citizen.files()
    await rests(running_stage)
    assert (diary.marked(citizen.person.chat), diary.doubles(citizen.person.chat)) == (0, 0)
    assert not running_stage.telegram.faults.waiting


async def test_the_receipt_comes_although_its_first_sending_was_lost(
    running_stage: Stage, citizen: Citizen, diary: Diary, team: Team
) -> None:
    """Every message of a whole dialogue is lost before Telegram acted, and comes when it is sent again."""
    telegram, chat = running_stage.telegram, citizen.person.chat

    def drops_the_next(call: Call) -> None:
        if call.method == "sendMessage" and call.chat == chat.id and call.status == 200:
            telegram.fails("drop_before", "sendMessage", chat)

    telegram.fails("drop_before", "sendMessage", chat)
    telegram.on_call.append(drops_the_next)
    report = await citizen.files()
    telegram.heals()
    await team.sees(report.code)
    assert len(diary.new(chat)) == diary.marked(chat) > 3
    assert diary.doubles(chat) == 0


async def test_a_doubtful_message_waits_until_the_line_stands_again(
    running_stage: Stage, citizen: Citizen, diary: Diary
) -> None:
    """The line dies just after an update was handed out: its answer is not given up, however long that takes."""
    telegram, clock = running_stage.telegram, running_stage.clock

    def cut(call: Call) -> None:
        if call.method == "getUpdates" and telegram.updates.pending and not telegram.faults.dead:
            telegram.fails("unreachable")

    telegram.on_call.append(cut)
    filing = citizen.person.says("/baosuco")
    await filing
    await shows(running_stage, telegram="away: network", outbox_sending=0)
    for _ in range(5):
        clock.move(minutes=1)
        await shows(running_stage, outbox_sending=0, outbox_waiting=1)
    telegram.on_call.remove(cut)
    telegram.heals()
    clock.move(minutes=1)
    await citizen.sees()
    await shows(running_stage, telegram="connected")
    assert diary.marked(citizen.person.chat) == 1
    assert diary.doubles(citizen.person.chat) == 0
    assert await number(running_stage, "SELECT count(*) FROM deliveries WHERE state = 'unsure'") == 0


async def test_a_block_page_costs_time_and_nothing_else(running_stage: Stage, citizen: Citizen, diary: Diary) -> None:
    running_stage.telegram.fails("404html", times=None)
    await citizen.person.says("/baosuco")
    await shows(running_stage, outbox_waiting=1, outbox_sending=0)
    running_stage.telegram.heals()
    running_stage.clock.move(seconds=31)
    await citizen.sees()
    assert diary.marked(citizen.person.chat) == 0


async def test_a_refused_token_loses_nothing_and_health_names_it(
    running_stage: Stage, citizen: Citizen, diary: Diary
) -> None:
    running_stage.telegram.fails("401", times=None)
    await citizen.person.says("/baosuco")
    await shows(running_stage, telegram="away: token", status="degraded", outbox_waiting=1)
    running_stage.telegram.heals()
    running_stage.clock.move(seconds=61)
    await citizen.sees()
    await shows(running_stage, telegram="connected", status="ok")
    assert diary.marked(citizen.person.chat) == 0


# People who do not want us --------------------------------------------------------------------------------------------


async def test_who_blocks_the_bot_is_left_alone_and_comes_back(
    running_stage: Stage, citizen: Citizen, team: Team, responder: Person, stranger: Person
) -> None:
    telegram = running_stage.telegram
    report = await citizen.files()
    telegram.blocks(citizen.person.user)
    await becomes(running_stage, 1, UNREACHABLE)
    assert await claims(responder, await team.sees(report.code))
    await rests(running_stage)
    assert "life.claim" not in await told(running_stage, citizen.person)
    await Citizen(stranger, random.Random(8)).files()
    telegram.unblocks(citizen.person.user)
    await becomes(running_stage, 0, UNREACHABLE)
    again = await citizen.files()
    assert await claims(responder, await team.sees(again.code))
    await rests(running_stage)
    assert "life.claim" in await told(running_stage, citizen.person)


async def test_a_refusal_tells_what_telegram_did_not(
    running_stage: Stage, citizen: Citizen, team: Team, responder: Person
) -> None:
    """Telegram's word of the block never came: the first message that is refused says it."""
    report = await citizen.files()
    citizen.person.user.blocked = True
    await claims(responder, await team.sees(report.code))
    await becomes(running_stage, 1, UNREACHABLE)
    citizen.person.user.blocked = False
    await citizen.person.says("/trogiup")
    await becomes(running_stage, 0, UNREACHABLE)


# The team's group -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told_first", ["update", "error"])
async def test_a_group_that_moves_takes_its_cards_along(
    running_stage: Stage, citizen: Citizen, responder: Person, told_first: str
) -> None:
    """The card that waits is there anew, can be claimed, and the next one comes to the new group."""
    telegram = running_stage.telegram
    old = telegram.group("Đội ứng cứu", members=[responder.user], type="group")
    await running_stage.bind(old)
    first = await citizen.files()
    await Team(telegram, old).sees(first.code)
    new = Team(telegram, telegram.migrates(old, "error" if told_first == "error" else "update"))
    second = await citizen.files()
    assert can_be_claimed(await new.sees(second.code))
    card = await new.sees(first.code)
    assert can_be_claimed(card)
    assert await claims(responder, card)
    await telegram.until(lambda: not can_be_claimed(new.showing(first.code)))
    assert can_be_claimed(new.showing(second.code)), "the other card is as it was"
    await rests(running_stage)
    third = await citizen.files()
    await new.sees(third.code)
    assert len(new.messages) == 3
    assert await number(running_stage, "SELECT count(*) FROM groups WHERE duty = 'team'") == 1


async def test_a_card_that_somebody_deleted_is_sent_anew_with_the_next_change(
    running_stage: Stage, citizen: Citizen, team: Team, responder: Person
) -> None:
    telegram = running_stage.telegram
    report = await citizen.files()
    card = await team.sees(report.code)
    telegram.promotes(responder.user, team.chat, responder.user)
    telegram.deletes(responder.user, card)
    assert await claims(responder, card)
    anew = await team.sees(report.code)
    assert anew.id != card.id
    assert not can_be_claimed(anew)
    await rests(running_stage)
    assert len(team.messages) == 1


async def test_ten_changes_of_a_card_within_a_second_are_one_edit(
    running_stage: Stage, citizen: Citizen, diary: Diary, team: Team, responder: Person
) -> None:
    report = await citizen.files()
    await claims(responder, await team.sees(report.code))
    await running_stage.telegram.until(lambda: len(diary.edits(team.chat)) == 1)
    receipt = next(message for message in citizen.person.messages if report.code in message.text)
    running_stage.telegram.presses(citizen.person.user, receipt, data=data_under(receipt, Own, "add"))
    for more in range(10):
        await citizen.person.says(f"Tôi nhớ thêm chi tiết thứ {more}, người đó nói giọng lạ")
    changes = "SELECT count(*) FROM events WHERE kind = 'supplemented'"
    await becomes(running_stage, 10, changes)
    assert len(diary.edits(team.chat)) == 1, "a card rests for three seconds"
    running_stage.clock.move(seconds=3)
    await running_stage.telegram.until(lambda: len(diary.edits(team.chat)) == 2)
    await becomes(running_stage, 0, "SELECT count(*) FROM cards WHERE wanted > shown")
    assert (
        len(
            [
                call
                for call in running_stage.telegram.calls
                if call.method == "editMessageText" and call.chat == team.chat.id
            ]
        )
        == 2
    )


async def test_administrators_hear_that_the_team_cannot_be_written_to(
    running_stage: Stage, citizen: Citizen, team: Team, admin: Person, responder: Person
) -> None:
    running_stage.telegram.removes_bot(team.chat, responder.user)
    report = await citizen.files()
    await running_stage.telegram.until(lambda: admin.messages)
    await rests(running_stage)
    assert "admin.group_unreachable" in await told(running_stage, admin)
    assert not team.showing(report.code)
