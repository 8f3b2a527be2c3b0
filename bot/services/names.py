"""Names that every text may use: bodies of the policy, the published contact point, public services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain import vietnamese
from bot.domain.policy import Body, Channel, Policy
from locales import Lines, Word
from storage import contact


def bodies(policy: Policy, now: datetime, language: str) -> dict[str, Any]:
    """Names of bodies by the policy of the day; a neutral policy names none, and common words stand in."""
    day = now.astimezone(vietnamese.HANOI).date()
    return {
        str(body): policy.name_of(body, day, language) or Word(f"body.{body}")
        for body in (Body.PROVINCE, Body.STANDING_UNIT, Body.RESPONSE_TEAM, Body.DATA_CONTROLLER)
    }


def hotline(point: contact.ContactPoint | None) -> dict[str, Any]:
    """The line that names another way; "at any hour" only where the published hours say so."""
    if point is None:
        return Word("contact.hotline.unpublished")
    return Word("contact.hotline.published", phones=phones(point), hours=hours(point))


def phones(point: contact.ContactPoint) -> str:
    return ", ".join(vietnamese.show_phone(phone) for phone in point.phones)


def hours(point: contact.ContactPoint) -> Any:
    return Word(f"hours.{point.hours}") if point.hours in ("always", "office") else point.hours


def channel_lines(channels: tuple[Channel, ...], language: str) -> dict[str, Any] | None:
    """Public services as lines; None where the policy names none."""
    lines = [
        Word(
            "channel.line",
            name=channel.name.in_language(language),
            purpose=channel.purpose.in_language(language),
            way=channel.phone or channel.link,
        )
        for channel in channels
    ]
    return Lines(lines) if lines else None
