"""Words as they are searched: without marks and case, numbers in one piece, so that "lua dao" finds "lừa đảo"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.letters import fold
from bot.domain.phones import locate_phones

MOST_TERMS = 8
LONGEST_QUERY = 200  # characters that are looked at
SHORTEST_NUMBER = 7  # digits: from there on a number may be written with gaps

_NUMBER = re.compile(r"\d(?:[ .\-]?\d)*")
_GAPS = re.compile(r"[ .\-]")
_TERM = re.compile(r'"[^"]{1,80}"|\S+')


def _numbers(folded: str) -> Iterable[str]:
    """Long numbers without their gaps: accounts and phones are read out in groups of digits."""
    for match in _NUMBER.finditer(folded):
        digits = _GAPS.sub("", match[0])
        if len(digits) >= SHORTEST_NUMBER:
            yield digits


def document(texts: Iterable[str]) -> str:
    """What is indexed of some texts: folded words; after them each phone (0912345678) and long number in one piece."""
    told = "\n".join(text for text in texts if text)
    folded = fold(told)
    numbers = {found.phone.digits for found in locate_phones(told)} | set(_numbers(folded))
    return " ".join([folded, *sorted(numbers)])


def query(text: str) -> str | None:
    """The expression for the index (FTS5): every term must be there, "quoted words" and links as a phrase.

    None where nothing can be searched. Everything is quoted, so that no letter of a person is an operator.
    """
    said = text[:LONGEST_QUERY].replace("\0", " ")
    terms = [found.phone.digits for found in locate_phones(said)]
    for found in reversed(locate_phones(said)):
        said = f"{said[: found.start]} {said[found.end :]}"
    folded = fold(said)
    numbers = list(_numbers(folded))
    rest = _NUMBER.sub(lambda match: " " if len(_GAPS.sub("", match[0])) >= SHORTEST_NUMBER else match[0], folded)
    terms += numbers
    for term in _TERM.findall(rest):
        if any(letter.isalnum() for letter in term):
            terms.append(term.strip('"').replace('"', " "))  # the index itself cuts it into words
    return " ".join(f'"{term}"' for term in terms[:MOST_TERMS]) or None
