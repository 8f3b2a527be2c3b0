"""Every kind of message that the Bot API knows: kept as what it is or refused in plain words, and none in silence."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Location, Message, Update

from bot.domain import redact
from bot.domain.people import Role
from handlers.incoming import narrow
from handlers.kinds import FRAME, KINDS, Evidence, Refused, Told, Words, place
from tests.conftest import Stage, set_stage
from tests.journeys.walks import STORY, mentions, quiet, rows
from tests.people import Person, Team, code_in, visible

STORED = {kind: row for kind, row in KINDS.items() if isinstance(row, Evidence | Told)}
REFUSED = {kind: row for kind, row in KINDS.items() if isinstance(row, Refused)}
CLUELESS = {kind for kind, row in KINDS.items() if isinstance(row, Told) and not row.is_clue}
# What the team reads of each kind that has no file and no words.
READ = {
    "venue": "Địa điểm: ‹Town hall›, ‹1 Main Street› (‹21,0285, 105,8542›)",
    "location": "Vị trí: ‹21,0285, 105,8542›",
    "contact": "Danh bạ: ‹Ann›, +84900000000",
    "poll": "Bình chọn: Chuyển tiền chưa?\nCác lựa chọn: rồi; chưa",
    "checklist": "Danh sách việc: To do\nChange the password",
    "invoice": "Hóa đơn: Ticket. A ticket. Số tiền: 10000 VND",
    "game": "Trò chơi: Chess. A game",
    "story": "Tin ngắn (story) của: ‹News›",
    "giveaway": "Chương trình tặng quà của: News",
    "giveaway_winners": "Chương trình tặng quà của: News",
    "sticker": "Nhãn dán: 👍",
    "dice": "Xúc xắc 🎲: 3",
}
TAKEN = "Đã ghi lại lời kể"
TOO_SHORT = "ngắn quá nên chưa thành tin báo"


@dataclass(frozen=True)
class Outcome:
    """What one message led to: what its sender read, what was kept of it."""

    read: str
    story: str | None
    evidence: list[str]
    events: list[Mapping[str, Any]]


def throws(person: Person, kind: str) -> None:
    """Send an example of a kind."""
    if kind == "poll":
        person.telegram.sends_poll(person.user, person.chat, "Chuyển tiền chưa?", "rồi", "chưa")
    else:
        person.telegram.sends(person.user, person.chat, kind)


async def outcome(stage: Stage, person: Person, since: int) -> Outcome:
    mine = {"id": person.user.id}
    drafts = await rows(
        stage, "SELECT d.answers FROM drafts d JOIN people p ON p.id = d.person WHERE p.telegram_id = :id", **mine
    )
    evidence = await rows(
        stage, "SELECT e.kind FROM evidence e JOIN people p ON p.id = e.person WHERE p.telegram_id = :id", **mine
    )
    events = await rows(
        stage,
        "SELECT e.kind, y.payload FROM events e JOIN event_payloads y ON y.incident = e.incident"
        " AND y.number = e.number JOIN people p ON p.id = e.actor WHERE p.telegram_id = :id ORDER BY e.number",
        **mine,
    )
    return Outcome(
        read="\n".join(visible(message) for message in person.messages[since:]),
        story=json.loads(drafts[0]["answers"]).get("story") if drafts else None,
        evidence=[row["kind"] for row in evidence],
        events=[{"kind": row["kind"], **json.loads(row["payload"])} for row in events],
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mapping[str, Outcome]]:
    """Each kind, sent by somebody of whom the bot knows nothing."""
    async with set_stage(tmp_path_factory.mktemp("first")) as stage:
        await stage.start()
        senders = {kind: stage.person(f"Người gửi {kind}") for kind in KINDS if not isinstance(KINDS[kind], Words)}
        for kind, sender in senders.items():
            throws(sender, kind)
        await quiet(stage)
        yield {kind: await outcome(stage, sender, 0) for kind, sender in senders.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def later(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mapping[str, Outcome]]:
    """Each kind, sent by somebody who has reported something."""
    async with set_stage(tmp_path_factory.mktemp("later")) as stage:
        await stage.start()
        await stage.team(await stage.staff("Đỗ Minh Khôi", Role.RESPONDER))
        senders = {kind: stage.person(f"Người gửi {kind}") for kind in STORED}
        for sender in senders.values():
            await sender.says(STORY)
        for sender in senders.values():
            await sender.presses("Gửi ngay", TAKEN)
        await quiet(stage)
        before = {kind: len(sender.messages) for kind, sender in senders.items()}
        for kind, sender in senders.items():
            throws(sender, kind)
        await quiet(stage)
        yield {kind: await outcome(stage, sender, before[kind]) for kind, sender in senders.items()}


def test_the_table_knows_every_field_of_a_message() -> None:
    fields = set(inspect.signature(Message.__init__).parameters) - {"self", "api_kwargs"}
    assert fields == FRAME | set(KINDS)
    assert not FRAME & set(KINDS)


def test_every_kind_without_words_is_told_in_some() -> None:
    assert set(READ) == {kind for kind, row in KINDS.items() if isinstance(row, Told)}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not isinstance(KINDS[kind], Words)])
def test_no_kind_ends_in_silence(first: Mapping[str, Outcome], kind: str) -> None:
    assert first[kind].read
    assert "Số tham chiếu" not in first[kind].read, "it was not understood"


@pytest.mark.parametrize("kind", sorted(set(STORED) - CLUELESS))
def test_a_kind_that_tells_something_begins_a_report(first: Mapping[str, Outcome], kind: str) -> None:
    assert first[kind].story == READ.get(kind, "")
    row = KINDS[kind]
    assert first[kind].evidence == ([row.kind] if isinstance(row, Evidence) else [])


@pytest.mark.parametrize("kind", sorted(CLUELESS))
def test_a_kind_that_tells_nothing_by_itself_begins_none(first: Mapping[str, Outcome], kind: str) -> None:
    assert first[kind].story is None
    assert TOO_SHORT in first[kind].read


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_is_not_taken_is_refused_once_in_plain_words_and_kept_nowhere(
    first: Mapping[str, Outcome], kind: str
) -> None:
    outcome = first[kind]
    assert "không được lưu" in outcome.read
    assert (outcome.story, outcome.evidence, outcome.events) == (None, [], [])


@pytest.mark.parametrize("kind", sorted(READ))
def test_with_an_open_incident_every_kind_is_the_reporters_word_about_it(
    later: Mapping[str, Outcome], kind: str
) -> None:
    told = [event["text"] for event in later[kind].events if event["kind"] == "told"]
    assert told == [READ[kind]]
    assert later[kind].read


@pytest.mark.parametrize("kind", sorted(set(STORED) - set(READ)))
def test_with_an_open_incident_every_file_is_its_evidence(later: Mapping[str, Outcome], kind: str) -> None:
    row = KINDS[kind]
    assert isinstance(row, Evidence)
    assert later[kind].evidence == [row.kind]
    assert later[kind].read


@settings(max_examples=60)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_position_can_be_read_in_a_group(latitude: float, longitude: float) -> None:
    told = place(Location(longitude, latitude))
    assert told not in redact.for_group(f"Vị trí: {told}")
    shown = [digit for digit in redact.for_group(f"Vị trí: {told}") if digit.isdigit()]
    assert len(shown) <= 3, "what a mask leaves of any number"


ODD = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=40)


@settings(max_examples=40)
@given(ODD, ODD, st.lists(ODD, max_size=3))
def test_whatever_letters_a_kind_holds_it_can_be_stored(title: str, more: str, options: list[str]) -> None:
    """JSON can carry half a letter, a database cannot."""
    contents: dict[str, dict[str, Any]] = {
        "game": {"title": title, "description": more, "photo": []},
        "contact": {"phone_number": more, "first_name": title},
        "dice": {"emoji": title, "value": 1},
        "checklist": {"title": title, "tasks": [{"id": 1, "text": one} for one in options]},
        "invoice": {
            "title": title,
            "description": more,
            "start_parameter": "",
            "currency": title,
            "total_amount": 1,
        },
        "story": {"chat": {"id": -1, "type": "channel", "title": title, "username": more}, "id": 1},
    }
    for kind, content in contents.items():
        head = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
        sender = {"id": 1, "is_bot": False, "first_name": more}
        update = Update.de_json({"update_id": 1, "message": {**head, "from": sender, kind: content}}, None)
        for sentence in narrow(update).told:
            for value in sentence.values.values():
                (value or "").encode()


# What no row of the table decides alone -------------------------------------------------------------------------------


async def test_a_kind_that_nobody_knows_yet_is_refused_in_words(running_stage: Stage, reporter: Person) -> None:
    await reporter.sends("rich_message", {"blocks": []})
    await reporter.sees("chưa nhận được loại tin này")


async def test_words_beside_something_that_is_not_taken_are_kept(running_stage: Stage, reporter: Person) -> None:
    await reporter.sends("paid_media", caption=STORY)
    await reporter.sees("trả phí")
    await reporter.sees(TAKEN)
    assert "incidents" not in await mentions(running_stage, STORY)
    assert "drafts" in await mentions(running_stage, STORY)


async def test_where_a_reporter_stands_is_masked_in_the_group(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    running_stage.telegram.sends_location(reporter.user, reporter.chat, 20.5411, 105.9139)
    await reporter.presses("Gửi ngay", TAKEN)
    card = await team.sees(code_in(await reporter.sees("Mã sự cố")))
    assert "Vị trí:" in card.text
    assert "20,5411" not in card.text
    assert "105,9139" not in card.text


async def test_a_live_position_is_taken_once_and_its_steps_are_not_answered(
    running_stage: Stage, reporter: Person
) -> None:
    place = running_stage.telegram.sends_location(reporter.user, reporter.chat, 20.5, 105.9, live=900)
    await reporter.sees(TAKEN)
    await quiet(running_stage)
    before = len(reporter.messages)
    for step in range(3):
        running_stage.telegram.moves(reporter.user, place, 20.6 + step / 10, 105.9)
    await quiet(running_stage)
    assert len(reporter.messages) == before
    assert await mentions(running_stage, "20,6") == []


async def test_the_account_behind_a_forwarded_swindle_is_kept_and_shown_in_private_alone(
    running_stage: Stage, reporter: Person, team: Team, responder: Person, stranger: Person
) -> None:
    swindle = running_stage.telegram.says(stranger.user, stranger.chat, "Chuyển 20 triệu để giữ chỗ làm việc tại nhà")
    await reporter.forwards(swindle)
    await reporter.presses("Gửi ngay", TAKEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    card = await team.sees(code)
    assert "giữ chỗ làm" in card.text
    (kept,) = [event for event in await payloads(running_stage) if event["kind"] == "forwarded"]
    assert kept["origin"]["name"] == stranger.user.name
    assert kept["origin"]["date"].startswith(swindle.at.date().isoformat())
    assert stranger.user.name not in "".join(visible(message) for message in team.messages)
    await team.presses(responder, "Chi tiết (riêng)", code)
    assert stranger.user.name in (await responder.sees("Chuyển tiếp của")).text


async def test_an_origin_that_is_told_later_stays_out_of_the_group_too(
    running_stage: Stage, reporter: Person, team: Team, stranger: Person
) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", TAKEN)
    await reporter.sees("Mã sự cố")
    swindle = running_stage.telegram.says(stranger.user, stranger.chat, "Còn thiếu hai triệu nữa mới rút được")
    await reporter.forwards(swindle)
    line = await team.sees("mới rút được")
    assert stranger.user.name not in line.text
    (kept,) = [event for event in await payloads(running_stage) if event["kind"] == "told"]
    assert kept["origin"]["name"] == stranger.user.name


async def test_own_words_that_were_sent_on_name_nobody(running_stage: Stage, reporter: Person, team: Team) -> None:
    own = running_stage.telegram.says(reporter.user, reporter.chat, "ghi lại")
    await quiet(running_stage)
    await reporter.forwards(own)
    await reporter.presses("Gửi ngay", TAKEN)
    await reporter.sees("Mã sự cố")
    (kept,) = [event for event in await payloads(running_stage) if event["kind"] == "forwarded"]
    assert kept["origin"].keys() == {"type", "date"}


async def payloads(stage: Stage) -> list[dict[str, Any]]:
    found = await rows(
        stage,
        "SELECT e.kind, y.payload FROM events e JOIN event_payloads y ON y.incident = e.incident"
        " AND y.number = e.number ORDER BY e.incident, e.number",
    )
    return [{"kind": row["kind"], **json.loads(row["payload"])} for row in found]


async def test_an_album_is_one_piece_and_one_answer(running_stage: Stage, reporter: Person) -> None:
    await reporter.sends_album([b"a", b"b", b"c"], caption=STORY)
    await reporter.sees(TAKEN)
    await quiet(running_stage)
    kept = await rows(running_stage, "SELECT album, kind FROM evidence")
    assert len(kept) == 3
    assert len({row["album"] for row in kept}) == 1
    assert kept[0]["album"] is not None
    assert len([message for message in reporter.messages if "Câu 1/5" in visible(message)]) == 1


async def test_pictures_in_a_row_are_answered_once(running_stage: Stage, reporter: Person) -> None:
    await reporter.says(STORY)
    await reporter.sees(TAKEN)
    for picture in (b"a", b"b", b"c"):
        await reporter.sends_photo(picture)
    await quiet(running_stage)
    assert len(await rows(running_stage, "SELECT * FROM evidence")) == 3
    assert len([message for message in reporter.messages if "Câu 1/5" in visible(message)]) <= 2


async def test_a_burst_of_words_keeps_its_order(running_stage: Stage, reporter: Person, team: Team) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", TAKEN)
    await reporter.sees("Mã sự cố")
    said = [f"Câu thứ {number} của tôi" for number in range(1, 9)]
    for words in said:
        await reporter.says(words)
    await team.sees(said[-1])
    lines = [words for message in team.messages for words in said if words in message.text]
    assert lines == said
    await reporter.sees("Đã chuyển cho đội ứng cứu")
    receipts = [message for message in reporter.messages if "Đã chuyển cho đội ứng cứu" in message.text]
    assert len(receipts) == 1


async def test_an_answer_to_the_team_comes_before_the_form_that_silence_filed(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    """The form is still open, but who was asked something answers that."""
    await reporter.says(STORY)
    await reporter.sees(TAKEN)
    running_stage.clock.move(minutes=3, seconds=1)
    code = code_in(await reporter.sees("đã được ghi thành tin báo"))
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET status = 'waiting' WHERE code = :code", {"code": code})
    await reporter.says("Họ dùng tên Zalo là Minh Anh nhé")
    await team.sees("Minh Anh")


async def test_words_about_an_incident_that_ended_long_ago_are_told_where_to_go(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", TAKEN)
    receipt = await reporter.sees("Mã sự cố")
    long_ago = "2026-01-01T00:00:00.000000Z"
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET status = 'closed', ended_at = :at", {"at": long_ago})
    await reporter.replies(receipt, "Tôi lại bị nữa")
    await reporter.sees("đã kết thúc từ lâu")


async def test_a_file_sent_to_a_question_of_words_alone_is_refused_in_words(
    running_stage: Stage, reporter: Person
) -> None:
    await reporter.says("/riengtu")
    await reporter.presses("Yêu cầu sửa hoặc xóa", "Quyền riêng tư")
    await reporter.sends_document("a.txt", b"x")
    await reporter.sees("chỉ nhận lời viết")
    assert await rows(running_stage, "SELECT * FROM evidence") == []
