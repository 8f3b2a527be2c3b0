"""Bytes of a table become letters: what is read, and what old typing is told by its look and refused in words."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from bot.domain.letters import nfc


class Unreadable(Exception):
    """A file as a whole cannot be read; `reason` names the sentence that says why and what to do."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = (*"aeiouy", *(f"{letter}\u0302" for letter in "aeo"), "a\u0306", "o\u031b", "u\u031b")
_LOWER = frozenset(nfc(vowel + tone) for vowel in _VOWELS for tone in _TONES) | {"\u0111"}
LETTERS: Final = _LOWER | {letter.upper() for letter in _LOWER}
"""The accented letters of Vietnamese, and the plain vowels, composed."""

_LATEST_OF_LATIN_1 = "\xff"

# Typed for the fonts of TCVN3 (.VnTime) a word shows signs of the Latin-1 table in its middle, or a capital after a
# small letter; typed for VNI it shows a vowel followed by another letter that carries only its marks.
_SIGNS = "\xa8-\xac\xb5-\xb9\xbb-\xbe"
_TCVN3 = re.compile(rf"[A-Za-z][{_SIGNS}\xad](?=[A-Za-z\xc0-\xff])|[A-Za-z][\xb5-\xb8](?![A-Za-z])|\xae[a-z]")
_CAPITAL_WITHIN = re.compile("[a-z][\xc0-\xde]")
_MARKS_OF_VNI = "\xf9\xf8\xfb\xf5\xef"
_VNI = re.compile(
    f"[aeiouy\xf4\xf6][{_MARKS_OF_VNI}]|[ae][\xe2\xe1\xe0\xe5\xe3\xe4]|a[\xea\xe9\xe8\xfa\xfc\xeb]|o[\xe2\xe5\xe4]",
    re.IGNORECASE,
)
# UTF-8 that some program took for Windows-1252: two or three odd letters in place of one.
_BROKEN = re.compile("\xe1[\xba\xbb]|\xc3[\x80-\xbf\u0192\u201a\u02c6]|\xc4[\u2018\x90\u0192\u201a]|\xc6[\xa1\xb0]")


def decode(content: bytes) -> str:
    """The text of a file, composed: UTF-8 with and without mark, UTF-16, Windows-1258.

    Raises:
        Unreadable: no text, letters for old fonts (TCVN3, VNI), or letters broken by another program.
    """
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable("empty")
    text = _unicode(content)
    if text is None:
        return _windows_1258(content)
    if "\x00" in text:
        raise Unreadable("binary")
    if (how := spoilt(text)) is not None:
        raise Unreadable(how)
    return nfc(text.removeprefix("\ufeff"))


def _unicode(content: bytes) -> str | None:
    """The text where it is Unicode; None where its bytes are of an older table."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        if (guessed := _unmarked_utf_16(content)) is not None:
            return content.decode(guessed)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _unmarked_utf_16(content: bytes) -> str | None:
    """Every other byte of the first line is empty: heads and separators are mostly ASCII."""
    head = content[:200]
    if head[1::2].count(0) > len(head) // 4 and 0 not in head[::2]:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) // 4 and 0 not in head[1::2] else None


def _windows_1258(content: bytes) -> str:
    if b"\x00" in content:
        raise Unreadable("binary")
    try:
        text = nfc(content.decode("cp1258"))
    except UnicodeDecodeError:
        text = ""
    if text and all(_belongs(letter) for letter in text):
        return text
    raise Unreadable(spoilt(content.decode("latin-1")) or "letters")


def _belongs(letter: str) -> bool:
    """What honest Vietnamese text holds: ASCII, letters of the alphabet, punctuation; no mark without its letter."""
    if letter.isascii() or letter in LETTERS:
        return True
    return unicodedata.category(letter) in ("Pd", "Po", "Ps", "Pe", "Pi", "Pf", "Zs", "Sc")


def spoilt(text: str) -> str | None:
    """How a text was spoilt: "tcvn3", "vni" or "broken_letters"; None for text as it should be.

    An odd letter or two may be a foreign name; a text that also has letters which only Unicode knows was typed in it.
    """
    if text.isascii():
        return None
    if any(letter > _LATEST_OF_LATIN_1 and letter in LETTERS for letter in nfc(text)):
        return None
    if len(_BROKEN.findall(text)) > 1:
        return "broken_letters"
    strange = sum(letter > "\x7f" and letter.isalpha() and letter not in LETTERS for letter in text)
    vni = 3 * len(_VNI.findall(text))
    tcvn3 = 3 * len(_TCVN3.findall(text)) + 3 * len(_CAPITAL_WITHIN.findall(text)) + strange
    if max(vni, tcvn3) < 3:
        return None
    return "vni" if vni > tcvn3 else "tcvn3"
