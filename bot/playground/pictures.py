"""How large a picture is, read from its first bytes."""

from __future__ import annotations

_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_UNKNOWN = (800, 600)


def is_picture(content: bytes) -> bool:
    return content.startswith(_STARTS)


def measured(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; a usual size for every other format, for nothing here depends on it."""
    if content.startswith(_STARTS[0]) and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return _UNKNOWN
