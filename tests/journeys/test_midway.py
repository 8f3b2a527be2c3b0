"""What breaks in the middle of a conversation ends in words for whoever waits, and nothing that was said is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo import example_policy
from bot.domain.evidence import Piece, State
from bot.domain.ids import Ids
from bot.domain.incidents import EventKind
from bot.domain.people import Role
from bot.domain.sending import Gone, Outcome, Parcel, Refused, Sent
from bot.playground.clock import Clock
from bot.services.desk import Desk, House
from jobs.dispatcher import Dispatcher
from jobs.pace import Pace
from locales import Texts
from storage import events, evidence, groups
from storage.evidence import Place
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.conftest import Stage
from tests.jobs.records import becomes, number, rests
from tests.journeys.pieces import fetched, folder
from tests.journeys.steps import files, incident_of, log_of
from tests.journeys.test_silence import falls_silent
from tests.journeys.threads import Talk, talk
from tests.journeys.walks import tells
from tests.journeys.working import taken
from tests.people import Person, Team, visible

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
QUESTION = "Anh/Chị chuyển tiền lúc mấy giờ, qua ngân hàng nào?"


@pytest.fixture
async def under_card(running_stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    return await talk(running_stage, reporter, responder, team)


class Refuses:
    """A Telegram that refuses to answer a message which it does not know."""

    def __init__(self) -> None:
        self.answered: list[int | None] = []

    async def deliver(self, parcel: Parcel) -> Outcome:
        self.answered.append(parcel.replies_to)
        return Sent(1) if parcel.replies_to is None else Gone(Refused.NO_MESSAGE)

    async def stands(self) -> bool:
        return True


# Nobody is left waiting for what did not arrive ----------------------------------------------------------------------


async def test_a_question_that_cannot_be_delivered_is_told_to_the_team(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await rests(running_stage)
    one.reporter.user.blocked = True  # and Telegram has not told the bot
    await one.fills("Hỏi người báo", QUESTION)
    assert one.code in (await one.team.sees("Người báo đã chặn bot")).text


async def test_a_file_that_is_nowhere_any_more_is_told_to_whoever_wants_to_see_it(under_card: Talk) -> None:
    stage = under_card.stage
    sent = await under_card.reporter.sends_document("bienlai.pdf", b"%PDF-1.4 x", "application/pdf")
    (kept,) = await fetched(stage)
    stage.telegram.forgets(sent)
    (folder(stage) / kept["sha256"][:2] / kept["sha256"]).unlink()
    await under_card.team.presses(under_card.responder, "Xem (riêng)", "1 tệp")
    assert "bienlai.pdf" in (await under_card.responder.sees("không còn")).text


async def test_a_picture_that_the_group_cannot_show_is_told_as_a_line(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"pictures_in_group": True})
    await stage.start()
    responder = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    one = await talk(stage, stage.person("Người dân"), responder, await stage.team(responder))
    sent = await one.reporter.sends_photo()
    await one.reporter.sees("dữ liệu cá nhân nhạy cảm")
    stage.telegram.forgets(sent)
    await one.reporter.presses("Tôi đã che, đồng ý gửi")
    line = await one.team.sees("1 ảnh")
    assert "[Xem (riêng)]" in visible(line)


async def test_administrators_hear_once_that_the_group_is_out_of_reach(under_card: Talk) -> None:
    stage = under_card.stage
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    stage.telegram.removes_bot(under_card.team.chat, under_card.responder.user)
    for words in ("Họ vừa gọi lại cho tôi", "Họ đòi thêm tiền"):
        await under_card.reporter.says(words)
        await rests(stage)
    assert [message.text.startswith("Không gửi được") for message in admin.messages].count(True) == 1


async def test_words_whose_place_to_answer_telegram_does_not_know_stand_by_themselves(tmp_path: Path) -> None:
    """Telegram is asked to send without it; where it refuses all the same, the words count for more."""
    clock, channel, house = Clock(), Refuses(), House(example_policy(), Texts.load())
    async with open_store(tmp_path / "bot.db", Ids(clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            group = await groups.meet(tx, -100)
            await Desk(tx, clock.now(), house).tell_group(group, "relay.unknown", extras={"replies_to": 7})
        dispatcher = Dispatcher(store, clock, house, channel, Pace(None, clock.ticks))
        for _ in range(2):
            await dispatcher.turn()
            await dispatcher.land()
        async with store.reading() as tx:
            assert [row["state"] for row in await tx.rows("SELECT state FROM deliveries")] == ["sent"]
    assert channel.answered == [7, None]


# Whose words these are -----------------------------------------------------------------------------------------------


async def test_an_answer_to_the_team_is_no_answer_to_the_form_that_silence_filed(
    running_stage: Stage, reporter: Person, responder: Person, team: Team
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    card = await team.sees(code)
    await responder.replies(card, QUESTION)
    await reporter.sees(QUESTION)
    await reporter.says("Chín giờ tối qua, ngân hàng Nông nghiệp")
    assert code in (await team.sees("ngân hàng Nông nghiệp")).text
    assert EventKind.TOLD in await log_of(running_stage, code)


async def test_whoever_goes_on_with_the_form_is_heard_by_the_form(
    running_stage: Stage, reporter: Person, responder: Person, team: Team
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    await responder.replies(await team.sees(code), QUESTION)
    await reporter.sees(QUESTION)
    running_stage.clock.move(seconds=1)
    await reporter.presses("Không rõ", "Chuyện xảy ra khi nào")
    await reporter.sees("số tài khoản, tên người nào")
    await reporter.says("Họ đưa số 1903 5678 9012 tên Trần Văn Lừa")
    await rests(running_stage)
    assert "Trần Văn Lừa" in str((await incident_of(running_stage, code)).facts)


async def test_an_answer_in_private_that_is_faster_than_the_number_of_what_it_answers_finds_its_incident(
    under_card: Talk,
) -> None:
    stage, reporter = under_card.stage, under_card.reporter
    second = await files(reporter, "Facebook của tôi bị mất, kẻ gian nhắn tin vay tiền bạn bè")
    await under_card.team.sees(second)
    stage.telegram.fails("delay", "sendMessage", reporter.chat, seconds=0.3)
    await under_card.answers(QUESTION)
    told = await under_card.is_told(QUESTION)
    assert await number(stage, "SELECT count(*) FROM deliveries WHERE state = 'sending'") == 1, "not written down yet"
    await reporter.replies(told, "Chín giờ tối qua")
    assert under_card.code in (await under_card.team.sees("Chín giờ tối qua")).text
    assert reporter.showing("sự cố nào") is None


# The group is replaced -----------------------------------------------------------------------------------------------


async def test_what_waits_for_a_group_goes_to_the_one_that_takes_its_place(under_card: Talk) -> None:
    stage, old = under_card.stage, under_card.team
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    stage.telegram.fails("404html", "sendMessage", old.chat, times=None)
    await under_card.reporter.says("Họ vừa gọi lại cho tôi")
    await becomes(stage, 1, "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND attempts > 0")
    fresh = Team(stage.telegram, stage.telegram.group("Nhóm mới", members=[admin.user, under_card.responder.user]))
    await fresh.says(admin, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    stage.clock.move(minutes=2)
    line = await fresh.sees("Họ vừa gọi lại")
    assert under_card.code in line.text
    await under_card.answers(QUESTION, line)
    await under_card.is_told(QUESTION)
    stage.telegram.heals()
    stage.clock.move(minutes=2)
    await old.sees("không còn nhận thẻ sự cố")
    assert old.showing("Họ vừa gọi lại") is None


async def test_words_that_fail_after_the_group_was_replaced_are_told_to_the_new_one(under_card: Talk) -> None:
    stage, old = under_card.stage, under_card.team
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    stage.telegram.fails("404html", "sendMessage", under_card.reporter.chat, times=None)
    await under_card.answers(QUESTION)
    await becomes(stage, 1, "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND attempts > 0")
    fresh = Team(stage.telegram, stage.telegram.group("Nhóm mới", members=[admin.user, under_card.responder.user]))
    await fresh.says(admin, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    await old.sees("không còn nhận thẻ sự cố")
    stage.telegram.heals()
    under_card.reporter.user.blocked = True
    stage.clock.move(minutes=2)
    assert under_card.code in (await fresh.sees("Người báo đã chặn bot")).text
    assert old.showing("Người báo đã chặn bot") is None


async def test_a_card_that_lands_in_a_group_that_has_just_moved_is_laid_in_the_new_one(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    telegram = running_stage.telegram
    chat = telegram.group("Đội ứng cứu", members=[responder.user], admins=[responder.user], type="group")
    await running_stage.bind(chat)
    telegram.fails("delay", "sendMessage", chat, seconds=0.5)
    code = await files(reporter)
    await Team(telegram, chat).sees(code)
    assert await number(running_stage, "SELECT count(*) FROM deliveries WHERE state = 'sending' AND card > ''") == 1
    moved = Team(telegram, telegram.migrates(chat))
    card = await moved.sees(code)
    await rests(running_stage)
    assert await number(running_stage, "SELECT telegram_id FROM cards") == card.id
    await moved.presses(responder, "Nhận xử lý", code)
    await reporter.sees("đã có cán bộ nhận xử lý")


# Evidence ------------------------------------------------------------------------------------------------------------


async def test_the_log_keeps_the_hash_of_a_file_that_was_fetched_before_its_report_was_filed(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    await reporter.sends_document("bienlai.pdf", b"%PDF-1.4 x", "application/pdf")
    (kept,) = await fetched(running_stage)
    code = await falls_silent(running_stage, reporter)
    assert (await log_of(running_stage, code))[-2:] == [EventKind.RECEIVED, EventKind.FETCHED]
    incident = await incident_of(running_stage, code)
    async with running_stage.bot.store.reading() as tx:
        last = (await events.of(tx, incident.id))[-1]
    assert last.payload is not None
    assert last.payload["sha256"] == kept["sha256"]


async def test_a_file_that_an_officer_sends_on_is_evidence_too(under_card: Talk) -> None:
    await under_card.responder.sends_document(
        "mau-don.pdf", b"%PDF-1.4 x", "application/pdf", chat=under_card.team.chat, reply_to=under_card.card
    )
    await under_card.is_told("gửi kèm tệp này")
    (kept,) = await fetched(under_card.stage)
    assert (kept["state"], kept["name"]) == ("stored", "mau-don.pdf")
    await under_card.team.presses(under_card.responder, "Chi tiết (riêng)", "Tình trạng")
    assert "cán bộ gửi" in (await under_card.responder.sees("tệp gửi kèm")).text


async def test_every_file_of_a_long_list_is_listed(under_card: Talk) -> None:
    incident = await incident_of(under_card.stage, under_card.code)
    async with under_card.stage.bot.store.transaction() as tx:
        for name in range(60):
            piece = Piece("document", "x", 1, f"{name}.pdf", None, None)
            await evidence.add(tx, incident.reporter or "", Place(incident=incident.id), piece, State.FAILED, NOW)
    await under_card.team.presses(under_card.responder, "Chi tiết (riêng)", "Tình trạng")
    await under_card.responder.sees("60. 59.pdf")
