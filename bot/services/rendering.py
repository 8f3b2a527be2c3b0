"""Facts into words: what a stored message looks like for one recipient, now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.sending import Button, Op, Parcel, Picture
from bot.services import cards, names, share
from bot.services.desk import KEYS_ONLY, House
from locales import At
from storage import contact, outbox
from storage.store import Transaction

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


async def parcel(view: View, delivery: outbox.Delivery) -> Parcel | None:
    """Render one delivery for its recipient; None where there is nobody (any more) to send it to."""
    if delivery.chat is None:
        return None
    house, message = view.house, delivery.message
    if delivery.card is not None:
        message = await cards.message(view.tx, house, delivery.card)
    ambient = view.surroundings(delivery.language)
    facts = {name: within(value, ambient) for name, value in message.facts.items()}
    html = "" if message.key == KEYS_ONLY else house.texts.render(delivery.language, message.key, {**ambient, **facts})
    if delivery.doubts and delivery.op is Op.SEND:
        html = f"{html}\n{house.texts.render(delivery.language, 'sending.again', {})}"
    extras = message.extras
    asks = extras.get("asks_contact")
    return Parcel(
        op=delivery.op,
        chat=delivery.chat,
        html=html,
        buttons=[[_button(house, delivery.language, one, ambient) for one in row] for row in message.buttons],
        asks_contact=house.texts.plain(delivery.language, asks, ambient) if asks else None,
        removes_keyboard=bool(extras.get("removes_keyboard")),
        picture=await _picture(view, extras, delivery.language),
        target=delivery.target,
        replies_to=extras.get("replies_to"),
        protected=bool(extras.get("protected")),
        silent=bool(extras.get("silent")),
    )


async def _picture(view: View, extras: Mapping[str, Any], language: str) -> Picture | None:
    if extras.get("picture") != "share":
        return None
    poster = await share.poster(view.tx, view.house, view.now, language, view.link)
    return Picture(poster, "ungcuu.png") if poster else None


def _button(house: House, language: str, one: Mapping[str, Any], ambient: Mapping[str, Any]) -> Button:
    label = within(one["label"], ambient)
    # A label that is words of a person has no text of the catalogue around it.
    shown = house.texts.plain(language, label["text"], label["values"]) if isinstance(label, Mapping) else str(label)
    return Button(shown, press=one.get("press"), url=one.get("url"), style=one.get("style"))
