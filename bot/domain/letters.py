"""Vietnamese letters: one written form for storing, one folded form for comparing, one aligned form for finding."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

_UNSEEN = frozenset({"Mn", "Me", "Cf"})  # combining marks, enclosing marks, zero-width and other format characters
_D_WITH_STROKE = {"đ": "d", "Đ": "D"}
_BY_CATEGORY = {"Pd": "-", "Zs": " ", "Zl": "\n", "Zp": "\n"}
_SPACES = re.compile(r"\s+")


def nfc(text: str) -> str:
    """Give the composed form, so that what an iPhone types equals what a table holds."""
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Give words as they may stand among others: one line, single spaces, and no sign that nobody sees, for such a one
    can turn the order of all the letters after it.
    """
    seen = (" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join("".join(letter for letter in seen if unicodedata.category(letter) != "Cf").split())


def fold(text: str) -> str:
    """Give the form in which texts are compared: no marks, no case, single spaces ("Sự cố" and "su co" are equal)."""
    unmarked = "".join(plain(letter) for letter in text)
    return _SPACES.sub(" ", unmarked.casefold()).strip()


@lru_cache(maxsize=8192)
def plain(letter: str) -> str:
    """Give the ASCII look of one character: "Ậ" is "A", "９" is "9", a zero-width space nothing, "…" three dots."""
    if letter.isascii():
        return letter
    category = unicodedata.category(letter)
    if category in _UNSEEN:
        return ""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    found = _D_WITH_STROKE.get(letter) or _BY_CATEGORY.get(category)
    return found or "".join(
        _D_WITH_STROKE.get(part, part)
        for part in unicodedata.normalize("NFKD", letter)
        if unicodedata.category(part) not in _UNSEEN
    )


def _lower(letter: str) -> str:
    """Lower one character without ever changing how many there are ("İ" would become two)."""
    lowered = letter.lower()
    return lowered if len(lowered) == 1 else letter


@dataclass(frozen=True)
class Reading:
    """A text as a detector reads it, each character knowing where it came from.

    `cased` and `folded` have equal length; `places[i]` is the index in `text` of their i-th character.
    """

    text: str
    cased: str
    folded: str
    places: range | list[int]

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read without marks, widths and invisible characters; a plain ASCII text costs nothing."""
        if text.isascii():
            return cls(text, text, text.lower(), range(len(text)))
        pieces = [plain(letter) for letter in text]
        places = [place for place, piece in enumerate(pieces) for _ in piece]
        cased = "".join(pieces)
        lowered = cased.lower()
        folded = lowered if len(lowered) == len(cased) else "".join(map(_lower, cased))
        return cls(text, cased, folded, places)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a found run to the original text, with the marks that sit on its last letter."""
        first, last = self.places[start], self.places[end - 1] + 1
        while last < len(self.text) and not plain(self.text[last]):
            last += 1
        return first, last

    def original(self, start: int, end: int) -> str:
        """Give what was really written there, composed: some words differ only by their marks."""
        first, last = self.span(start, end)
        return nfc(self.text[first:last])

    def place(self, index: int) -> int:
        """Find the first position at or after an index of the original text."""
        return bisect_left(self.places, index)
