"""Passwords in natural language: a value that a text gives for "mật khẩu", "mk", "pass" …, never the words alone."""

import re
from collections.abc import Iterator

from bot.domain.letters import Reading
from bot.domain.secrets.given_away import given_away
from bot.domain.secrets.kinds import Found, Secret
from bot.domain.secrets.password_words import FILLERS, QUALIFIERS, REMARKS, Cue, cues
from bot.domain.secrets.values import Strength, Value, credible, read_value, sounds_vietnamese

# What joins a name to its value. Everything between the word and the link says whose password it is.
_LINK = re.compile(
    r"(?P<strong>[:=]+>?|->|=>|→|⇒)"
    r"|(?<![a-z0-9])(?:(?P<soft>la|nhu sau)|(?P<verb>is|was|thanh|sang|ghi|dat|lay|xai|dung|tu))(?![a-z0-9])"
)
_MOST_LINKS = 6
_AFTER_LINK = re.compile(r"[\s:=>\-–]*")
_AND_CODE = re.compile(r"\s?(?:,|/|va|lan|cung|voi|&|\+|kem|ca)\s?(?:ca |voi )?(?:ma )?(?:otp|xac (?:nhan|thuc))\b")
# Words that begin another clause: a link behind them no longer speaks of the password.
_BREAKS = re.compile(
    r"(?<![a-z])(?:xong|roi|bao|hoi|nen|neu|nhung|goi|link|bam|thong bao|loi|http\S*|www\S*|yeu cau|de nghi|huong dan"
    r"|thi ra|tuc la|otp|ma xac|nguoi|lien he)(?![a-z])"
)
_FOR_ACCOUNT = re.compile(
    r"(?:cho|cua|vao|gui ve|ve|qua) (?:[a-z]+ ){0,2}?"
    r"(?:tai khoan|user|nick|tk|email|gmail|mail|so|sdt|zalo|dia chi|facebook|fb)$"
)
_PAIR_BEFORE = re.compile(
    r"(?:tk|tai khoan|user(?: ?name)?|acc(?:ount)?|id|login|ten dang nhap|ten|email|mail|gmail|nick|u|sdt)"
    r"\s?(?:/|,|&|\+|-|\||va|and|\s)\s?$"
)
_PAIR = re.compile(r"\S*?[^\s/|,;]\s?(?:[/|,;]|\s-|\s)\s?(?=\S)")
_REST = re.compile(r"[^\n,;|()]{1,40}")
_DATE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_TOKEN = re.compile(r"\S+")
_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"[ \t(\-–/>]{0,4}\n?[ \t]{0,3}")
_CHAIN = re.compile(
    r"\s*(?:,|/|\||;|\(|&|\+)?\s*"
    r"(?:(?:hoac|va|or|and|hay|voi|roi|xong|sau do|tiep|lan 2|thu 2|cu|moi|doi|sang|thanh|la)\s+){0,3}"
)


def passwords(reading: Reading) -> Iterator[Found]:
    """Find values that a text gives for a password.

    1. The word ("mật khẩu"), unless its marks make it another ("mất mà" folds like "mật mã").
    2. A link ("là", ":", "="), not across a sentence or into another clause; or nothing, before a value that
       could be nothing else.
    3. The value, by how it looks and by how strongly the link promises one; and those chained to it.
    4. Last, what is given away without being tied to a word.
    """
    announced = list(cues(reading))
    for cue in announced:
        value = _linked(reading, cue) or _direct(reading, cue)
        for _ in range(4):
            if value is None:
                break
            yield Found(Secret.PASSWORD, value.start, value.end)
            value = _chained(reading, value.end)
    for value in given_away(reading, announced):
        yield Found(Secret.PASSWORD, value.start, value.end)


# --- with a link ------------------------------------------------------------------------------------------------


def _linked(reading: Reading, cue: Cue) -> Value | None:
    """Try every link of the sentence in turn, until one leads to a value."""
    folded, start = reading.folded, cue.end
    if also := _AND_CODE.match(folded, start):  # "mật khẩu lẫn OTP: …"
        start = also.end()
    for link in list(_LINK.finditer(folded, start, cue.limit))[:_MOST_LINKS]:
        if _elsewhere(folded[start : link.start()], link):
            return None
        value = _promised(reading, cue, link)
        if value and not _is_label(folded, value):
            return value
    return None


def _elsewhere(gap: str, link: re.Match[str]) -> bool:
    """Say whether a link belongs to something else: another clause, or an account ("cho tài khoản: lan123")."""
    commas = gap.count(",")
    if _BREAKS.search(gap) or commas > 1 or (commas and not link["soft"]):
        return True
    return bool(link["strong"] and _FOR_ACCOUNT.search(gap.strip()))


def _is_label(folded: str, value: Value) -> bool:
    r"""Tell the next field of a form ("Mật khẩu:\nSĐT: …") from a value."""
    return not value.quoted and value.strength <= Strength.GLUED and folded[value.end : value.end + 1] == ":"


