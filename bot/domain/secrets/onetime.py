"""One-time codes: the digits after (or before) words such as "mã OTP", never the words alone."""

import re
from collections.abc import Iterator

from bot.domain.letters import Reading
from bot.domain.secrets.kinds import Found, Secret

_NEAR, _FAR = 20, 70  # characters between word and code: without, and with "là", ":" or "=" before the code

_NAME = (
    r"o[. ]?t[. ]?p|ma (?:so )?(?:xac (?:thuc|nhan|minh)|kich hoat|bao mat|dang nhap|xt|xn)|maxacnhan|maxacthuc|ma otp"
    r"|ma (?:so )?(?:gom |co |la )?(?:4|6|8|bon|sau|tam) (?:chu |con )?so"
    r"|(?:verification|security|confirmation|login|one[- ]time) (?:code|pin|password)"
)
_WORD = re.compile(rf"(?<![a-z0-9])(?:{_NAME})(?![a-z0-9])")
# What grandmothers say instead: "đọc 6 số 482913 cho nó", "dãy số gửi về máy là 482913", "đọc mã 4829".
_TOLD = re.compile(
    r"(?<![a-z])(?:(?:doc|gui|cung cap|nhan|khai|dua|cho no|cho ho)\b[^\d.!?\n]{0,25}?\s(?:(?:6|4|8|sau|bon"
    r"|tam) (?:chu |con )?so|day so|may so|cac so|con so|ma|code)"
    r"|(?:day so|day ma|(?:6|4|8|sau|bon|tam) (?:chu |con )?so) (?:no |ho |vua )?(?:gui|nhan|trong tin|ve may"
    r"|ve dien thoai)|code)(?![a-z0-9])"
)
_DIGITS = re.compile(r"(?<![\w.,/:+])(?:[a-z]{1,3}-)?(?P<value>\d(?:[ .\-]?\d)*)(?![\w/:%]|[.,]\d)", re.ASCII)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_LINK = re.compile(r"(?:[:=>(\"'“]|\b(?:la|is|so|gom))[\s:=>(\"'“\-\[]*$")
_UNIT = re.compile(
    r"\s?(?:d|k|tr|trieu|ty|cu|nghin|ngan|dong|vnd|vnđ|giay|phut|p|gio|h|lan|chu so|so|ky tu|ki tu|nguoi|nam|thang"
    r"|ngay|usd"
    r"|lit|xu|diem|may|don vi|can bo|truong hop|tai khoan|tin nhan|tin|cuoc)\b|\s?[$%]"
)
_AMOUNT_WORDS = re.compile(r"\b(?:mat|tru|rut|bay|chuyen|lay|lua|het|nap|phi|gia|so tien|con|vay|no tien)\b[^\d]{0,8}$")
_OTHER_NUMBER = re.compile(
    r"\b(?:tong dai|dau so|hotline|sdt|so dien thoai|goi(?: lai| den| toi)?|tu so|tu|den so|stk|so tai khoan|(?:va"
    r"|vao|voi|,|cho) (?:so )?(?:tai khoan|tk|the)|luc|ngay|nam|van don"
    r"|don hang|ho so|dat phong|dat ve|dat cho|lich hen|cong van|nghi dinh|thong tu|dieu|khoan)\W*(?:so\W*|ma\W*)?$"
)
_SHORT_COUNT = re.compile(r"\d{1,3}")
_NEXT = re.compile(
    r"[\s,;.&+/\-)(]{0,4}(?:(?:(?:cua|ben|o) [a-z]{2,12}|va|roi|xong|lai|tiep|den|lan|thu|la|ma|nua|sau|do|hai|ba"
    r"|cai|hoac|voi|otp|\d(?=[\s:]))[\s,:;]{1,3}){0,6}"
    r"(?P<value>\d(?:[ \-]?\d){3,11})(?![\w/:%]|[.,]\d)"
)
# "… nó hỏi mã gửi về máy, em đọc 482913": what was said aloud, where a code was spoken of before.
_SAID = re.compile(
    r"(?<![a-z])(?:doc|khai|noi|gui|dua|nhap|cung cap)(?: (?:luon|la|cho|no|ho|roi|ngay|thang|lai|con|cai|vao|so|may"
    r"|ma|dung|day)){0,4}"
    r"\s+(?P<value>\d{4,8}|\d(?: \d){3,7}|\d{3}[ .\-]\d{3})(?![\w/:%]|[.,]\d|\s?(?:k|tr|trieu|ty|d|dong|nghin|ngan"
    r"|vnd|lan|nguoi|tin)\b)"
)
_ABOUT_A_CODE = re.compile(
    rf"(?<![a-z])(?:{_NAME}|ma (?:ngan hang|gui|nhan|tin|ve|tren|trong|no|ho|code)|(?:sau|bon|tam|4|6|8) (?:chu "
    rf"|con )?so|day so)(?![a-z])"
)
_BEFORE = re.compile(
    rf"(?<![\w.,/:+\-])(?:g-)?(?P<value>\d{{4,8}}|\d{{3}}[ \-]\d{{3}})\s+(?:la|is"
    rf"|chinh la)\s+(?:your\s+)?(?:[a-z]+\s+){{0,2}}?(?:{_NAME})\b"
)


