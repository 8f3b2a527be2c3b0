"""The fault panel: what goes wrong on purpose between a bot and its server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = frozenset(
    {
        "429",  # retry_after=1
        "500",  # applied=False: whether Telegram acted before it failed
        "502",  # a proxy's HTML page; never applied
        "401",
        "404html",  # the page of a network that blocks Telegram
        "garbage",  # 200, but no JSON
        "drop_before",  # the connection breaks, nothing was done
        "drop_after",  # the connection breaks, all was done
        "delay",  # seconds=… of ticks between the act and its answer
        "unreachable",  # every connection is closed at once, until healed
        "404",  # as for a file that is not there
    }
)
# What goes wrong with one method only: getFile, or the download ("file").
SPECIAL = {
    "file_path": "getfile",  # path="/etc/passwd": what is told instead of the file's path
    "unavailable": "getfile",  # 400: "wrong file_id or the file is temporarily unavailable"
    "endless": "file",  # chunks without end, until the client goes
    "too_long": "file",  # Content-Length promises more (by=1024) than comes before the connection ends
    "too_short": "file",  # Content-Length says fewer bytes (by=1024), and no more come
    "other_size": "file",  # a whole body of another size: bytes=…
    "halved": "file",  # the connection breaks after half of it, or after=… bytes
    "slow": "file",  # in ten pieces, seconds=… of ticks in all
}
POLL = "getupdates"


@dataclass(eq=False)
class Fault:
    """`method` None means every method but the poll (`"*"`: that too); `times` None means until healed."""

    kind: str
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    options: dict[str, Any] = field(default_factory=dict)

    def hits(self, method: str, chat: int | None) -> bool:
        """Whether a call of this (lower-case) method about this chat is struck."""
        if self.chat is not None and self.chat != chat:
            return False
        if self.kind == "unreachable" or self.method == "*":
            return True
        if self.method is None:
            return method != POLL
        return self.method.lower() == method

    def wire(self) -> dict[str, Any]:
        return {"kind": self.kind, "method": self.method, "chat": self.chat, "times": self.times, **self.options}


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault.kind not in KINDS and fault.kind not in SPECIAL:
            raise ValueError(f"no such fault: {fault.kind}; there are {', '.join(sorted(KINDS | SPECIAL.keys()))}")
        only = SPECIAL.get(fault.kind)
        if only is not None and (fault.method or only).lower() != only:
            raise ValueError(f"{fault.kind} befalls {only} alone")
        fault.method = fault.method if only is None else only
        if fault.kind == "unreachable":
            fault.times = None
        self.waiting.append(fault)

    @property
    def dead(self) -> bool:
        """Whether no connection survives at all."""
        return any(fault.kind == "unreachable" for fault in self.waiting)

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The oldest fault that strikes this call; one of its times is used up."""
        fault = next((fault for fault in self.waiting if fault.hits(method, chat)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
        return fault
