"""What the doctor asks Telegram: the way there, token, webhook, the team's group, administrators, contact point."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, Patient, fault, good, mind
from bot.logs import masked
from handlers.doctor import walk
from locales import At

MANY_WAITING: Final = 100  # updates
RECENT: Final = timedelta(hours=1)
MOST_ADMINISTRATORS: Final = 20  # that are asked after

# What stopped a bare request on its way.
WAYS: Final = {
    "dns": "doctor.way.dns",
    "unreachable": "doctor.way.unreachable",
    "refused": "doctor.way.refused",
    "silent": "doctor.way.silent",
    "certificate": "doctor.way.certificate",
    "tls": "doctor.way.tls",
    "proxy": "doctor.way.proxy",
    "proxy_password": "doctor.way.proxy_password",
    "proxy_refuses": "doctor.way.proxy_refuses",
    "broken": "doctor.way.broken",
}
# What the Bot API, or something in its place, said to getMe.
TOKENS: Final = {
    "token": "doctor.token.wrong",
    "foreign": "doctor.token.foreign",
    "flood": "doctor.token.flood",
    "network": "doctor.token.network",
}


async def way(patient: Patient) -> list[Finding]:
    url = patient.settings.api_url
    patient.way = await walk(f"{url}/", patient.settings.proxy_url)
    server = urlsplit(url).hostname or ""
    proxy = urlsplit(patient.settings.proxy_url or "").hostname
    if patient.way.trouble:
        return fault(WAYS[patient.way.trouble], server=server, proxy=proxy)
    return good("doctor.way.good", server=server, proxy=proxy)


async def token(patient: Patient) -> list[Finding]:
    if patient.way is None or patient.way.trouble:
        return []
    answer = await patient.ask("getMe")
    if answer.trouble or not isinstance(answer.result, Mapping):
        return fault(TOKENS.get(answer.trouble or "foreign", "doctor.token.foreign"))
    patient.me = answer.result
    return good("doctor.token.good", username=str(answer.result.get("username")))


async def webhook(patient: Patient) -> list[Finding]:
    if patient.me is None:
        return []
    answer = await patient.ask("getWebhookInfo")
    if not isinstance(answer.result, Mapping):
        return mind("doctor.webhook.unasked")
    info = answer.result
    waiting = int(info.get("pending_update_count") or 0)
    findings = _intake(patient.settings.webhook_url or "", str(info.get("url") or ""), waiting)
    return findings + _crowd(waiting) + _last_error(info, patient.clock.now())


def _intake(wanted: str, there: str, waiting: int) -> list[Finding]:
    """Whether Telegram brings updates where the settings want them. Of an address only its server is shown."""
    if wanted == there:
        server = urlsplit(wanted).hostname
        return (
            good("doctor.webhook.good", server=server, waiting=waiting)
            if wanted
            else good("doctor.webhook.polling", waiting=waiting)
        )
    if not wanted:
        return mind("doctor.webhook.left_over", there=urlsplit(there).hostname)
    return (
        mind("doctor.webhook.not_set")
        if not there
        else fault("doctor.webhook.elsewhere", there=urlsplit(there).hostname, server=urlsplit(wanted).hostname)
    )


def _crowd(waiting: int) -> list[Finding]:
    return mind("doctor.webhook.crowd", waiting=waiting) if waiting > MANY_WAITING else []


def _last_error(info: Mapping[str, Any], now: datetime) -> list[Finding]:
    when = info.get("last_error_date")
    if not isinstance(when, int) or now - datetime.fromtimestamp(when, UTC) > RECENT:
        return []
    said = masked(str(info.get("last_error_message") or ""))[:200]
    return mind("doctor.webhook.error", at=At(datetime.fromtimestamp(when, UTC)), said=said)


# People --------------------------------------------------------------------------------------------------------------

GROUPS: Final = {
    "forbidden": "doctor.group.outside",
    "refused": "doctor.group.gone",
    "moved": "doctor.group.moved",
}


async def group(patient: Patient) -> list[Finding]:
    if patient.me is None or patient.found is None:
        return []
    team = patient.found.team
    if team is None:
        closed = patient.me.get("can_join_groups") is False
        return mind("doctor.group.none") + (fault("doctor.group.joining_off") if closed else [])
    chat = await patient.ask("getChat", chat_id=team.telegram_id)
    member = await patient.ask("getChatMember", chat_id=team.telegram_id, user_id=patient.me.get("id"))
    trouble = chat.trouble or member.trouble
    if trouble or not isinstance(chat.result, Mapping) or not isinstance(member.result, Mapping):
        key = GROUPS.get(trouble or "", "doctor.group.unasked")
        return mind(key) if trouble in (None, "moved", "network", "flood") else fault(key, title=team.title)
    return _public(chat.result) + _standing(chat.result, member.result, patient.me)


def _public(chat: Mapping[str, Any]) -> list[Finding]:
    name = chat.get("username")
    return fault("doctor.group.public", username=str(name)) if name else []


def _standing(chat: Mapping[str, Any], member: Mapping[str, Any], me: Mapping[str, Any]) -> list[Finding]:
    """Whether the bot is inside, may write, and hears what it needs: commands, which privacy mode lets through."""
    title, status = str(chat.get("title") or ""), member.get("status")
    allowed: Mapping[str, Any] = chat.get("permissions") or {}
    if status in ("left", "kicked"):
        return fault("doctor.group.outside", title=title)
    everybody_muted = status == "member" and allowed.get("can_send_messages") is False
    if everybody_muted or (status == "restricted" and not member.get("can_send_messages")):
        return fault("doctor.group.muted", title=title)
    if status == "administrator":
        return good("doctor.group.administrator", title=title)
    hears_all = me.get("can_read_all_group_messages") is True
    key = "doctor.group.hears_all" if hears_all else "doctor.group.hears_commands"
    return good(key, title=title, username=str(me.get("username"))) + mind("doctor.group.sees_no_departures")


async def roles(patient: Patient) -> list[Finding]:
    """Whether somebody has changed what is written of roles behind the bot's back."""
    if patient.found is None or not patient.found.readable:
        return []
    number = patient.found.roles_broken_at
    return good("doctor.roles.good") if number is None else fault("doctor.roles.broken", number=number)


async def administrators(patient: Patient) -> list[Finding]:
    found = patient.found.administrators if patient.found else ()
    ids = sorted({one.telegram_id for one in found} | set(patient.settings.admins))
    if not ids:
        unread = patient.found is None and patient.settings.database_path.exists()
        return [] if unread else fault("doctor.administrators.none")
    if patient.me is None:
        return good("doctor.administrators.good", n=len(ids))
    answers = [await patient.ask("getChat", chat_id=one) for one in ids[:MOST_ADMINISTRATORS]]
    strangers = sum(answer.trouble in ("refused", "forbidden") for answer in answers)
    if not strangers:
        return good("doctor.administrators.good", n=len(ids))
    username = str(patient.me.get("username"))
    return mind("doctor.administrators.strangers", n=len(ids), strangers=strangers, username=username)


async def contact_point(patient: Patient) -> list[Finding]:
    if patient.found is None:
        return []
    point = patient.found.contact_point
    if point is None:
        return mind("doctor.contact_point.unpublished")
    return good("doctor.contact_point.good", date=point.published_on.strftime("%d/%m/%Y"))
