"""The conversation under a card: what goes to the reporter, what comes back, and what stays where it was said."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.incidents import EventKind
from bot.domain.people import Role
from bot.playground.media import Item
from storage import people
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import asks, files, heard_out, incident_of, log_of, new, on_disk
from tests.journeys.threads import Talk, talk
from tests.people import Person, Team, visible

QUESTION = "Anh/Chị chuyển tiền lúc mấy giờ, qua ngân hàng nào?"
PERSONAL = (
    "Tôi là Nguyễn Thị Mận, số 0912 345 678, chuyển vào stk 1903 5678 9012, bấm https://nhan-qua.vidu.example/abc"
    " rồi họ nhắn từ @lua_dao_vip"
)


@pytest.fixture
async def under_card(running_stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    return await talk(running_stage, reporter, responder, team)


# From the team to the reporter -------------------------------------------------------------------------------------


async def test_a_reply_to_the_card_reaches_the_reporter_without_the_officers_name(
    under_card: Talk, stranger: Person
) -> None:
    await under_card.answers(QUESTION)
    told = await under_card.is_told(QUESTION)
    assert told.text == f"{under_card.code} · Cán bộ trực 01 nhắn:\n{QUESTION}"
    assert told.buttons == [["Trả lời", "Xem tin báo"]]
    for name in ("Khôi", "Đỗ Minh"):
        assert name not in " ".join(visible(message) for message in under_card.reporter.messages)
    assert EventKind.RELAYED in await log_of(under_card.stage, under_card.code)
    assert stranger.messages == []


async def test_a_reply_to_any_message_of_the_thread_goes_to_the_same_reporter(under_card: Talk) -> None:
    # In privacy mode Telegram shows a bot the answers to its own messages; an administrator sees those to others too.
    under_card.team.chat.members[under_card.stage.telegram.me.id] = "administrator"
    first = await under_card.answers(QUESTION)
    await under_card.is_told(QUESTION)
    colleague = await under_card.stage.staff("Trần Thu Hà", Role.DUTY_OFFICER)
    under_card.team.chat.members[colleague.user.id] = "member"
    await colleague.replies(first, "Và gửi cho ai?")
    await under_card.is_told("Và gửi cho ai?")
    await under_card.reporter.says("Tôi chuyển lúc chín giờ tối qua, cho một tài khoản lạ")
    line = await under_card.team.sees("chín giờ tối qua")
    await under_card.answers("Cảm ơn Anh/Chị", line)
    await under_card.is_told("Cảm ơn Anh/Chị")


async def test_what_the_group_reads_masked_the_team_reads_whole_in_private(
    under_card: Talk, running_stage: Stage
) -> None:
    said = await under_card.reporter.says("Gọi tôi theo số 0912 345 678 lúc 9 giờ")
    await under_card.team.sees("678 lúc 9 giờ")
    await under_card.reporter.edits(said, "Gọi tôi theo số 0912 345 999 lúc 9 giờ")
    await under_card.team.sees("999 lúc 9 giờ")
    await under_card.team.presses(under_card.responder, "Chi tiết (riêng)", "Tình trạng")
    told = await under_card.responder.sees("người báo nhắn thêm")
    assert told.text.index("0912 345 678 lúc 9 giờ") < told.text.index("đính chính: Gọi tôi theo số 0912 345 999")
    assert told.protected
    expert = await running_stage.staff("Phan Nhật Quang", Role.EXPERT)
    under_card.team.chat.members[expert.user.id] = "member"
    await under_card.team.presses(expert, "Chi tiết (riêng)", "Tình trạng")
    assert "09•• ••• 678 lúc 9 giờ" in (await expert.sees("người báo nhắn thêm")).text
    assert "0912" not in " ".join(message.text for message in expert.messages)


async def test_the_policy_may_show_names_of_officers(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"staff_names": True})
    await stage.start()
    responder = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    under_card = await talk(stage, stage.person("Người dân"), responder, await stage.team(responder))
    await under_card.answers(QUESTION)
    assert "Đỗ Minh Khôi nhắn:" in (await under_card.is_told(QUESTION)).text


async def test_a_number_stands_for_the_officer(under_card: Talk) -> None:
    async with under_card.stage.bot.store.transaction() as tx:
        officer = await people.find(tx, under_card.responder.user.id)
        assert officer is not None
        await tx.run("UPDATE people SET badge = 3 WHERE id = :id", {"id": officer.id})
    await under_card.answers(QUESTION)
    assert "Cán bộ trực 03 nhắn:" in (await under_card.is_told(QUESTION)).text


async def test_a_long_answer_comes_whole_in_pieces_with_keys_under_the_last(under_card: Talk) -> None:
    words = [f"việc{number:04}" for number in range(450)]
    await under_card.answers(" ".join(words))
    last = await under_card.is_told(words[-1])
    told = [message for message in under_card.reporter.messages if "việc0" in message.text]
    assert len(told) == 2
    assert [message.buttons for message in told] == [[], last.buttons]
    assert " ".join(message.text.split("\n", 1)[1] for message in told).split() == words


async def test_links_of_the_team_open_no_preview(under_card: Talk) -> None:
    await under_card.answers("Xem https://vidu.example/huong-dan <b>nhé</b>")
    told = await under_card.is_told("https://vidu.example/huong-dan <b>nhé</b>")
    (call,) = [call for call in under_card.calls("sendMessage") if "huong-dan" in str(call.params["text"])]
    assert call.chat == told.chat.id
    assert "is_disabled" in str(call.params["link_preview_options"])


async def test_a_secret_in_an_answer_is_masked_and_the_team_reads_that(under_card: Talk) -> None:
    answer = await under_card.answers("Mật khẩu mới là: Hoa@2026xyz nhé")
    await under_card.is_told("nhé")
    note = await under_card.team.sees("Phần đó đã được che")
    assert note.reply_to is answer
    assert on_disk(under_card.stage.folder, "Hoa@2026xyz") == []


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "voice", "audio"])
async def test_media_of_the_team_go_on_with_their_words(under_card: Talk, kind: str) -> None:
    await under_card.responder.sends(
        kind, caption="Đây là mẫu đơn", chat=under_card.team.chat, reply_to=under_card.card
    )
    told = await under_card.is_told("Đây là mẫu đơn")
    assert told.kind == kind
    assert told.text.startswith(f"{under_card.code} · Cán bộ trực 01 nhắn:")


async def test_a_file_with_more_words_than_a_caption_holds_comes_after_them(under_card: Talk) -> None:
    words = "Hướng dẫn chi tiết. " * 45
    chat, card = under_card.team.chat, under_card.card
    await under_card.responder.sends_document(
        "mau-don.pdf", caption=words, chat=chat, reply_to=card, mime="application/pdf"
    )
    sent = await under_card.is_told("gửi kèm tệp này")
    before = under_card.reporter.messages[under_card.reporter.messages.index(sent) - 1]
    assert (before.kind, sent.kind) == ("text", "document")
    assert before.text.endswith(words.strip())


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("document", "vacxin.exe", "chương trình"),
        ("document", "nhat-ky.log", "nhật ký"),
        ("sticker", None, "chưa chuyển được loại tin này"),
        ("video_note", None, "chưa chuyển được loại tin này"),
        ("location", None, "chưa chuyển được loại tin này"),
    ],
)
async def test_what_must_not_go_on_is_refused_in_words(under_card: Talk, kind: str, name: str | None, why: str) -> None:
    chat, card = under_card.team.chat, under_card.card
    before = len(under_card.reporter.messages)
    if name:
        await under_card.responder.sends_document(name, chat=chat, reply_to=card)
    else:
        await under_card.responder.sends(kind, chat=chat, reply_to=card)
    await under_card.team.sees(why)
    assert len(under_card.reporter.messages) == before
    assert EventKind.RELAYED not in await log_of(under_card.stage, under_card.code)


# Who may not -------------------------------------------------------------------------------------------------------


async def test_without_the_right_nothing_goes_on_and_nothing_is_kept(under_card: Talk) -> None:
    guest = under_card.stage.person("Khách trong nhóm")
    under_card.team.chat.members[guest.user.id] = "member"
    before = len(under_card.reporter.messages)
    await guest.replies(under_card.card, "Tôi xin hỏi chuyện riêng một chút")
    await under_card.team.sees("Việc này chỉ người được giao mới làm được")
    await rests(under_card.stage)
    assert len(under_card.reporter.messages) == before
    await under_card.stage.bot.store.checkpoint()
    assert on_disk(under_card.stage.folder, "chuyện riêng một chút") == []


async def test_an_anonymous_administrator_reads_why_nothing_goes_on(under_card: Talk) -> None:
    under_card.team.chat.members[under_card.responder.user.id] = "administrator"
    before = len(under_card.reporter.messages)
    await under_card.answers(QUESTION, anonymous_admin=True)
    await under_card.team.sees("ẩn danh")
    assert len(under_card.reporter.messages) == before


async def test_an_auditor_reads_and_says_nothing_to_reporters(under_card: Talk) -> None:
    auditor = await under_card.stage.staff("Người kiểm tra", Role.AUDITOR)
    under_card.team.chat.members[auditor.user.id] = "member"
    before = len(under_card.reporter.messages)
    await auditor.replies(under_card.card, QUESTION)
    await under_card.team.sees("Việc này chỉ người được giao mới làm được")
    assert len(under_card.reporter.messages) == before


async def test_a_reporter_who_has_blocked_the_bot_is_told_at_once(under_card: Talk) -> None:
    under_card.stage.telegram.blocks(under_card.reporter.user)
    await rests(under_card.stage)
    await under_card.answers(QUESTION)
    await under_card.team.sees("Người báo đã chặn bot")
    assert EventKind.RELAYED not in await log_of(under_card.stage, under_card.code)


async def test_a_reporter_whose_data_were_erased_is_told_at_once(under_card: Talk) -> None:
    async with under_card.stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET reporter = NULL WHERE code = :code", {"code": under_card.code})
    await under_card.answers(QUESTION)
    await under_card.team.sees("Dữ liệu của người báo đã được xóa")


# What stays in the team --------------------------------------------------------------------------------------------


async def test_notes_and_answers_to_notes_stay_in_the_team_and_are_not_stored(under_card: Talk) -> None:
    stage, before = under_card.stage, len(under_card.reporter.messages)
    note = await under_card.answers("// người báo này gọi ba lần rồi, giọng hoảng loạn")
    await under_card.answers("đồng ý, giọng hoảng loạn thật", note)
    await under_card.responder.sends_photo(
        caption="// ảnh nội bộ hoảng loạn", chat=under_card.team.chat, reply_to=under_card.card
    )
    await heard_out(under_card.team, under_card.responder)
    await rests(stage)
    assert len(under_card.reporter.messages) == before
    assert on_disk(stage.folder, "hoảng loạn") == []
    assert await log_of(stage, under_card.code) == [EventKind.FILED]
    assert under_card.marks() == []


async def test_talk_of_the_group_is_neither_carried_nor_stored(under_card: Talk) -> None:
    stage, before = under_card.stage, len(under_card.reporter.messages)
    stage.telegram.me.privacy = False
    talked = await under_card.team.says(under_card.responder, "Trưa nay ăn bún chả nhé mọi người")
    await under_card.answers("Bún chả thì được", talked)
    await under_card.team.says(under_card.responder, "/hangdoi")
    listed = await under_card.team.sees("Đang chờ người nhận")
    await under_card.answers("Bún chả xong đã", listed)
    await heard_out(under_card.team, under_card.responder)
    assert len(under_card.reporter.messages) == before
    assert on_disk(stage.folder, "ún chả") == []


async def test_an_answer_to_a_message_that_the_bot_lost_sight_of_is_not_lost_in_silence(under_card: Talk) -> None:
    """The line broke after Telegram had acted: two cards stand there, and the bot knows the number of one."""
    telegram, team = under_card.stage.telegram, under_card.team
    telegram.fails("drop_after", "sendMessage", team.chat)
    other = await files(under_card.stage.person("Người khác"))
    await team.sees("(gửi lại)", within=60)
    lost = next(message for message in team.messages if other in message.text and "gửi lại" not in message.text)
    answer = await under_card.answers("Anh/Chị cho hỏi thêm chuyện này", lost)
    said = await team.sees("không nối được")
    assert said.reply_to is answer
    assert on_disk(under_card.stage.folder, "hỏi thêm chuyện này") == []


# From the reporter to the team -------------------------------------------------------------------------------------


async def test_words_of_the_reporter_come_under_the_card_masked_and_whole(under_card: Talk) -> None:
    await under_card.reporter.says(PERSONAL)
    line = await under_card.team.sees("Người báo nhắn")
    assert line.reply_to is under_card.card
    for secret in ("0912 345 678", "1903 5678 9012", "https://", " @lua_dao_vip"):
        assert secret not in line.text, secret
    assert "hxxps://nhan-qua[.]vidu[.]example/abc" in line.text
    assert line.origin is None
    assert EventKind.TOLD in await log_of(under_card.stage, under_card.code)


async def test_nothing_of_the_account_of_a_reporter_is_shown_in_the_group(running_stage: Stage, team: Team) -> None:
    reporter = running_stage.person("Nguyễn Thị Mận")
    reporter.user.username = "man_nguyen"
    code = await files(reporter)
    await team.sees(code)
    await reporter.says("Tôi quên nói là họ còn gửi cho tôi một quyết định bắt giữ giả")
    await team.sees("quyết định bắt giữ giả")
    shown = " ".join(f"{visible(message)} {message.html}" for message in team.messages)
    for secret in ("Mận", "man_nguyen", str(reporter.user.id), str((await incident_of(running_stage, code)).reporter)):
        assert secret not in shown, secret


async def test_a_long_story_of_the_reporter_comes_whole_and_in_order(under_card: Talk) -> None:
    words = [f"chuyện{number:04}" for number in range(380)]
    await under_card.reporter.says(" ".join(words))
    await under_card.team.sees(words[-1])
    lines = [message for message in under_card.team.messages if "chuyện0" in message.text]
    assert len(lines) == 2
    assert " ".join(line.text.split("\n", 1)[1] for line in lines).split() == words


async def test_a_reporter_reads_one_receipt_for_a_burst_and_only_once_telegram_has_it(under_card: Talk) -> None:
    telegram, reporter = under_card.stage.telegram, under_card.reporter
    telegram.fails("429", "sendMessage", under_card.team.chat, retry_after=1)
    for number in range(4):
        await reporter.says(f"Tôi nhớ thêm điều thứ {number}: kẻ gọi nói giọng miền khác")
    receipt = await reporter.sees("Đã chuyển cho đội ứng cứu")
    assert any("điều thứ 0" in message.text for message in under_card.team.messages)
    await under_card.team.sees("điều thứ 3")
    await rests(under_card.stage)
    assert [message for message in reporter.messages if "Đã chuyển cho đội" in message.text] == [receipt]


async def test_words_that_wait_for_the_group_are_joined_and_come_in_order(under_card: Talk) -> None:
    """A group takes twenty requests a minute: what piles up while one waits is one message."""
    stage, reporter, team = under_card.stage, under_card.reporter, under_card.team
    stage.telegram.fails("429", "sendMessage", team.chat, retry_after=1)
    for number in range(6):
        await reporter.says(f"Tôi nhớ thêm điều thứ {number}")
    await team.sees("điều thứ 5")
    await rests(stage)
    lines = [message for message in team.messages if "điều thứ" in message.text]
    assert len(lines) < 4
    told = [words for line in lines for words in line.text.split("\n")[1:]]
    assert told == [f"Tôi nhớ thêm điều thứ {number}" for number in range(6)]
    assert (await log_of(stage, under_card.code)).count(EventKind.TOLD) == 6


async def test_a_reporter_is_not_told_sent_while_the_group_cannot_be_written_to(under_card: Talk) -> None:
    telegram = under_card.stage.telegram
    telegram.removes_bot(under_card.team.chat, under_card.responder.user)
    await under_card.reporter.says("Tôi nhớ thêm: kẻ gọi nói giọng miền khác, xưng là cán bộ")
    await under_card.reporter.sees("chưa thấy")
    assert under_card.reporter.showing("Đã chuyển cho đội") is None


async def test_the_key_to_answer_opens_a_reply_that_finds_its_incident(under_card: Talk) -> None:
    other = await files(under_card.reporter, "Một người khác gọi điện đòi tiền chuộc dữ liệu của tôi")
    await under_card.team.sees(other)
    await under_card.answers(QUESTION)
    await under_card.reporter.presses("Trả lời", QUESTION)
    asked = await under_card.reporter.sees("trả lời vào tin này")
    assert (asked.markup or {}).get("force_reply")
    await under_card.reporter.replies(asked, "Tôi chuyển lúc chín giờ tối, qua ngân hàng trên điện thoại")
    line = await under_card.team.sees("chín giờ tối")
    assert line.reply_to is under_card.card
    assert under_card.code in line.text


# Files of the reporter ----------------------------------------------------------------------------------------------


async def test_files_that_come_together_are_one_line_with_a_key_to_see_them_in_private(under_card: Talk) -> None:
    reporter, team = under_card.reporter, under_card.team
    await reporter.sends_album([Item("photo"), Item("photo"), Item("photo")])
    await reporter.presses("Tôi đã che, đồng ý gửi")
    await reporter.sends_document("bien-lai.pdf", mime="application/pdf")
    line = await team.sees("Người báo gửi")
    await rests(under_card.stage)
    assert line.text == f"{under_card.code} · Người báo gửi 3 ảnh, 1 tệp."
    assert line.reply_to is under_card.card
    assert line.buttons == [["Xem (riêng)"]]
    assert [message for message in team.messages if "Người báo gửi" in message.text] == [line]
    assert not [message for message in team.messages if message.kind != "text"], "no picture stands in the group"


async def test_files_that_come_later_are_another_line(under_card: Talk) -> None:
    for name in ("bien-lai.pdf", "sao-ke.pdf"):
        await under_card.reporter.sends_document(name, mime="application/pdf")
        since = len(under_card.team.messages)
        await new(under_card.team, "Người báo gửi 1 tệp", since)
        await rests(under_card.stage)


async def test_the_policy_may_show_pictures_in_the_group_protected_and_with_nothing_but_the_code(
    stage: Stage,
) -> None:
    stage.policy = stage.policy.model_copy(update={"pictures_in_group": True})
    await stage.start()
    responder = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    under_card = await talk(stage, stage.person("Nguyễn Thị Mận"), responder, await stage.team(responder))
    await under_card.reporter.sends_photo(caption="tài khoản của Mận là 1903 5678 9012, xin xem giúp")
    await under_card.reporter.presses("Tôi đã che, đồng ý gửi")
    await stage.telegram.until(lambda: [one for one in under_card.team.messages if one.kind == "photo"])
    (shown,) = [one for one in under_card.team.messages if one.kind == "photo"]
    assert (shown.text, shown.protected, shown.reply_to) == (under_card.code, True, under_card.card)
    assert "1903 5678" not in " ".join(visible(message) for message in under_card.team.messages)


async def test_looking_at_the_report_leaves_the_words_of_the_team_where_they_are(under_card: Talk) -> None:
    await under_card.answers(QUESTION)
    told = await under_card.is_told(QUESTION)
    before = len(under_card.reporter.messages)
    await under_card.reporter.presses("Xem tin báo", QUESTION)
    await under_card.stage.telegram.until(lambda: len(under_card.reporter.messages) > before)
    assert under_card.code in under_card.reporter.last.text
    assert QUESTION in told.text


# Groups that move, and another group -------------------------------------------------------------------------------


async def test_after_the_group_has_moved_an_old_number_leads_nowhere(running_stage: Stage, responder: Person) -> None:
    """A supergroup numbers its messages from one: what was the card of one incident is now anything else."""
    telegram = running_stage.telegram
    old = telegram.group("Đội ứng cứu (thử)", [responder.user], admins=[responder.user], type="group")
    await running_stage.bind(old)
    first = running_stage.person("Người báo thứ nhất")
    under_card = await talk(running_stage, first, responder, Team(telegram, old))
    moved = Team(telegram, telegram.migrates(old))
    card = await moved.sees(under_card.code)
    for message in list(moved.chat.messages.values()):
        if message.sender is not telegram.me:
            await responder.replies(message, "Lời này không dành cho ai")
    second = running_stage.person("Người báo thứ hai")
    other = await moved.sees(await files(second))
    await responder.replies(card, "Lời này dành cho người thứ nhất")
    await responder.replies(other, "Lời này dành cho người thứ hai")
    await first.sees("dành cho người thứ nhất")
    await second.sees("dành cho người thứ hai")
    said = [[message.text for message in person.messages if "Lời này" in message.text] for person in (first, second)]
    assert [len(texts) for texts in said] == [1, 1]


async def test_a_card_sent_anew_carries_the_thread_on(under_card: Talk) -> None:
    team, code = under_card.team, under_card.code
    team.chat.members[under_card.responder.user.id] = "administrator"
    colleague = await under_card.stage.staff("Trần Thu Hà", Role.RESPONDER)
    press = under_card.stage.telegram.presses(colleague.user, under_card.card, "Nhận xử lý")
    under_card.stage.telegram.deletes(under_card.responder.user, under_card.card)
    await under_card.stage.telegram.until(lambda: press.answers)
    again = await team.sees(code)
    assert again is not under_card.card
    await under_card.answers(QUESTION, again)
    await under_card.is_told(QUESTION)
    await under_card.reporter.says("Tôi nhớ thêm: kẻ gọi nói giọng miền khác, xưng là cán bộ")
    assert (await team.sees("giọng miền khác")).reply_to is again


async def test_in_a_group_that_is_no_longer_the_teams_nothing_is_heard(under_card: Talk) -> None:
    stage = under_card.stage
    await stage.team(under_card.responder, title="Nhóm mới")
    before = len(under_card.reporter.messages)
    await under_card.answers("Câu hỏi riêng trong nhóm cũ")
    await asyncio.wait_for(asks(under_card.reporter, "/daumoi", ""), 10)
    await rests(stage)
    told = under_card.reporter.messages[before:]
    assert not [message for message in told if "nhóm cũ" in message.text]
    assert on_disk(stage.folder, "riêng trong nhóm cũ") == []
