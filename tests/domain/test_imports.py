"""Tables against the register: every fault has its row, column and reason, and what went out comes in unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import grids, imports
from bot.domain.agencies import Exposure, Kind
from bot.domain.grids import Grid, Line
from bot.domain.imports import Fate, Register
from bot.domain.lettering import LETTERS, Unreadable, spoilt
from bot.domain.tables import AGENCIES, SYSTEMS, TABLES, What, heads, letter
from locales import Texts

TODAY = date(2026, 11, 23)
TEXTS = Texts.load()


def say(name: str) -> str:
    return TEXTS.plain("vi", name)


def labels(what: What) -> list[str]:
    return [say(f"table.{what}.{column.name}") for column in TABLES[what].columns]


def agency(code: str, name: str, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(column.name for column in AGENCIES.columns)
    return {**blank, "code": code, "name": name, "kind": "department", "phones": [], **more}


def system(code: str, name: str, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(column.name for column in SYSTEMS.columns)
    return {**blank, "code": code, "name": name, "agency": "S1", "exposure": "unknown", "tags": [], **more}


REGISTER = Register(
    {
        "S1": agency("S1", "Sở Một"),
        "CU": agency("CU", "Sở Cũ", until="2025-07-01", successor="S1"),
        "NM": agency("NM", "Nhà mạng", kind="provider"),
    },
    {"H1": system("H1", "Cổng thông tin", level=3, vendor="A", tags=["Exchange"])},
)


def known(cells: Sequence[str]) -> int:
    return max(heads(table, cells) for table in TABLES.values())


def csv(text: str) -> Grid:
    return grids.read_csv(text.encode(), known)


def weighed(what: What, text: str) -> imports.Findings:
    return imports.weigh(csv(text), what, REGISTER, TODAY)


def faults(what: What, text: str) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.reason) for fault in weighed(what, text).faults]


# Heads and separators -------------------------------------------------------------------------------------------------


def test_every_head_that_is_written_is_read_again_as_the_same_column() -> None:
    for table in TABLES.values():
        assert [table.column(label) for label in labels(table.what)] == list(table.columns)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_each_separator_of_sheet_programs_is_known_by_the_heads(separator: str) -> None:
    text = "STT,Mã cơ quan,Tên cơ quan,Loại\n1,S9,Sở Chín,Sở".replace(",", separator)
    (told,) = weighed(What.AGENCIES, text).told
    assert (told.row, told.code, told.name, told.fate) == (2, "S9", "Sở Chín", Fate.NEW)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mã cơ quan|Tên cơ quan|Loại\nS9|Sở|Sở", "separator"),
        ("Một,Hai,Ba\n1,2,3", "no_heads"),
        ("Mã cơ quan,Tên cơ quan,Loại\n\n ,,\n", "no_rows"),
        ('Mã cơ quan,Tên cơ quan,Loại\nS9,"Sở Chín,Sở\nS8,Sở,Sở', "quotes"),
        ("Mã hệ thống,Tên hệ thống,Mã cơ quan chủ quản,Cấp độ\nH1,x,S1,3", "other_table"),
        ("Mã cơ quan,Tên cơ quan,Loại\n" + "S9,Sở Chín,Sở\n" * grids.MOST_ROWS, "too_many"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as no:
        weighed(What.AGENCIES, text)
    assert no.value.reason == reason


def test_heads_are_found_below_a_title_and_rows_are_numbered_as_the_sheet_does() -> None:
    text = "DANH SÁCH CƠ QUAN,,\n\nMã cơ quan (*),Tên cơ quan:,LOẠI\nS9,Sở Chín,Ngành lạ"
    assert faults(What.AGENCIES, text) == [(4, "kind", "kind")]


def test_heads_that_are_unknown_twice_or_missing_are_named_and_nothing_else_is_read() -> None:
    text = "Mã cơ quan,Tên cơ quan,Tên cơ quan,Biệt danh\nS9,,,"
    assert faults(What.AGENCIES, text) == [
        (1, "kind", "head_missing"),
        (1, "name", "head_twice"),
        (1, "", "head_unknown"),
    ]


# Cells ----------------------------------------------------------------------------------------------------------------

LEVELS: Mapping[str, int | str | None] = {
    **{str(level): level for level in range(1, 6)},
    "Cấp độ 3": 3,
    "cấp 2": 2,
    "chưa xác định": None,
    "Chưa Phân Loại": None,
    "": "level_empty",
    **dict.fromkeys(("0", "6", "3.5", "III", "cao", "-1", "33"), "level"),
}


@pytest.mark.parametrize(("cell", "means"), LEVELS.items())
def test_a_level_is_read_or_asked_for_and_never_guessed(cell: str, means: int | str | None) -> None:
    text = f'Mã hệ thống,Tên hệ thống,Mã cơ quan chủ quản,Cấp độ\nH9,Hệ chín,S1,"{cell}"'
    found = weighed(What.SYSTEMS, text)
    if isinstance(means, str):
        assert [fault.reason for fault in found.faults] == [means]
        assert not found.entries
    else:
        assert [entry["level"] for entry in found.entries] == [means]


AGENCY_CELLS = [
    ("Mã cơ quan", "sở y tế", "code", "code"),
    ("Mã cơ quan", "", "code", "needed"),
    ("Tên cơ quan", "", "name", "needed"),
    ("Tên cơ quan", "x" * 201, "name", "too_long"),
    ("Tên cơ quan", "Së Khoa häc vµ C«ng nghÖ", "name", "tcvn3"),
    ("Tên cơ quan", "Sôû Khoa hoïc vaø Coâng ngheä", "name", "vni"),
    ("Tên cơ quan", "Sá»Ÿ Y táº¿", "name", "broken_letters"),
    ("Tên cơ quan", "Sở\x07", "name", "control"),
    ("Loại", "Xóm", "kind", "kind"),
    ("Thành lập từ ngày", "2025/13/45", "since", "day"),
    ("Thành lập từ ngày", "31/02/2025", "since", "no_such_day"),
    ("Thành lập từ ngày", "07/31/2025", "since", "no_such_day"),
    ("Thành lập từ ngày", "01/01/0025", "since", "year"),
    ("Thành lập từ ngày", "45839", "since", "day"),
    ("Điện thoại công bố", "912345678", "phones", "phone"),
    ("Thư điện tử công bố", "ai đó", "email", "mail"),
    ("Trang công bố", "trang nhà", "page", "page"),
]


@pytest.mark.parametrize(("head", "cell", "column", "reason"), AGENCY_CELLS)
def test_a_cell_that_cannot_be_read_is_named_by_row_column_and_reason(
    head: str, cell: str, column: str, reason: str
) -> None:
    row = {"Mã cơ quan": "S9", "Tên cơ quan": "Sở Chín", "Loại": "Sở, ban, ngành", head: cell}
    text = grids.write_csv([list(row), list(row.values())]).decode("utf-8-sig")
    found = weighed(What.AGENCIES, text)
    assert [(fault.row, fault.column, fault.reason) for fault in found.faults] == [(2, column, reason)]
    assert letter(found.faults[0].place) == "ABCD"[list(row).index(head)]
    assert not found.entries


def test_cells_of_formulas_and_merged_cells_are_named_once_a_row() -> None:
    grid = [
        Line(1, ["Mã cơ quan", "Tên cơ quan", "Loại"]),
        Line(2, ["S8", "=A1", "Sở"], {1: "formula"}),
        Line(3, ["Khối sở ngành", "", ""], {0: "merged", 1: "merged", 2: "merged"}),
        Line(4, ["S9", "Sở Chín", "Sở", "thừa"]),
    ]
    found = imports.weigh(grid, What.AGENCIES, REGISTER, TODAY)
    assert [(one.row, one.column, one.reason) for one in found.faults] == [
        (2, "name", "formula"),
        (3, "code", "merged"),
        (4, "", "surplus"),
    ]


# Rows against each other and against the register ------------------------------------------------------------------

HEADS = "Mã cơ quan,Tên cơ quan,Loại,Thành lập từ ngày,Kết thúc từ ngày,Mã cơ quan kế thừa\n"
SYSTEM_HEADS = "Mã hệ thống,Tên hệ thống,Mã cơ quan chủ quản,Cấp độ,Mã nhà mạng,Ngừng từ ngày\n"
AGENCY_ROWS = {
    "A1,Sở A,Sở,,,\na1,Sở B,Sở,,,": [(3, "code", "twice")],
    "A1,Sở A,Sở,,,\nA2,SỞ  A,Sở,,,": [(2, "name", "same_name"), (3, "name", "same_name")],
    "A1,Sở Một,Sở,,,": [(2, "name", "same_name")],
    "A1,Sở Cũ,Sở,01/07/2025,,": [],  # the old one of that name was gone by then
    "A1,Sở A,Sở,01/07/2025,01/07/2025,": [(2, "until", "until_before_since")],
    "A1,Sở A,Sở,,01/07/2025,KHONG": [(2, "successor", "no_agency")],
    "A1,Sở A,Sở,,,S1": [(2, "successor", "successor_of_living")],
    "A1,Sở A,Sở,,01/07/2025,A2\nA2,Sở B,Sở,,01/07/2025,A1": [(2, "successor", "circle"), (3, "successor", "circle")],
    "A1,Sở A,Sở,,01/07/2025,A2\nA2,Sở B,Sở,,,": [],  # the successor stands below
    "S1,Sở Một,Sở,,01/07/2026,": [(2, "until", "still_has_systems")],
    "S1,Sở Một,Sở,,01/07/2027,": [],
}
SYSTEM_ROWS = {
    "H9,Hệ chín,S1,3,,": [],
    "H9,Hệ chín,KHONG,3,,": [(2, "agency", "no_agency")],
    "H9,Hệ chín,S1,3,S1,": [(2, "provider", "no_provider")],
    "H9,Hệ chín,S1,3,NM,": [],
    "H9,Hệ chín,CU,3,,": [(2, "agency", "agency_ended")],
    "H9,Hệ chín,CU,3,,01/07/2025": [],
    "H9,cổng thông tin,S1,3,,": [(2, "name", "same_name")],
    "H9,Cổng thông tin,NM,3,,": [],  # names are shared within an agency alone
}


@pytest.mark.parametrize(("rows", "wrong"), AGENCY_ROWS.items())
def test_agencies_are_weighed_against_each_other_and_the_register(rows: str, wrong: list[tuple[int, str, str]]) -> None:
    assert faults(What.AGENCIES, HEADS + rows) == wrong


@pytest.mark.parametrize(("rows", "wrong"), SYSTEM_ROWS.items())
def test_systems_are_weighed_against_each_other_and_the_register(rows: str, wrong: list[tuple[int, str, str]]) -> None:
    assert faults(What.SYSTEMS, SYSTEM_HEADS + rows) == wrong


def test_one_fault_leaves_nothing_to_be_written_and_every_row_has_its_fate() -> None:
    found = weighed(What.SYSTEMS, SYSTEM_HEADS + "H9,Hệ chín,S1,3,,\nH1,Cổng thông tin,S1,4,,\nH8,Hệ tám,S1,9,,")
    assert [(one.row, one.fate) for one in found.told] == [(2, Fate.NEW), (3, Fate.CHANGED), (4, Fate.FAULTY)]
    assert found.told[1].changes == {"level": (3, 4)}
    assert found.entries == ()


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_takes_away() -> None:
    head = "Mã hệ thống,Tên hệ thống,Mã cơ quan chủ quản,Cấp độ"
    same = weighed(What.SYSTEMS, f"{head}\nH1,Cổng thông tin,S1,3")
    assert [one.fate for one in same.told] == [Fate.SAME]
    less = weighed(What.SYSTEMS, f"{head},Nhà cung cấp,Công nghệ\nH1,Cổng thông tin,S1,3,,")
    assert less.told[0].changes == {"vendor": ("A", None), "tags": (["Exchange"], [])}


# Out and in again -----------------------------------------------------------------------------------------------------

WORDS = st.text(alphabet=[*sorted(LETTERS), *"bcdhklmnt =+-@',;\"0189"], min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
# Letters side by side that no Vietnamese word has ("oâ") are taken for an old font, and told so.
NAMES = WORDS.filter(lambda words: bool(words) and spoilt(words) is None)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(date.isoformat)


@st.composite
def registers(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Register:
    agencies = {}
    for number in range(draw(st.integers(1, 5))):
        code = f"A-{number}"
        since, until = draw(DAYS), draw(DAYS)
        if since and until and until <= since:
            until = (date.fromisoformat(since) + timedelta(days=1)).isoformat()
        agencies[code] = agency(
            *(code, draw(NAMES)),
            kind=str(draw(st.sampled_from(list(Kind)))),
            head=draw(st.none() | NAMES),
            since=since,
            until=until,
            successor="A-0" if until and number else None,
            phones=draw(st.sampled_from([[], ["0912345678"], ["02290000001", "18001096"]])),
            published_on=draw(DAYS),
        )
    systems = {
        f"H-{number}": system(
            *(f"H-{number}", draw(NAMES)),
            agency=draw(st.sampled_from(sorted(agencies))),
            level=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
            exposure=str(draw(st.sampled_from(list(Exposure)))),
            tags=draw(st.sampled_from([[], ["Exchange"], ["Linux", "Oracle"]])),
            vendor=draw(st.none() | NAMES),
        )
        for number in range(draw(st.integers(1, 5)))
    }
    return Register(agencies, systems)


@settings(max_examples=60)
@given(registers())
def test_what_went_out_comes_in_without_a_change(register: Register) -> None:
    for what, table in TABLES.items():
        rows = [table.write(entry, say) for entry in register.of(what).values()]
        grid = grids.read_csv(grids.write_csv([labels(what), *rows]), known)
        found = imports.weigh(grid, what, register, TODAY)
        assert [one.fate for one in found.told] == [Fate.SAME] * len(rows), found.faults


@given(st.text(max_size=20))
def test_a_cell_of_a_csv_file_is_never_a_formula_and_comes_back_as_it_was(value: str) -> None:
    cell = grids.as_text(value)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert grids.from_text(cell) == value


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=14), max_size=6), st.sampled_from(list(What)))
def test_any_cells_below_the_heads_are_weighed_without_falling_over(rows: list[list[str]], what: What) -> None:
    grid = [Line(1, labels(what)), *(Line(number, cells) for number, cells in enumerate(rows, 2))]
    with suppress(Unreadable):
        found = imports.weigh(grid, what, REGISTER, TODAY)
        assert not (found.faults and found.entries)
        assert len({one.row for one in found.told}) == len(found.told)
