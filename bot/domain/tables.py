"""The two tables of the register, agencies and systems: their columns, how a cell is read, how a value is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.agencies import Exposure, Kind, read_code
from bot.domain.lettering import spoilt
from bot.domain.letters import fold, one_line
from bot.domain.phones import parse_phone, show_phone

Value = str | int | list[str] | None
"""What a cell means, as JSON can hold it: days are ISO text, agencies are named by their code."""
Entry = Mapping[str, Value]
"""Values of one row by the names of its columns; a column that the file has not is not there."""

LONGEST_NAME: Final = 200
LONGEST_WORDS: Final = 300
UNKNOWN = "unknown"  # how a level is written that nobody has determined, before it is words


class What(StrEnum):
    """Which table."""

    AGENCIES = "agencies"
    SYSTEMS = "systems"


class Unfit(Exception):
    """A cell cannot be read; `reason` names the sentence that says what it wants."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True)
class Fault:
    """What is wrong and where: a row of the sheet (0: the file), a column by name and place ("" and -1: none alone)."""

    row: int
    reason: str
    column: str = ""
    place: int = -1
    values: Mapping[str, str | int] = field(default_factory=dict)


# Reading cells ------------------------------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})")
_MAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_PAGE = re.compile(r"(https?://)?[^\s/@]+\.[^\s/@]+(/\S*)?")
_LEVEL = re.compile(r"(?:cap(?: do)? ?)?([1-5])")
_YEARS: Final = range(1945, 2101)

_UNKNOWN_LEVELS = frozenset(
    ("chua xac dinh", "khong xac dinh", "chua ro", "chua phan loai", "chua phe duyet", "chua co", "cxd", "unknown", "?")
)
_KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("so, ban, nganh", "so ban nganh", "so", "ban", "nganh", "department"), Kind.DEPARTMENT),
    **dict.fromkeys(("xa, phuong", "ubnd xa, phuong", "xa", "phuong", "commune"), Kind.COMMUNE),
    **dict.fromkeys(("dang, doan the", "dang", "doan the", "mat tran, doan the", "party"), Kind.PARTY),
    **dict.fromkeys(("don vi su nghiep, doanh nghiep nha nuoc", "don vi su nghiep", "unit"), Kind.UNIT),
    "doanh nghiep nha nuoc": Kind.UNIT,
    **dict.fromkeys(("doanh nghiep vien thong, internet", "doanh nghiep vien thong", "nha mang"), Kind.PROVIDER),
    **dict.fromkeys(("isp", "provider"), Kind.PROVIDER),
    **dict.fromkeys(("doi ung cuu su co", "doi ung cuu", "team"), Kind.TEAM),
    **dict.fromkeys(("khac", "co quan khac", "other"), Kind.OTHER),
}
_EXPOSURES: Final[Mapping[str, Exposure]] = {
    **dict.fromkeys(("internet", "co internet", "ket noi internet", "cong khai"), Exposure.INTERNET),
    **dict.fromkeys(("noi bo", "mang noi bo", "internal"), Exposure.INTERNAL),
    **dict.fromkeys(("chua ro", "chua xac dinh", "khong ro", "unknown", ""), Exposure.UNKNOWN),
}


def words(text: str, longest: int = LONGEST_WORDS) -> str | None:
    """One line of text; nothing is None."""
    if _CONTROL.search(text):
        raise Unfit("control")
    if (how := spoilt(text)) is not None:
        raise Unfit(how)
    line = one_line(text)
    if len(line) > longest:
        raise Unfit("too_long", most=longest)
    return line or None


def _name(text: str) -> str | None:
    return words(text, LONGEST_NAME)


def _code(text: str) -> str | None:
    if not text.strip():
        return None
    code = read_code(text)
    if code is None:
        raise Unfit("code")
    return code


def _kind(text: str) -> str | None:
    if not text.strip():
        return None
    found = _KINDS.get(fold(text))
    if found is None:
        raise Unfit("kind")
    return str(found)


def _exposure(text: str) -> str:
    found = _EXPOSURES.get(fold(text))
    if found is None:
        raise Unfit("exposure")
    return str(found)


def _level(text: str) -> int | None:
    """1 to 5, or None for "chưa xác định" in words. A gap is no answer: nobody can tell it from a level forgotten."""
    said = fold(text)
    if said in _UNKNOWN_LEVELS:
        return None
    if not said:
        raise Unfit("level_empty")
    found = _LEVEL.fullmatch(said)
    if found is None:
        raise Unfit("level")
    return int(found[1])


def _day(text: str) -> str | None:
    said = fold(text)
    if not said:
        return None
    found = _DAY.fullmatch(said)
    if found is None:
        raise Unfit("day")
    parts = (found[3], found[2], found[1]) if found[3] else (found[4], found[5], found[6])
    year, month, day = (int(part) for part in parts)
    try:
        read = date(year, month, day)
    except ValueError:
        raise Unfit("no_such_day") from None
    if read.year not in _YEARS:
        raise Unfit("year")
    return read.isoformat()


def _parts(text: str) -> list[str]:
    found = [words(part) for part in re.split("[;\n]", text)]
    return list(dict.fromkeys(part for part in found if part))


def _phones(text: str) -> list[str]:
    read = [parse_phone(part) for part in _parts(text.replace(",", ";"))]
    if None in read:
        raise Unfit("phone")
    return list(dict.fromkeys(phone.digits for phone in read if phone))


