"""The clock looks at an incident: warns, climbs, tells the reporter before a promise is missed, ends idle claims.

What was said is written down in the same transaction, so no restart says it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain import ladder, vietnamese
from bot.domain.clocks import Deadline
from bot.domain.incidents import ENDED, EventKind, Move, Severity, Source, Status
from bot.domain.ladder import Climb, Past, Rung, Standing, Trodden
from bot.domain.people import Person
from bot.domain.presses import Declare
from bot.domain.sending import Lane
from bot.services.casework import lives
from bot.services.clockwork import clocks, reach, standings
from bot.services.clockwork.notices import Line, Notice, Said
from bot.services.desk import Desk, key
from locales import At, Listed, Word
from storage import cards, events, groups, incidents, rungs

AGAIN = timedelta(minutes=1)  # at the earliest, should a look have changed nothing


@dataclass(frozen=True)
class Look:
    """One deadline of one incident, looked at now."""

    desk: Desk
    incident: incidents.Incident
    deadline: Deadline
    standing: Standing
    past: Past

    @property
    def alarm(self) -> bool:
        return ladder.is_alarm(self.deadline, self.standing)

    def facts(self) -> dict[str, Any]:
        """What every text about a deadline may show."""
        return {
            "code": self.incident.code,
            "kind": Word(f"kind.{self.incident.kind}.label"),
            "deadline": deadline_name(self.deadline),
            "at": At(self.deadline.due),
        }


def deadline_name(one: Deadline) -> dict[str, Any]:
    """A deadline as a noun; a legal one by its name in the policy."""
    if one.legal is None:
        return Word(f"ladder.deadline.{one.clock}")
    return Word("legal.deadline", name=one.legal.name.vi)


async def attend(desk: Desk, incident: incidents.Incident) -> list[Said]:
    """Do what is due with an incident now, and store when to look again; what there is to say to whom."""
    said, incident = await _lapse(desk, incident)
    if incident.status not in ENDED:
        standing = await standings.of(desk, incident, clocks.severity_of(incident))
        past = await rungs.of(desk.tx, incident.id)
        for one in await clocks.of(desk, incident):
            look = Look(desk, incident, one, standing, past.get((one.clock, one.round), {}))
            said += [*await _warn(look), *await _promise(look), *await _climb(look)]
    await clocks.look_again(desk, incident.id)
    after = await incidents.get(desk.tx, incident.id)
    if after.look_at is not None and after.look_at <= desk.now:
        await incidents.look_at(desk.tx, incident.id, desk.now + AGAIN)
    return said


async def _tread(look: Look, rung: Rung, told: Sequence[str], kind: EventKind) -> bool:
    """Write down who is told; false where somebody else did it. A rung that was empty is no event."""
    one = look.deadline
    mine = await rungs.tread(look.desk.tx, look.incident.id, one.clock, one.round, rung, told, look.desk.now)
    if mine and (told or kind is EventKind.WARNED):
        await look.desk.log(look.incident.id, kind, None, clock=one.clock, round=one.round, rung=rung, people=told)
    return mine


# Warnings -----------------------------------------------------------------------------------------------------------


async def _warn(look: Look) -> list[Said]:
    """The latest mark that was passed: 50 %, 80 %; of what the law asks also that the time is over."""
    mark = ladder.mark_of(look.deadline, look.past, look.standing, look.desk.now)
    if mark is None:
        return []
    return await (_remind(look, mark) if look.deadline.legal is not None else _warn_team(look, mark))


async def _warn_team(look: Look, mark: Rung) -> list[Said]:
    """The owner in private; where nobody has it, a line under the card, and at the second mark the duty officer."""
    owner = await reach.owner(look.desk, look.incident)
    told = [owner] if owner is not None else []
    if not told and mark is Rung.NEARLY and not look.alarm:
        told = await reach.on_rung(look.desk, look.incident, Rung.DUTY)
    if not await _tread(look, mark, [one.id for one in told], EventKind.WARNED):
        return []
    line = await _line(look, mark) if owner is None else []
    return [*line, *(_notice(look, one, f"ladder.{mark}", Lane.REMINDER) for one in told)]


async def _remind(look: Look, mark: Rung) -> list[Said]:
    """A duty by law: whose duty it is, and who has the incident; the leads once when its time is over."""
    reporter = (
        await reach.reachable(look.desk, look.incident.reporter) if look.incident.source is Source.AGENCY else None
    )
    owner = await reach.owner(look.desk, look.incident)
    told = [one for one in (reporter, owner) if one is not None]
    if not await _tread(look, mark, [one.id for one in told], EventKind.WARNED):
        return []
    said: list[Said] = [_legal_notice(look, one, mark, mine=one == reporter) for one in told]
    if mark is not Rung.OVER or Rung.LEADS in look.past:
        return said
    leads = [one for one in await reach.on_rung(look.desk, look.incident, Rung.LEADS) if one not in told]
    await _tread(look, Rung.LEADS, [one.id for one in leads], EventKind.CLIMBED)
    return [*said, *(_legal_notice(look, one, mark, mine=False) for one in leads)]


def _legal_notice(look: Look, to: Person, mark: Rung, *, mine: bool) -> Notice:
    text = f"legal.{'yours' if mine else 'watched'}.{mark}"
    notice = _notice(look, to, text, Lane.NOTICE)
    if not mine:
        return notice
    assert look.deadline.legal is not None
    name = look.deadline.legal.name.in_language(to.language)
    facts = {**notice.facts, "deadline": Word("legal.deadline", name=name)}
    declares = key(Word("button.declared", name=name), Declare(look.incident.id, look.deadline.clock))
    return replace(notice, facts=facts, brief=None, keys=[[declares]])


# The ladder ---------------------------------------------------------------------------------------------------------


async def _climb(look: Look) -> list[Said]:
    """The rungs that are due: empty ones are passed, one with people on it is told."""
    climb = ladder.climb_of(look.deadline, look.standing, look.desk.policy.climbing)
    ahead = ladder.next_rung(climb, look.past) if climb is not None else None
    if climb is None or ahead is None or ahead[1] > look.desk.now:
        return []
    who = {rung: await reach.on_rung(look.desk, look.incident, rung) for rung in climb.rungs if rung not in look.past}
    known = {person.id: person for found in who.values() for person in found}
    ids = {rung: [person.id for person in found] for rung, found in who.items()}
    said: list[Said] = []
    past = dict(look.past)
    for step in ladder.steps(climb, look.past, ids, look.desk.now):
        if await _tread(look, step.rung, step.people, EventKind.CLIMBED) and step.people:
            said += [_risen(look, known[one], step.rung, past, climb) for one in step.people]
            said += await _line(look, "ringing" if look.alarm else "climbed", rung=Word(f"rung.{step.rung}"))
        past[step.rung] = Trodden(look.desk.now, step.people)
    if ladder.is_vain(climb, past):
        said += await _line(look, "nobody")
    return said


def _risen(look: Look, to: Person, rung: Rung, past: Past, climb: Climb) -> Notice:
    """What somebody on a rung reads: an alarm, one's own delay, or somebody else's."""
    told = [Word(f"rung.{one}") for one in climb.rungs if one in past and past[one].people]
    more: dict[str, Any] = {"told": Listed(told) if told else None}
    if look.alarm:
        text, lane = "ladder.ringing", Lane.ANSWER
        more |= {
            "filed": At(look.incident.filed_at),
            "doubt": Word("ladder.unconfirmed") if look.standing.doubted else None,
        }
    elif rung is Rung.OWNER:
        text, lane = "ladder.yours", Lane.NOTICE
        more |= {"minutes": int(climb.step.total_seconds() // 60)}
    else:
        text, lane = "ladder.missed", Lane.NOTICE
        more |= {"severity": Word(f"severity.{look.standing.severity}")}
    return _notice(look, to, text, lane, **more)


# The reporter, and a claim without work -----------------------------------------------------------------------------


async def _promise(look: Look) -> list[Said]:
    """A time that the reporter was given will hardly be kept: said before it is over, with a new one."""
    if not ladder.breaks_promise(look.deadline, look.past, look.desk.now):
        return []
    reporter = await reach.reachable(look.desk, look.incident.reporter)
    told = [reporter.id] if reporter is not None else []
    if not await _tread(look, Rung.REPORTER, told, EventKind.WARNED) or reporter is None:
        return []
    until = ladder.new_time(look.deadline, look.standing, look.desk.policy.climbing, look.desk.now)
    return [
        Notice(
            reporter.id,
            f"life.delayed.{look.deadline.clock}",
            {"code": look.incident.code, "at": At(look.deadline.due), "until": At(until)},
            look.incident.id,
            lane=Lane.NOTICE,
            keys=(),
            silent=_is_quiet(look),
        )
    ]


async def _lapse(desk: Desk, incident: incidents.Incident) -> tuple[list[Said], incidents.Incident]:
    """End a claim whose owner did nothing in the time of a first answer: nobody has it then, and the owner reads so."""
    severity = clocks.severity_of(incident)
    since, answer = standings.claimed_at(incident), standings.answer_time(desk, incident, severity)
    idle = await standings.idle_since(desk, incident) if incident.status is Status.CLAIMED else None
    ends = ladder.lapses_at(incident.status, idle, (), answer)
    if ends is None or ends > desk.now or (incident.paused_until is not None and incident.paused_until > desk.now):
        return [], incident
    log = await events.of(desk.tx, incident.id)
    acts = [(one.kind, one.at) for one in log if one.actor == incident.owner]
    if ladder.lapses_at(incident.status, since, acts, answer) is None:
        return [], incident
    assert since is not None
    owner = await reach.reachable(desk, incident.owner)
    moved = await lives.move(desk, None, incident, Move.RELEASE)
    if owner is None:
        return [], moved
    facts: dict[str, Any] = {"code": incident.code, "kind": Word(f"kind.{incident.kind}.label"), "since": At(since)}
    brief = Word("owner.released_brief", **facts)
    return [Notice(owner.id, "owner.released", facts, incident.id, brief=brief, claims=True)], moved


# What ---------------------------------------------------------------------------------------------------------------


def _is_quiet(look: Look) -> bool:
    return look.deadline.legal is None and _sleeps(look.desk, look.standing.severity)


def _sleeps(desk: Desk, severity: Severity) -> bool:
    return ladder.quiet(severity, desk.now.astimezone(vietnamese.HANOI).hour, desk.policy.climbing)


def _notice(look: Look, to: Person, text: str, lane: Lane, **more: Any) -> Notice:
    facts = {**look.facts(), **more}
    return Notice(
        to.id,
        text,
        facts,
        look.incident.id,
        lane=lane,
        brief=Word(f"{text}_brief", **look.facts()),
        claims=look.incident.owner is None,
        silent=_is_quiet(look),
    )


async def _line(look: Look, text: str, **more: Any) -> list[Said]:
    """A line under the card, where there is one: an incident that waits in a digest has none."""
    team = await groups.team(look.desk.tx)
    if team is None or await cards.of(look.desk.tx, look.incident.id, team.id) is None:
        return []
    facts = look.facts()
    shown: dict[str, Any] = {**{name: facts[name] for name in ("code", "deadline", "at")}, **more}
    return [Line(look.incident.id, f"under_card.{text}", shown, Word(f"under_card.brief.{text}", **shown))]
