"""TLP of an incident: shown on the card, obeyed by everything that the bot says in the group."""

from __future__ import annotations

from bot.domain.incidents import EventKind
from bot.domain.people import Role
from bot.domain.presses import Details, Mark
from bot.domain.tlp import Tlp
from bot.services.casework import cards as faces
from bot.services.confines import BARE
from bot.services.desk import Desk
from tests.conftest import Stage
from tests.journeys.steps import asks, log_of, new
from tests.journeys.working import Case, case, key_of, labels
from tests.people import Person, visible

EARLY, LATE, QUESTION, RESULT = (
    "mã giao dịch KTX77",
    "máy chủ KTX88 lại tắt",
    "khi nào máy KTX99 tắt",
    "đã cô lập KTX00",
)

SPOKEN = ("relay.told", "relay.forwarded", "relay.amended", "relay.media", "relay.refused", "relay.picture")


async def _file(one: Case, who: Person) -> None:
    incident = await one.stands()
    await asks(who, f"/start w-file-{incident.id}", "Hồ sơ")


async def _marks(one: Case, who: Person, label: str) -> None:
    await _file(one, who)
    await who.presses("Mức chia sẻ (TLP)")
    await who.sees("chia sẻ tới đâu")
    await who.presses(label)
    await who.sees(f"chuyển thành {label}")


def _read_in_group(one: Case) -> str:
    """Whatever stands in the group now, and the words under files."""
    return "\n".join(visible(message) for message in one.team.messages)


async def test_a_red_incident_shows_the_group_its_number_and_kind_and_the_rest_goes_to_owner_and_lead(
    running_stage: Stage,
) -> None:
    stage = running_stage
    one = await case(stage, Role.RESPONDER, name="Đỗ Minh Khôi")
    owner, lead = one.officer, await stage.staff("Lê Thị Hoa", Role.TEAM_LEAD)
    other = await stage.staff("Trần Văn Bình", Role.RESPONDER)
    await one.presses("Nhận xử lý")
    assert "TLP:AMBER" in (await one.shows("đã nhận xử lý")).text
    await asks(one.reporter, EARLY, "chuyển cho đội")
    await one.team.sees(EARLY)
    await one.team.says(other, f"/tracuu {one.code}")
    await stage.telegram.until(lambda: sum("20 triệu" in one.text for one in one.team.messages) == 2)

    await _marks(one, owner, "TLP:RED")
    marked = await owner.sees("chuyển thành TLP:RED")
    assert "Lời đồng nghiệp đã viết" in marked.text
    card = await one.shows("TLP:RED")
    await stage.telegram.until(lambda: EARLY not in _read_in_group(one) and "20 triệu" not in _read_in_group(one))
    assert "Tôi bị lừa mất tiền" in card.text
    assert "Đỗ Minh Khôi" in card.text

    await one.reporter.says(LATE)
    for reader in (owner, lead):
        words = await reader.sees(LATE)
        assert words.protected
    line = await one.team.sees("có tin mới")
    assert line.protected
    assert line.reply_to is one.card
    await one.fills("Hỏi người báo", QUESTION)
    await lead.sees(QUESTION)
    await one.presses("Khắc phục xong")
    await one.shows("đã khắc phục")
    await one.team.says(other, f"/tracuu {one.code}")
    await one.team.says(other, "/cuatoi")
    await one.team.sees("Chưa có sự cố nào đang xử lý")

    since = len(other.messages)
    incident = await one.stands()
    await other.starts()
    await new(other, "Xin chào", since)
    for forged in (Details(incident.id), Mark(incident.id, Tlp.CLEAR)):
        press = await other.forges(forged.data())
        assert "TLP:RED" in (press.answers[0][0] or "")
    alone = await asks(other, f"/tracuu {one.code}", "TLP:RED")
    assert "20 triệu" not in alone.text
    assert "20 triệu" in (await asks(lead, f"/tracuu {one.code}", "Nội dung")).text

    assert one.code not in (await asks(other, "/tracuu KTX88", "Không tìm thấy sự cố nào")).text, "a hit is an answer"
    assert one.code in (await asks(owner, "/tracuu KTX88", "Kết quả tìm")).text

    read = _read_in_group(one)
    for secret in (EARLY, LATE, QUESTION, "20 triệu", "công an", "người dân"):
        assert secret not in read, secret
    told = "\n".join(visible(message) for message in one.reporter.messages)
    assert "TLP" not in told
    assert not any(message.protected for message in one.reporter.messages)
    assert (await log_of(stage, one.code)).count(EventKind.MARKED) == 1


