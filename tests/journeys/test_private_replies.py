"""Answers in private to messages about an incident that is not one's own, and files that answer a question."""

from __future__ import annotations

from bot.domain.incidents import EventKind, Status
from tests.conftest import Stage
from tests.journeys.steps import log_of, new
from tests.journeys.walks import quiet, rows
from tests.journeys.working import Case, liaison, sends, taken
from tests.people import Person

POLICE = "Công an tỉnh Ninh Bình"


async def refers(one: Case) -> None:
    """Offer the incident to the police."""
    await one.presses("Việc khác…")
    since = await one.opens("Chuyển cơ quan…")
    await new(one.officer, "Chuyển cho cơ quan nào", since)
    await one.officer.presses(POLICE)
    await one.officer.sees("Lý do chuyển")
    since = len(one.officer.messages)
    await one.officer.says("Có dấu hiệu lừa đảo chiếm đoạt tài sản")
    await sends(one.officer, since)


async def asks(one: Case, question: str) -> None:
    """The team waits for the reporter."""
    async with one.stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET status = 'waiting' WHERE code = :code", {"code": one.code})
    one.team.telegram.says(one.officer.user, one.team.chat, question, reply_to=one.card)
    await one.reporter.sees(question)


async def test_a_liaison_answers_by_replying_and_corrects_nothing_silently(running_stage: Stage) -> None:
    police = await liaison(running_stage, "Lê Văn Công", "police")
    one = await taken(running_stage)
    await refers(one)
    offer = await police.sees("đề nghị")
    said = await police.replies(offer, "Bên tôi cần thêm biên lai chuyển tiền")
    await police.sees("Đã chuyển lời của Anh/Chị")
    assert POLICE in (await one.team.sees("cần thêm biên lai")).text
    assert (await log_of(running_stage, one.code))[-1] is EventKind.ANSWERED
    await police.edits(said, "Bên tôi cần thêm sao kê")
    await police.sees("chưa được ghi")
    await police.sends_document("van-ban.pdf", b"%PDF-1.4", reply_to=offer)
    await police.sees("chỉ nhận lời viết")
    assert await rows(running_stage, "SELECT * FROM evidence") == []
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_a_colleague_who_answers_the_details_in_private_is_sent_to_the_group(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.presses("Chi tiết (riêng)")
    details = await one.officer.sees("Lần mở này đã được ghi lại")
    before = len(one.reporter.messages)
    await one.officer.replies(details, "Chị cho xin số tài khoản của họ với ạ")
    await one.officer.sees("trả lời vào thẻ")
    await quiet(running_stage)
    assert len(one.reporter.messages) == before
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_a_stranger_s_answer_to_nothing_is_a_message_like_any_other(
    running_stage: Stage, stranger: Person
) -> None:
    await stranger.starts()
    welcome = await stranger.sees("Xin chào")
    await stranger.replies(welcome, "Có người xưng công an gọi cho tôi đòi tiền")
    await stranger.sees("Đã ghi lại lời kể")


async def test_a_file_may_be_the_answer_that_was_asked_for(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await asks(one, "Anh/Chị gửi giúp biên lai")
    await one.reporter.sends_document("bienlai.pdf", b"%PDF-1.4 x")
    await one.team.sees("1 tệp")
    assert (await one.stands()).status is Status.WORKING
