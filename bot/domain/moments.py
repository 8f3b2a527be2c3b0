"""When something happened, in the words in which people say it ("hôm qua 9h tối", "20 giờ 15", "22/11")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.moment_words import (
    AGO,
    CLOCK,
    DAY_PART,
    DAYS_OF,
    HAS_HOUR,
    HOURS_OF,
    LAST_NIGHT,
    LOOSE,
    MINUTES_OF,
    NAMED_DAYS,
    NOW,
    NUMERIC,
    PART,
    THREE_DAYS,
    VAGUE_NOW,
    WEEKDAY,
    WEEKDAYS,
    WORDED,
    Heard,
    monday,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_EARLIEST, _LATEST = 1990, 2100


@dataclass(frozen=True)
class Moment:
    """A point in time; when only a day or a part of it was said, its beginning and `precise` False."""

    at: datetime  # aware, UTC, whole minutes
    precise: bool

    def to_text(self) -> str:
        """Write it for storing: 2026-11-21T14:00Z, a whole day 2026-11-21~, a part of a day 2026-11-21T01:00Z~."""
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
        return _Teller(Heard.of(text), now.astimezone(HANOI).replace(second=0, microsecond=0)).tell()
    except (ValueError, OverflowError):  # 31/02, 25:00, ten thousand years ago
        return None


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)


@dataclass(frozen=True)
class _Part:
    """A named part of a day: which, and whether its words point back ("hồi tối")."""

    name: str
    back: bool = False

    @property
    def starts(self) -> int:
        return next(hour for word, hour in HOURS_OF.items() if self.name.startswith(word))

    @property
    def night(self) -> bool:
        return self.name.split()[-1] in {"dem", "khuya"} or self.name == "dem khuya"


_SHORT_PARTS = {"sa": "sang", "am": "sang", "ch": "chieu", "pm": "chieu"}


class _Teller:
    """Puts together what a text says: how long ago, which day, which part of it, which hour."""

    def __init__(self, heard: Heard, now: datetime) -> None:
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
        if not NOW.search(self.heard.folded):
            return None
        return Moment(_utc(self.now), precise=not VAGUE_NOW.search(self.heard.folded))

    # --- how long ago

    def _ago(self) -> datetime | date | None:
        match = next((found for pattern in AGO if (found := pattern.search(self.heard.folded))), None)
        if match is None:
            return None
        unit = match["unit"].split()[0]
        count = {"nua": 0.5, "vai": 3.0, "may": 3.0, "dam": 5.0}.get(match["count"]) or float(match["count"])
        count += 0.5 if match["half"] else 0
        if unit in MINUTES_OF:
            if self._is_clock_time(match, unit):
                return None
            return self.now - timedelta(minutes=int(count * MINUTES_OF[unit]) + int(match["more"] or 0))
        return self.today - timedelta(days=int(count * DAYS_OF[unit]))

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
        for match in NUMERIC.finditer(self.heard.folded):
            if match["year"]:
                return _date(match["year"], match["month"], match["day"])
            whole = match.span() == (0, len(self.heard.folded))
            if match["sep"] == "/" or match["year2"] or whole:
                return self._date_in(match["day2"], match["month2"], match["year2"])
        return None

    def _worded(self) -> date | None:
        match = WORDED.search(self.heard.folded)
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
        for match in WEEKDAY.finditer(self.heard.folded):
            if match["thu"] and not self.heard.means(match, "thu"):
                continue
            number = 6 if match["sunday"] else WEEKDAYS[match["which"] or match["short"]]
            return self._in_week(number, match["week"] or "")
        return None

    def _in_week(self, weekday: int, week: str) -> date:
        first = monday(self.today)
        if week in {"tuan sau", "tuan toi"}:
            return first + timedelta(days=7 + weekday)
        if week == "tuan nay":
            return first + timedelta(days=weekday)
        if week.startswith("tuan"):
            return first + timedelta(days=weekday - 7)
        back = (self.today.weekday() - weekday) % 7
        return self.today - timedelta(days=back or (7 if week else 0))

    def _named(self) -> date | None:
        if THREE_DAYS.search(self.heard.marked):
            return self.today - timedelta(days=3)
        return next((self._shifted(days) for pattern, days in NAMED_DAYS if pattern.search(self.heard.folded)), None)

    def _shifted(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _loose(self) -> date | None:
        return next((day(self.today) for pattern, day in LOOSE if pattern.search(self.heard.folded)), None)

    # --- which hour

    def _clock(self, folded: str) -> re.Match[str] | None:
        return next((match for match in CLOCK.finditer(folded) if self._is_hour(match)), None)

    def _is_hour(self, match: re.Match[str]) -> bool:
        """Refuse "2 tôi" (no evening) and numbers that only look like hours."""
        if int(match["hour"]) > 24:
            raise ValueError("no such hour")
        said = match[0].removesuffix(match["part"] or "")
        return HAS_HOUR.search(said) is not None or self.heard.means(match, "part")

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
        for match in DAY_PART.finditer(self.heard.folded):
            alone = match[0].strip() == self.heard.folded.strip(" .,!")
            if (
                match["part"] not in _SHORT_PARTS
                and (match["day"] or match["buoi"] or alone)
                and self.heard.evening(match)
            ):
                yield match
        for match in re.finditer(
            rf"\b(?:hom qua|hom kia|hom nay|hqua|hnay|nay)\s(?:luc\s|vao\s)?(?P<part>{PART})\b", self.heard.folded
        ):
            if match["part"] not in _SHORT_PARTS and self.heard.evening(match):
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
        return hour < 5 and day is not None and LAST_NIGHT.search(self.heard.folded) is not None

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
