"""Files as Telegram keeps them, among them large ones that are grown block by block and never held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]
BLOCK = 64 * 1024
_HEAD = 64  # first bytes that tell what a file is


@dataclass(frozen=True)
class Synthetic:
    """`size` bytes, always the same ones for one `seed`, after the first bytes `head` (which count)."""

    size: int
    seed: int = 0
    head: bytes = b""

    def blocks(self) -> Iterator[bytes]:
        """The bytes in order, at most `BLOCK` at once."""
        start, left = self.head[: self.size], self.size
        number = 0
        while left > 0:
            block = start + hashlib.shake_128(f"{self.seed}:{number}".encode()).digest(min(BLOCK, left) - len(start))
            yield block
            start, left, number = b"", left - len(block), number + 1


Content = bytes | Synthetic


@dataclass(eq=False)
class File:
    """`size` may say more than `source` holds, so that a test need not carry 21 MB about."""

    id: str
    unique: str
    path: str
    source: Content
    name: str
    mime: str
    size: int
    gone: bool = False  # Telegram has it no more
    linked_at: datetime | None = None  # when its path was last handed out

    @property
    def content(self) -> bytes:
        """All of it at once: for what is small."""
        return b"".join(self.blocks())

    @property
    def length(self) -> int:
        """How many bytes there really are."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.size

    @property
    def head(self) -> bytes:
        return next(self.blocks(), b"")[:_HEAD]

    @property
    def folder(self) -> str:
        """Where Telegram files it; a file sent as one kind cannot be sent again as another."""
        return self.path.partition("/")[0]

    def blocks(self) -> Iterator[bytes]:
        if isinstance(self.source, Synthetic):
            yield from self.source.blocks()
            return
        for start in range(0, len(self.source), BLOCK):
            yield self.source[start : start + BLOCK]

    def sha256(self) -> str:
        """What the bot must find, in lower-case hexadecimal digits."""
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()

    def wire(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": self.size}
