"""The kinds of secrets, and the run of a text in which one was found."""

from dataclasses import dataclass
from enum import StrEnum


class Secret(StrEnum):
    """What was left out; the person is told by these names."""

    PASSWORD = "password"  # noqa: S105
    OTP = "otp"
    CARD = "card"
    CITIZEN_ID = "citizen_id"
    PRIVATE_KEY = "private_key"
    SECRECY_STAMP = "secrecy_stamp"
    PRIVATE_IP = "private_ip"


@dataclass(frozen=True)
class Found:
    """One secret: its kind and its run in the reading (not in the original text)."""

    kind: Secret
    start: int
    end: int
