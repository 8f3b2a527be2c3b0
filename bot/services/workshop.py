"""Files made to order: what may be ordered is in `bot.services.makers`, who makes them is `jobs.workshop`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Literal, TypeVar

from bot.domain.people import Person
from bot.domain.sending import Enclosure, Lane, Op
from bot.services.desk import Desk, Keys
from storage import enclosures, incidents, orders, outbox, people
from storage.orders import Order

Material = TypeVar("Material")

SAME = timedelta(minutes=10)  # the same file asked for again while it is being made is not made twice


@dataclass(frozen=True)
class Caption:
    """What goes with a file: values of its text, keys under it, whether it may be passed on."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    buttons: Keys = ()
    protected: bool = False


Hook = Callable[[Desk, Order, Material, Enclosure], Awaitable[Caption]]
Finish = Callable[[Material, Enclosure], Awaitable[Enclosure]]


async def code_alone(desk: Desk, order: Order, material: object, file: Enclosure) -> Caption:
    """The usual caption: the number of the incident that the file is about."""
    return Caption({"code": (await incidents.get(desk.tx, order.incident)).code} if order.incident else {})


@dataclass(frozen=True)
class Maker(Generic[Material]):
    """How one kind of file comes to be.

    1. `gather` reads everything that is needed, in a reading transaction; a `Refusal` there ends the order with its
       sentence (a right may have ended since).
    2. `make` turns that into the file, in a thread: no database, no clock. It must not take many seconds.
    3. `finish`, where given, does slow work of another program; cancelled when the bot stops.
    4. `hand_over` writes what is to be written together with the file (an event), and says what its caption says.
    """

    text: str  # the caption's name in the catalogue
    gather: Callable[[Desk, Order], Awaitable[Material]]
    make: Callable[[Material], Enclosure]
    shown_as: Literal["document", "photo"] = "document"
    hand_over: Hook[Material] = code_alone
    finish: Finish[Material] | None = None


async def order(desk: Desk, what: str, person: Person, incident: str | None = None, /, **details: Any) -> str:
    """Ask for a file. The person reads at once that it is being made; `details` are for its maker, as JSON.

    Returns the id of the order: that of the one under way where the same is being made for this person already.
    """
    for other in await orders.waiting_of(desk.tx, person.id, desk.now - SAME):
        if (other.what, other.incident, other.details) == (what, incident, details):
            return other.id
    notice = await desk.say(person, "workshop.making", about=incident)
    one = Order(desk.tx.new_id(), what, person.id, incident, details, desk.now, notice=notice)
    await orders.add(desk.tx, one)
    return one.id


async def deliver(desk: Desk, one: Order, maker: Maker[Any], material: object, file: Enclosure) -> None:
    """The file is made: it is stored, put on its way and the order settled, all or nothing; never twice."""
    if not await orders.settle(desk.tx, one.id, "done", desk.now):
        return
    person = await people.get(desk.tx, one.person)
    caption = await maker.hand_over(desk, one, material, file)
    enclosure = desk.tx.new_id()
    delivery = await desk.say(
        person,
        maker.text,
        buttons=caption.buttons,
        about=one.incident,
        extras={"enclosure": enclosure, "shown_as": maker.shown_as, "protected": caption.protected},
        **caption.facts,
    )
    await enclosures.keep(desk.tx, enclosure, delivery, file, desk.now)
    await _take_back_notice(desk, one)


async def give_up(desk: Desk, one: Order, text: str = "workshop.failed", /, **facts: Any) -> None:
    """It cannot be made: the person reads why, or what to do next."""
    if await orders.settle(desk.tx, one.id, "failed", desk.now):
        await desk.say(await people.get(desk.tx, one.person), text, about=one.incident, lane=Lane.NOTICE, **facts)
        await _take_back_notice(desk, one)


async def tell_slow(desk: Desk, one: Order) -> None:
    """It takes longer than anybody expects: say that it is not forgotten."""
    await desk.say(await people.get(desk.tx, one.person), "workshop.slow", about=one.incident)


async def tell_unsent(desk: Desk, delivery: outbox.Delivery) -> None:
    """Telegram did not take the file: whoever waits for it is told."""
    await desk.say(delivery.recipient, "workshop.unsent", about=delivery.message.about, lane=Lane.NOTICE)


async def _take_back_notice(desk: Desk, one: Order) -> None:
    """That a file is being made is true no more."""
    if one.notice is None:
        return
    empty = await outbox.write(desk.tx, outbox.Message("", about=one.incident), desk.now)
    await outbox.address(
        desk.tx, empty, one.person, desk.now, stream=one.person, lane=Lane.NOTICE, op=Op.DELETE, after=one.notice
    )
