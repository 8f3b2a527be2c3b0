"""Whatever is said by whomever about whichever incident: no word ever reaches another reporter."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.chats import Message
from tests.conftest import Stage, set_stage
from tests.jobs.records import rests
from tests.jobs.relays import Town, town
from tests.people import Person, visible

REPORTERS, INCIDENTS, RESPONDERS = 5, 8, 3
EXAMPLES, LONGEST = 12, 14


@dataclass
class Square:
    """A town in which everybody talks at once; every word is known by whom it was meant for."""

    town: Town
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count().__next__)
    for_whom: dict[str, Person] = field(default_factory=dict)  # words of the team → the only one who may read them
    said: list[tuple[Person, Message]] = field(default_factory=list)  # by responders, about whose incident
    own_words: dict[str, Person] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return self.town.stage

    def word(self, letter: str) -> str:
        number = self.numbers()
        return letter + "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")

    async def play(self, deeds: list[tuple[int, int, int, int]]) -> None:
        for deed, who, which, what in deeds:
            await DEEDS[deed % len(DEEDS)](self, who, which, what)
        await rests(self.stage, 30)
        self.nobody_read_what_was_not_meant_for_him()

    async def answers(self, who: int, which: int, what: int) -> None:
        """A responder answers the card, or any message of the bot in its thread."""
        case = self.town.cases[which % len(self.town.cases)]
        thread = [message for message in self.town.team.messages if case.code in message.text]
        if not thread:
            return
        word = self.word("h")
        self.for_whom[word] = case.reporter
        officer = self.town.responders[who % RESPONDERS]
        sent = await officer.replies(thread[what % len(thread)], f"{word} Anh/Chị nhớ thêm gì không?")
        self.said.append((case.reporter, sent))

    async def corrects(self, who: int, which: int, what: int) -> None:
        if not self.said:
            return
        reporter, message = self.said[what % len(self.said)]
        assert message.sender is not None
        word = self.word("s")
        self.for_whom[word] = reporter
        self.stage.telegram.edits(message.sender, message, f"{word} tôi hỏi lại cho rõ")

    async def tells(self, who: int, which: int, what: int) -> None:
        """A reporter writes: freely, or as an answer to any message of the bot."""
        case = self.town.cases[which % len(self.town.cases)]
        word = self.word("k")
        self.own_words[word] = case.reporter
        words = f"{word} kẻ gọi điện lại đòi chuyển tiền"
        if what % 3 and case.reporter.messages:
            await case.reporter.replies(case.reporter.messages[what % len(case.reporter.messages)], words)
        else:
            await case.reporter.says(words)

    async def presses(self, who: int, which: int, what: int) -> None:
        """Any key of any message in a private chat, pressed by its owner."""
        case = self.town.cases[which % len(self.town.cases)]
        keys = [
            (message, key["callback_data"])
            for message in case.reporter.messages
            for row in message.keys
            for key in row
            if "callback_data" in key and not key["callback_data"].startswith("o:")
        ]
        if keys:
            message, data = keys[what % len(keys)]
            self.stage.telegram.presses(case.reporter.user, message, data=data)

    async def forges(self, who: int, which: int, what: int) -> None:
        """A modified client presses the key of somebody else's message."""
        case, other = (self.town.cases[number % len(self.town.cases)] for number in (which, what))
        keys = [key["callback_data"] for one in other.reporter.messages for row in one.keys for key in row]
        if keys and case.reporter.messages and other.reporter is not case.reporter:
            self.stage.telegram.presses(case.reporter.user, case.reporter.last, data=keys[what % len(keys)])

    def nobody_read_what_was_not_meant_for_him(self) -> None:
        for reader in {case.reporter.user.id: case.reporter for case in self.town.cases}.values():
            read = " ".join(visible(message) for message in reader.messages)
            assert [word for word, owner in self.for_whom.items() if word in read and owner is not reader] == []
            assert [word for word, owner in self.own_words.items() if word in read and owner is not reader] == []
        for word, owner in self.for_whom.items():
            assert any(word in message.text for message in owner.messages), f"{word} has not arrived"


DEEDS: list[Callable[[Square, int, int, int], Coroutine[Any, Any, None]]] = [
    Square.answers,
    Square.answers,
    Square.tells,
    Square.tells,
    Square.corrects,
    Square.presses,
    Square.forges,
]
NUMBER = st.integers(0, 999)


def test_no_word_ever_reaches_another_reporter(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        scene = set_stage(tmp_path)
        stage = runner.run(scene.__aenter__())
        try:
            square = runner.run(_opened(stage))

            @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=3, max_size=LONGEST))
            def check(deeds: list[tuple[int, int, int, int]]) -> None:
                runner.run(square.play(deeds))

            check()
            assert len(square.for_whom) > EXAMPLES
        finally:
            runner.run(scene.__aexit__(None, None, None))


async def _opened(stage: Stage) -> Square:
    place = await town(stage, REPORTERS, RESPONDERS, "bot.db", incidents_in_all=INCIDENTS)
    await stage.start()
    await place.cards_are_there()
    await rests(stage)
    return Square(place)
