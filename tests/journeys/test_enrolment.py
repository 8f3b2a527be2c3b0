"""Who speaks for which agency: asked, vouched for by Telegram, confirmed by the department, looked after for years."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.domain.agencies import Kind, Post
from bot.domain.moments import HANOI
from bot.domain.people import Role
from bot.domain.presses import Enrolment, OwnPost, Relieve
from storage import agencies, enrolments, obligations, people, posts
from storage.store import Transaction
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import asks, new, on_disk
from tests.people import Person, visible

STALE, DENIED = "Nút này không còn dùng được", "Việc này chỉ người được giao"
PHONE, RAW = "0912 345 678", "0912345678"


async def register(stage: Stage, *names: str, kind: Kind = Kind.COMMUNE) -> list[str]:
    """Put agencies into the register; their ids."""
    async with stage.bot.store.transaction() as tx:
        found = []
        for number, name in enumerate(names):
            one = agencies.Agency(tx.new_id(), f"{kind}-{number}".upper(), name, kind)
            await agencies.add(tx, one, stage.clock.now())
            found.append(one.id)
    return found


async def fills(person: Person, words: str, agency: str, post: str = "Cán bộ đầu mối") -> None:
    """Walk the form up to the number."""
    await asks(person, words, agency)
    await person.presses(agency)
    await person.presses(post)
    await person.sees("Họ và tên của Anh/Chị")
    await asks(person, "Phạm Thu Hà", "Chức vụ, phòng ban")
    await asks(person, "Chuyên viên", "không nhận số gõ tay")


async def holds(stage: Stage, person: Person) -> list[posts.Held]:
    async with stage.bot.store.reading() as tx:
        return list(await posts.of_person(tx, await _id(tx, person)))


async def _id(tx: Transaction, person: Person) -> str:
    known = await people.find(tx, person.user.id)
    assert known is not None
    return known.id


def opening(moment: datetime) -> datetime:
    """Half past eight of that day; of the Monday after it where that is none to work."""
    day = moment.astimezone(HANOI).date()
    day += timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)
    return datetime.combine(day, time(8, 30), HANOI)


async def morning(stage: Stage, **ahead: int) -> None:
    """Move the clock, and then on to half past eight of a working day, and let it tick."""
    later = stage.clock.now() + timedelta(**ahead)
    while (wanted := opening(later)) <= later:
        later += timedelta(days=1)
    stage.clock.move(seconds=(wanted - stage.clock.now()).total_seconds())
    await stage.bot.ticker.tick_all()
    await rests(stage)


async def test_an_enrolment_from_the_first_word_to_the_last_day(running_stage: Stage, stranger: Person) -> None:
    stage = running_stage
    await register(stage, "Ủy ban nhân dân phường Phủ Lý", "Ủy ban nhân dân phường Hoa Lư")
    one, other = await stage.staff("Đinh Oanh", Role.STANDING_UNIT), await stage.staff("Lý Nam", Role.STANDING_UNIT)
    officer = stage.person("Hà Phạm")
    # Who is not confirmed sees nothing; words find the agency; a number that is typed or another's is refused.
    await asks(officer, "/dangky", "Anh/Chị công tác ở")
    await asks(officer, "không có nơi nào tên này", "Chưa tìm thấy")
    await fills(officer, "phu ly", "Ủy ban nhân dân phường Phủ Lý")
    await asks(officer, PHONE, "không gõ được")
    since = len(officer.messages)
    officer.telegram.shares_contact(officer.user, officer.chat, "+84911111111", of="Người khác")
    await new(officer, "danh thiếp của người khác", since)
    officer.telegram.shares_contact(officer.user, officer.chat, "+84922222222", of=one.user)
    await new(officer, "danh thiếp của người khác", since + 2)
    officer.telegram.shares_contact(officer.user, officer.chat, "+84912345678")
    review = await new(officer, "xem lại", since)
    assert "Phủ Lý" in review.text
    assert PHONE in review.text
    await officer.presses("Gửi", under="xem lại")
    await officer.sees("Đã nhận đăng ký")
    # One message for each of the department, nothing for anybody else; a forged word of somebody else changes nothing.
    for member in (one, other):
        told = await member.sees("chờ Anh/Chị xác nhận")
        assert all(words in told.text for words in ("Phủ Lý", "Phạm Thu Hà", PHONE, "Chuyên viên"))
    async with stage.bot.store.reading() as tx:
        asked = (await enrolments.waiting(tx, 5))[0]
    for who in (officer, stranger):
        await asks(who, "/trogiup", "làm được những việc sau")
        press = await who.forges(Enrolment(asked.id, "yes").data())
        assert press.answers[0][0].startswith(DENIED)
    assert await holds(stage, officer) == []
    # The first word counts and takes name and number back from the others; the second one is a stale press.
    await one.presses("Xác nhận", under="Phạm Thu Hà")
    await officer.sees("đã xác nhận: Anh/Chị là Cán bộ đầu mối của Ủy ban nhân dân phường Phủ Lý")
    await other.sees("đã được giải quyết")
    assert not any(PHONE in visible(message) for message in (*one.messages, *other.messages))
    late = await other.forges(Enrolment(asked.id, "no").data())
    assert late.answers[0][0].startswith(STALE)
    (held,) = await holds(stage, officer)
    assert held.post is Post.OFFICER
    await asks(officer, "/dangky", "Ủy ban nhân dân phường Phủ Lý: Cán bộ đầu mối")
    # A second agency: the department hears once on a working morning that it waits, and refuses it.
    await officer.presses("Đăng ký cơ quan khác")
    await fills(officer, "hoa lư", "Ủy ban nhân dân phường Hoa Lư", "Người đứng đầu")
    officer.telegram.shares_contact(officer.user, officer.chat, "+84912345678")
    await officer.presses("Gửi", under="Người đứng đầu")
    await other.sees("Hoa Lư")
    await morning(stage, days=1)
    await stage.bot.ticker.tick_all()
    await rests(stage)
    assert [one.text.startswith("Còn 1 người đăng ký") for one in other.messages].count(True) == 1
    await other.presses("Từ chối", under="Hoa Lư")
    await officer.sees("chưa được xác nhận")
    assert len(await holds(stage, officer)) == 1
    # Somebody else's post cannot be ended, nor affirmed; the own one ends in two presses, and the role with it.
    for act in ("affirm", "gone", "take"):
        assert (await stranger.forges(OwnPost(held.id, act).data())).answers[0][0].startswith(DENIED)
    assert (await officer.forges(Relieve(held.id, "yes").data())).answers[0][0].startswith(DENIED)
    await officer.presses("Tôi không còn phụ trách", under="Phủ Lý")
    await officer.presses("Đúng, tôi thôi phụ trách")
    await one.sees("không còn cán bộ đầu mối nào liên lạc được")
    assert await holds(stage, officer) == []
    async with stage.bot.store.reading() as tx:
        known = await people.find(tx, officer.user.id)
    assert known is not None
    assert known.roles == {Role.CITIZEN}


async def test_who_is_silent_turns_red_and_the_deputy_takes_over(running_stage: Stage) -> None:
    stage = running_stage
    (agency,) = await register(stage, "Sở Ví Dụ", kind=Kind.DEPARTMENT)
    department = await stage.staff("Đinh Oanh", Role.STANDING_UNIT)
    officer = await stage.staff("Phạm Hà", Role.AGENCY_CONTACT)
    deputy = await stage.staff("Lê Vinh", Role.AGENCY_CONTACT)
    async with stage.bot.store.transaction() as tx:
        for person, post in ((officer, Post.OFFICER), (deputy, Post.DEPUTY)):
            await posts.confirm(tx, agency, await _id(tx, person), post, None, None, stage.clock.now())
    # Whoever presses is there: the deputy does so once in a while, the officer not for sixty days.
    await morning(stage, days=40)
    await asks(deputy, "/dangky", "Người thay")
    await morning(stage, days=21)
    await officer.sees("đánh dấu đỏ")
    await deputy.sees("nhận làm đầu mối được không")
    await deputy.presses("Tôi nhận làm đầu mối")
    await department.sees("Lê Vinh đã nhận làm cán bộ đầu mối")
    assert [one.post for one in await holds(stage, deputy)] == [Post.OFFICER]
    # A deputy no more: the key has done its work.
    again = await deputy.forges(OwnPost((await holds(stage, deputy))[0].id, "take").data())
    assert again.answers[0][0].startswith(STALE)
    assert (await holds(stage, officer))[0].red_since is not None
    # Any sign of life, and the mark is gone; the department ends the post by its key.
    await asks(officer, "/dangky", "Sở Ví Dụ")
    assert (await holds(stage, officer))[0].red_since is None
    await department.presses("Kết thúc: Phạm Hà")
    await department.presses("Có, kết thúc")
    await officer.sees("không còn là đầu mối của Sở Ví Dụ")
    # Once a quarter: still in charge. The word fulfils what the agency owes about its contacts.
    await morning(stage, days=45)
    await asks(deputy, "/dangky", "Cán bộ đầu mối")
    await morning(stage, days=44)
    await morning(stage, days=1)
    assert len([one for one in deputy.messages if "Đến kỳ xác nhận" in one.text]) == 1
    await deputy.presses("Tôi vẫn phụ trách", under="Đến kỳ xác nhận")
    await deputy.sees("Đã ghi: vẫn là")
    today = stage.clock.now().astimezone(HANOI).date()
    async with stage.bot.store.reading() as tx:
        owed = {one.rule: one for one in await obligations.of_subject(tx, agency)}
    assert owed["contacts"].done_on == today
    # Who blocks the bot is red on the next working day, and without a deputy the department hears of it.
    stage.clock.move(hours=14)
    heard = len(department.messages)
    stage.telegram.blocks(deputy.user)
    await rests(stage)
    await stage.bot.ticker.tick_all()
    await rests(stage)
    assert len(department.messages) == heard, "nobody is woken for it"
    await morning(stage, hours=8)
    await department.sees("không còn cán bộ đầu mối nào liên lạc được")


async def test_an_invited_officer_is_told_to_enrol_and_a_role_that_is_taken_back_ends_the_posts(
    running_stage: Stage,
) -> None:
    stage = running_stage
    (provider,) = await register(stage, "Viễn thông Ví Dụ", kind=Kind.PROVIDER)
    admin = await stage.staff("Tạ Lương", Role.ADMIN)
    guest = await stage.staff("Lê Quang", Role.AUDITOR)
    await asks(admin, "/quyen", "Ai giữ vai trò gì")
    await admin.presses("Lê Quang")
    await admin.presses("Giao thêm vai trò")
    await admin.presses("Đầu mối nhà mạng")
    await admin.presses("Có, giao vai trò")
    await guest.sees("Còn một bước: xin bấm /dangky")
    async with stage.bot.store.transaction() as tx:
        await posts.confirm(tx, provider, await _id(tx, guest), Post.OFFICER, None, None, stage.clock.now())
    await asks(admin, "/quyen", "Ai giữ vai trò gì")
    await admin.presses("Lê Quang")
    await admin.presses("Thu hồi: Đầu mối nhà mạng")
    await admin.presses("Có, thu hồi")
    await guest.sees("đã được thu hồi")
    assert await holds(stage, guest) == []


async def test_everyone_may_ask_for_the_contact_points_of_providers(running_stage: Stage, stranger: Person) -> None:
    stage = running_stage
    async with stage.bot.store.transaction() as tx:
        for number in range(9):
            point = agencies.Published((RAW,), None, None, "trang của doanh nghiệp", date(2026, 11, 1))
            published = point if number else agencies.Published()
            one = agencies.Agency(tx.new_id(), f"NM{number}", f"Nhà mạng {number}", Kind.PROVIDER, published=published)
            await agencies.add(tx, one, stage.clock.now())
    await asks(stranger, "/daumoi", "Nhà mạng")
    await stranger.presses("Nhà mạng")
    page = await stranger.sees("Nhà mạng 0: chưa công bố")
    assert "Nguồn: trang của doanh nghiệp" in page.text
    assert "01/11/2026" in page.text
    await stranger.presses("Trang sau ›")
    await stranger.sees("Nhà mạng 8")


async def test_of_who_is_refused_or_withdraws_neither_name_nor_number_stays(
    running_stage: Stage, stranger: Person
) -> None:
    stage = running_stage
    await register(stage, "Ủy ban nhân dân phường Phủ Lý", "Ủy ban nhân dân phường Hoa Lư")
    department = await stage.staff("Đinh Oanh", Role.STANDING_UNIT)
    await asks(stranger, "/dangky", "Anh/Chị công tác ở")
    for words, agency in (("phủ lý", "Ủy ban nhân dân phường Phủ Lý"), ("hoa lu", "Ủy ban nhân dân phường Hoa Lư")):
        await fills(stranger, words, agency)
        stranger.telegram.shares_contact(stranger.user, stranger.chat, "+84987654321")
        await stranger.presses("Gửi", under=agency)
        await department.sees(agency)
        await asks(stranger, "/dangky", "đang chờ xác nhận")
        await stranger.presses("Đăng ký cơ quan khác")
        await stranger.sees("Gõ vài chữ trong tên")
    await asks(stranger, "/huy", "Đã huỷ")
    await department.presses("Từ chối", under="Phủ Lý")
    await stranger.sees("chưa được xác nhận")
    await asks(stranger, "/riengtu", "Quyền riêng tư")
    await stranger.presses("Xem dữ liệu của tôi")
    await stranger.sees("vai trò đầu mối cơ quan: 2")
    await asks(stranger, "/riengtu", "Quyền riêng tư")
    await stranger.presses("Rút lại đồng ý")
    await stranger.sees("Đăng ký đầu mối đang chờ (nếu có) đã được rút")
    await department.sees("đã được giải quyết")
    await rests(stage)
    await stage.bot.store.checkpoint()
    for words in ("987654321", "Phạm Thu Hà"):
        assert on_disk(stage.folder, words) == [], words
    assert not any("0987 654 321" in visible(message) for message in department.messages)