def _tags(text: str) -> list[str]:
    """Technologies; the same written twice is one, and they stand in the order in which the register keeps them."""
    found = {fold(part): part for part in reversed(_parts(text.replace(",", ";")))}
    if len(found) > 30 or any(len(tag) > 60 for tag in found.values()):
        raise Unfit("tags")
    return [found[key] for key in sorted(found)]


def _mail(text: str) -> str | None:
    read = words(text)
    if read and not _MAIL.fullmatch(read):
        raise Unfit("mail")
    return read


def _page(text: str) -> str | None:
    read = words(text)
    if read and not _PAGE.fullmatch(read):
        raise Unfit("page")
    return read


# Writing values -----------------------------------------------------------------------------------------------------

Words = Callable[[str], str]
"""The words of the catalogue by name."""


def _write_words(value: Value, _: Words) -> str:
    return str(value) if value is not None else ""


def _write_kind(value: Value, say: Words) -> str:
    return say(f"table.kind.{value}")


def _write_exposure(value: Value, say: Words) -> str:
    return say(f"table.exposure.{value}")


def _write_level(value: Value, say: Words) -> str:
    return say(f"table.level.{UNKNOWN}") if value is None else str(value)


def _write_day(value: Value, _: Words) -> str:
    return date.fromisoformat(str(value)).strftime("%d/%m/%Y") if value else ""


def _write_list(value: Value, _: Words) -> str:
    return "; ".join(value) if isinstance(value, list) else ""


def _write_phones(value: Value, _: Words) -> str:
    return "; ".join(show_phone(phone) for phone in value) if isinstance(value, list) else ""


# The tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column: its name in code and catalogue, its heads as people write them (folded), its reader and writer."""

    name: str
    heads: tuple[str, ...]
    read: Callable[[str], Value] = words
    write: Callable[[Value, Words], str] = _write_words
    needed: bool = False


@dataclass(frozen=True)
class Table:
    """One of the two tables, its columns in the order in which they are written."""

    what: What
    columns: tuple[Column, ...]

    def column(self, head: str) -> Column | None:
        """The column that a head names; "" and a column of running numbers name none."""
        said = _head(head)
        return next((column for column in self.columns if said in column.heads), None)

    def write(self, entry: Entry, say: Words) -> list[str]:
        """The cells of a row."""
        return [column.write(entry.get(column.name), say) for column in self.columns]


_HINT = re.compile(r"\(.*?\)|[*:]")
RUNNING: Final = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "#", ""})


def _head(text: str) -> str:
    return fold(_HINT.sub(" ", text))


def is_running(head: str) -> bool:
    """A column of running numbers, or without a head: nothing of it is read."""
    return _head(head) in RUNNING


def _dated(name: str, *heads: str) -> Column:
    return Column(name, heads, _day, _write_day)


AGENCIES: Final = Table(
    What.AGENCIES,
    (
        Column("code", ("ma co quan", "ma", "ma don vi"), _code, needed=True),
        Column("name", ("ten co quan", "co quan", "ten don vi", "ten"), _name, needed=True),
        Column("kind", ("loai co quan", "loai"), _kind, _write_kind, needed=True),
        Column("head", ("nguoi dung dau", "thu truong", "ho ten nguoi dung dau"), _name),
        Column("head_title", ("chuc vu nguoi dung dau", "chuc vu"), _name),
        _dated("since", "thanh lap tu ngay", "tu ngay", "hieu luc tu"),
        _dated("until", "ket thuc tu ngay", "den ngay", "hieu luc den"),
        Column("successor", ("ma co quan ke thua", "co quan ke thua"), _code),
        Column("phones", ("dien thoai cong bo", "dien thoai"), _phones, _write_phones),
        Column("email", ("thu dien tu cong bo", "thu dien tu", "email cong bo", "email"), _mail),
        Column("page", ("trang cong bo", "trang thong tin", "website"), _page),
        Column("source", ("nguon cong bo", "nguon")),
        _dated("published_on", "ngay cong bo"),
    ),
)
SYSTEMS: Final = Table(
    What.SYSTEMS,
    (
        Column("code", ("ma he thong", "ma"), _code, needed=True),
        Column("name", ("ten he thong", "he thong", "ten he thong thong tin", "ten"), _name, needed=True),
        Column("agency", ("ma co quan chu quan", "ma chu quan", "chu quan", "ma co quan"), _code, needed=True),
        Column("operator", ("ma don vi van hanh", "don vi van hanh", "ma van hanh"), _code),
        Column("level", ("cap do", "cap do he thong"), _level, _write_level, needed=True),
        Column("exposure", ("ket noi", "pham vi ket noi", "ket noi internet"), _exposure, _write_exposure),
        Column("tags", ("cong nghe", "nen tang", "phan mem"), _tags, _write_list),
        Column("provider", ("ma nha mang", "nha mang", "isp"), _code),
        Column("vendor", ("nha cung cap", "don vi cung cap", "nha thau"), _name),
        _dated("since", "su dung tu ngay", "tu ngay", "van hanh tu ngay"),
        _dated("until", "ngung tu ngay", "ngung su dung tu ngay", "den ngay"),
    ),
)
TABLES: Final[Mapping[What, Table]] = {table.what: table for table in (AGENCIES, SYSTEMS)}


def letter(place: int) -> str:
    """The letters by which sheet programs name a column: A, B, … Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def heads(table: Table, cells: Sequence[str]) -> int:
    """How many cells of a row are heads of a table."""
    return sum(table.column(cell) is not None for cell in cells)
