"""When something happened, in the words in which people say it ("hôm qua 9h tối", "20 giờ 15", "22/11")."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.letters import nfc, plain

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_EARLIEST, _LATEST = 1990, 2100


@dataclass(frozen=True)
class Moment:
    """A point in time; when only a day or a part of it was said, its beginning and `precise` False."""

    at: datetime  # aware, UTC, whole minutes
    precise: bool

    def to_text(self) -> str:
        """Write it so that it can be stored: 2026-11-21T14:00Z, a day 2026-11-21~, a part of a day 2026-11-21T01:00Z~."""
        local = self.at.astimezone(HANOI)
        if not self.precise and local.time() == time():
            return f"{local:%Y-%m-%d}~"
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%MZ}" + ("" if self.precise else "~")

    @classmethod
    def from_text(cls, text: str) -> "Moment":
        """Read what `to_text` wrote; raises ValueError for anything else."""
        precise, text = not text.endswith("~"), text.removesuffix("~")
        if not precise and len(text) == 10:
            return cls(_utc(datetime.combine(date.fromisoformat(text), time(), HANOI)), precise)
        return cls(datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC), precise)


def parse_moment(text: str, now: datetime) -> Moment | None:
    """Read the moment that a text names, seen from `now` (aware); None where it names none or an impossible one.

    A day and month without year are the latest ones gone by. A time alone is today's, even where that lies ahead:
    the caller decides what to do with a future.
    """
    try:
        return _Teller(_Heard.of(text), now.astimezone(HANOI).replace(second=0, microsecond=0)).tell()
    except (ValueError, OverflowError):  # 31/02, 25:00, ten thousand years ago
        return None


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)


# --- what was heard ---------------------------------------------------------------------------------------------

_COUNTED = r"(?=\s*(?:gi[ờo]|ti[ếe]ng|ph[úu]t|ng[àa]y|h[ôo]m|b[ữu]a|tu[ầa]n|th[áa]ng|n[ăa]m|r[ưu][ỡo]i)\b)"
_ONES = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mot": 1, "bon": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip
_ONE = "|".join(_ONES)
_SPELLED = re.compile(
    rf"(?<!thứ )(?<!thu )\b(?:(?P<tens>{_ONE})\s+(?:mươi|muoi)(?:\s+(?P<unit>{_ONE}))?|(?P<ten>mười|muoi)(?:\s+(?P<teen>{_ONE}))?"
    rf"|(?P<one>{_ONE}))\b{_COUNTED}"
)
_NOW_NOT_SEVEN = re.compile(r"\bb[âa]y gi[ờo]\b")
_MINUTES_SPELLED = re.compile(rf"(?<=gi[ờo] )(?:(?P<tens>{_ONE})\s+(?:mươi|muoi)(?:\s+(?P<unit>{_ONE}))?|(?P<ten>mười|muoi)(?:\s+(?P<teen>{_ONE}))?)(?!\w)")  # fmt: skip  # noqa: E501
_SPACES = re.compile(r"\s+")

# Folded alike, meaning something else: "tôi" (I) is no evening, "thư" (letter) no weekday.
_OTHER_WORDS = {
    "toi": {"tôi", "tới", "tội", "tồi", "tỏi"},
    "dem": {"đem", "đếm", "đệm", "dem"},
    "trua": set[str](),
    "chieu": {"chiếu", "chiêu", "chiểu"},
    "sang": {"sang", "sảng", "sàng"},
    "thu": {"thu", "thư", "thủ", "thú", "thử"},
}


@dataclass(frozen=True)
class _Heard:
    """The folded text beside the marked one, letter for letter; `bare` when the writer uses no marks at all."""

    folded: str
    marked: str
    bare: bool

    @classmethod
    def of(cls, text: str) -> "_Heard":
        digits = "".join(str(unicodedata.decimal(letter, letter)) for letter in nfc(text)[:2000])
        marked = _SPACES.sub(" ", digits.casefold()).strip()
        marked = _NOW_NOT_SEVEN.sub("hien tai", marked)
        marked = _MINUTES_SPELLED.sub(_spelled, _SPELLED.sub(_spelled, marked))
        folded = "".join((plain(letter) or " ")[0] for letter in marked)
        return cls(folded, marked, marked.replace("đ", "d").isascii())

    def means(self, match: re.Match[str], group: str) -> bool:
        """Say whether the marks written on a word allow the meaning; a text without any mark gets the benefit."""
        word = self.marked[match.start(group) : match.end(group)]
        others = _OTHER_WORDS.get(match[group].split()[0], set())
        return word.split()[0] not in others or self.bare


def _spelled(match: re.Match[str]) -> str:
    said = match.groupdict()
    if said.get("one"):
        return str(_ONES[said["one"]])
    tens = _ONES[said["tens"]] * 10 if said["tens"] else 10
    unit = said["unit"] or said["teen"]
    return str(tens + (_ONES[unit] if unit else 0))


# --- patterns over the folded text ------------------------------------------------------------------------------

_PART = (
    r"(?:rang sang|sang som|sang|giua trua|trua|chieu toi|chieu|toi|dem khuya|nua dem|giua dem|dem|khuya|sa|ch|am|pm)"
)
_HOURS_OF = {"rang": 4, "sang": 6, "giua trua": 12, "trua": 11, "chieu": 13, "toi": 18, "giua": 23, "nua": 23, "dem": 22, "khuya": 23}  # fmt: skip  # noqa: E501
_CLOCK = re.compile(
    r"(?<![\d/.,-])(?P<hour>\d{1,2})\s?(?:"
    r"(?:h|g|gio|:)\s?(?P<minute>[0-5]?\d)(?![\d/.-])(?::\d\d)?\s?(?:p|ph|phut|')?(?![a-z0-9])"
    r"|(?:h|g|gio)\s?(?P<half>ruoi)\b"
    rf"|(?:h|g|gio)(?:\s(?P<middle>{_PART}))?\skem\s(?P<less>\d{{1,2}})"
    r"|(?:h|g|gio)(?![a-z0-9])"
    rf"|ruoi(?=\s{_PART}\b)"
    rf"|(?=\s?{_PART}\b)"
    rf")(?:\s?(?:luc\s)?(?:vao\s)?(?:buoi\s)?(?P<part>{_PART})\b)?"
)
_HAS_HOUR = re.compile(r"\d\s?(?:h|g|:|ruoi)")
_DAY_PART = re.compile(
    rf"\b(?P<buoi>buoi\s|hoi\s|luc\s|vao\s|ban\s)?(?P<part>{_PART})\s?(?P<day>(?:ngay\s)?hom (?:nay|qua|kia)|hqua|h qua|hnay"
    r"|nay|qua|mai|kia|ngay|thu|cn|chu nhat|t[2-7]\b|\d{1,2}/\d|mung)?\b"
)
_NOW = re.compile(r"\b(?:luc nay|hien (?:tai|gio|nay)|vua (?:xong|moi|nay|xay ra)|moi (?:xong|day|nay|vua)|ngay (?:luc nay|bay gio)|hoi nay|ban nay|nay gio)\b")  # fmt: skip  # noqa: E501
_VAGUE_NOW = re.compile(r"\b(?:moi day|luc nay|hoi nay|ban nay|nay gio|hien nay)\b")
_UNIT = r"(?P<unit>giay|phut|ph|p|'|gio dong ho|gio|tieng dong ho|tieng|h|g|ngay|hom|bua|tuan|thang|nam)"
_COUNT = r"(?P<count>\d{1,4}|nua|vai|may|dam)"
_AFTER = r"(?P<half>\s?ruoi)?(?:\s?(?P<more>\d{1,2})\s?(?:phut|p|'))?"
_AGO = (
    re.compile(
        rf"(?<!thu )\b{_COUNT}\s?{_UNIT}(?![a-z]){_AFTER}\s(?:dong ho\s)?(?:truoc(?! (?:luc|khi|ngay))|roi|nay\b|qua\b)"
    ),
    re.compile(
        rf"\b(?:cach (?:day|nay)|truoc day|duoc)(?: (?:khoang|tam|gan|hon|chung|do))* {_COUNT}\s?{_UNIT}(?![a-z]){_AFTER}"
    ),
)
_MINUTES = {"giay": 0, "phut": 1, "ph": 1, "p": 1, "'": 1, "gio": 60, "tieng": 60, "h": 60, "g": 60}
_DAYS = {"ngay": 1, "hom": 1, "bua": 1, "tuan": 7, "thang": 30, "nam": 365}

_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?=$|[\st,;.)])"
    r"|(?P<day2>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<month2>\d{1,2})(?:\s?(?P=sep)\s?(?P<year2>\d{4}|\d{2}))?(?![\d/]|-\d))"
)
_WORDED = re.compile(
    r"\b(?:(?:ngay\s)?(?:mung|mong|hom|ngay)?\s?(?P<day>\d{1,2})\s?(?:thang|/)\s?(?P<month>\d{1,2})"
    r"(?:,?\s?(?:nam|/)\s?(?P<year>\d{4}|\d{2})\b)?(?!\d)"
    r"|(?:ngay|mung|mong|hom)\s(?:mung\s|mong\s)?(?P<alone>\d{1,2})(?![\d/.:hg-]|\s?(?:gio|h\b|ngay|truoc|tieng|phut)))"
)
_NAMED_DAYS = (
    (re.compile(r"\b(?:hom kia|hkia|bua kia|ngay kia truoc)\b"), -2),
    (re.compile(r"\b(?:hom qua|hqua|h qua|bua qua|ngay qua|hom wa|qa|bua hom qua)\b"), -1),
    (re.compile(r"\b(?:hom nay|hnay|bua nay|ngay nay|h nay|trong ngay)\b"), 0),
    (re.compile(r"\b(?:ngay mai|mai)\b(?! (?:thi|linh|anh|chi))"), 1),
)
_THREE_DAYS = re.compile(r"\bhôm kìa\b")
_WEEKDAY = re.compile(
    r"\b(?:(?P<thu>thu)\s?(?P<which>[2-7]|hai|ba|tu|bon|nam|sau|bay)\b|t(?P<short>[2-7])\b(?!/)|(?P<sunday>chu nhat|cn)\b)"
    r"(?:\s(?:cua )?(?P<week>tuan (?:truoc|roi|qua|vua roi|vua qua|nay|sau|toi)|truoc|roi|vua roi|vua qua|qua))?"
)
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "bon": 2, "nam": 3, "sau": 4, "bay": 5} | {str(n): n - 2 for n in range(2, 8)}
_LOOSE = (
    (re.compile(r"\bcuoi tuan (?:truoc|roi|qua|vua roi|vua qua)\b"), lambda today: _monday(today) - timedelta(days=2)),
    (re.compile(r"\bdau tuan (?:truoc|roi|qua)\b"), lambda today: _monday(today) - timedelta(days=7)),
    (re.compile(r"\bdau tuan\b(?! (?:sau|toi))"), lambda today: _monday(today)),
    (re.compile(r"\btuan (?:truoc|roi|qua|vua roi|vua qua)\b"), lambda today: today - timedelta(days=7)),
    (
        re.compile(r"\b(?:dau thang (?:truoc|roi)|thang (?:truoc|roi|vua roi|qua))\b"),
        lambda today: (today.replace(day=1) - timedelta(days=1)).replace(day=1),
    ),  # fmt: skip  # noqa: E501
    (re.compile(r"\bdau thang\b(?! (?:sau|toi|\d))"), lambda today: today.replace(day=1)),
)
_LAST_NIGHT = re.compile(r"\b(?:dem|khuya|nua dem|giua dem) (?:hom )?qua\b|\b(?:dem|khuya) hqua\b")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class _Part:
    """A named part of a day: which, and whether its words point back ("hồi tối")."""

    name: str
    back: bool = False

    @property
    def starts(self) -> int:
        return next(hour for word, hour in _HOURS_OF.items() if self.name.startswith(word))

    @property
    def night(self) -> bool:
        return self.name.split()[-1] in {"dem", "khuya"} or self.name == "dem khuya"


_SHORT_PARTS = {"sa": "sang", "am": "sang", "ch": "chieu", "pm": "chieu"}


class _Teller:
    """Puts together what a text says: how long ago, which day, which part of it, which hour."""

    def __init__(self, heard: _Heard, now: datetime) -> None:
        self.heard = heard
        self.now = now
        self.today = now.date()

    def tell(self) -> Moment | None:
        ago = self._ago()
        if isinstance(ago, datetime):
            return Moment(_utc(ago), precise=True)
        rest = self.heard.folded
        day = ago or self._day()
        clock = self._clock(rest)
        part = self._part()
        if clock:
            return self._at_clock(clock, day, part)
        if part:
            return self._in_part(day, part)
        if day:
            return Moment(_utc(datetime.combine(day, time(), HANOI)), precise=False)
        return self._just_now()

    def _just_now(self) -> Moment | None:
        if not _NOW.search(self.heard.folded):
            return None
        return Moment(_utc(self.now), precise=not _VAGUE_NOW.search(self.heard.folded))

    # --- how long ago

    def _ago(self) -> datetime | date | None:
        match = next((found for pattern in _AGO if (found := pattern.search(self.heard.folded))), None)
        if match is None:
            return None
        unit = match["unit"].split()[0]
        count = {"nua": 0.5, "vai": 3.0, "may": 3.0, "dam": 5.0}.get(match["count"]) or float(match["count"])
        count += 0.5 if match["half"] else 0
        if unit in _MINUTES:
            if self._is_clock_time(match, unit):
                return None
            return self.now - timedelta(minutes=int(count * _MINUTES[unit]) + int(match["more"] or 0))
        return self.today - timedelta(days=int(count * _DAYS[unit]))

    def _is_clock_time(self, match: re.Match[str], unit: str) -> bool:
        """Tell "9h qua" and "9h rồi" (a time of day) from "2h trước" (a duration)."""
        return unit in {"h", "g", "gio"} and match[0].endswith((" qua", " nay", " roi")) and "duoc" not in match[0]

    # --- which day

    def _day(self) -> date | None:
        for find in (self._worded, self._numeric, self._weekday, self._named, self._loose):
            if (day := find()) is not None:
                return day
        return None

    def _numeric(self) -> date | None:
        for match in _NUMERIC.finditer(self.heard.folded):
            if match["year"]:
                return _date(match["year"], match["month"], match["day"])
            whole = match.span() == (0, len(self.heard.folded))
            if match["sep"] == "/" or match["year2"] or whole:
                return self._date_in(match["day2"], match["month2"], match["year2"])
        return None

    def _worded(self) -> date | None:
        match = _WORDED.search(self.heard.folded)
        if match is None:
            return None
        if match["alone"]:
            return self._latest_day_of_month(int(match["alone"]))
        return self._date_in(match["day"], match["month"], match["year"])

    def _date_in(self, day: str, month: str, year: str | None) -> date:
        """Complete a date: without year the latest one gone by, two digits belong to this century."""
        if year:
            return _date(year if len(year) == 4 else f"20{year}", month, day)
        for back in range(9):  # 29/02 may lie eight years back
            with_year = _date_or_none(self.today.year - back, int(month), int(day))
            if with_year and with_year <= self.today:
                return with_year
        raise ValueError("no such day")

    def _latest_day_of_month(self, day: int) -> date:
        month = self.today.replace(day=1)
        for _ in range(3):  # of three months in a row one has 31 days
            found = _date_or_none(month.year, month.month, day)
            if found and found <= self.today:
                return found
            month = (month - timedelta(days=1)).replace(day=1)
        raise ValueError("no such day")

    def _weekday(self) -> date | None:
        for match in _WEEKDAY.finditer(self.heard.folded):
            if match["thu"] and not self.heard.means(match, "thu"):
                continue
            number = 6 if match["sunday"] else _WEEKDAYS[match["which"] or match["short"]]
            return self._in_week(number, match["week"] or "")
        return None

    def _in_week(self, weekday: int, week: str) -> date:
        monday = _monday(self.today)
        if week in {"tuan sau", "tuan toi"}:
            return monday + timedelta(days=7 + weekday)
        if week == "tuan nay":
            return monday + timedelta(days=weekday)
        if week.startswith("tuan"):
            return monday + timedelta(days=weekday - 7)
        back = (self.today.weekday() - weekday) % 7
        return self.today - timedelta(days=back or (7 if week else 0))

    def _named(self) -> date | None:
        if _THREE_DAYS.search(self.heard.marked):
            return self.today - timedelta(days=3)
        return next((self._shifted(days) for pattern, days in _NAMED_DAYS if pattern.search(self.heard.folded)), None)

    def _shifted(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _loose(self) -> date | None:
        return next((day(self.today) for pattern, day in _LOOSE if pattern.search(self.heard.folded)), None)

    # --- which hour

    def _clock(self, folded: str) -> re.Match[str] | None:
        return next((match for match in _CLOCK.finditer(folded) if self._is_hour(match)), None)

    def _is_hour(self, match: re.Match[str]) -> bool:
        """Refuse "2 tôi" (no evening) and numbers that only look like hours."""
        if int(match["hour"]) > 24:
            raise ValueError("no such hour")
        said = match[0].removesuffix(match["part"] or "")
        return _HAS_HOUR.search(said) is not None or self.heard.means(match, "part")

    def _part(self) -> _Part | None:
        clock = self._clock(self.heard.folded)
        for match in (clock, *self._day_parts()):
            if match and match["part"] and self.heard.means(match, "part"):
                name = _SHORT_PARTS.get(match["part"], match["part"])
                return _Part(name, back="hoi" in match[0] or "ban " in match[0])
        if clock and clock["middle"]:
            return _Part(clock["middle"])
        return None

    def _day_parts(self) -> Iterator[re.Match[str]]:
        """Find parts of a day that stand beside a day or after "buổi", or are all that was said."""
        for match in _DAY_PART.finditer(self.heard.folded):
            alone = match[0].strip() == self.heard.folded.strip(" .,!")
            if match["part"] not in _SHORT_PARTS and (match["day"] or match["buoi"] or alone):
                yield match
        for match in re.finditer(
            rf"\b(?:hom qua|hom kia|hom nay|hqua|hnay|nay)\s(?:luc\s|vao\s)?(?P<part>{_PART})\b", self.heard.folded
        ):
            if match["part"] not in _SHORT_PARTS:
                yield match

    def _part_day(self) -> date | None:
        """Read the day in "tối qua", "sáng nay", "đêm kia", where no word "hôm" stands."""
        for match in self._day_parts():
            shift = {"qua": -1, "nay": 0, "kia": -2, "mai": 1}.get((match.groupdict().get("day") or "").strip())
            if shift is not None and self.heard.means(match, "part"):
                return self._shifted(shift)
        return None

    def _at_clock(self, clock: re.Match[str], day: date | None, part: _Part | None) -> Moment:
        day = self._part_day() or day
        hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
        if clock["half"] or "ruoi" in clock[0]:
            minute = 30
        if part:
            hour = _on_the_clock(hour, part)
        base = day or self.today
        if part and part.night and self._after_midnight(hour, day):
            base += timedelta(days=1)
        at = datetime.combine(base, time(), HANOI) + timedelta(hours=hour, minutes=minute - int(clock["less"] or 0))
        if day is None and (hour == 24 or (part and part.back)) and at > self.now:
            at -= timedelta(days=1)
        return Moment(_utc(_in_reach(at)), precise=True)

    def _after_midnight(self, hour: int, day: date | None) -> bool:
        """Say whether the small hours belong to the following date: "2h đêm qua" lies on today's."""
        return hour < 5 and day is not None and _LAST_NIGHT.search(self.heard.folded) is not None

    def _in_part(self, day: date | None, part: _Part) -> Moment:
        day = self._part_day() or day
        at = datetime.combine(day or self.today, time(part.starts), HANOI)
        if day is None and at > self.now:
            at -= timedelta(days=1)
        return Moment(_utc(_in_reach(at)), precise=False)


def _on_the_clock(hour: int, part: _Part) -> int:
    """Turn an hour with its part of the day into 0–24: 9 tối is 21, 12 đêm is 24, 1 trưa is 13, 12 trưa is 12."""
    last = part.name.split()[-1]
    if part.night or last == "toi":
        return hour + 12 if 5 <= hour <= 12 or (last == "toi" and 1 <= hour < 5) else hour
    if last in {"chieu", "trua"}:
        return hour + 12 if 1 <= hour <= (10 if last == "chieu" else 4) else hour
    return 0 if last == "sang" and hour == 12 else hour


def _date(year: str, month: str, day: str) -> date:
    found = date(int(year), int(month), int(day))
    if not _EARLIEST <= found.year <= _LATEST:
        raise ValueError("not in living memory")
    return found


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_reach(at: datetime) -> datetime:
    if not _EARLIEST <= at.year <= _LATEST:
        raise ValueError("not in living memory")
    return at
