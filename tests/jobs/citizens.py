"""Citizens who fill the form to the end by what they see: keys by their callback data, words never."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain import presses
from bot.domain.incidents import CitizenKind
from bot.domain.presses import Answer
from bot.domain.questions import Act
from bot.playground.chats import Message
from tests.people import CODE, Person

PLACES = ("chợ huyện", "trường học", "cơ quan", "nhà riêng", "ngân hàng", "quán cà phê")
ANSWERS = (Act.ANSWER, Act.SKIP, Act.UNKNOWN)
REVIEW = "review"


@dataclass(frozen=True)
class Report:
    """One dialogue that came to its end: what was told, and the number that was given for it."""

    kind: str
    story: str
    clues: str | None
    code: str


def answers_under(message: Message) -> list[tuple[str, Answer]]:
    """The keys of a form under a message, with their callback data."""
    found = []
    for key in (key for row in message.keys for key in row):
        press = presses.read(key.get("callback_data", ""))
        if isinstance(press, Answer):
            found.append((key["callback_data"], press))
    return found


def asks(message: Message) -> tuple[str, str] | None:
    """The draft and the question that a message asks for: every question can be cancelled."""
    return next(
        ((press.draft, press.question) for _, press in answers_under(message) if press.act == Act.CANCEL),
        None,
    )


@dataclass
class Citizen:
    """Somebody who reports, again and again, and who waits where no answer comes."""

    person: Person
    chance: random.Random
    patience: float = 30.0  # seconds without an answer after which the test gives up
    reports: list[Report] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    _answered: set[tuple[str, str]] = field(default_factory=set)
    _old: int = 0  # messages up to this one belong to dialogues that are over

    async def files(self) -> Report:
        """One dialogue from /baosuco to the number."""
        self.told = {}
        await self.person.says("/baosuco")
        return await self.goes_on()

    async def goes_on(self) -> Report:
        """The dialogue that is open, to the number."""
        while True:
            code, asked = await self.sees()
            if code is not None:
                return self._has(code)
            assert asked is not None
            await self._answers(asked)

    async def sees(self) -> tuple[str | None, Message | None]:
        """The number, or a question that is not answered yet."""

        def news() -> tuple[str | None, Message | None] | None:
            if (code := self._code()) is not None:
                return code, None
            asked = self._question()
            return (None, asked) if asked is not None else None

        found = await self.person.telegram.until(news, self.patience, about=self.person.chat)
        assert found is not None
        return found

    def _newest(self) -> Iterator[Message]:
        """What the bot has written in this dialogue, newest first; the old is not read again."""
        for message in reversed(self.person.telegram.messages(self.person.chat)):
            if message.id <= self._old:
                return
            if message.by_bot:
                yield message

    def _code(self) -> str | None:
        known = {report.code for report in self.reports}
        for message in self._newest():
            found = CODE.search(message.text)
            if found and found[0] not in known:
                return found[0]
        return None

    def _question(self) -> Message | None:
        for message in self._newest():
            asked = asks(message)
            if asked is not None and asked not in self._answered:
                return message
        return None

    async def _answers(self, message: Message) -> None:
        asked = asks(message)
        assert asked is not None
        self._answered.add(asked)
        keys = answers_under(message)
        words = self._words(asked[1])
        send = [data for data, press in keys if press.act == Act.SUBMIT]
        choices = [(data, press) for data, press in keys if press.act in ANSWERS]
        if asked[1] == REVIEW or (send and self.chance.random() < 0.1):
            self._answered |= {(asked[0], REVIEW)}
            self._presses(message, send[0])
        elif words and (not choices or self.chance.random() < 0.5):
            self.told[asked[1]] = words
            await self.person.says(words)
        else:
            data, press = self.chance.choice(choices)
            if press.act == Act.ANSWER:
                self.told[asked[1]] = press.value
            self._presses(message, data)

    def _presses(self, message: Message, data: str) -> None:
        """Press, and wait for nothing: the spinner is a courtesy that a crash may swallow."""
        self.person.telegram.presses(self.person.user, message, data=data)

    def _words(self, question: str) -> str | None:
        number = len(self.reports) + 1
        name = self.person.user.name
        return {
            "story": f"{name} kể lần {number}: có người gọi điện ở {self.chance.choice(PLACES)} đòi chuyển tiền gấp",
            "clues": f"{name} còn nhớ lần {number} một trang mạng lạ",
            "phone": f"09123{self.chance.randrange(10**5):05}",
            "name": name,
        }.get(question)

    def _has(self, code: str) -> Report:
        assert self.told["kind"] in set(CitizenKind)
        report = Report(self.told["kind"], self.told["story"], self.told.get("clues"), code)
        self.reports.append(report)
        self._old = max(message.id for message in self.person.messages)
        return report
