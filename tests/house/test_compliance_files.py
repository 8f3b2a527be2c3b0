"""The files about all agencies, opened and read: picture, workbook, annex, calendar; and all say the same numbers."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from PIL import Image, ImageChops

from bot import office
from bot.domain import compliance as domain
from bot.domain.compliance import Tally
from bot.domain.obligations import Standing
from bot.services.compliance import annexes, books, calendars, heat_maps, maps, silent, sums
from bot.services.compliance.annexes import Annex, Entry
from bot.services.compliance.calendars import Agenda, Event
from bot.services.compliance.heat_maps import Chart, Line, Square
from bot.services.compliance.workbooks import Formula, Sheet, as_text, write
from bot.services.compliance.workbooks import Line as Row
from tests.bench import compliance as bench
from tests.bench.compliance import Province

HEADS = ("Rà quét lỗ hổng", "Phương án, kịch bản ứng cứu", "Rà soát phương án", "Diễn tập thực chiến")
SHOWN = (*domain.URGENCY, Standing.NONE)
LONG = "Trung tâm Công nghệ thông tin và Truyền thông trực thuộc Sở Khoa học và Công nghệ " * 3


# The picture ----------------------------------------------------------------------------------------------------------


def chart(agencies: int, name: str = "Ủy ban nhân dân phường", n: int = 1) -> Chart:
    """Each agency shows another standing in each column."""
    lines = [
        Line(
            f"{name} {number}", tuple(Square(SHOWN[(number + column) % len(SHOWN)], n) for column in range(len(HEADS)))
        )
        for number in range(agencies)
    ]
    legend = tuple((one, str(one)) for one in domain.URGENCY)
    return Chart("Tình hình thực hiện", "Toàn tỉnh", HEADS, tuple(lines), legend, "Lập lúc 08:00")


def drawn(one: Chart) -> Image.Image:
    return Image.open(io.BytesIO(heat_maps.heat_map(one))).convert("RGB")


def test_a_hundred_and_forty_agencies_stand_on_one_sheet_each_cell_with_its_ground() -> None:
    one = chart(140)
    picture = drawn(one)
    assert picture.size == heat_maps.size(one)
    assert 1.0 < picture.height / picture.width < 1.9  # a sheet of paper, upright
    places = set()
    for number, line in enumerate(one.lines):
        for column, square in enumerate(line.squares):
            box = heat_maps.place(one, number, column)
            places.add((box.left, box.top))
            assert box.right <= picture.width - heat_maps.MARGIN
            corner = picture.getpixel((box.left + 4, box.top + 4))
            assert corner == heat_maps.GROUND[square.standing] or square.standing is Standing.NONE
    assert len(places) == 140 * len(HEADS)


def test_without_its_colours_every_cell_is_still_told_by_its_shape() -> None:
    """Printed in black and white and cut to two tones: no two marks look alike, and only what is overdue is dark."""
    one = chart(len(SHOWN))
    grey = drawn(one).convert("L")
    shapes: dict[Standing, bytes] = {}
    for column, square in enumerate(one.lines[0].squares + one.lines[4].squares):
        box = heat_maps.place(one, 0 if column < len(HEADS) else 4, column % len(HEADS))
        cell = grey.crop((box.left + 3, box.top + 3, box.right - 3, box.bottom - 3))
        ground = cell.getpixel((1, 1))
        assert isinstance(ground, int)
        is_dark = ground < 100
        assert is_dark == (square.standing is Standing.OVERDUE)
        shapes[square.standing] = cell.point(lambda tone, dark=is_dark: 255 * ((tone > 130) != dark)).tobytes()
    assert shapes.keys() == set(SHOWN)
    assert len(set(shapes.values())) == len(SHOWN)


@pytest.mark.parametrize("name", [LONG, "W" * 300])
def test_a_long_name_keeps_off_the_cells(name: str) -> None:
    found = ImageChops.difference(drawn(chart(3)), drawn(chart(3, name))).getbbox()
    assert found is not None
    assert found[0] >= heat_maps.MARGIN
    assert found[2] <= heat_maps.place(chart(3), 0, 0).left


def test_equal_words_give_equal_bytes_and_a_number_shows() -> None:
    assert heat_maps.heat_map(chart(2)) == heat_maps.heat_map(chart(2)) != heat_maps.heat_map(chart(2, n=12))
    assert drawn(chart(0)).size == heat_maps.size(chart(0))


# The workbook ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ['=HYPERLINK("https://vidu.example","x")', "+84 912 345 678", "-2+3", "@SUM(A1)", "\t=1"]
)
def test_words_that_look_like_a_formula_stay_words(words: str) -> None:
    book = load_workbook(io.BytesIO(write([Sheet("Trang", [Row([words]), Row([words], "head")], [20], wraps=True)])))
    for row in book["Trang"]:
        assert (row[0].value, row[0].data_type, row[0].quotePrefix) == (as_text(words), "s", True)


@given(st.text(max_size=40))
@settings(max_examples=8, deadline=None)
def test_whatever_something_is_called_the_workbook_opens_and_says_it(words: str) -> None:
    content = write([Sheet("Trang", [Row([words, 1, date(2026, 11, 23), Formula("B1+1", 2)])], [20] * 4)])
    (row,) = load_workbook(io.BytesIO(content))["Trang"].iter_rows()
    assert (row[0].value or "") == as_text(words)
    assert [cell.value for cell in row[1:]] == [1, datetime(2026, 11, 23), "=B1+1"]  # noqa: DTZ001  a day has no zone
    assert load_workbook(io.BytesIO(content), data_only=True)["Trang"]["D1"].value == 2


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with bench.province(60) as one:
        yield one


COUNTIFS = re.compile(
    r"=COUNTIFS?\('([^']+)'!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+),(\$?[A-Z]\$?\d+)(?:,'[^']+'!\$([A-Z])\$\d+:\$[A-Z]\$\d+,(\$?[A-Z]\$?\d+))?\)"
)
SUMS = re.compile(r"=SUM\(([A-Z])(\d+):([A-Z])(\d+)\)")
SHARE = re.compile(r"=IF\(\((\S+)\)=0,\"\",INT\(100\*\((\S+)\)/\((\S+)\)\)/100\)")


class Reckoner:
    """Works formulas out by itself, from the cells that they name."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.data = list(book["Dữ liệu"].values), list(book["Theo cơ quan"].values)

    def value(self, sheet: str, place: str) -> Any:
        cell = self.book[sheet][place.replace("$", "")]
        return self.worked(sheet, cell.value) if cell.data_type == "f" else cell.value

    def worked(self, sheet: str, formula: str) -> int | float | str:
        if counted := COUNTIFS.fullmatch(formula):
            data, first, top, bottom, wanted, second, also = counted.groups()
            rows = self.data[data == "Theo cơ quan"][int(top) - 1 : int(bottom)]
            wants = [(ord(first) - 65, self.value(sheet, wanted))]
            wants += [(ord(second) - 65, self.value(sheet, also))] if second else []
            return sum(all(row[column] == value for column, value in wants) for row in rows)
        if summed := SUMS.fullmatch(formula):
            cells = self.book[sheet][f"{summed[1]}{summed[2]}:{summed[3]}{summed[4]}"]
            return int(sum(self.value(sheet, cell.coordinate) for row in cells for cell in row))
        share = SHARE.fullmatch(formula)
        assert share is not None, formula
        on_time, judged = (sum(self.value(sheet, one) for one in share[part].split("+")) for part in (2, 3))
        return 100 * on_time // judged / 100 if judged else ""


