"""Facts into words: what a stored message looks like for one recipient, now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.sending import Button, Op, Parcel, Picture
from bot.services import cards, names, share
from bot.services.desk import KEYS_ONLY, House
from locales import At
from storage import contact, outbox
from storage.store import Transaction


async def surroundings(tx: Transaction, house: House, now: datetime, language: str, link: str | None) -> dict[str, Any]:
    """The values that every text may use without being given them."""
    point = await contact.newest(tx)
    return {
        **names.bodies(house.policy, now, language),
        "hotline": names.hotline(point),
        "bot_link": link,
        "now": At(now),
    }


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


async def parcel(
    tx: Transaction, house: House, delivery: outbox.Delivery, now: datetime, link: str | None
) -> Parcel | None:
    """Render one delivery for its recipient; None where there is nobody (any more) to send it to."""
    if delivery.chat is None:
        return None
    message = delivery.message
    if delivery.card is not None:
        message = await cards.message(tx, house, delivery.card)
    ambient = await surroundings(tx, house, now, delivery.language, link)
    # Nested texts want plain surroundings: one level of a hotline inside a hotline is enough.
    ambient = {name: within(value, {}) for name, value in ambient.items()}
    facts = {name: within(value, ambient) for name, value in message.facts.items()}
    html = "" if message.key == KEYS_ONLY else house.texts.render(delivery.language, message.key, {**ambient, **facts})
    if delivery.doubts and delivery.op is Op.SEND:
        html = f"{html}\n{house.texts.render(delivery.language, 'sending.again', {})}"
    extras = message.extras
    picture = None
    if extras.get("picture") == "share":
        poster = await share.poster(tx, house, now, delivery.language, link)
        picture = Picture(poster, "ungcuu.png") if poster else None
    asks = extras.get("asks_contact")
    return Parcel(
        op=delivery.op,
        chat=delivery.chat,
        html=html,
        buttons=[[_button(house, delivery.language, one, ambient) for one in row] for row in message.buttons],
        asks_contact=house.texts.plain(delivery.language, asks, ambient) if asks else None,
        removes_keyboard=bool(extras.get("removes_keyboard")),
        picture=picture,
        target=delivery.target,
        replies_to=extras.get("replies_to"),
        protected=bool(extras.get("protected")),
        silent=bool(extras.get("silent")),
    )


def _button(house: House, language: str, one: Mapping[str, Any], ambient: Mapping[str, Any]) -> Button:
    label = within(one["label"], ambient)
    # A label that is words of a person has no text of the catalogue around it.
    shown = house.texts.plain(language, label["text"], label["values"]) if isinstance(label, Mapping) else str(label)
    return Button(shown, press=one.get("press"), url=one.get("url"), style=one.get("style"))
