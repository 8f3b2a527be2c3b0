"""Natural messages of citizens and officers: what must be masked is masked, and nothing else.

Each line of a corpus is a message, the exact runs that are secret with their kinds, and whether an agency wrote it.
`messages` was written together with the rules. `fresh_…` were written afterwards and measured before any rule was
touched: 89.1 %, 90.2 % and 97.4 % were found, none of 150 innocent ones was masked. What they taught is in the rules
now, so they are no longer fresh.
All names, numbers and passwords are invented.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.redact import Secret, guard

CORPUS = Path(__file__).parent / "corpus"
LEAST_FOUND, MOST_FALSE = 0.95, 0.02


@dataclass(frozen=True)
class Message:
    text: str
    secrets: tuple[tuple[Secret, str], ...]
    agency: bool

    @classmethod
    def read(cls, line: str) -> "Message":
        row = json.loads(line)
        found = tuple((Secret(kind), run) for kind, run in row["secrets"])
        return cls(row["text"], found, row.get("agency", False))


def messages(name: str) -> list[Message]:
    return [Message.read(line) for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def everything() -> list[Message]:
    return [message for path in sorted(CORPUS.glob("*.jsonl")) for message in messages(path.stem)]


def revealed(message: Message) -> list[tuple[Secret, str]]:
    """Secrets of which a telling piece is still there, or that the person would not be told of by name."""
    masked = guard(message.text, agency=message.agency)
    return [
        (kind, run)
        for kind, run in message.secrets
        if kind not in masked.kinds or any(len(piece) > 3 and piece in masked.text for piece in [run, *run.split()])
    ]


def touched_outside(message: Message) -> int:
    """Count letters masked that belong to no secret."""
    secret = set[int]()
    for _, run in message.secrets:
        start = message.text.find(run)
        while start >= 0:
            secret |= set(range(start, start + len(run)))
            start = message.text.find(run, start + 1)
    masked = guard(message.text, agency=message.agency).text
    return sum(old != new and at not in secret for at, (old, new) in enumerate(zip(message.text, masked, strict=True)))


def test_the_corpus_is_large_and_half_of_it_holds_no_secret() -> None:
    all_messages = everything()
    innocent = sum(not message.secrets for message in all_messages)
    assert len(all_messages) >= 300
    assert 0.4 <= innocent / len(all_messages) <= 0.6


@pytest.mark.parametrize("name", ["messages", "fresh_1", "fresh_2", "fresh_3"])
def test_at_least_95_percent_of_the_secrets_are_found(name: str) -> None:
    every = [secret for message in messages(name) for secret in message.secrets]
    missed = [(message.text, secret) for message in messages(name) for secret in revealed(message)]
    recall = 1 - len(missed) / len(every)
    sys.stdout.write(f"{name}: recall {recall:.1%} of {len(every)} secrets\n")
    assert recall >= LEAST_FOUND, missed


@pytest.mark.parametrize("name", ["messages", "fresh_1", "fresh_2", "fresh_3"])
def test_at_most_2_percent_of_innocent_messages_are_touched(name: str) -> None:
    innocent = [message for message in messages(name) if not message.secrets]
    harmed = [message.text for message in innocent if guard(message.text, agency=message.agency).text != message.text]
    sys.stdout.write(f"{name}: false masks {len(harmed) / len(innocent):.1%} of {len(innocent)} messages\n")
    assert len(harmed) <= MOST_FALSE * len(innocent), harmed


def test_around_a_secret_the_story_stays_readable() -> None:
    guilty = [message for message in everything() if message.secrets]
    harmed = [message.text for message in guilty if touched_outside(message) > 2]
    assert len(harmed) <= MOST_FALSE * len(guilty), harmed


def test_a_masked_text_is_masked_once_and_for_all() -> None:
    for message in everything():
        once = guard(message.text, agency=message.agency)
        assert guard(once.text, agency=message.agency).text == once.text


def test_evidence_of_a_crime_is_never_masked() -> None:
    evidence = "STK 001203004567 Vietcombank, gọi 0912 345 678, https://vneid-gov.com/dang-nhap, 103.45.67.89"
    assert guard(evidence, agency=True).text == evidence
