"""When reports belong together: the policy's numbers, and what everybody has in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from pydantic import Field

from bot.domain.policy_rows import Line, Table

T = TypeVar("T")


class Outbreaks(Table):
    """`[outbreaks]`: how long and how many.

    `never_domains` cover all below them. Of `shared_hosts` only the pages count: a page there belongs to somebody, the
    host to everybody. `never_numbers` are phones and accounts.
    """

    fold_minutes: int = Field(default=10, ge=1, le=120)  # the same words of the same person are the same report
    merge_hours: int = Field(default=72, ge=1, le=720)  # so long a shared indicator offers a merge
    parent_hours: int = Field(default=24, ge=1, le=168)
    parent_size: int = Field(default=3, ge=2, le=50)  # so many within `parent_hours` propose an outbreak
    too_common: int = Field(default=20, ge=3, le=200)  # shared by so many, it is no reason for a merge any more
    tie_by_itself: bool = False  # further reports are tied to their outbreak without asking
    never_domains: tuple[Line, ...] = ("gov.vn",)
    shared_hosts: tuple[Line, ...] = (
        *("facebook.com", "m.facebook.com", "fb.com", "messenger.com", "instagram.com", "tiktok.com", "x.com"),
        *("youtube.com", "youtu.be", "zalo.me", "zalo.vn", "t.me", "telegram.me", "telegram.org", "viber.com", "wa.me"),
        *("google.com", "drive.google.com", "docs.google.com", "sites.google.com", "forms.gle", "goo.gl", "bit.ly"),
        *("tinyurl.com", "gmail.com", "yahoo.com", "outlook.com", "icloud.com", "apple.com", "microsoft.com"),
        *("play.google.com", "apps.apple.com", "shopee.vn", "lazada.vn", "tiki.vn", "blogspot.com", "wordpress.com"),
    )
    never_numbers: tuple[Line, ...] = ()

    @property
    def fold(self) -> timedelta:
        return timedelta(minutes=self.fold_minutes)

    @property
    def merge(self) -> timedelta:
        return timedelta(hours=self.merge_hours)

    @property
    def parent(self) -> timedelta:
        return timedelta(hours=self.parent_hours)


def majority(values: Iterable[T]) -> T:
    """The most frequent value; of equals the one that came first. There must be one."""
    return Counter(values).most_common(1)[0][0]