async def test_the_workbook_counts_by_formulas_over_its_data_and_explains_each_word(province: Province) -> None:
    file = books.make(await books.gather(province.desk, province.order(books.WHAT)))
    book = load_workbook(io.BytesIO(file.content))
    shown = load_workbook(io.BytesIO(file.content), data_only=True)
    assert book.sheetnames == ["Tổng hợp", "Theo cơ quan", "Dữ liệu", "Cần nhắc bằng văn bản", "Định nghĩa"]
    reckoner, formulas = Reckoner(book), 0
    for sheet in ("Tổng hợp", "Theo cơ quan"):
        for row in book[sheet].iter_rows(max_row=30):
            for cell in row:
                if cell.data_type == "f":
                    formulas += 1
                    value = shown[sheet][cell.coordinate].value
                    assert reckoner.worked(sheet, str(cell.value)) == (_empty(cell) if value is None else value), cell
    assert formulas > 250
    survey = await sums.survey(province.desk)
    assert _total(shown) == survey.tally.total == book["Dữ liệu"].max_row - 1
    assert book["Dữ liệu"].freeze_panes == "A2"
    assert [cell.number_format for cell in book["Dữ liệu"][2]][9] == "dd/mm/yyyy"
    meanings = {str(row[0]): str(row[1]) for row in book["Định nghĩa"].iter_rows(values_only=True)}
    for word in ("Quá hạn", "Sắp đến hạn", "Tỷ lệ trong hạn", "Cần nhắc bằng văn bản", "Chưa rõ cấp độ"):
        assert len(meanings[word]) > 20
    assert "3446/UBND-VXNV" in meanings["Rà quét lỗ hổng"]


