"""Facts into words: what a stored message looks like for one recipient, now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.sending import Button, Enclosure, Gone, Medium, Op, Parcel, Picture, Refused
from bot.services import confines, names
from bot.services.casework import cards, relay_marks
from bot.services.desk import KEYS_ONLY, House
from bot.services.obligation import digests as reminding
from bot.services.outbreak import digests
from bot.services.reporting import share
from locales import At
from storage import cards as laid
from storage import contact, enclosures, outbox
from storage import pictures as hung
from storage.store import Transaction

MEDIUM = "medium"  # the value that is a file

Surroundings = Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """One look at the world, shared by all that is rendered together: the house, the time, the published contact."""

    tx: Transaction
    house: House
    now: datetime
    link: str | None
    point: contact.ContactPoint | None
    known: dict[str, Surroundings] = field(default_factory=dict)

    def surroundings(self, language: str) -> Surroundings:
        """The values that every text may use without being given them."""
        if language not in self.known:
            values = {
                **names.bodies(self.house.policy, self.now, language),
                "hotline": names.hotline(self.point),
                "bot_link": self.link,
                "now": At(self.now),
            }
            # Nested texts want plain surroundings: one level of a hotline inside a hotline is enough.
            self.known[language] = {name: within(value, {}) for name, value in values.items()}
        return self.known[language]


async def look(tx: Transaction, house: House, now: datetime, link: str | None) -> View:
    return View(tx, house, now, link, await contact.newest(tx))


def within(value: Any, ambient: Mapping[str, Any]) -> Any:
    """Give a nested text the surroundings too; its own values come first."""
    if isinstance(value, Mapping):
        if "text" in value:
            given = {name: within(inner, ambient) for name, inner in (value.get("values") or {}).items()}
            return {"text": value["text"], "values": {**ambient, **given}}
        return {name: within(inner, ambient) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [within(inner, ambient) for inner in value]
    return value


async def parcel(view: View, delivery: outbox.Delivery) -> Parcel | Gone | None:
    """Render one delivery for its recipient; None where there is nobody (any more) to send it to, `Gone` where there is
    nothing to say any more."""
    if delivery.chat is None:
        return None
    if delivery.op is Op.REACT:
        shown = await relay_marks.mark(view.tx, delivery.recipient, delivery.target)
        return Parcel(Op.REACT, delivery.chat, target=delivery.target, reaction=shown)
    house, message = view.house, await _message(view, delivery)
    if message is None:
        return Gone(Refused.OVERTAKEN)
    ambient = view.surroundings(delivery.language)
    facts = {name: within(value, ambient) for name, value in message.facts.items() if name != MEDIUM}
    html = "" if message.key == KEYS_ONLY else house.texts.render(delivery.language, message.key, {**ambient, **facts})
    if delivery.doubts and delivery.op is Op.SEND:
        html = f"{html}\n{house.texts.render(delivery.language, 'sending.again', {})}"
    extras = message.extras
    enclosed = await _enclosed(view.tx, extras)
    asks = extras.get("asks_contact")
    return Parcel(
        op=delivery.op,
        chat=delivery.chat,
        html=html,
        buttons=_keyboard(view, delivery.language, message.buttons, ambient),
        asks_contact=house.texts.plain(delivery.language, asks, ambient) if asks else None,
        removes_keyboard=bool(extras.get("removes_keyboard")),
        asks_reply=bool(extras.get("asks_reply")),
        picture=enclosed if isinstance(enclosed, Picture) else await _picture(view, extras, delivery.language),
        enclosure=enclosed if isinstance(enclosed, Enclosure) else None,
        medium=_medium(message.facts),
        target=delivery.target,
        replies_to=await _answered(view.tx, delivery),
        protected=bool(extras.get("protected")) or await confines.protects(view.tx, message, delivery.recipient),
        silent=bool(extras.get("silent")),
    )


async def _message(view: View, delivery: outbox.Delivery) -> outbox.Message | None:
    """What is said: as it was written, or as it is now where it is written when it leaves. None: nothing any more."""
    message = delivery.message
    if delivery.card is not None:
        return await cards.message(view.tx, view.house, delivery.card, view.now)
    if delivery.digest is not None:
        return await digests.message(view.tx, view.house, delivery.digest)
    if message.key == reminding.DIGEST:
        return await reminding.message(view.tx, view.house, delivery, view.now)
    if delivery.is_group and (confined := await confines.of(view.tx, message)) is not None:
        return confined.line(message)  # it was marked after this had been written
    return message


def _medium(facts: Mapping[str, Any]) -> Medium | None:
    """A file that goes with its name at Telegram: a value like any other, so that it is blanked with them."""
    named = facts.get(MEDIUM)
    return Medium(**named) if named else None


async def _enclosed(tx: Transaction, extras: Mapping[str, Any]) -> Enclosure | Picture | None:
    """A file that was made for this message, as a document or as a picture.

    Raises:
        LookupError: it is there no more, and without it the message means nothing.
    """
    if "enclosure" not in extras:
        return None
    file = await enclosures.find(tx, extras["enclosure"])
    if file is None:
        raise LookupError(extras["enclosure"])
    return Picture(file.content, file.name) if extras.get("shown_as") == "photo" else file


async def _answered(tx: Transaction, delivery: outbox.Delivery) -> int | None:
    """The message that is answered: one that is named, or the incident's card, or a list, wherever it stands now."""
    message = delivery.message
    if message.extras.get(digests.UNDER_DIGEST) and message.about is not None:
        listed = await hung.find(tx, hung.Wall.DIGESTS, message.about)
        return listed.telegram_id if listed else None
    if not message.extras.get("under_card") or message.about is None:
        return message.extras.get("replies_to")
    card = await laid.of(tx, message.about, delivery.recipient)
    return card.telegram_id if card else None


async def _picture(view: View, extras: Mapping[str, Any], language: str) -> Picture | None:
    if extras.get("picture") != "share":
        return None
    poster = await share.poster(view.tx, view.house, view.now, language, view.link)
    return Picture(poster, "ungcuu.png") if poster else None


def _keyboard(
    view: View, language: str, buttons: Sequence[Sequence[Mapping[str, Any]]], ambient: Mapping[str, Any]
) -> list[list[Button]]:
    """The keys, without those that lead to the bot while it has no address, and without rows that are empty then."""
    kept = [[one for one in row if view.link or "start" not in one] for row in buttons]
    return [[_button(view, language, one, ambient) for one in row] for row in kept if row]


def _button(view: View, language: str, one: Mapping[str, Any], ambient: Mapping[str, Any]) -> Button:
    house = view.house
    label = within(one["label"], ambient)
    # A label that is words of a person has no text of the catalogue around it.
    shown = house.texts.plain(language, label["text"], label["values"]) if isinstance(label, Mapping) else str(label)
    url = f"{view.link}?start={one['start']}" if "start" in one else one.get("url")
    return Button(shown, press=one.get("press"), url=url, style=one.get("style"))
