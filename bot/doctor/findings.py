"""What a doctor's check finds, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from handlers.doctor import Answer, Way, ask
from handlers.http import AiohttpRequest
from locales import Texts, Value
from storage.doctor import Found


class Mark(StrEnum):
    """How a line of the report begins."""

    GOOD = "✓"
    MIND = "!"
    FAULT = "✗"
    BUSY = "…"


@dataclass(frozen=True)
class Finding:
    """One line: a text of the catalogue. What to do about it stands in the same text, from its second line on."""

    mark: Mark
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def told(self, texts: Texts) -> str:
        first, *rest = texts.plain("vi", self.key, self.values).split("\n")
        return "\n".join([f"{self.mark} {first}", *(f"    {line}" for line in rest)])


@dataclass
class Patient:
    """What is looked at. Later checks use what earlier ones found, and pass in silence where that is missing."""

    settings: Settings
    clock: Clock
    request: AiohttpRequest
    way: Way | None = None
    me: Mapping[str, Any] | None = None
    found: Found | None = None

    async def ask(self, method: str, **values: object) -> Answer:
        token = self.settings.token.get_secret_value()
        return await ask(self.request, f"{self.settings.base_url}{token}/{method}", **values)


def good(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.GOOD, key, values)]


def mind(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.MIND, key, values)]


def fault(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.FAULT, key, values)]
