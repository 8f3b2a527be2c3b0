"""The clocks of the team rest while somebody else has to act: for a reason, until a time; those of the law never do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.clocks import PauseReason
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier
from bot.domain.tasks import PAUSES
from bot.services.clockwork import clocks, deadlines
from bot.services.desk import Desk, check, key
from locales import At, Word
from storage import incidents
from storage.incidents import Incident


async def pause(desk: Desk, person: Person, incident: Incident, facts: Mapping[str, Any], message: int | None) -> None:
    """*Gửi* under the form: until when is said back, for the policy may allow less than was asked."""
    if not deadlines.may_pause(incident):
        status = Word(f"status.{incident.status}")
        await desk.say(person, "pause.not_now", edits=message, code=incident.code, status=status)
        return
    reason = PauseReason(str(facts["reason"]))
    until = desk.now + min(PAUSES[str(facts["long"])], _longest(desk, reason))
    await incidents.pause(desk.tx, incident.id, until)
    what = {"what": facts["what"]} if facts.get("what") else {}
    await desk.log(incident.id, EventKind.PAUSED, person, reason=reason, until=until.isoformat(), **what)
    await desk.redraw(incident.id)
    await desk.say(
        person,
        "pause.done",
        buttons=[[key("button.dossier_back", Dossier(incident.id))]],
        edits=message,
        about=incident.id,
        code=incident.code,
        until=At(until),
        reason=Word(f"pause_reason.{reason}"),
    )


def _longest(desk: Desk, reason: PauseReason) -> timedelta:
    pauses = desk.policy.pauses
    return timedelta(hours=pauses.reporter_hours if reason is PauseReason.REPORTER else pauses.third_party_hours)


async def end(desk: Desk, person: Person, incident: Incident, message: int | None) -> None:
    """*Chạy lại thời hạn*.

    Raises:
        Refusal: no right, or nothing is paused any more.
    """
    check(person, Permission.PAUSE)
    if incident.paused_until is None:
        raise Refusal("press.stale.toast")
    await clocks.resume(desk, incident, person)
    await deadlines.show_page(desk, person, await incidents.get(desk.tx, incident.id), message)
