"""The guard: finds secrets in one text and puts dots in their place, moving nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.letters import Reading
from bot.domain.secrets.kinds import Found, Secret
from bot.domain.secrets.numbers import cards, citizen_ids
from bot.domain.secrets.onetime import one_time_codes
from bot.domain.secrets.passwords import passwords
from bot.domain.secrets.systems import private_addresses, private_keys, secrecy_stamps

DOT = "•"
_EVERYONE = (private_keys, cards, citizen_ids, one_time_codes, passwords, secrecy_stamps)
_AGENCY = (*_EVERYONE, private_addresses)
_ROUNDS = 4  # a mask may bring a neighbour to light; a second round is rare, a fourth was never seen


@dataclass(frozen=True)
class Guarded:
    """A text that may be stored, and what was left out of it, in order of appearance."""

    text: str
    kinds: tuple[Secret, ...]


def guard(text: str, *, agency: bool = False) -> Guarded:
    """Mask every secret with dots of equal UTF-16 length; all else stays as it was, so entity offsets stay valid.

    Bank accounts, phones and links are evidence and stay. Internal addresses are masked for agencies only.
    """
    kinds: list[Secret] = []
    for _ in range(_ROUNDS):
        reading = Reading.of(text)
        found = list(_find(reading, agency))
        masked = _masked(text, [reading.span(one.start, one.end) for one in found])
        if masked == text:
            break
        kinds += [one.kind for one in found]
        text = masked
    return Guarded(text, tuple(dict.fromkeys(kinds)))


def _find(reading: Reading, agency: bool) -> Iterator[Found]:
    found = [one for detect in (_AGENCY if agency else _EVERYONE) for one in detect(reading)]
    yield from sorted(found, key=lambda one: one.start)


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if end > at:
            pieces += (text[at : max(start, at)], _dots(text[max(start, at) : end]))
            at = end
    return "".join(pieces) + text[at:] if pieces else text


def _dots(run: str) -> str:
    """Replace each UTF-16 unit by a dot; line breaks stay, so that a masked key keeps its shape."""
    return "".join(letter if letter in "\r\n" else DOT * (2 if ord(letter) > 0xFFFF else 1) for letter in run)
