"""Proof of consent: who, when, which version, and the very words (decree 356/2025, article 6)."""

from __future__ import annotations

import hashlib
from typing import Any

from bot.domain.people import Person
from bot.services.desk import Desk
from bot.services.names import bodies
from storage import privacy


async def record(desk: Desk, person: Person, covers: str, key_of_text: Any) -> str:
    """A row with the hash of the text as it was shown to this person; its id."""
    house = desk.house
    ambient = {**bodies(house.policy, desk.now, person.language), "hotline": ""}
    shown = house.texts.plain(person.language, key_of_text["text"], {**ambient, **key_of_text.get("values", {})})
    digest = hashlib.sha256(shown.encode()).hexdigest()
    await privacy.keep_text(desk.tx, digest, shown)
    return await privacy.consent(
        desk.tx, person.id, covers, house.policy.privacy.version, digest, person.language, desk.now
    )
