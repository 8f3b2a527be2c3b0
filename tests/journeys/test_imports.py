"""`/danhba`: a table comes in by a dry run and one press, nothing is half written, and what goes out comes in again."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from bot.domain.people import Role
from bot.playground.chats import Message
from storage import agencies
from tests.conftest import Stage
from tests.journeys.steps import asks, new
from tests.journeys.walks import rows
from tests.people import Person, visible

HEADS = "Mã cơ quan;Tên cơ quan;Loại;Kết thúc từ ngày;Mã cơ quan kế thừa\r\n"
GOOD = HEADS + "SO-YT;Sở Y tế;Sở, ban, ngành;;\r\nSO-CU;Sở Cũ;Sở;01/07/2025;SO-YT\r\nNM-1;Nhà mạng Một;ISP;;\r\n"
SYSTEMS = "Mã hệ thống,Tên hệ thống,Mã cơ quan chủ quản,Cấp độ,Công nghệ,Nhà cung cấp\n"
CSV = "text/csv"


@pytest.fixture
async def keeper(running_stage: Stage) -> Person:
    return await running_stage.staff("Đinh Thị Kim Oanh", Role.STANDING_UNIT)


async def sends(person: Person, key: str, name: str, content: bytes, words: str) -> Message:
    """Choose a table, send a file, and wait for what is said of it."""
    await asks(person, "/danhba", "Danh bạ ra và vào bằng tệp")
    await person.presses(key, "Danh bạ ra và vào bằng tệp")
    await person.sees("vào đây (.xlsx hoặc .csv")
    since = len(person.messages)
    await person.sends_document(name, content, CSV)
    return await new(person, words, since)


async def comes(person: Person, key: str, caption: str, under: str | None = None) -> bytes:
    """Press a key and wait for the file that it makes."""
    since = len(person.messages)
    await person.presses(key, under)
    message = await person.telegram.until(lambda: made(person, caption, since), about=person.chat)
    assert message is not None
    assert message.file is not None
    return message.file.content


def made(person: Person, caption: str, since: int) -> Message | None:
    """The newest file with that caption, once the notice that it is being made is gone."""
    busy = person.showing("Đang làm tệp") is not None
    return None if busy else next((one for one in person.messages[since:] if caption in one.text), None)


async def codes(stage: Stage, table: str = "agencies") -> list[str]:
    return [row["code"] for row in await rows(stage, f"SELECT code FROM {table} ORDER BY code")]


async def test_a_table_is_looked_at_confirmed_written_and_goes_out_as_it_came(
    running_stage: Stage, keeper: Person
) -> None:
    stage = running_stage
    report = await sends(keeper, "Nhập cơ quan", "co-quan.csv", GOOD.encode("utf-16"), "không có lỗi")
    assert "Mới: 3 · Thay đổi: 0 · Không đổi: 0" in visible(report)
    assert await codes(stage) == []
    await keeper.presses("Ghi vào danh bạ")
    await keeper.sees("Đã ghi vào danh bạ")
    assert await codes(stage) == ["NM-1", "SO-CU", "SO-YT"]
    async with stage.bot.store.reading() as tx:
        old, new_one = await agencies.by_code(tx, "SO-CU"), await agencies.by_code(tx, "SO-YT")
    assert old is not None
    assert new_one is not None
    assert old.successor == new_one.id
    assert [one["kind"] for one in await rows(stage, "SELECT kind FROM register_events")] == ["agency_added"] * 3

    await sends(
        keeper, "Nhập hệ thống", "ht.csv", f"{SYSTEMS}H1,=Cổng,SO-YT,chưa xác định,Exchange,A".encode(), "không có lỗi"
    )
    await keeper.presses("Ghi vào danh bạ", "Bảng: hệ thống")
    await keeper.sees("Tệp ht.csv · Bảng: hệ thống")
    for key, button in (("Xuất hệ thống (CSV)", "Nhập hệ thống"), ("Xuất hệ thống (Excel)", "Nhập hệ thống")):
        await asks(keeper, "/danhba", "Danh bạ ra và vào bằng tệp")
        content = await comes(keeper, key, "1 dòng")
        await sends(keeper, button, "tra-lai", content, "không có gì mới")
    changed = f"{SYSTEMS}H1,=Cổng,SO-YT,3,Exchange,B".encode()
    await sends(keeper, "Nhập hệ thống", "ht2.csv", changed, "Thay đổi: 1")
    content = await comes(keeper, "Kết quả từng dòng", "Kết quả kiểm tra", "Thay đổi: 1")
    cells = [cell.value for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row]
    assert "Cấp độ: chưa xác định → 3. Nhà cung cấp: A → B." in cells
    await keeper.presses("Ghi vào danh bạ", "ht2.csv")
    await keeper.sees("1 hệ thống đổi nhà cung cấp")
    stage.clock.move(minutes=1)
    await stage.bot.ticker.tick_all()
    (left,) = await rows(stage, "SELECT count(*) AS n FROM imports WHERE state = 'done' AND findings IS NOT NULL")
    assert left["n"] == 0


async def test_one_fault_writes_nothing_and_every_fault_is_named(running_stage: Stage, keeper: Person) -> None:
    wrong = f"{SYSTEMS}H1,Một,KHONG-CO,7,,\nH1,Hai,SO-YT,,,\n".encode()
    report = await sends(keeper, "Nhập hệ thống", "sai.csv", wrong, "có 4 chỗ cần sửa")
    told = visible(report)
    assert "Dòng 2, cột Cấp độ (D): cấp độ chỉ ghi 1, 2, 3, 4, 5" in told
    assert "Dòng 2, cột Mã cơ quan chủ quản (C): không có cơ quan nào mã KHONG-CO" in told
    assert "Dòng 3, cột Mã hệ thống (A): mã này đã có ở dòng 2" in told
    assert "Dòng 3, cột Cấp độ (D): cấp độ để trống" in told
    assert "[Ghi vào danh bạ]" not in told
    content = await comes(keeper, "Kết quả từng dòng", "chỗ cần sửa.")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["C2", "D2", "A3", "D3"]
    await keeper.sends_document("sua.csv", wrong.replace(b",7,", b",3,"), CSV)  # mended and sent without another key
    await keeper.sees("Tệp sua.csv: có 3 chỗ cần sửa")
    tcvn3 = "M· c¬ quan,Tªn c¬ quan\nS1,Së Khoa häc vµ C«ng nghÖ".encode("latin-1")
    await sends(keeper, "Nhập cơ quan", "cu.csv", tcvn3, "TCVN3")
    await sends(keeper, "Nhập cơ quan", "rong.csv", b"\xef\xbb\xbf", "Tệp trống")
    await sends(keeper, "Nhập cơ quan", "kia.csv", wrong, "bảng kia")
    await keeper.presses("Gửi tệp khác", "bảng kia")
    await keeper.sends_document("to.csv", b"x", CSV, size=6 * 1024 * 1024)
    await keeper.sees("lớn hơn 5 MB")
    assert await codes(running_stage) == []
    assert await codes(running_stage, "systems") == []


async def test_a_register_that_changed_meanwhile_is_looked_at_anew(running_stage: Stage, keeper: Person) -> None:
    stage = running_stage
    other = await stage.staff("Người thứ hai", Role.STANDING_UNIT)
    await sends(keeper, "Nhập cơ quan", "mot.csv", GOOD.encode(), "không có lỗi")
    await sends(other, "Nhập cơ quan", "hai.csv", f"{HEADS}SO-YT;Sở Y tế tỉnh;Sở;;".encode(), "không có lỗi")
    await other.presses("Ghi vào danh bạ")
    await other.sees("Đã ghi vào danh bạ")
    await keeper.presses("Ghi vào danh bạ")
    await keeper.sees("vừa có người sửa")
    report = await keeper.sees("Mới: 2 · Thay đổi: 1")
    assert await codes(stage) == ["SO-YT"]
    (mine,) = await rows(stage, "SELECT id FROM imports WHERE state = 'ready'")
    press = await other.forges(f"ri:write:{mine['id']}")
    assert "Nút này không còn dùng được" in (press.answers[0][0] or "")
    await keeper.presses("Bỏ tệp này", "Mới: 2 · Thay đổi: 1")
    await keeper.sees("Đã bỏ tệp này")
    assert "[Ghi vào danh bạ]" not in visible(report)
    assert await codes(stage) == ["SO-YT"]