def _empty(cell: Any) -> str | int:
    """A share of nothing is no number."""
    return "" if cell.value.startswith("=IF") else 0


def _total(shown: Workbook) -> int:
    """The whole of the first table."""
    return int(next(str(row[8]) for row in shown["Tổng hợp"].iter_rows(values_only=True) if row[1] == "Cộng"))


# All say the same -----------------------------------------------------------------------------------------------------


async def test_text_picture_workbook_and_single_obligations_agree(province: Province) -> None:
    desk = province.desk
    survey = await sums.survey(desk)
    material = await books.gather(desk, province.order(books.WHAT))
    single = [one.counted for one in books._owed(material)]
    assert {row.standing for row in single} == set(domain.URGENCY)

    def key(row: domain.Counted) -> tuple[object, ...]:
        return (row.agency, row.rule, row.of_system, row.level)

    one_by_one, together = domain.tallies(single, key), domain.tallies(survey.rows, key)
    assert together == one_by_one
    for agency in list(survey.agencies.values())[:5]:
        owed = [one.counted for one in await sums.of_agency(desk, agency)]
        assert domain.tally(owed) == survey.by_agency()[agency.id]
    sheet = await maps.gather(desk, province.order(maps.WHAT))
    squares = [square for line in sheet.chart.lines for square in line.squares]
    by_cell = domain.tallies(single, lambda row: (row.agency, row.rule)).values()
    assert sum(square.n for square in squares) == sum(tally.of(tally.worst) for tally in by_cell)
    assert sum(bool(line.squares) for line in sheet.chart.lines) == len(survey.agencies) == bench.AGENCIES


async def test_what_exists_no_more_and_what_waits_for_an_event_is_not_counted(province: Province) -> None:
    desk = province.desk
    before = await sums.survey(desk)
    gone = next(key for key, tally in before.by_agency().items() if tally.total)
    left = Tally(before.tally.counts).total - before.by_agency()[gone].total
    await desk.tx.run("UPDATE agencies SET until = '2026-11-23' WHERE id = :id", {"id": gone})
    assert (await sums.survey(desk)).tally.total == left
    await desk.tx.run("UPDATE systems SET since = '2026-11-24'")
    assert (await sums.survey(desk)).tally.total == 0
    await desk.tx.run("UPDATE systems SET since = NULL, level = 2")
    await desk.tx.run("UPDATE obligations SET state = 'met', done_on = NULL")
    assert (await sums.survey(desk)).tally.total == 0


# The annex ------------------------------------------------------------------------------------------------------------


async def test_the_annex_names_each_agency_once_by_number_with_what_since_when_and_who_was_told(
    province: Province,
) -> None:
    letter = await silent.gather(province.desk, province.order(silent.WHAT))
    document = Document(io.BytesIO(silent.make(letter).content))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == ["STT", "Cơ quan, đơn vị", "Việc quá hạn", "Hạn phải xong", "Đã nhắc ai, ngày nào"]
    numbers = [int(row[0]) for row in rows[1:] if row[0]]
    assert numbers == list(range(1, letter.facts["agencies"] + 1))
    survey = await sums.survey(province.desk)
    assert letter.facts["n"] == sum(one.n for one in survey.unanswered)
    assert len(rows) - 1 == len(survey.unanswered)
    assert all(re.search(r"\d\d/\d\d/\d{4} \(quá \d+ ngày\)", row[3]) for row in rows[1:])
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[0] == "PHỤ LỤC"
    assert said[-1] == f"Danh sách có {letter.facts['agencies']} cơ quan, {letter.facts['n']} việc quá hạn."


