"""Passwords that no word is tied to: given away in the same sentence, in lists of accounts, on command lines."""

import re
from collections.abc import Iterator

from bot.domain.letters import Reading
from bot.domain.secrets.password_words import Cue
from bot.domain.secrets.values import Strength, Value, credible, read_value

_BEFORE_CUE = 60  # characters before the word in which a value may already stand

# A token of letters and digits with a sign inside is no word: in a sentence about passwords it is one of them.
_SIGNED = re.compile(r"(?<![^\s(\"'“=>])[^\s,;|\"/:=]{6,40}")
_SIGN = re.compile(r"(?=.*\d)(?=.*[a-z]).+[@#$%^&*!]|[@#$%^&*!](?=.*\d)(?=.*[a-z])")
_GIVEN = re.compile(
    r"(?<![a-z])(?:doc|go|gui|nhap|dua|khai|noi|danh|bam|cung cap)"
    r"(?: (?:luon|la|cho|no|ho|roi|ngay|cai|vao|dung|day)){0,4}\s+(?P<value>[^\s,;|]{4,40})"
)
_REVERSED = re.compile(
    r"(?<!\S)(?P<value>\S{4,64})\s+(?:la|=|is|chinh la|dang la)\s+(?:cai )?"
    r"(?:(?:mat khau|password|pass)(?![a-z0-9])|mk (?:fb|facebook|zalo|gmail|mail|wifi|cua))"
)
# An address or a well-known user name, then a separator, then a value: lines of leaked lists.
_COMBINATION = re.compile(
    r"(?<![\w.+%-])(?:[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|admin|administrator|root|sa|user|guest|quantri|supervisor)\s?[:|/]\s?(?P<value>[^\s:|/]{4,64})",
    re.ASCII,
)
_COMMAND = re.compile(
    r"\b(?:mysql|mysqldump|sshpass|psql|net use|redis-cli|smbclient|plink|curl|mongo)\b[^\n]{0,80}?"
    r"(?:\s-p ?|\s-a |\s-u \w+:|/user:\S{1,40} )(?P<value>\S{4,64})"
)


def given_away(reading: Reading, announced: list[Cue]) -> Iterator[Value]:
    """Find values that look like passwords where a text speaks of one, or where only passwords stand."""
    yield from _in_sentences(reading, announced)
    yield from _in_places(reading)


def _in_sentences(reading: Reading, announced: list[Cue]) -> Iterator[Value]:
    done = 0
    for cue in announced:
        for match in _SIGNED.finditer(reading.folded, max(done, cue.start - _BEFORE_CUE), cue.limit):
            value = read_value(reading, *match.span()) if _SIGN.search(match[0]) else None
            if value and value.strength is Strength.MIXED and credible(reading, value, linked=True):
                yield value
        for match in _GIVEN.finditer(reading.folded, cue.end, cue.limit):
            value = read_value(reading, *match.span("value"))
            if value and _handed_over(value) and credible(reading, value, linked=False):
                yield value
        done = cue.limit


def _handed_over(value: Value) -> bool:
    """Accept what was typed or told: digits unless they read as a sum, and anything mixed."""
    if value.strength is Strength.DIGITS:
        return 4 <= value.length <= 9 and not value.text.endswith("000")
    return value.strength is Strength.MIXED


def _in_places(reading: Reading) -> Iterator[Value]:
    for pattern in (_REVERSED, _COMBINATION, _COMMAND):
        for match in pattern.finditer(reading.folded):
            value = read_value(reading, *match.span("value"))
            sure = value and value.strength >= Strength.DIGITS and value.length >= 4 and not value.phone_like
            if value and sure and credible(reading, value, linked=True):
                yield value
