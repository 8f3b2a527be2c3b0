"""Agencies, who speaks for them, and their information systems: kinds, posts, levels."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.domain.letters import nfc


class Kind(StrEnum):
    """What an agency is; obligations and lists go by it."""

    DEPARTMENT = "department"  # sở, ban, ngành
    COMMUNE = "commune"  # UBND xã, phường
    PARTY = "party"  # Party and mass organisations
    UNIT = "unit"  # public service units and state enterprises
    PROVIDER = "provider"  # telecommunications and Internet enterprises
    TEAM = "team"  # the response team itself: training, national drills
    OTHER = "other"


class Post(StrEnum):
    """What somebody is for an agency. The department confirms each; an account alone is nobody."""

    OFFICER = "officer"  # đầu mối: reminded first
    DEPUTY = "deputy"  # told when the officer does not answer
    HEAD = "head"  # responsible before the province (letter 3446, item 1)


class Exposure(StrEnum):
    """Whether a system can be reached from the Internet."""

    INTERNET = "internet"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


LEVELS: Final = (1, 2, 3, 4, 5)
"""Levels of information systems (law 116/2025, article 8). None is "chưa xác định" and never a default for one."""

_CODE = re.compile(r"^[A-Z0-9][A-Z0-9._-]{0,29}$")


def read_code(text: str) -> str | None:
    """A code of the register as people type it, in capitals; None where it is none."""
    code = nfc(text).strip().upper()
    return code if _CODE.match(code) else None
