"""How far the words of the team have got: a mark under them, words for a failure, a line on the card without marks."""

from __future__ import annotations

import pytest

from bot.playground.chats import Message
from tests.conftest import Stage
from tests.jobs.records import becomes, number, rests
from tests.journeys.threads import Talk, talk
from tests.people import Person, Team

STORED, ACCEPTED, FAILED = "✍", "👍", "👎"
QUESTION = "Anh/Chị chuyển tiền lúc mấy giờ, qua ngân hàng nào?"
CARRIED = "SELECT count(*) FROM threads t JOIN deliveries d ON d.id = t.delivery WHERE d.state = :state"


@pytest.fixture
async def under_card(running_stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    return await talk(running_stage, reporter, responder, team)


async def marked(under_card: Talk, message: Message, emoji: str, within: float = 20.0) -> None:
    await under_card.responder.sees_reaction(message, emoji, within)


async def test_a_message_that_is_accepted_at_once_costs_one_mark(under_card: Talk) -> None:
    answer = await under_card.answers(QUESTION)
    await marked(under_card, answer, ACCEPTED)
    await rests(under_card.stage)
    assert len(under_card.marks()) == 1
    assert under_card.team.messages[-1] is under_card.card, "what went well needs no words"


async def test_a_message_on_its_way_is_marked_as_stored_until_telegram_has_it(under_card: Talk) -> None:
    telegram, chat = under_card.stage.telegram, under_card.reporter.chat
    telegram.fails("429", "sendMessage", chat, retry_after=2)
    answer = await under_card.answers(QUESTION)
    await marked(under_card, answer, STORED)
    assert under_card.reporter.showing(QUESTION) is None, "nothing is called sent before it was"
    await marked(under_card, answer, ACCEPTED)
    assert under_card.reporter.showing(QUESTION) is not None
    assert len(under_card.marks()) == 2


async def test_a_reporter_who_turns_out_to_have_blocked_the_bot_is_told_in_words(under_card: Talk) -> None:
    under_card.reporter.user.blocked = True  # and Telegram has not told the bot
    answer = await under_card.answers(QUESTION)
    why = await under_card.team.sees("Người báo đã chặn bot")
    assert why.reply_to is answer
    await marked(under_card, answer, FAILED)
    again = await under_card.answers("Anh/Chị còn đó không?")
    await under_card.team.sees("Người báo đã chặn bot")
    assert under_card.stage.telegram.reaction(again) is None


async def test_a_message_in_doubt_comes_once_more_marked_and_then_counts_as_unknown(under_card: Talk) -> None:
    telegram, chat = under_card.stage.telegram, under_card.reporter.chat
    telegram.fails("drop_after", "sendMessage", chat, times=2)
    answer = await under_card.answers(QUESTION)
    why = await under_card.team.sees("chưa rõ", within=60)
    assert why.reply_to is answer
    await marked(under_card, answer, FAILED)
    told = [message.text for message in under_card.reporter.messages if QUESTION in message.text]
    assert [text.endswith("(gửi lại)") for text in told] == [False, True]


async def test_words_that_could_not_be_delivered_for_two_days_expire_and_the_team_reads_it(under_card: Talk) -> None:
    stage, chat = under_card.stage, under_card.reporter.chat
    stage.telegram.fails("429", "sendMessage", chat, times=None, retry_after=1)
    answer = await under_card.answers(QUESTION)
    await marked(under_card, answer, STORED)
    stage.clock.move(days=3)
    await under_card.team.sees("đã hết hạn", within=60)
    await marked(under_card, answer, FAILED)
    assert under_card.reporter.showing(QUESTION) is None


async def test_a_mark_that_telegram_slows_down_comes_later_and_once(under_card: Talk) -> None:
    under_card.stage.telegram.fails("429", "setMessageReaction", under_card.team.chat, retry_after=1)
    answer = await under_card.answers(QUESTION)
    await marked(under_card, answer, ACCEPTED)
    await rests(under_card.stage)
    assert len(under_card.marks()) == 1


async def test_a_mark_under_a_message_that_was_deleted_disturbs_nobody(under_card: Talk) -> None:
    telegram, team = under_card.stage.telegram, under_card.team
    telegram.fails("429", "sendMessage", under_card.reporter.chat, retry_after=1)
    answer = await under_card.answers(QUESTION)
    telegram.deletes(under_card.responder.user, answer)
    await under_card.is_told(QUESTION)
    await rests(under_card.stage)
    await under_card.answers("Anh/Chị còn giữ biên lai không?")
    await under_card.is_told("biên lai")
    assert team.messages[-1] is under_card.card


async def test_where_the_group_forbids_reactions_the_card_says_how_far_messages_have_got(under_card: Talk) -> None:
    stage, team = under_card.stage, under_card.team
    stage.telegram.forbids_reactions(team.chat)
    await under_card.answers(QUESTION)
    await stage.telegram.until(lambda: "1 đã tới, 0 đang gửi, 0 chưa gửi được" in under_card.card.text, 20)
    asked = len(under_card.calls("setMessageReaction"))
    stage.telegram.fails("429", "sendMessage", under_card.reporter.chat, retry_after=3)
    await under_card.answers("Anh/Chị còn giữ biên lai không?")
    await stage.telegram.until(lambda: "1 đã tới, 1 đang gửi" in under_card.card.text, 20)
    await stage.telegram.until(lambda: "2 đã tới, 0 đang gửi" in under_card.card.text, 20)
    assert len(under_card.calls("setMessageReaction")) == asked == 1, "a group that refuses is not asked again"
    assert not stage.telegram.messages(team.chat)[-1].by_bot, "no words besides the line on the card"


async def test_a_group_that_is_bound_anew_is_asked_for_marks_again(under_card: Talk) -> None:
    stage, team = under_card.stage, under_card.team
    stage.telegram.forbids_reactions(team.chat)
    await under_card.answers(QUESTION)
    await becomes(stage, 1, "SELECT count(*) FROM groups WHERE reactions = 0")
    team.chat.reactions = None
    await stage.bind(team.chat)
    await marked(under_card, await under_card.answers("Anh/Chị còn giữ biên lai không?"), ACCEPTED)


async def test_ten_answers_in_a_second_cost_ten_marks_and_no_more(under_card: Talk) -> None:
    answers = [await under_card.answers(f"Câu hỏi số {number} của đội") for number in range(10)]
    for answer in answers:
        await marked(under_card, answer, ACCEPTED)
    await rests(under_card.stage)
    assert len(under_card.marks()) == 10
    assert await number(under_card.stage, CARRIED, state="sent") == 10
    told = [message.text.split("\n")[1] for message in under_card.reporter.messages if "Câu hỏi số" in message.text]
    assert told == [f"Câu hỏi số {number} của đội" for number in range(10)]
