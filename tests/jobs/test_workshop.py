"""Files made to order: said at once, sent once, tried again, given up with a sentence, kept no longer than needed."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from bot.domain.errors import Refusal
from bot.domain.people import Role
from bot.domain.sending import Enclosure
from bot.playground.chats import Message
from bot.services import workshop
from bot.services.desk import Desk
from bot.services.workshop import Maker
from jobs.workshop import RESTS
from storage import people
from storage.codec import at
from storage.orders import Order
from tests.conftest import Stage
from tests.jobs.records import becomes, number, rests
from tests.people import Person

OPEN = "SELECT count(*) FROM orders WHERE state = 'waiting'"
KEPT = "SELECT count(*) FROM enclosures"
POSTPONED = "SELECT count(*) FROM orders WHERE tries = :n AND due_at > :later"
TRIES = "SELECT max(tries) FROM orders"


@dataclass
class Bench:
    """Makers for tests, and what they did."""

    breaks: int = 0  # how many tries fail
    made: int = 0
    refuses: bool = False
    picture: bytes = b"\x89PNG\r\n\x1a\n" + bytes(32)
    hold: threading.Event | None = None  # a maker waits for it
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def gather(self, desk: Desk, order: Order) -> str:
        if self.refuses:
            raise Refusal("permission.denied.text")
        self.begun.set()
        return str(order.details["words"])

    def make(self, words: str) -> Enclosure:
        if self.hold is not None:
            self.hold.wait(20)
        self.made += 1
        if self.made <= self.breaks:
            raise ValueError(words)
        return Enclosure("thu.txt", "text/plain", words.encode())

    def paint(self, words: str) -> Enclosure:
        return Enclosure("lich.png", "image/png", self.picture)

    @property
    def makers(self) -> dict[str, Maker[str]]:
        return {
            "letter": Maker("work.cancelled", self.gather, self.make),
            "picture": Maker("work.cancelled", self.gather, self.paint, shown_as="photo"),
        }


async def colleague(stage: Stage, bench: Bench) -> Person:
    stage.makers = bench.makers
    await stage.start()
    return await stage.staff("Đỗ Minh Khôi", Role.ADMIN)


async def orders(stage: Stage, person: Person, what: str = "letter", words: str = "Lịch trực tuần này") -> None:
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, person.user.id)
        assert known is not None
        await workshop.order(Desk(tx, stage.clock.now(), stage.bot.house), what, known, words=words)
    stage.bot.workshop.bell.ring()
    stage.bot.dispatcher.bell.ring()


def papers(person: Person) -> list[Message]:
    return [message for message in person.messages if message.file is not None]


def content(message: Message) -> bytes:
    assert message.file is not None
    return message.file.content


async def test_an_ordered_file_is_announced_sent_once_and_forgotten(stage: Stage) -> None:
    """Asked for twice while it is being made, it is one file; what said that it is being made goes when it is there."""
    bench = Bench(hold=threading.Event())
    person = await colleague(stage, bench)
    await orders(stage, person)
    await orders(stage, person)
    await person.sees("Đang làm tệp")
    assert bench.hold is not None
    bench.hold.set()
    await becomes(stage, 0, OPEN)
    await rests(stage)
    (paper,) = papers(person)
    assert (paper.kind, content(paper)) == ("document", "Lịch trực tuần này".encode())
    assert not any("Đang làm" in message.text for message in person.messages)
    assert await number(stage, KEPT) == 0


async def test_a_picture_is_sent_as_a_photo(stage: Stage) -> None:
    person = await colleague(stage, Bench())
    await orders(stage, person, "picture")
    await becomes(stage, 0, OPEN)
    await rests(stage)
    assert [message.kind for message in papers(person)] == ["photo"]


async def test_what_fails_is_made_again_and_at_last_given_up_with_a_sentence(stage: Stage) -> None:
    bench = Bench(breaks=len(RESTS) + 1)
    person = await colleague(stage, bench)
    await orders(stage, person)
    for tried, rest in enumerate(RESTS, start=1):
        later = at(stage.clock.now() + rest / 2)
        await becomes(
            stage, 1, "SELECT count(*) FROM orders WHERE tries = :n AND due_at > :later", n=tried, later=later
        )
        stage.clock.move(seconds=rest.total_seconds())
    await person.sees("Chưa làm được tệp")
    await rests(stage)
    assert (bench.made, papers(person), await number(stage, OPEN)) == (len(RESTS) + 1, [], 0)
    assert person.showing("vẫn đang làm")


async def test_a_right_that_has_ended_ends_the_order_with_its_sentence(stage: Stage) -> None:
    person = await colleague(stage, Bench(refuses=True))
    await orders(stage, person)
    await person.sees("chỉ người được giao")
    assert await number(stage, OPEN) == 0


async def test_a_file_that_was_being_made_when_the_bot_died_is_made_after_the_start_and_only_once(stage: Stage) -> None:
    bench = Bench(hold=threading.Event())
    person = await colleague(stage, bench)
    await orders(stage, person)
    await bench.begun.wait()
    await becomes(stage, 1, TRIES)
    await stage.stop()
    assert bench.hold is not None
    bench.hold.set()
    await stage.start()
    await becomes(stage, 0, OPEN)
    await rests(stage)
    assert len(papers(person)) == 1


async def test_an_order_that_kills_the_process_again_and_again_ends(stage: Stage) -> None:
    bench = Bench()
    person = await colleague(stage, bench)
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, person.user.id)
        assert known is not None
        await workshop.order(Desk(tx, stage.clock.now(), stage.bot.house), "letter", known, words="x")
        await tx.run("UPDATE orders SET tries = :tries", {"tries": len(RESTS) + 1})
    stage.bot.workshop.bell.ring()
    stage.bot.dispatcher.bell.ring()
    await person.sees("Chưa làm được tệp")
    assert bench.made == 0


async def test_a_file_that_telegram_refuses_is_told_and_not_kept(stage: Stage) -> None:
    person = await colleague(stage, Bench(picture=b"no picture"))
    await orders(stage, person, "picture")
    await person.sees("Telegram không nhận tệp")
    await rests(stage)
    assert (papers(person), await number(stage, KEPT)) == ([], 0)


async def test_a_file_waits_for_telegram_however_long_and_goes_as_soon_as_nobody_carries_it(stage: Stage) -> None:
    """What was called back while it waited leaves no file behind."""
    person = await colleague(stage, Bench())
    await person.says("/start")
    await rests(stage)
    stage.telegram.fails("unreachable", times=None)
    await orders(stage, person)
    await becomes(stage, 1, KEPT)
    stage.clock.move(hours=3)
    await stage.bot.ticker.tick_all()
    assert await number(stage, KEPT) == 1
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE deliveries SET state = 'expired' WHERE state IN ('waiting', 'sending')")
    await stage.bot.ticker.tick_all()
    assert await number(stage, KEPT) == 0
    stage.telegram.heals()