@pytest.mark.skipif(office.find() is None, reason="LibreOffice is not installed on this machine")
async def test_the_annex_in_print_has_its_heads_on_every_page() -> None:
    told = ("Nguyễn Văn A (đầu mối): 01/11/2026", "Trần Thị B (người đứng đầu): 15/11/2026")
    entry = Entry("1", "Ủy ban nhân dân xã \x0b Ví Dụ", "Rà quét lỗ hổng: 3 hệ thống", "01/10/2026 (quá 53 ngày)", told)
    heads = ("STT", "Cơ quan, đơn vị", "Việc quá hạn", "Hạn phải xong", "Đã nhắc ai, ngày nào")
    words = Annex("PHỤ LỤC", "DANH SÁCH", "(Kèm theo)", "Số liệu", heads, (entry,) * 30, "Cộng 30", "Trang")
    program = office.find()
    assert program is not None
    printed = pypdfium2.PdfDocument(await office.convert_with(program, annexes.annex(words)))
    pages = [printed[number].get_textpage().get_text_range() for number in range(len(printed))]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "Việc quá hạn" in page
        assert f"Trang {number}" in page
    assert "Trần Thị B (người đứng đầu): 15/11/2026" in re.sub(r"\s+", " ", pages[0])
    assert printed[0].get_width() > printed[0].get_height()
    printed.close()


# The calendar ---------------------------------------------------------------------------------------------------------

MADE = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)


def agenda(made: datetime = MADE) -> Agenda:
    words = "UBND xã Ví Dụ; mục 1, 3446/UBND-VXNV\nHệ thống: HT-001, HT-002"
    events = (
        Event("a@ungcuu", date(2026, 12, 19), "Báo cáo năm về an ninh mạng", words, "Sắp đến hạn: Báo cáo năm"),
        Event("b@ungcuu", date(2027, 2, 28), "Rà quét lỗ hổng: 5 hệ thống", words * 9, "Sắp đến hạn"),
    )
    return Agenda("Việc phải làm", made, events)


def test_a_calendar_program_reads_whole_days_with_alarms_in_the_morning() -> None:
    content = calendars.make(agenda()).content
    calendar = Calendar.from_ical(content)
    assert (calendar["version"], calendar["method"], calendar["x-wr-calname"]) == ("2.0", "PUBLISH", "Việc phải làm")
    events: list[Any] = calendar.walk("VEVENT")
    assert [event["uid"] for event in events] == ["a@ungcuu", "b@ungcuu"]
    for event, told in zip(events, agenda().events, strict=True):
        assert event.decoded("dtstart") == told.day
        assert event.decoded("dtend") == told.day + timedelta(days=1)
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert event.decoded("dtstamp") == MADE.replace(microsecond=0)
        assert str(event["summary"]) == told.title
        assert str(event["description"]) == told.about
        begins = datetime.combine(told.day, datetime.min.time())
        alarms = [begins + alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        assert [(told.day - one.date()).days for one in alarms] == [7, 1]
        assert {one.hour for one in alarms} == {8}
    assert b"DTSTAMP:20261123T020000Z\r\n" in content
    assert b"TZID" not in content
    assert max(map(len, content.split(b"\r\n"))) <= 75  # octets, RFC 5545: 3.1


def read(one: Agenda) -> list[Any]:
    return list(Calendar.from_ical(calendars.make(one).content).walk("VEVENT"))


def test_a_later_file_says_the_same_events_anew() -> None:
    first, later = (read(agenda(made)) for made in (MADE, MADE + timedelta(days=1)))
    assert [one["uid"] for one in first] == [one["uid"] for one in later]
    assert all(new["sequence"] > old["sequence"] for old, new in zip(first, later, strict=True))