async def test_strict_protects_what_is_said_and_clear_gives_the_card_back(running_stage: Stage) -> None:
    one = await case(running_stage, Role.RESPONDER)
    await _marks(one, one.officer, "TLP:AMBER+STRICT")
    assert "20 triệu" in (await one.shows("TLP:AMBER+STRICT")).text
    await asks(one.reporter, LATE, "chuyển cho đội")
    assert (await one.team.sees(LATE)).protected
    await _marks(one, one.officer, "TLP:RED")
    await one.shows("TLP:RED")
    lead = await running_stage.staff("Lê Thị Hoa", Role.DEPUTY_LEAD)
    await _marks(one, lead, "TLP:CLEAR")
    assert "20 triệu" in (await one.shows("TLP:CLEAR")).text


async def test_a_line_that_was_written_before_the_mark_leaves_bare(running_stage: Stage) -> None:
    """What the mark overtakes on its way: written, not sent yet."""
    one = await case(running_stage, Role.RESPONDER)
    incident = await one.stands()
    async with running_stage.bot.store.transaction() as tx:
        desk = Desk(tx, running_stage.clock.now(), running_stage.bot.house)
        await faces.line(desk, incident.id, "relay.told", code=one.code, words=LATE)
        await tx.run("UPDATE incidents SET tlp = 'RED' WHERE id = :id", {"id": incident.id})
    running_stage.bot.dispatcher.bell.ring()
    await one.team.sees("có tin mới")
    assert LATE not in _read_in_group(one)
    assert key_of(one.card, "Nhận xử lý")
    assert "Chi tiết (riêng)" in labels(one.card)


async def test_no_line_of_the_group_says_a_word_of_a_red_incident_whatever_its_text(running_stage: Stage) -> None:
    """Every text that stands under a card, also those that nobody has thought of here."""
    one = await case(running_stage, Role.RESPONDER)
    lead = await running_stage.staff("Lê Thị Hoa", Role.TEAM_LEAD)
    incident, house = await one.stands(), running_stage.bot.house
    told = sorted(key for key in house.texts.keys("vi") if key.startswith("under_card.") or key in SPOKEN)
    wordy = 0
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET tlp = 'RED' WHERE id = :id", {"id": incident.id})
        desk = Desk(tx, running_stage.clock.now(), house)
        for text in told:
            names = house.texts.placeholders("vi", text) - BARE
            said = dict.fromkeys(names, f"{LATE} {text}")
            await faces.line(desk, incident.id, text, **dict.fromkeys(BARE, "x"), **said)
            wordy += bool(names)
    running_stage.bot.dispatcher.bell.ring()
    await running_stage.telegram.until(lambda: sum(LATE in message.text for message in lead.messages) == wordy)
    assert wordy > 8
    await one.team.sees("có tin mới")
    assert LATE not in _read_in_group(one)


async def test_a_hired_expert_does_not_take_a_red_incident_and_so_does_not_read_it(running_stage: Stage) -> None:
    one = await case(running_stage, Role.TEAM_LEAD)
    expert = await running_stage.staff("Chuyên gia", Role.EXPERT)
    await _marks(one, one.officer, "TLP:RED")
    await one.shows("TLP:RED")
    assert "TLP:RED" in await one.presses("Nhận xử lý", expert)
    assert (await one.stands()).owner is None
    colleague = await running_stage.staff("Trần Văn Bình", Role.RESPONDER)
    assert "đã nhận xử lý" in await one.presses("Nhận xử lý", colleague)