def one_time_codes(reading: Reading) -> Iterator[Found]:
    """Find 4–8 digits that a text itself calls a one-time code."""
    folded = reading.folded
    for word in _WORD.finditer(folded):
        yield from _after(folded, word.end(), _NEAR)
    for word in _TOLD.finditer(folded):
        if reading.original(word.end() - 1, word.end()).lower() == "à":  # "mà" (but) is no "mã" (code)
            continue
        yield from _after(folded, word.end(), 6)
    for match in _SAID.finditer(folded):
        if _ABOUT_A_CODE.search(folded, max(0, match.start() - 90), match.start()) and not _round(match["value"]):
            yield Found(Secret.OTP, *match.span("value"))
    for match in _BEFORE.finditer(folded):
        yield Found(Secret.OTP, *match.span("value"))


def _after(folded: str, start: int, near: int) -> Iterator[Found]:
    """Take the first number that can be the code, and those chained to it ("… rồi 654321")."""
    end = _sentence_end(folded, start)
    for match in _DIGITS.finditer(folded, start, end):
        value = _value(folded, match)
        if value and _belongs(folded[start : match.start()], folded[slice(*value)], near):
            yield Found(Secret.OTP, *value)
            yield from _chained(folded, value[1])
            return


def _sentence_end(folded: str, start: int) -> int:
    end = min(len(folded), start + _FAR + 20)
    stop = _SENTENCE_END.search(folded, start, end)
    return stop.start() if stop else end


def _value(folded: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Give the run of 4–8 digits; a last group that counts something else ("… 5 phút") is left off."""
    start, end = match.span("value")
    for _ in range(3):
        count = sum(map(str.isdigit, folded[start:end]))
        if 4 <= count <= 8 and not _UNIT.match(folded, end):
            return start, end
        cut = max(folded.rfind(gap, start, end) for gap in " .-")
        if cut <= start:
            return None
        end = cut
    return None


def _belongs(gap: str, digits: str, near: int) -> bool:
    linked = _LINK.search(gap) is not None
    if len(gap) > (_FAR if linked else near) or _OTHER_NUMBER.search(gap):
        return False
    if linked:
        return True
    return not (_round(digits) or _AMOUNT_WORDS.search(gap) or digits.startswith(("1900", "1800")))


def _round(digits: str) -> bool:
    """Say whether it reads as a sum of money: 5000000, but not 000000."""
    return len(digits) >= 5 and digits.endswith("000") and digits.strip("0") != ""


def _chained(folded: str, at: int) -> Iterator[Found]:
    for _ in range(5):
        match = _NEXT.match(folded, at)
        if match is None or not 4 <= sum(map(str.isdigit, match["value"])) <= 8 or _UNIT.match(folded, match.end()):
            return
        yield Found(Secret.OTP, *match.span("value"))
        at = match.end()
