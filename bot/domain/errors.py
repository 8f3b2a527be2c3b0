"""The two expected kinds of no: a refusal to a person, and an answer that a question cannot read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An expected no. `key` names the sentence in the catalogue that says why and what to do."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, Any] = values


class Unclear(Exception):
    """A question cannot read this answer; `reason` names the sentence that says what it wants."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