def _promised(reading: Reading, cue: Cue, link: re.Match[str]) -> Value | None:
    """Read the value after a link: at once, in quotes, as a short phrase, or after words that lead to it."""
    at, strong = _after(reading.folded, cue, link)
    value = read_value(reading, at)
    if value is None:
        return None
    if value.quoted:
        return None if value.text.split()[0] in REMARKS - {"con", "em", "abc"} else value
    least = Strength.DIGITS if link["verb"] or (cue.weak and not strong) else Strength.GLUED
    shortest = 4 if link["verb"] else 3
    if value.strength >= least and value.length >= shortest and credible(reading, value, linked=not link["verb"]):
        return value
    if link["verb"]:
        return None
    return (_phrase(reading, at) if strong else None) or _after_fillers(reading, at, cue.limit)


def _after(folded: str, cue: Cue, link: re.Match[str]) -> tuple[int, bool]:
    """Find where a value would begin, past the user name in "tk/mk: lan123 / abc456", and whether a sign led there."""
    rest = _AFTER_LINK.match(folded, link.end())
    at = rest.end() if rest else link.end()
    strong = bool(link["strong"] or re.search("[:=]", folded[link.end() : at]))
    if strong and _PAIR_BEFORE.search(folded[max(0, cue.start - 20) : cue.start]):
        pair = _PAIR.match(folded, at, at + 80)
        at = pair.end() if pair else at
    return at, strong


def _phrase(reading: Reading, at: int) -> Value | None:
    """Take a whole short rest of line after a colon: "pass: admin", "pass: nha trang 2019"; no sentence."""
    rest = _REST.match(reading.folded, at)
    if rest is None or not reading.folded[at].isalnum():
        return None
    words = rest[0].strip(" .!?").split()
    if not 1 <= len(words) <= 4 or any(word.strip(".!?:") in REMARKS for word in words):
        return None
    fits = words[-1].isdigit() if len(words) > 1 else len(words[0]) >= 3 and len(rest[0]) < 40
    end = at + len(rest[0].rstrip(" .!?"))
    whole = Value(at, end, Strength.GLUED, reading.folded[at:end])
    return whole if fits and credible(reading, whole, linked=True) else None


def _after_fillers(reading: Reading, at: int, limit: int) -> Value | None:
    """Read on past words that only lead to the value; a date counts where a birthday was spoken of."""
    birthday = False
    for _ in range(9):
        token = _TOKEN.match(reading.folded, at)
        if token is None or at >= limit:
            return None
        value = read_value(reading, at)
        if value and value.strength >= Strength.DIGITS and value.length >= 4 and not value.quoted:
            return value if credible(reading, value, linked=True) else None
        if birthday and (date := _DATE.match(reading.folded, at)):
            return Value(at, date.end(), Strength.DIGITS, date[0])
        word = token[0].strip(",:.\"'()")
        if word not in FILLERS:
            return None
        birthday = birthday or word == "sinh"
        at = _past(_BLANK, reading.folded, token.end())
    return None


# --- without one ------------------------------------------------------------------------------------------------


def _direct(reading: Reading, cue: Cue) -> Value | None:
    """Take a value right after the word ("pass 12345", "mật khẩu wifi Abc@123") that could be nothing else."""
    folded, at = reading.folded, cue.end
    for _ in range(6):
        at = _past(_GAP, folded, at)
        token = _TOKEN.match(folded, at)
        if token is None:
            return None
        value = read_value(reading, at)
        if value and value.quoted:
            return value if not sounds_vietnamese(value.text) else None
        if value and value.strength >= Strength.DIGITS:
            return value if _could_be_nothing_else(reading, value, cue) else None
        if token[0].strip(",:.()") not in QUALIFIERS or token[0][-1] in ",.:;":
            return None
        at = token.end()
    return None


def _could_be_nothing_else(reading: Reading, value: Value, cue: Cue) -> bool:
    least = 5 if cue.weak and value.strength is Strength.DIGITS else 4
    most = 9 if value.strength is Strength.DIGITS else value.length
    return least <= value.length <= most and credible(reading, value, linked=False)


def _chained(reading: Reading, at: int) -> Value | None:
    """Take what follows on a value: "abc123 hoặc abc456"."""
    gap = _CHAIN.match(reading.folded, at)
    if gap is None or gap.end() == at or "\n" in gap[0]:
        return None
    value = read_value(reading, gap.end())
    if value is None or value.strength < Strength.DIGITS or not 4 <= value.length <= 20 or value.quoted:
        return None
    digits_alone = value.strength is Strength.DIGITS and not gap[0].strip()
    return value if not value.phone_like and not digits_alone and credible(reading, value, linked=False) else None


def _past(pattern: re.Pattern[str], folded: str, at: int) -> int:
    match = pattern.match(folded, at)
    return match.end() if match else at
