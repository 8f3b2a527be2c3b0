"""The words for points in time, heard letter by letter: folded for finding, with marks for telling them apart."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.letters import nfc, plain


def monday(day: date) -> date:
    """Give the first day of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


# --- what was heard ---------------------------------------------------------------------------------------------

_COUNTED = r"(?=\s*(?:gi[ờo]|ti[ếe]ng|ph[úu]t|ng[àa]y|h[ôo]m|b[ữu]a|tu[ầa]n|th[áa]ng|n[ăa]m|r[ưu][ỡo]i)\b)"
_ONES = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mot": 1, "bon": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip
_ONE = "|".join(_ONES)
_SPELLED = re.compile(
    rf"(?<!thứ )(?<!thu )\b(?:(?P<tens>{_ONE})\s+(?:mươi|muoi)(?:\s+(?P<unit>{_ONE}))?|(?P<ten>mười"
    rf"|muoi)(?:\s+(?P<teen>{_ONE}))?"
    rf"|(?P<one>{_ONE}))\b{_COUNTED}"
)
_NOW_NOT_SEVEN = re.compile(r"\bbây giờ\b|\bbay gio\b(?! sang\b)")
_MINUTES_SPELLED = re.compile(
    rf"(?<=gi[ờo] )(?:(?P<tens>{_ONE})\s+(?:mươi|muoi)(?:\s+(?P<unit>{_ONE}))?|(?P<ten>mười"
    rf"|muoi)(?:\s+(?P<teen>{_ONE}))?)(?!\w)"
)
_EVENING_GOES_ON = re.compile(r"\s*(?:$|[,.;!?)]|\d|luc\b|khoang\b|tam\b|vao\b)")
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
class Heard:
    """The folded text beside the marked one, letter for letter; `bare` when the writer uses no marks at all."""

    folded: str
    marked: str
    bare: bool

    @classmethod
    def of(cls, text: str) -> "Heard":
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

    def evening(self, match: re.Match[str]) -> bool:
        """Tell "hom qua toi, luc 9h" (evening) from "hom qua toi bi lua" (I) where no marks are written."""
        said = match.groupdict()
        if not self.bare or said["part"] != "toi" or said.get("day") or (said.get("buoi") or "")[:3] in {"buo", "hoi"}:
            return True
        return _EVENING_GOES_ON.match(self.folded, match.end("part")) is not None


def _spelled(match: re.Match[str]) -> str:
    said = match.groupdict()
    if said.get("one"):
        return str(_ONES[said["one"]])
    tens = _ONES[said["tens"]] * 10 if said["tens"] else 10
    unit = said["unit"] or said["teen"]
    return str(tens + (_ONES[unit] if unit else 0))


# --- patterns over the folded text ------------------------------------------------------------------------------

PART = (
    r"(?:rang sang|sang som|sang|giua trua|trua|chieu toi|chieu|toi|dem khuya|nua dem|giua dem|dem|khuya|sa|ch|am|pm)"
)
HOURS_OF = {
    "rang": 4,
    "sang": 6,
    "giua trua": 12,
    "trua": 11,
    "chieu": 13,
    "toi": 18,
    "giua": 23,
    "nua": 23,
    "dem": 22,
    "khuya": 23,
}
CLOCK = re.compile(
    r"(?<![\d/.,-])(?P<hour>\d{1,2})\s?(?:"
    r"(?:h|g|gio|:)\s?(?P<minute>[0-5]?\d)(?![\d/.-])(?::\d\d)?\s?(?:p|ph|phut|')?(?![a-z0-9])"
    r"|(?:h|g|gio)\s?(?P<half>ruoi)\b"
    rf"|(?:h|g|gio)(?:\s(?P<middle>{PART}))?\skem\s(?P<less>\d{{1,2}})"
    r"|(?:h|g|gio)(?![a-z0-9])"
    rf"|ruoi(?=\s{PART}\b)"
    rf"|(?=\s?{PART}\b)"
    rf")(?:\s?(?:luc\s)?(?:vao\s)?(?:buoi\s)?(?P<part>{PART})\b)?"
)
HAS_HOUR = re.compile(r"\d\s?(?:h|g|:|ruoi)")
DAY_PART = re.compile(
    rf"\b(?P<buoi>buoi\s|hoi\s|luc\s|vao\s|ban\s)?(?P<part>{PART})\s?(?P<day>(?:ngay\s)?hom (?:nay|qua|kia)|hqua"
    rf"|h qua|hnay"
    r"|nay|qua|mai|kia|ngay|thu|cn|chu nhat|t[2-7]\b|\d{1,2}/\d|mung)?\b"
)
NOW = re.compile(
    r"\b(?:luc nay|hien (?:tai|gio|nay)|vua (?:xong|moi|nay|xay ra)|moi (?:xong|day|nay|vua)|ngay (?:luc nay"
    r"|bay gio)|hoi nay|ban nay|nay gio)\b"
)
VAGUE_NOW = re.compile(r"\b(?:moi day|luc nay|hoi nay|ban nay|nay gio|hien nay)\b")
_UNIT = r"(?P<unit>giay|phut|ph|p|'|gio dong ho|gio|tieng dong ho|tieng|h|g|ngay|hom|bua|tuan|thang|nam)"
_COUNT = r"(?P<count>\d{1,4}|nua|vai|may|dam)"
_AFTER = r"(?P<half>\s?ruoi)?(?:\s?(?P<more>\d{1,2})\s?(?:phut|p|'))?"
AGO = (
    re.compile(
        # "20 gio 15 hom qua" is a quarter past eight yesterday, no fifteen days ago.
        r"(?<!thu )(?!(?<=gio )\d{1,2} (?:hom|bua) (?:qua|nay)\b)"
        rf"\b{_COUNT}\s?{_UNIT}(?![a-z]){_AFTER}\s(?:dong ho\s)?(?:truoc(?! (?:luc|khi|ngay))|roi|nay\b|qua\b)"
    ),
    re.compile(
        rf"\b(?:cach (?:day|nay)|truoc day|duoc)(?: (?:khoang|tam|gan|hon|chung"
        rf"|do))* {_COUNT}\s?{_UNIT}(?![a-z]){_AFTER}"
    ),
)
MINUTES_OF = {"giay": 0, "phut": 1, "ph": 1, "p": 1, "'": 1, "gio": 60, "tieng": 60, "h": 60, "g": 60}
DAYS_OF = {"ngay": 1, "hom": 1, "bua": 1, "tuan": 7, "thang": 30, "nam": 365}

NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?=$|[\st,;.)])"
    r"|(?P<day2>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<month2>\d{1,2})(?:\s?(?P=sep)\s?(?P<year2>\d{4}|\d{2}))?(?![\d/]|-\d))"
)
WORDED = re.compile(
    r"\b(?:(?:ngay\s)?(?:mung|mong|hom|ngay)?\s?(?P<day>\d{1,2})\s?(?:thang|/)\s?(?P<month>\d{1,2})"
    r"(?:,?\s?(?:nam|/)\s?(?P<year>\d{4}|\d{2})\b)?(?!\d)"
    r"|(?:ngay|mung|mong|hom)\s(?:mung\s|mong\s)?(?P<alone>\d{1,2})(?![\d/.:hg-]|\s?(?:gio|h\b|ngay|truoc|tieng|phut)))"
)
NAMED_DAYS = (
    (re.compile(r"\b(?:hom kia|hkia|bua kia|ngay kia truoc)\b"), -2),
    (re.compile(r"\b(?:hom qua|hqua|h qua|bua qua|ngay qua|hom wa|qa|bua hom qua)\b"), -1),
    (re.compile(r"\b(?:hom nay|hnay|bua nay|ngay nay|h nay|trong ngay)\b"), 0),
    (re.compile(r"\b(?:ngay mai|mai)\b(?! (?:thi|linh|anh|chi))"), 1),
)
THREE_DAYS = re.compile(r"\bhôm kìa\b")
WEEKDAY = re.compile(
    r"\b(?:(?P<thu>thu)\s?(?P<which>[2-7]|hai|ba|tu|bon|nam|sau|bay)\b|t(?P<short>[2-7])\b(?!/)|(?P<sunday>chu nhat"
    r"|cn)\b)"
    r"(?:\s(?:cua )?(?P<week>tuan (?:truoc|roi|qua|vua roi|vua qua|nay|sau|toi)|truoc|roi|vua roi|vua qua|qua))?"
)
WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "bon": 2, "nam": 3, "sau": 4, "bay": 5} | {str(n): n - 2 for n in range(2, 8)}
LOOSE = (
    (re.compile(r"\bcuoi tuan (?:truoc|roi|qua|vua roi|vua qua)\b"), lambda today: monday(today) - timedelta(days=2)),
    (re.compile(r"\bdau tuan (?:truoc|roi|qua)\b"), lambda today: monday(today) - timedelta(days=7)),
    (re.compile(r"\bdau tuan\b(?! (?:sau|toi))"), monday),
    (re.compile(r"\btuan (?:truoc|roi|qua|vua roi|vua qua)\b"), lambda today: today - timedelta(days=7)),
    (
        re.compile(r"\b(?:dau thang (?:truoc|roi)|thang (?:truoc|roi|vua roi|qua))\b"),
        lambda today: (today.replace(day=1) - timedelta(days=1)).replace(day=1),
    ),
    (re.compile(r"\bdau thang\b(?! (?:sau|toi|\d))"), lambda today: today.replace(day=1)),
)
LAST_NIGHT = re.compile(r"\b(?:dem|khuya|nua dem|giua dem) (?:hom )?qua\b|\b(?:dem|khuya) hqua\b")
