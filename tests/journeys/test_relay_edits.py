"""Words that were changed after they had gone on: the old ones stay in the log, the other side reads a correction."""

from __future__ import annotations

import pytest

from bot.domain.incidents import EventKind
from storage import events
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import heard_out, incident_of, on_disk
from tests.journeys.threads import Talk, talk
from tests.people import Person, Team

QUESTION = "Anh/Chị chuyển tiền lúc mấy giờ, qua ngân hàng nào?"
WORDS = "Tôi nhớ thêm: kẻ gọi nói giọng miền khác, xưng là cán bộ điều tra"


@pytest.fixture
async def under_card(running_stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    return await talk(running_stage, reporter, responder, team)


async def payloads(under_card: Talk, *kinds: EventKind) -> list[tuple[EventKind, int, dict[str, object]]]:
    incident = await incident_of(under_card.stage, under_card.code)
    async with under_card.stage.bot.store.reading() as tx:
        logged = await events.of(tx, incident.id)
    return [(event.kind, event.number, dict(event.payload or {})) for event in logged if event.kind in kinds]


async def test_a_changed_answer_of_the_team_comes_as_a_correction_and_the_old_words_stay(under_card: Talk) -> None:
    answer = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    await under_card.responder.edits(answer, "Anh/Chị chuyển tiền hôm nào?")
    told = await under_card.is_told("Anh/Chị chuyển tiền hôm nào?")
    assert told.text.startswith(f"{under_card.code} · Đính chính của Cán bộ trực 01:")
    assert under_card.reporter.showing(QUESTION) is not None, "what was read is not changed behind the reader's back"
    (relayed, edited) = await payloads(under_card, EventKind.RELAYED, EventKind.EDITED)
    assert relayed[2]["text"] == QUESTION
    assert edited[2] == {"of": relayed[1], "text": "Anh/Chị chuyển tiền hôm nào?"}
    await under_card.responder.sees_reaction(answer, "👍")


async def test_words_that_are_changed_and_answered_before_they_were_worked_are_not_lost(under_card: Talk) -> None:
    """Telegram hands out the message, its change and an answer to it at once."""
    under_card.team.chat.members[under_card.stage.telegram.me.id] = "administrator"
    answer = await under_card.answers(QUESTION)
    await under_card.responder.edits(answer, "Anh/Chị chuyển tiền hôm nào?")
    await under_card.answers("Và gửi cho ai?", answer)
    await under_card.is_told("Và gửi cho ai?")
    told = [message.text.split("\n")[1] for message in under_card.reporter.messages if "Cán bộ trực" in message.text]
    assert told == [QUESTION, "Anh/Chị chuyển tiền hôm nào?", "Và gửi cho ai?"]


async def test_a_second_change_is_a_change_of_the_first(under_card: Talk) -> None:
    answer = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    for words in ("Chuyển hôm nào?", "Chuyển tháng nào?"):
        await under_card.responder.edits(answer, words)
        await under_card.is_told(words)
    first, second = await payloads(under_card, EventKind.EDITED)
    assert second[2]["of"] == first[1]


async def test_an_edit_that_changes_no_word_says_nothing(under_card: Talk) -> None:
    answer = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    before = len(under_card.reporter.messages)
    under_card.stage.telegram.tell_message(answer, "edited_message")
    await heard_out(under_card.team, under_card.responder)
    await rests(under_card.stage)
    assert len(under_card.reporter.messages) == before
    assert await payloads(under_card, EventKind.EDITED) == []


async def test_an_answer_that_becomes_a_note_cannot_be_called_back_and_the_note_is_not_stored(
    under_card: Talk,
) -> None:
    answer = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    await under_card.responder.edits(answer, "// ý tôi là hỏi trưởng nhóm thôi")
    said = await under_card.team.sees("không rút lại được")
    assert said.reply_to is answer
    assert on_disk(under_card.stage.folder, "hỏi trưởng nhóm") == []
    assert await payloads(under_card, EventKind.EDITED) == []


async def test_a_changed_note_stays_a_note(under_card: Talk) -> None:
    note = await under_card.answers("// người báo hoảng loạn")
    before = len(under_card.reporter.messages)
    await under_card.responder.edits(note, "người báo rất hoảng loạn")
    await heard_out(under_card.team, under_card.responder)
    assert len(under_card.reporter.messages) == before
    assert on_disk(under_card.stage.folder, "hoảng loạn") == []


async def test_changed_words_of_the_reporter_come_under_the_card_as_a_correction(under_card: Talk) -> None:
    message = await under_card.reporter.says(WORDS)
    await under_card.team.sees("giọng miền khác")
    await under_card.reporter.edits(message, "Tôi nhớ nhầm: kẻ gọi 0912 345 678 nói giọng miền trung, xưng là bưu tá")
    line = await under_card.team.sees("Người báo đính chính")
    assert "xưng là bưu tá" in line.text
    assert "0912 345 678" not in line.text
    assert line.reply_to is under_card.card
    told, edited = await payloads(under_card, EventKind.TOLD, EventKind.EDITED)
    assert (told[2]["text"], edited[2]["of"]) == (WORDS, told[1])


async def test_a_change_after_the_right_was_lost_goes_nowhere(under_card: Talk) -> None:
    answer = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    async with under_card.stage.bot.store.transaction() as tx:
        now = "2026-01-01T00:00:00.000000Z"
        await tx.run("UPDATE roles SET ended_at = :now WHERE role = 'responder'", {"now": now})
    await under_card.responder.edits(answer, "Anh/Chị gửi cho tôi mã giao dịch")
    await under_card.team.sees("Việc này chỉ người được giao mới làm được")
    assert under_card.reporter.showing("mã giao dịch") is None
