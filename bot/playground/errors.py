"""What the Bot API says no with."""

from __future__ import annotations


class Refused(Exception):
    """Answered as `{"ok": false, …}` with `code` as HTTP status; `parameters` as in the API's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(why: str) -> Refused:
    return Refused(400, f"Bad Request: {why}")


def forbidden(why: str) -> Refused:
    return Refused(403, f"Forbidden: {why}")
