"""A hundred thousand rows: what runs with every update, press, tick or turn touches what it needs and no more."""

from __future__ import annotations

import contextlib
import inspect
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.domain.agencies import Kind, Post
from bot.domain.coordination import State as RequestState
from bot.domain.evidence import Piece
from bot.domain.evidence import State as Stands
from bot.domain.file_types import Reason
from bot.domain.forms import Draft
from bot.domain.ids import Ids
from bot.domain.incidents import EventKind, Severity, Source, Status
from bot.domain.indicators import Indicator
from bot.domain.indicators import Kind as Indication
from bot.domain.ladder import Rung
from bot.domain.obligations import Evidence as Shown
from bot.domain.obligations import State as Due
from bot.domain.people import TEAM, Role
from bot.domain.quotas import Excess
from bot.domain.registering import Event
from bot.domain.rota import Slot
from bot.domain.sending import Enclosure, Lane, Op, State
from bot.domain.submissions import State as Judged
from bot.domain.tables import What
from bot.domain.tlp import Tlp
from storage import (
    agencies,
    attached,
    cards,
    carrying,
    chain,
    closings,
    compliance,
    contact,
    coordinations,
    digests,
    drafts,
    enclosures,
    enrolments,
    events,
    evidence,
    exemptions,
    groups,
    handovers,
    imports,
    inbox,
    incidents,
    indicators,
    intake,
    marks,
    obligations,
    offers,
    orders,
    outbox,
    papers,
    people,
    pictures,
    posts,
    privacy,
    referrals,
    refusals,
    register,
    reminders,
    roles,
    rota,
    rungs,
    sayings,
    search,
    seats,
    strays,
    submissions,
    sweeps,
    systems,
    threads,
    ties,
)
from storage.codec import at
from storage.pictures import Wall
from storage.sqlite import SqliteStore, open_store
from storage.store import Row, Transaction, Values
from tests.storage.conftest import NOW

ROWS = 100_000
OPEN = 100  # of them are still on their way
SOME = 1_000  # of what a province has hundreds
PICTURE = Path(cards.__file__).parent / "schema.sql"
SOON = NOW + timedelta(days=1)


def one(letter: str, number: int = ROWS // 2) -> str:
    """The id of a row in the middle of a big table."""
    return f"{letter}{number:08d}"


# Every big table filled by one statement; `n.i` counts from 1 to ROWS. The last OPEN rows are open, all others settled.
_IS_OPEN = f"n.i > {ROWS - OPEN}"
_IS_LAID = "i <= {} - 100"  # the last hundred are to be laid anew
_SHIFT = "strftime('%Y-%m-%dT%H:%M:%f000Z', :at, printf('%d hours', (i - 99900) * 12 + {}))"
_DAY = "'2026-11-22'"
FILLED = {
    "agencies": (
        "printf('y%08d', i), printf('XP-%05d', i), printf('Xa %d', i), printf('xa %d', i), 'commune', NULL, NULL, NULL,"
        f" NULL, NULL, '[]', NULL, NULL, NULL, NULL, :at, :at, {_IS_LAID.format(SOME)}, NULL"
    ),
    "systems": (
        "printf('j%08d', i), printf('HT-%05d', i), printf('He thong %d', i), printf('he thong %d', i),"
        " printf('y%08d', 1 + i % 1000), NULL, 1 + i % 5, 'internet', NULL, NULL, NULL, NULL, :at, :at,"
        f" {_IS_LAID.format(ROWS)}, NULL"
    ),
    "system_tags": "printf('j%08d', i), 'Exchange', printf('exchange %d', i % 1000)",
    "register_events": "i, 'system_added', :at, NULL, printf('y%08d', 1 + i % 1000), printf('j%08d', i), '{}'",
    "imports": ("printf('u%08d', i), printf('p%08d', i), 'systems', 'x', NULL, NULL, NULL, 'done', :at, :at, 0, :at"),
    "enrolments": (
        "printf('z%08d', i), printf('p%08d', i), printf('y%08d', i), 'officer', 'x', NULL, NULL, :at,"
        f" CASE WHEN i > {SOME - OPEN} THEN 'asked' ELSE 'confirmed' END, NULL, NULL"
    ),
    "posts": (
        "printf('b%08d', i), printf('y%08d', i), printf('p%08d', i), 'officer', NULL, :at, NULL, :at, :at, NULL, NULL,"
        f" CASE WHEN i > {SOME - OPEN} THEN :at ELSE :later END, NULL, NULL"
    ),
    "obligations": (
        "printf('q%08d', i), 'scan', printf('j%08d', i), printf('y%08d', 1 + i % 1000), printf('j%08d', i), 1,"
        f" CASE WHEN {_IS_OPEN} OR i % 2 THEN 'open' ELSE 'met' END, {_DAY}, NULL, {_DAY}, NULL, NULL, NULL, 0, NULL,"
        f" CASE WHEN {_IS_OPEN} THEN :at WHEN i % 2 THEN :later END"
    ),
    "reminders": (
        "printf('q%08d', i), 1, 0, 0, printf('p%08d', 1 + i % 1000), :at,"
        f" CASE WHEN NOT {_IS_OPEN} THEN printf('v%08d', i) END"
    ),
    "submissions": (
        "printf('l%08d', i), 'scan', printf('y%08d', 1 + i % 1000), printf('p%08d', 1 + i % 1000),"
        f" {_DAY}, '{{}}', CASE WHEN {_IS_OPEN} THEN 'submitted' ELSE 'accepted' END, :at, NULL, NULL, NULL"
    ),
    "submission_items": "printf('l%08d', i), printf('q%08d', i), 1",
    "exemptions": (
        "printf('x%08d', i), printf('q%08d', i), 'x', printf('p%08d', 1 + i % 1000), :at,"
        f" CASE WHEN i > {SOME - OPEN} THEN 'asked' ELSE 'agreed' END, NULL, NULL, NULL"
    ),
    "snoozes": f"printf('q%08d', i), 1, 1, printf('p%08d', 1 + i % 1000), :at, {_DAY}, 'x'",
    "coordinations": (
        "printf('r%08d', i), printf('DP-2026-%06d', i), printf('y%08d', 1 + i % 1000), printf('n%08d', i), 'x', :at,"
        f" printf('p%08d', 1 + i % 1000), :at, CASE WHEN i > {SOME - OPEN} THEN 'sent' ELSE 'done' END, NULL, NULL,"
        f" NULL, NULL, NULL, '', CASE WHEN i > {SOME - OPEN} THEN :at END"
    ),
    "people": "printf('p%08d', i), i, 'vi', NULL, NULL, :at, NULL, NULL",
    "groups": "printf('g%08d', i), -i, NULL, CASE i WHEN 1 THEN 'team' END, NULL, NULL, NULL, 1, 1",
    "inbox": (
        f"printf('i%08d', i), 42, i, CASE WHEN {_IS_OPEN} THEN i % 10 END, :at, CASE WHEN {_IS_OPEN} THEN '{{}}' END,"
        f" '', CASE WHEN {_IS_OPEN} THEN 'waiting' WHEN i % 1000 = 0 THEN 'dead' ELSE 'done' END, 0, :at, NULL, i % 10"
    ),
    "incidents": (
        "printf('n%08d', i), printf('SC-2026-%06d', i), 'citizen_report_1', 'citizen', 'sim',"
        f" CASE WHEN {_IS_OPEN} THEN 'new' WHEN i % 2 THEN 'claimed' ELSE 'withdrawn' END, printf('p%08d', i), 0, 0,"
        f" '{{}}', 'x', CASE WHEN NOT {_IS_OPEN} THEN printf('p%08d', 1 + i % 1000) END, :at, NULL, :at,"
        " NULL, :at, NULL, :at, CASE WHEN i % 10 = 0 THEN printf('n%08d', i - 1) END,"
        f" NULL, :at, NULL, 'AMBER', CASE WHEN {_IS_OPEN} THEN :at END,"
        " CASE WHEN i % 10 = 0 THEN printf('y%08d', 1 + i % 1000) END, NULL"
    ),
    "drafts": (
        "printf('d%08d', i), printf('p%08d', i), 'citizen_report_1', 'kind', '{}', 0, NULL, :at,"
        f" CASE WHEN {_IS_OPEN} THEN :at ELSE :later END, NULL"
    ),
    "consents": "printf('c%08d', i), printf('p%08d', i), 'contact', '1', 'hash', 'vi', :at, NULL",
    "contacts": "printf('n%08d', i), printf('c%08d', i), 'x', NULL, NULL, NULL",
    "evidence": (
        "printf('e%08d', i), printf('p%08d', i), printf('d%08d', i), printf('s%08d', i), printf('n%08d', i), NULL,"
        f" 'photo', 'x', NULL, NULL, 1, CASE WHEN {_IS_OPEN} THEN 'waiting' ELSE 'stored' END,"
        " CASE WHEN i % 10 = 0 THEN printf('c%08d', i) END, :at, :at, NULL, 0, NULL, printf('h%08d', i), :at,"
        " CASE WHEN i % 10 = 0 THEN printf('l%08d', i) END"
    ),
    "events": "printf('n%08d', i), 1, 'filed', :at, NULL, 'x', 'x'",
    "event_payloads": "printf('n%08d', i), 1, '00', '{}'",
    "cards": f"printf('k%08d', i), printf('n%08d', i), 'g00000001', i, 1 + ({_IS_OPEN}), 1, :at, ''",
    "digests": (
        f"printf('t%08d', i), 'g00000001', 'storm', i, :at, CASE WHEN i < {ROWS} THEN :at END, 0,"
        f" 1 + ({_IS_OPEN}), 1, :at"
    ),
    "digest_items": "printf('t%08d', i), printf('n%08d', i), 0",
    "messages": (
        "printf('m%08d', i), 'x', CASE WHEN i % 2 THEN '{}' END, '[]', '{}', printf('n%08d', i), :at,"
        " CASE WHEN i % 100 = 0 THEN :later END"
    ),
    "deliveries": (
        "printf('v%08d', i), printf('m%08d', i), printf('p%08d', 1 + i % 50000), printf('p%08d', 1 + i % 50000), i % 4,"
        f" 'send', CASE WHEN i % 10 = 0 THEN printf('k%08d', i) END, NULL, NULL,"
        f" CASE WHEN {_IS_OPEN} THEN 'waiting' ELSE 'sent' END, :at, 0, 0, i, NULL, :at,"
        " NULL"
    ),
    "threads": "printf('p%08d', i), i, printf('n%08d', i), 1, printf('v%08d', i), :at",
    "enclosures": "printf('f%08d', i), 'x', 'x', x'00', :at, printf('v%08d', i)",
    "orders": (
        "printf('o%08d', i), 'x', printf('p%08d', 1 + i % 50000), printf('n%08d', i), '{}', :at, :at, 0,"
        f" CASE WHEN {_IS_OPEN} THEN 'waiting' ELSE 'done' END, CASE WHEN NOT {_IS_OPEN} THEN :at END, NULL"
    ),
    "papers": "printf('a%08d', i), printf('n%08d', i), 'x/y', 1, '{}', 'x', printf('p%08d', 1 + i % 50000), :at",
    "sayings": "printf('p%08d', i), i, printf('d%08d', i), 'story', 'x', NULL, NULL, :at",
    "strays": "printf('s%08d', i), printf('p%08d', i), i, 'x', NULL, :at",
    "closings": "printf('n%08d', i), '{}', 1, :at, printf('p%08d', i)",
    "referrals": (
        "printf('x%08d', i), printf('n%08d', i), CASE i % 2 WHEN 1 THEN 'police' ELSE 'military' END, NULL,"
        f" printf('p%08d', i), :at, :at, CASE WHEN {_IS_OPEN} THEN 'offered' ELSE 'accepted' END, NULL, NULL"
    ),
    "unwatched": "printf('n%08d', i)",
    "rungs": "printf('n%08d', i), 'answer', 1, 'duty', :at, '[]'",
    "handovers": (
        "printf('f%08d', i), printf('f%08d', i), printf('p%08d', 1 + i % 1000), printf('p%08d', i),"
        f" printf('p%08d', i), NULL, 1, :at, :at, CASE WHEN {_IS_OPEN} THEN 'asked' ELSE 'accepted' END, NULL"
    ),
    "handover_items": "printf('f%08d', i), printf('n%08d', i)",
    # Two shifts a day: the last hundred are still to come.
    "shifts": (
        f"printf('h%08d', i), {_SHIFT.format('0')}, {_SHIFT.format('12')}, printf('p%08d', 1 + i % 1000),"
        f" printf('p%08d', i), :at, NULL, NULL, NULL, 0, CASE WHEN {_IS_OPEN} THEN :at END, NULL,"
        f" CASE WHEN {_IS_OPEN} THEN :at END"
    ),
    "swaps": (
        "printf('w%08d', i), printf('h%08d', i), printf('p%08d', i), printf('p%08d', 1), printf('h%08d', i - 1), :at,"
        f" CASE WHEN {_IS_OPEN} THEN 'asked' ELSE 'accepted' END, NULL"
    ),
    "indicators": "printf('n%08d', i), 'domain', printf('d%d', i % 1000), :at",
    "ties": "printf('n%08d', i), printf('n%08d', 1 + 2 * (i % 500)), :at, NULL, NULL",
    "offers": (
        "printf('z%08d', i), printf('n%08d', i), printf('n%08d', i - 1),"
        " CASE i % 2 WHEN 1 THEN 'parent' ELSE 'merge' END,"
        f" 'domain', printf('d%d', i % 1000), :at, CASE WHEN {_IS_OPEN} THEN 'open' ELSE 'taken' END, NULL, NULL"
    ),
    "seats": "'g00000001', printf('p%08d', i), 1, :at",
    "role_events": "i, 'granted', :at, NULL, printf('p%08d', i), 'responder', NULL, NULL, 'x'",
    "intake": "printf('p%08d', i), '2026-11-22', 1, 1",
    "refusals": "i, 'messages', '2026-11-22T03', 1",
    "requests": "printf('r%08d', i), printf('YC-2026-%06d', i), printf('p%08d', i), 'erase', NULL, :at, :at, :at",
    "search": "'', printf('lua dao %d', i)",
    "search_rows": "i, printf('n%08d', i)",
    "search_stale": "printf('n%08d', i), NULL",
    "searches": "printf('q%08d', i), printf('p%08d', i), 'x', 'x', :at",
    "attempts": "printf('a%08d', i), printf('p%08d', i), 'code', :at",
}
# How many rows, where there never are many.
_SOME = ("agencies", "imports", "enrolments", "posts", "exemptions", "snoozes", "coordinations")
SMALL = {"groups": 100, **dict.fromkeys(_SOME, SOME)}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it looks after some years."""
    path = tmp_path_factory.mktemp("crowded") / "bot.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;" + PICTURE.read_text("utf-8"))
    connection.execute("BEGIN")
    connection.execute("INSERT INTO consent_texts (hash, text) VALUES ('hash', 'x')")
    for table, values in FILLED.items():
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
            f" INSERT INTO {table} SELECT {values} FROM n",
            {"rows": SMALL.get(table, ROWS), "at": at(NOW), "later": at(SOON)},
        )
    connection.execute("COMMIT")
    connection.close()
    return path


@pytest.fixture
async def store(crowded: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(crowded, Ids(lambda: NOW + timedelta(hours=1))) as opened:
        yield opened


# What is called, by when it runs ----------------------------------------------------------------------------------

Call = Callable[[Transaction], Awaitable[object]]

_PERSON, _INCIDENT, _CARD = one("p"), one("n"), one("k")
_DIGEST = one("t")
_OUTBREAK, _PARENT_ELSE = one("n", 555), one("n", 777)
_SHARED, _EARLIER = Indicator(Indication.DOMAIN, "d777"), NOW - timedelta(days=3)
_PLACE = evidence.Place(one("d"), _INCIDENT, "x")
_DRAFT = drafts.Open(one("d"), _PERSON, Draft("citizen_report_1", "kind"), None, NOW, SOON)
_REQUEST = coordinations.Request("r", "x", one("y", 7), None, "x", NOW, one("p", 7), NOW)
_FILED = incidents.Incident(
    id="new",
    code="SC-2027-000001",
    form="citizen_report_1",
    source=Source.CITIZEN,
    kind="sim",
    status=Status.NEW,
    reporter=_PERSON,
    anonymous=False,
    incomplete=False,
    facts={},
    summary="x",
    owner=None,
    filed_at=NOW,
    claimed_at=None,
)
_HANDED = handovers.Handover("new", "new", _PERSON, one("p", 7), _PERSON, None, True, NOW, SOON)
_REFERRED = referrals.Referral(one("x"), _INCIDENT, "police", None, _PERSON, NOW, SOON, "accepted")

_DUTY = rota.Shift(one("h"), Slot(NOW, NOW + timedelta(hours=12)), _PERSON, _PERSON)

_AGENCY = agencies.Agency("new", "MOI", "Moi", Kind.COMMUNE)
_SYSTEM = systems.System("new", "MOI", "Moi", one("y", 7))
_SUBMISSION = submissions.Submission(
    "new", Shown.SCAN, one("y", 7), one("p", 7), date(2026, 11, 22), {}, Judged.SUBMITTED, NOW
)
_OWED = obligations.Obligation(
    "new", "scan", "new", one("y", 7), None, 1, Due.OPEN, date(2026, 11, 22), date(2026, 11, 22)
)

_POST = posts.Held(one("b", 7), one("y", 7), one("p", 7), Post.OFFICER, None, NOW, NOW, NOW)
_ENROLMENT = enrolments.Enrolment("new", one("p", 7), one("y", 7), Post.OFFICER, "x", None, None, NOW)

_HELD = posts.Held(one("b", 7), one("y", 7), one("p", 7), Post.OFFICER, None, NOW, NOW, NOW)

CALLS: Mapping[str, Call] = {
    "agencies.add": lambda tx: agencies.add(tx, _AGENCY, NOW),
    "agencies.add_all": lambda tx: agencies.add_all(tx, agencies.rows_of([_AGENCY], NOW)),
    "agencies.change_all": lambda tx: agencies.change_all(tx, agencies.rows_of([_AGENCY], NOW)),
    "agencies.changed_at": agencies.changed_at,
    "agencies.by_code": lambda tx: agencies.by_code(tx, "XP-00007"),
    "agencies.change": lambda tx: agencies.change(tx, _AGENCY, NOW),
    "agencies.find": lambda tx: agencies.find(tx, one("y", 7)),
    "agencies.get": lambda tx: agencies.get(tx, one("y", 7)),
    "agencies.laid": lambda tx: agencies.laid(tx, one("y", 7), 1, None),
    "agencies.unlaid": lambda tx: agencies.unlaid(tx, 1, date(2026, 11, 22), 25),
    "systems.add": lambda tx: systems.add(tx, _SYSTEM, NOW),
    "systems.add_all": lambda tx: systems.add_all(tx, systems.rows_of([_SYSTEM], NOW), []),
    "systems.change_all": lambda tx: systems.change_all(tx, systems.rows_of([_SYSTEM], NOW), []),
    "systems.changed_at": systems.changed_at,
    "imports.begin": lambda tx: imports.begin(tx, one("p", 7), What.SYSTEMS, NOW),
    "imports.awaiting": lambda tx: imports.awaiting(tx, one("p", 7), NOW),
    "imports.take": lambda tx: imports.take(tx, one("u"), "x.csv", "x", NOW),
    "imports.again": lambda tx: imports.again(tx, one("u"), NOW),
    "imports.confirm": lambda tx: imports.confirm(tx, one("u"), NOW),
    "imports.due": lambda tx: imports.due(tx, NOW, 5),
    "imports.next_due": lambda tx: imports.next_due(tx, NOW),
    "imports.try_once": lambda tx: imports.try_once(tx, one("u"), "waiting"),
    "imports.postpone": lambda tx: imports.postpone(tx, one("u"), NOW),
    "imports.looked_at": lambda tx: imports.looked_at(tx, one("u"), "ready", b"x", {"x": 1}),
    "imports.find": lambda tx: imports.find(tx, one("u")),
    "imports.content": lambda tx: imports.content(tx, one("u")),
    "imports.findings": lambda tx: imports.findings(tx, one("u")),
    "imports.settle": lambda tx: imports.settle(tx, one("u"), "done", NOW),
    "imports.unfollowed": imports.unfollowed,
    "imports.followed": lambda tx: imports.followed(tx, one("u"), []),
    "imports.purge": lambda tx: imports.purge(tx, NOW - timedelta(days=30)),
    "systems.by_code": lambda tx: systems.by_code(tx, "HT-00007"),
    "systems.change": lambda tx: systems.change(tx, _SYSTEM, NOW),
    "systems.find": lambda tx: systems.find(tx, one("j")),
    "systems.get": lambda tx: systems.get(tx, one("j")),
    "systems.laid": lambda tx: systems.laid(tx, one("j"), 1, None),
    "systems.count": lambda tx: systems.count(tx, one("y", 7), date(2026, 11, 22)),
    "systems.next_code": systems.next_code,
    "systems.running": lambda tx: systems.running(tx, one("y", 7), date(2026, 11, 22)),
    "systems.search": lambda tx: systems.search(tx, "he thong 7", 8, agencies=[one("y", 7), one("y", 8)]),
    "systems.stopped": lambda tx: systems.stopped(tx, one("y", 7), date(2026, 11, 22), 8),
    "agencies.of_kind": lambda tx: agencies.of_kind(tx, Kind.COMMUNE, date(2026, 11, 22), 24, 24),
    "agencies.predecessors": lambda tx: agencies.predecessors(tx, one("y", 7)),
    "carrying.move_post": lambda tx: carrying.move_post(tx, _HELD, one("y", 8), _PERSON, NOW),
    "register.note": lambda tx: register.note(tx, Event.SYSTEM_ADDED, _PERSON, NOW, agency=one("y", 7)),
    "register.of_agency": lambda tx: register.of_agency(tx, one("y", 7), 20),
    "register.of_system": lambda tx: register.of_system(tx, one("j"), 20),
    "systems.of_agency": lambda tx: systems.of_agency(tx, one("y", 7)),
    "systems.unlay": lambda tx: systems.unlay(tx, one("y", 7)),
    "systems.unlaid": lambda tx: systems.unlaid(tx, 1, date(2026, 11, 22), 25),
    "posts.confirm": lambda tx: posts.confirm(tx, one("y", 8), one("p", 7), Post.OFFICER, None, None, NOW),
    "posts.affirm": lambda tx: posts.affirm(tx, one("b", 7), NOW),
    "posts.change_post": lambda tx: posts.change_post(tx, one("b", 7), Post.DEPUTY),
    "posts.due": lambda tx: posts.due(tx, NOW, 20),
    "posts.end": lambda tx: posts.end(tx, one("b", 7), None, NOW),
    "posts.find": lambda tx: posts.find(tx, one("b", 7)),
    "posts.note": lambda tx: posts.note(tx, _POST, NOW),
    "posts.pressed": lambda tx: posts.pressed(tx, one("p", 7), NOW, NOW),
    "enrolments.ask": lambda tx: enrolments.ask(tx, _ENROLMENT),
    "enrolments.find": lambda tx: enrolments.find(tx, one("z", 7)),
    "enrolments.open_of": lambda tx: enrolments.open_of(tx, one("p", 7)),
    "enrolments.settle": lambda tx: enrolments.settle(tx, one("z", SOME), "refused", _PERSON, NOW),
    "enrolments.waiting": lambda tx: enrolments.waiting(tx, 5),
    "posts.of_agency": lambda tx: posts.of_agency(tx, one("y", 7)),
    "posts.of_person": lambda tx: posts.of_person(tx, one("p", 7)),
    "obligations.agencies_due": lambda tx: obligations.agencies_due(tx, NOW, 25),
    "obligations.climb": lambda tx: obligations.climb(tx, [replace(_OWED, id=one("q"))]),
    "obligations.due": lambda tx: obligations.due(tx, [one("y", 7), one("y", 8)], NOW),
    "obligations.put_off": lambda tx: obligations.put_off(tx, one("y", 7), NOW, SOON),
    "obligations.receive": lambda tx: obligations.receive(tx, one("y", 7), one("p", 7), NOW, NOW),
    "reminders.department_waits": reminders.department_waits,
    "reminders.note": lambda tx: reminders.note(tx, [reminders.Note(one("q"), 2, 0, 0, "x")], NOW),
    "reminders.reached_department": reminders.reached_department,
    "reminders.release": lambda tx: reminders.release(tx, one("v")),
    "reminders.under_way": lambda tx: reminders.under_way(tx, [one("p", 1), one("p", 2)], "x"),
    "reminders.reword": lambda tx: reminders.reword(tx, one("v", 1), {"n": 1}),
    "reminders.sent": lambda tx: reminders.sent(tx, one("p", 901), one("v")),
    "reminders.snooze": lambda tx: reminders.snooze(
        tx, replace(_OWED, id=one("q"), round=9, snoozes=1), _PERSON, date(2026, 11, 29), "x", NOW
    ),
    "reminders.told_by": lambda tx: reminders.told_by(tx, one("v", 7)),
    "reminders.waiting": lambda tx: reminders.waiting(tx, 50),
    "posts.reachable": lambda tx: posts.reachable(tx, [one("y", 7), one("y", 8)]),
    "obligations.find": lambda tx: obligations.find(tx, one("q")),
    "obligations.of_agency": lambda tx: obligations.of_agency(tx, one("y", 7)),
    "obligations.of_subject": lambda tx: obligations.of_subject(tx, one("j")),
    "obligations.put": lambda tx: obligations.put(tx, _OWED),
    "cards.find": lambda tx: cards.find(tx, _CARD),
    "pictures.first_shown": lambda tx: pictures.first_shown(tx, Wall.CARDS, _CARD, 1, 1),
    "cards.homeless": lambda tx: cards.homeless(tx, one("g", 1)),
    "pictures.later": lambda tx: pictures.later(tx, Wall.CARDS, _CARD, NOW),
    "cards.lay": lambda tx: cards.lay(tx, _INCIDENT, one("g", 2), NOW),
    "pictures.lost": lambda tx: pictures.lost(tx, Wall.CARDS, _CARD),
    "pictures.next_edit": lambda tx: pictures.next_edit(tx, NOW),
    "cards.of": lambda tx: cards.of(tx, _INCIDENT, one("g", 1)),
    "pictures.shown": lambda tx: pictures.shown(tx, Wall.CARDS, _CARD, 2),
    "pictures.stale": lambda tx: pictures.stale(tx, NOW, 32, pressing=True),
    "pictures.find": lambda tx: pictures.find(tx, Wall.DIGESTS, _DIGEST),
    "digests.add": lambda tx: digests.add(tx, _DIGEST, _INCIDENT),
    "digests.close": lambda tx: digests.close(tx, _DIGEST, NOW),
    "digests.current": lambda tx: digests.current(tx, one("g", 1), digests.Kind.STORM),
    "digests.entries": lambda tx: digests.entries(tx, _DIGEST, 7, 0),
    "digests.find": lambda tx: digests.find(tx, _DIGEST),
    "digests.homeless": lambda tx: digests.homeless(tx, one("g", 1)),
    "digests.last_rung": lambda tx: digests.last_rung(tx, one("n"), "x"),
    "digests.listed": lambda tx: digests.listed(tx, _INCIDENT, one("g", 1)),
    "digests.mark": lambda tx: digests.mark(tx, _INCIDENT, one("g", 1)),
    "digests.open_one": lambda tx: digests.open_one(tx, one("g", 2), digests.Kind.STORM, NOW, NOW),
    "digests.said": lambda tx: digests.said(tx, _INCIDENT),
    "digests.still_open": lambda tx: digests.still_open(tx, one("g", 1)),
    "digests.tally": lambda tx: digests.tally(tx, _DIGEST),
    "digests.touch": lambda tx: digests.touch(tx, _DIGEST, NOW),
    "digests.touch_with": lambda tx: digests.touch_with(tx, _INCIDENT, NOW),
    "digests.waiting": lambda tx: digests.waiting(tx, _DIGEST, 46),
    "incidents.filed_since": lambda tx: incidents.filed_since(tx, NOW + timedelta(minutes=1), emergencies=True),
    "cards.touch": lambda tx: cards.touch(tx, _INCIDENT, NOW),
    "cards.unfold": lambda tx: cards.unfold(tx, _INCIDENT, "more", NOW),
    "closings.find": lambda tx: closings.find(tx, _INCIDENT),
    "closings.keep": lambda tx: closings.keep(tx, _INCIDENT, {}, None, _PERSON, NOW),
    "compliance.agency": lambda tx: compliance.agency(tx, one("y", 7), NOW.date()),
    "compliance.each_of": lambda tx: compliance.each_of(tx, one("y", 7), NOW.date()),
    "compliance.unlevelled_of": lambda tx: compliance.unlevelled_of(tx, one("y", 7), NOW.date()),
    "contact.newest": contact.newest,
    "contact.publish": lambda tx: contact.publish(
        tx, phones=[], email=None, hours="always", portal=None, published_on=date(2026, 11, 22), by=None, now=NOW
    ),
    "drafts.due": lambda tx: drafts.due(tx, NOW, 50),
    "drafts.erase": lambda tx: drafts.erase(tx, _PERSON),
    "drafts.find": lambda tx: drafts.find(tx, _PERSON),
    "drafts.keep": lambda tx: drafts.keep(tx, _DRAFT),
    "evidence.add": lambda tx: evidence.add(tx, _PERSON, _PLACE, Piece("photo", "x"), Stands.ASKED, NOW),
    "evidence.asked": lambda tx: evidence.asked(tx, _PERSON, _PLACE),
    "evidence.attach": lambda tx: evidence.attach(tx, _INCIDENT, draft=one("d"), stray="x"),
    "evidence.consented": lambda tx: evidence.consented(tx, _PERSON, _PLACE),
    "evidence.counted_by_state": lambda tx: evidence.counted_by_state(tx, _INCIDENT, _PERSON),
    "evidence.counts": lambda tx: evidence.counts(tx, _INCIDENT),
    "evidence.discard": lambda tx: evidence.discard(tx, "x"),
    "evidence.discarded": lambda tx: evidence.discarded(tx, "x"),
    "evidence.discards": lambda tx: evidence.discards(tx, 100),
    "attached.hand_in": lambda tx: attached.hand_in(tx, one("e"), one("d"), one("l")),
    "attached.of_submission": lambda tx: attached.of_submission(tx, one("l", 50_000)),
    "attached.withdraw": lambda tx: attached.withdraw(tx, one("l", 50_000)),
    "submissions.add": lambda tx: submissions.add(tx, _SUBMISSION, [submissions.Item(one("q"), 1)]),
    "submissions.carry_over": lambda tx: submissions.carry_over(tx, one("q"), 2),
    "submissions.find": lambda tx: submissions.find(tx, one("l")),
    "submissions.items": lambda tx: submissions.items(tx, one("l")),
    "submissions.settle": lambda tx: submissions.settle(tx, one("l", ROWS), Judged.ACCEPTED, None, None, NOW),
    "submissions.waiting": lambda tx: submissions.waiting(tx, 9, 8),
    "submissions.count_waiting": submissions.count_waiting,
    "submissions.latest_of": lambda tx: submissions.latest_of(tx, one("q")),
    "exemptions.ask": lambda tx: exemptions.ask(tx, one("q"), "x", one("p", 7), NOW),
    "exemptions.newest_of": lambda tx: exemptions.newest_of(tx, one("q")),
    "exemptions.find": lambda tx: exemptions.find(tx, one("x", 7)),
    "exemptions.settle": lambda tx: exemptions.settle(tx, one("x", SOME), "asked", "agreed", None, None, NOW),
    "exemptions.waiting": lambda tx: exemptions.waiting(tx, 9, 8),
    "exemptions.count_waiting": exemptions.count_waiting,
    "exemptions.agreed": lambda tx: exemptions.agreed(tx, 9, 8),
    "evidence.drop": lambda tx: evidence.drop(tx, one("e")),
    "evidence.due": lambda tx: evidence.due(tx, NOW, 4),
    "evidence.erase_where": lambda tx: evidence.erase_where(tx, "id = :id", {"id": one("e")}),
    "evidence.erase_of_consents": lambda tx: evidence.erase_of_consents(tx, _PERSON),
    "evidence.erase_of_draft": lambda tx: evidence.erase_of_draft(tx, one("d")),
    "evidence.find": lambda tx: evidence.find(tx, one("e")),
    "evidence.give_up": lambda tx: evidence.give_up(tx, one("e"), Stands.FAILED, Reason.GONE),
    "evidence.has": lambda tx: evidence.has(tx, _PERSON, "x"),
    "evidence.keep": lambda tx: evidence.keep(tx, one("e"), one("c"), NOW),
    "evidence.known": lambda tx: evidence.known(tx, ["x"]),
    "evidence.lease": lambda tx: evidence.lease(tx, one("e"), SOON),
    "evidence.next_due": lambda tx: evidence.next_due(tx, NOW),
    "evidence.of_incident": lambda tx: evidence.of_incident(tx, _INCIDENT),
    "evidence.postpone": lambda tx: evidence.postpone(tx, one("e"), SOON, Reason.DISK, 1),
    "evidence.release": evidence.release,
    "evidence.store": lambda tx: evidence.store(tx, one("e"), 1, "x", NOW),
    "evidence.told": lambda tx: evidence.told(tx, _PERSON, _PLACE, "x", Reason.PROGRAM),
    "enclosures.erase": lambda tx: enclosures.erase(tx, one("f")),
    "enclosures.find": lambda tx: enclosures.find(tx, one("f")),
    "enclosures.keep": lambda tx: enclosures.keep(tx, "x", one("v"), Enclosure("x", "x", b"x"), NOW),
    "chain.head": lambda tx: chain.head(tx, _INCIDENT),
    "chain.verify": lambda tx: chain.verify(tx, _INCIDENT),
    "events.after": lambda tx: events.after(tx, _INCIDENT, 0, 10),
    "events.among": lambda tx: events.among(tx, _INCIDENT, {EventKind.CLAIMED, EventKind.ASKED}),
    "events.append": lambda tx: events.append(tx, _INCIDENT, EventKind.OPENED, NOW, None, {}),
    "events.erase": lambda tx: events.erase(tx, _INCIDENT),
    "events.last_of": lambda tx: events.last_of(tx, _INCIDENT, EventKind.FILED),
    "events.last_number": lambda tx: events.last_number(tx, _INCIDENT),
    "events.notes": lambda tx: events.notes(tx, _INCIDENT, 10, 10),
    "events.of": lambda tx: events.of(tx, _INCIDENT),
    "events.page": lambda tx: events.page(tx, _INCIDENT, 10, 10),
    "events.said": lambda tx: events.said(tx, _INCIDENT, 1),
    "events.ticks": lambda tx: events.ticks(tx, _INCIDENT),
    "groups.ask_binding": lambda tx: groups.ask_binding(tx, one("g", 3), "x", _PERSON, NOW),
    "groups.bind": lambda tx: groups.bind(tx, one("g", 3), "x", _PERSON, NOW),
    "groups.close_binding": lambda tx: groups.close_binding(tx, "b", "done"),
    "groups.find": lambda tx: groups.find(tx, -3),
    "groups.get": lambda tx: groups.get(tx, one("g", 3)),
    "groups.may_answer": lambda tx: groups.may_answer(tx, one("g", 3), NOW, timedelta(minutes=1)),
    "groups.meet": lambda tx: groups.meet(tx, -5_000_000),
    "groups.redirect": lambda tx: groups.redirect(tx, one("g", 1), one("g", 2), NOW),
    "groups.sees": lambda tx: groups.sees(tx, one("g", 3), True),
    "groups.team": groups.team,
    "handovers.add": lambda tx: handovers.add(tx, _HANDED, [_INCIDENT]),
    "handovers.asked_of": lambda tx: handovers.asked_of(tx, one("f")),
    "handovers.due": lambda tx: handovers.due(tx, NOW, 20),
    "handovers.find": lambda tx: handovers.find(tx, one("f")),
    "handovers.items": lambda tx: handovers.items(tx, one("f")),
    "handovers.left": lambda tx: handovers.left(tx, NOW, 20),
    "handovers.open_for": lambda tx: handovers.open_for(tx, _INCIDENT),
    "handovers.open_from": lambda tx: handovers.open_from(tx, one("p", 7)),
    "handovers.postpone": lambda tx: handovers.postpone(tx, one("f", ROWS), NOW),
    "handovers.settle": lambda tx: handovers.settle(tx, one("f", ROWS), "accepted", NOW),
    "inbox.again": lambda tx: inbox.again(tx, one("i", ROWS), NOW),
    "inbox.bury": lambda tx: inbox.bury(tx, one("i", ROWS), "x"),
    "inbox.done": lambda tx: inbox.done(tx, [one("i", ROWS)]),
    "inbox.holds": lambda tx: inbox.holds(tx, 3, 57),
    "inbox.known": lambda tx: inbox.known(tx, 42, [7, -7, *range(1000, 1098)]),
    "inbox.next_moment": inbox.next_moment,
    "inbox.ready": lambda tx: inbox.ready(tx, NOW, 20),
    "inbox.store": lambda tx: inbox.store(tx, 42, [inbox.Arrival(7, 1, "{}"), inbox.Arrival(-7, 1, "{}")], NOW),
    "inbox.waiting_of": lambda tx: inbox.waiting_of(tx, 7),
    "incidents.add": lambda tx: incidents.add(tx, _FILED),
    "incidents.answerable": lambda tx: incidents.answerable(tx, _PERSON, NOW, 6),
    "incidents.duplicates_of": lambda tx: incidents.duplicates_of(tx, _INCIDENT, 25),
    "incidents.find": lambda tx: incidents.find(tx, _INCIDENT),
    "incidents.find_by_code": lambda tx: incidents.find_by_code(tx, "SC-2026-000777"),
    "incidents.get": lambda tx: incidents.get(tx, _INCIDENT),
    "incidents.move": lambda tx: incidents.move(tx, replace(_FILED, id=_INCIDENT), replace(_FILED, id=_INCIDENT)),
    "incidents.mark": lambda tx: incidents.mark(tx, _INCIDENT, Tlp.RED, Tlp.AMBER, NOW),
    "incidents.mark_of": lambda tx: incidents.mark_of(tx, _INCIDENT),
    "incidents.hand": lambda tx: incidents.hand(tx, replace(_FILED, id=_INCIDENT, owner=_PERSON), one("p", 7), NOW),
    "incidents.next_code": lambda tx: incidents.next_code(tx, 2026),
    "incidents.owned_by": lambda tx: incidents.owned_by(tx, one("p", 2), 5, 5),
    "incidents.queue": lambda tx: incidents.queue(tx, 5, 50),
    "coordinations.add": lambda tx: coordinations.add(tx, replace(_REQUEST, id="r", code="DP-2027-0001")),
    "coordinations.climb": lambda tx: coordinations.climb(tx, one("r", 7), "due", NOW),
    "coordinations.count_open": coordinations.count_open,
    "coordinations.due": lambda tx: coordinations.due(tx, NOW, 20),
    "coordinations.find": lambda tx: coordinations.find(tx, one("r", 7)),
    "coordinations.next_code": lambda tx: coordinations.next_code(tx, 2026),
    "coordinations.of_agency": lambda tx: coordinations.of_agency(tx, one("y", 7), 50),
    "coordinations.of_incident": lambda tx: coordinations.of_incident(tx, one("n", 7), 50),
    "coordinations.open_ones": lambda tx: coordinations.open_ones(tx, 9, 9),
    "coordinations.receive": lambda tx: coordinations.receive(tx, one("r", 7), _PERSON, NOW),
    "coordinations.say": lambda tx: coordinations.say(tx, one("r", 7), "x"),
    "coordinations.settle": lambda tx: coordinations.settle(tx, one("r", 7), RequestState.DONE, _PERSON, NOW),
    "incidents.place": lambda tx: incidents.place(tx, _INCIDENT, None, None),
    "incidents.propose": lambda tx: incidents.propose(tx, _INCIDENT, Severity.SERIOUS, NOW),
    "incidents.pause": lambda tx: incidents.pause(tx, _INCIDENT, NOW),
    "incidents.look_at": lambda tx: incidents.look_at(tx, _INCIDENT, NOW),
    "incidents.rate": lambda tx: incidents.rate(tx, _INCIDENT, Severity.SERIOUS, NOW),
    "incidents.reported_by": lambda tx: incidents.reported_by(tx, _PERSON, 5, 0),
    "incidents.rewrite": lambda tx: incidents.rewrite(
        tx, _INCIDENT, kind="sim", facts={}, summary="x", anonymous=False, incomplete=False, now=NOW
    ),
    "incidents.waiting_count": incidents.waiting_count,
    "indicators.erase": lambda tx: indicators.erase(tx, _INCIDENT),
    "indicators.erase_hashes": lambda tx: indicators.erase_hashes(tx, [(_INCIDENT, "x")]),
    "indicators.note": lambda tx: indicators.note(tx, _INCIDENT, [_SHARED], NOW),
    "indicators.of": lambda tx: indicators.of(tx, _INCIDENT),
    "indicators.shared_by_children": lambda tx: indicators.shared_by_children(tx, _OUTBREAK, 20, 2000),
    "indicators.sharing": lambda tx: indicators.sharing(tx, _SHARED, _EARLIER, 21),
    "intake.purge": lambda tx: intake.purge(tx, NOW, timedelta(days=7)),
    "intake.take": lambda tx: intake.take(tx, _PERSON, 1, NOW, most_files=50, most_bytes=200),
    "intake.used": lambda tx: intake.used(tx, _PERSON, NOW),
    "marks.attempt": lambda tx: marks.attempt(tx, _PERSON, "code", NOW, most=10, within=timedelta(hours=1)),
    "marks.get": lambda tx: marks.get(tx, "heartbeat"),
    "marks.put": lambda tx: marks.put(tx, "heartbeat", "x", NOW),
    "marks.written_at": lambda tx: marks.written_at(tx, "heartbeat"),
    "orders.add": lambda tx: orders.add(tx, orders.Order("x", "x", _PERSON, _INCIDENT, {}, NOW)),
    "orders.begin": lambda tx: orders.begin(tx, one("o", ROWS)),
    "orders.due": lambda tx: orders.due(tx, NOW, 4),
    "orders.next_due": lambda tx: orders.next_due(tx, NOW),
    "orders.postpone": lambda tx: orders.postpone(tx, one("o", ROWS), SOON),
    "orders.settle": lambda tx: orders.settle(tx, one("o", ROWS), "done", NOW),
    "orders.waiting_of": lambda tx: orders.waiting_of(tx, _PERSON, NOW),
    "offers.decide": lambda tx: offers.decide(tx, one("z", ROWS), "taken", _PERSON, NOW),
    "offers.find": lambda tx: offers.find(tx, one("z")),
    "offers.make": lambda tx: offers.make(tx, offers.MERGE, _INCIDENT, _OUTBREAK, _SHARED, NOW),
    "offers.newest_of_parent": lambda tx: offers.newest_of_parent(tx, _SHARED, "taken"),
    "offers.of": lambda tx: offers.of(tx, _INCIDENT, "open", 10),
    "offers.was_made": lambda tx: offers.was_made(tx, _INCIDENT, _OUTBREAK),
    "outbox.address": lambda tx: outbox.address(tx, one("m"), _PERSON, NOW, stream=_PERSON, lane=Lane.ANSWER),
    "outbox.call_back": lambda tx: outbox.call_back(tx, _INCIDENT, "details.head", NOW),
    "outbox.expire": lambda tx: outbox.expire(tx, NOW),
    "outbox.forget": lambda tx: outbox.forget(tx, one("v")),
    "outbox.forget_about": lambda tx: outbox.forget_about(tx, _INCIDENT),
    "outbox.forget_recipient": lambda tx: outbox.forget_recipient(tx, _PERSON),
    "outbox.hasten": lambda tx: outbox.hasten(tx, one("v", ROWS), NOW),
    "outbox.heads": lambda tx: outbox.heads(tx, NOW, most=32, lowest=Lane.ADVISORY, held=[1, 2, 3]),
    "outbox.in_flight": outbox.in_flight,
    "outbox.last_made": lambda tx: outbox.last_made(tx, _INCIDENT, "relay.passed_on"),
    "outbox.next_due": lambda tx: outbox.next_due(tx, NOW),
    "outbox.postpone": lambda tx: outbox.postpone(tx, one("v", ROWS), one("p", 1), SOON, doubted=False, op=Op.SEND),
    "outbox.queued": lambda tx: outbox.queued(tx, one("p", 1), "x"),
    "outbox.detach": lambda tx: outbox.detach(tx, outbox.Message("x"), one("v"), ["under_card"]),
    "outbox.rewrite": lambda tx: outbox.rewrite(tx, one("m"), {}),
    "outbox.settle": lambda tx: outbox.settle(tx, [outbox.Settled(one("v", ROWS), State.SENT, 1)], NOW),
    "outbox.start": lambda tx: outbox.start(tx, [one("v", ROWS)]),
    "outbox.write": lambda tx: outbox.write(tx, outbox.Message("x"), NOW),
    "papers.add": lambda tx: papers.add(tx, _INCIDENT, "x/y", {}, "x", _PERSON, NOW),
    "papers.erase_answers": lambda tx: papers.erase_answers(tx, _INCIDENT),
    "papers.find": lambda tx: papers.find(tx, one("a")),
    "papers.of": lambda tx: papers.of(tx, _INCIDENT),
    "people.add": lambda tx: people.add(tx, -1, "vi", NOW),
    "people.ask_admission": lambda tx: people.ask_admission(tx, "x", "x", "x"),
    "people.decide": lambda tx: people.decide(tx, "x", "confirmed", _PERSON, NOW),
    "people.find": lambda tx: people.find(tx, 777),
    "people.find_invitation": lambda tx: people.find_invitation(tx, "x"),
    "people.get": lambda tx: people.get(tx, _PERSON),
    "people.introduce": lambda tx: people.introduce(tx, _PERSON, "x", "x"),
    "people.invite": lambda tx: people.invite(
        tx, token_hash="x", role=Role.RESPONDER, by=_PERSON, now=NOW, expires_at=SOON
    ),
    "people.pending_invitation": lambda tx: people.pending_invitation(tx, _PERSON),
    "people.reach": lambda tx: people.reach(tx, _PERSON, NOW),
    "people.speak": lambda tx: people.speak(tx, _PERSON, "en"),
    "people.use": lambda tx: people.use(tx, "x", _PERSON, NOW),
    "people.with_roles": lambda tx: people.with_roles(tx, TEAM),
    "privacy.consent": lambda tx: privacy.consent(tx, _PERSON, "contact", "1", "hash", "vi", NOW),
    "privacy.consents": lambda tx: privacy.consents(tx, _PERSON),
    "privacy.contact": lambda tx: privacy.contact(tx, _INCIDENT),
    "privacy.drop_contact": lambda tx: privacy.drop_contact(tx, _INCIDENT),
    "privacy.keep_contact": lambda tx: privacy.keep_contact(tx, _INCIDENT, one("c"), {"name": "x"}),
    "privacy.keep_text": lambda tx: privacy.keep_text(tx, "x", "x"),
    "privacy.request": lambda tx: privacy.request(
        tx, person=_PERSON, want="erase", details=None, year=2027, now=NOW, reply_by=NOW, done_by=NOW
    ),
    "privacy.take_back": lambda tx: privacy.take_back(tx, _INCIDENT, "details.head"),
    "privacy.stored_about": lambda tx: privacy.stored_about(tx, _PERSON),
    "privacy.valid_consent": lambda tx: privacy.valid_consent(tx, _PERSON, "contact"),
    "privacy.withdraw_consents": lambda tx: privacy.withdraw_consents(tx, _PERSON, NOW),
    "referrals.add": lambda tx: referrals.add(tx, replace(_REFERRED, id="new")),
    "referrals.answer": lambda tx: referrals.answer(tx, _REFERRED, "returned", _PERSON, NOW),
    "referrals.due": lambda tx: referrals.due(tx, NOW, 50),
    "referrals.find": lambda tx: referrals.find(tx, one("x")),
    "referrals.newest": lambda tx: referrals.newest(tx, _INCIDENT),
    "refusals.count": lambda tx: refusals.count(tx, 777, Excess.MESSAGES, NOW, 40),
    "refusals.purge": lambda tx: refusals.purge(tx, NOW, timedelta(days=7)),
    "roles.count": lambda tx: roles.count(tx, Role.ADMIN),
    "roles.end": lambda tx: roles.end(tx, _PERSON, Role.RESPONDER, None, NOW),
    "roles.events_of": lambda tx: roles.events_of(tx, _PERSON),
    "roles.expired": lambda tx: roles.expired(tx, NOW, 50),
    "roles.find_proposal": lambda tx: roles.find_proposal(tx, "x"),
    "roles.grant": lambda tx: roles.grant(tx, _PERSON, Role.RESPONDER, None, NOW),
    "roles.held_by": lambda tx: roles.held_by(tx, _PERSON),
    "roles.holders": lambda tx: roles.holders(tx, 5, 5),
    "roles.liaisons_of": lambda tx: roles.liaisons_of(tx, "police"),
    "roles.propose": lambda tx: roles.propose(tx, _PERSON, Role.ADMIN, None, _PERSON, NOW, SOON),
    "roles.scope_of": lambda tx: roles.scope_of(tx, _PERSON, Role.LIAISON),
    "roles.settle": lambda tx: roles.settle(tx, "x", "agreed", _PERSON, NOW),
    "search.find": lambda tx: search.find(tx, '"lua" "dao"', personal=True, most=7, skip=6),
    "search.forget": lambda tx: search.forget(tx, NOW - timedelta(days=1)),
    "search.index": lambda tx: search.index(tx, _INCIDENT, "lua dao", "lua dao"),
    "search.recall": lambda tx: search.recall(tx, one("q")),
    "search.remember": lambda tx: search.remember(tx, _PERSON, "x", "x", NOW),
    "search.stale": lambda tx: search.stale(tx, _INCIDENT),
    "search.waiting": lambda tx: search.waiting(tx, NOW, 20),
    "search.postpone": lambda tx: search.postpone(tx, _INCIDENT, NOW),
    "rungs.due": lambda tx: rungs.due(tx, NOW, 20),
    "rungs.of": lambda tx: rungs.of(tx, _INCIDENT),
    "rungs.unwatched": lambda tx: rungs.unwatched(tx, 5),
    "rungs.watched": lambda tx: rungs.watched(tx, _INCIDENT),
    "rungs.refused_emergencies": lambda tx: rungs.refused_emergencies(tx, _PERSON, NOW, 2),
    "rungs.tread": lambda tx: rungs.tread(tx, _INCIDENT, "claim", 1, Rung.DUTY, [_PERSON], NOW),
    "rota.acknowledge": lambda tx: rota.acknowledge(tx, one("h"), _PERSON, NOW),
    "rota.answer": lambda tx: rota.answer(tx, one("w", ROWS), "accepted", NOW),
    "rota.ask": lambda tx: rota.ask(tx, one("h"), _PERSON, one("p", 7), None, NOW),
    "rota.at_moment": lambda tx: rota.at_moment(tx, NOW),
    "rota.between": lambda tx: rota.between(tx, NOW, NOW + timedelta(days=9)),
    "rota.busy": lambda tx: rota.busy(tx, NOW - timedelta(days=28), NOW + timedelta(days=28)),
    "rota.due": lambda tx: rota.due(tx, NOW, 20),
    "rota.ended_before": lambda tx: rota.ended_before(tx, _DUTY),
    "rota.find": lambda tx: rota.find(tx, one("h")),
    "rota.find_swap": lambda tx: rota.find_swap(tx, one("w")),
    "rota.first_planned": lambda tx: rota.first_planned(tx, NOW - timedelta(days=14), SOON),
    "rota.hand": lambda tx: rota.hand(tx, one("h"), _PERSON, one("p", 7), NOW, look=NOW),
    "rota.make_empty": lambda tx: rota.make_empty(tx, Slot(SOON, SOON + timedelta(hours=1)), NOW),
    "rota.note": lambda tx: rota.note(tx, _DUTY, look=None),
    "rota.of_person": lambda tx: rota.of_person(tx, _PERSON, NOW, SOON, 12),
    "rota.offers_of": lambda tx: rota.offers_of(tx, one("h")),
    "rota.overdue": lambda tx: rota.overdue(tx, NOW, 50),
    "rota.people_ahead": lambda tx: rota.people_ahead(tx, NOW, timedelta(days=370)),
    "rota.plan": lambda tx: rota.plan(tx, _DUTY.slot, _PERSON, _PERSON, NOW, look=NOW),
    "rota.tell_later": lambda tx: rota.tell_later(tx, [one("h")], NOW),
    "rota.told": lambda tx: rota.told(tx, [_DUTY]),
    "rota.untold": lambda tx: rota.untold(tx, 200),
    "seats.doubt": lambda tx: seats.doubt(tx, _PERSON),
    "seats.due": lambda tx: seats.due(tx, one("g", 1), NOW, 50),
    "seats.is_present": lambda tx: seats.is_present(tx, one("g", 1), _PERSON),
    "seats.prove": lambda tx: seats.prove(tx, one("g", 2), _PERSON, NOW, by_message=True),
    "seats.put": lambda tx: seats.put(tx, one("g", 1), _PERSON, True, NOW),
    "sayings.find": lambda tx: sayings.find(tx, _PERSON, ROWS // 2),
    "sayings.forget": lambda tx: sayings.forget(tx, _PERSON),
    "sayings.newest": lambda tx: sayings.newest(tx, _PERSON),
    "sayings.note": lambda tx: sayings.note(
        tx, _PERSON, sayings.Saying(7, one("d"), "story", "x", None, {"type": "self"}, NOW)
    ),
    "sayings.of": lambda tx: sayings.of(tx, _PERSON),
    "strays.forget": lambda tx: strays.forget(tx, _PERSON),
    "strays.keep": lambda tx: strays.keep(tx, _PERSON, 7, "x", None, NOW),
    "strays.move_evidence": lambda tx: strays.move_evidence(tx, one("s"), draft=one("d")),
    "strays.of": lambda tx: strays.of(tx, _PERSON),
    "strays.reword": lambda tx: strays.reword(tx, _PERSON, 7, "x"),
    "strays.silent": lambda tx: strays.silent(tx, NOW, 20),
    "sweeps.begin": lambda tx: sweeps.begin(tx, "tie", _OUTBREAK, _PERSON, {}, NOW),
    "sweeps.end": lambda tx: sweeps.end(tx, "x"),
    "sweeps.go_on": lambda tx: sweeps.go_on(tx, "x", _INCIDENT, {}),
    "sweeps.next_one": lambda tx: sweeps.next_one(tx, NOW),
    "sweeps.postpone": lambda tx: sweeps.postpone(tx, "x", NOW),
    "ties.children": lambda tx: ties.children(tx, _OUTBREAK, 20, after=_INCIDENT),
    "ties.count": lambda tx: ties.count(tx, _OUTBREAK),
    "ties.known": lambda tx: ties.known(tx, _INCIDENT, _OUTBREAK),
    "ties.open_parent": lambda tx: ties.open_parent(tx, _INCIDENT, apart="x"),
    "ties.open_parent_by": lambda tx: ties.open_parent_by(tx, _SHARED, _EARLIER),
    "ties.parents": lambda tx: ties.parents(tx, _INCIDENT),
    "ties.tie": lambda tx: ties.tie(tx, _INCIDENT, _PARENT_ELSE, None, NOW),
    "ties.untie": lambda tx: ties.untie(tx, _INCIDENT, _OUTBREAK, NOW),
    "threads.find": lambda tx: threads.find(tx, _PERSON, ROWS // 2),
    "threads.incident_of": lambda tx: threads.incident_of(tx, _PERSON, 7),
    "threads.is_written_to": lambda tx: threads.is_written_to(tx, one("g", 1)),
    "threads.known": lambda tx: threads.known(tx, _PERSON, 7),
    "threads.newest": lambda tx: threads.newest(tx, _PERSON),
    "threads.note": lambda tx: threads.note(tx, _PERSON, 7, _INCIDENT, NOW),
    "threads.of_delivery": lambda tx: threads.of_delivery(tx, one("v")),
    "threads.said_in": lambda tx: threads.said_in(tx, one("g", 1), _INCIDENT),
    "threads.way_of": lambda tx: threads.way_of(tx, _PERSON, ROWS // 2),
    "threads.ways": lambda tx: threads.ways(tx, _PERSON, _INCIDENT),
}

# What may read a whole table, and why.
_EVERYTHING = "asked by a person, and it is there to count everything"
SPARED = {
    "carrying.carry": "once in the life of an agency",
    "carrying.counted": "once in the life of an agency",
    **dict.fromkeys((f"compliance.{name}" for name in ("agencies", "systems", "groups", "each")), _EVERYTHING),
    **dict.fromkeys((f"compliance.{name}" for name in ("unlevelled", "unanswered", "heard")), _EVERYTHING),
    "agencies.everything": "the whole register, for a table of it that comes or goes",
    "systems.everything": "the whole register, for a table of it that comes or goes",
    "register.note_all": "what note runs, many times",
    "agencies.counts": "asked by a person; a province has some hundreds",
    "agencies.count_ended": "asked by a person; a province has some hundreds",
    "agencies.ended": "asked by a person; a province has some hundreds",
    "agencies.search": "asked by a person; a province has some hundreds",
    "search.merge": "once an hour, and it is there to go through a part of the index",
    "groups.move": "once in the life of a group",
    "groups.forbid_reactions": "once in the life of a group",
    "groups.forget_messages": "once in the life of a group",
    "digests.move": "once in the life of a group",
    "pictures.said_since": "once at the start",
    "pictures.resting": "once at the start",
    "inbox.counts": "asked by health, not by updates",
    "inbox.purge": "once an hour, and it is there to go through what is old",
    "marks.newest_row_at": "once at the start",
    "marks.purge_attempts": "once an hour",
    "enclosures.purge": "once an hour, and it is there to go through what is old",
    "drafts.of_forms": "once at the start, and where somebody withdraws a consent",
    "orders.purge": "once an hour, and it is there to go through what is old",
    "outbox.blank": "once an hour, and it is there to go through what is old",
    "outbox.counts": "asked by health, not by updates",
    "threads.forget_chat": "once in the life of a group",
    "refusals.sums": "asked by health, not by updates",
    "roles.broken_at": "asked by a person, and it is there to go through the whole chain",
    "seats.doubt_all": "once in the life of a group",
    "evidence.drop_unanswered": "once an hour, and it is there to go through what is old",
}
REPOSITORIES = (
    carrying,
    register,
    agencies,
    systems,
    imports,
    posts,
    enrolments,
    obligations,
    attached,
    cards,
    chain,
    closings,
    coordinations,
    compliance,
    contact,
    digests,
    drafts,
    enclosures,
    events,
    evidence,
    exemptions,
    groups,
    handovers,
    inbox,
    incidents,
    indicators,
    intake,
    marks,
    offers,
    orders,
    outbox,
    papers,
    people,
    pictures,
    privacy,
    referrals,
    refusals,
    reminders,
    roles,
    rota,
    rungs,
    sayings,
    search,
    seats,
    strays,
    submissions,
    sweeps,
    threads,
    ties,
)
# Indexes that hold open rows alone: going through one of them is going through what is still to be done.
OPEN_WORK = {
    "submissions_waiting",
    "exemptions_asked",
    "exemptions_agreed",
    "enrolments_asked",
    "imports_follow",
    "coordinations_open",
    "swaps_open",
    "shifts_look",
    "shifts_tell",
    "sqlite_autoindex_search_stale_1",
    "sqlite_autoindex_unwatched_1",
    "evidence_due",
    "referrals_due",
    "handovers_due",
    "orders_due",
    "inbox_waiting",
    "inbox_order",
    "deliveries_turn",
    "deliveries_due",
    "deliveries_flying",
    "deliveries_stream",
    "cards_stale",
    "digests_stale",
    "digests_open",
    "cards_homeless",
    "roles_now",
    "groups_duty",
}
FEW = {
    "sweeps",
    "discards",
    "groups",
    "roles",
    "proposals",
    "bindings",
    "contact_points",
    "marks",
    "counters",
    "consent_texts",
    "invitations",
}  # tables
# Steps of SQLite's machine that one call may take. A look at each of 100,000 rows takes at least three times as many.
STEPS = 30_000
GRAIN = 100


@dataclass
class Watched:
    """A transaction that remembers what was run in it."""

    tx: Transaction
    ran: list[tuple[str, Values]] = field(default_factory=list)

    def new_id(self) -> str:
        return self.tx.new_id()

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        return self.tx.savepoint()

    async def rows(self, sql: str, values: Values | None = None) -> list[Row]:
        self.ran.append((sql, values or {}))
        return await self.tx.rows(sql, values or {})

    async def row(self, sql: str, values: Values | None = None) -> Row | None:
        self.ran.append((sql, values or {}))
        return await self.tx.row(sql, values or {})

    async def run(self, sql: str, values: Values | None = None) -> int:
        self.ran.append((sql, values or {}))
        return await self.tx.run(sql, values or {})

    async def run_many(self, sql: str, values: Sequence[Values]) -> None:
        self.ran += [(sql, values[0])] if values else []
        await self.tx.run_many(sql, values)


class Undo(Exception):
    """Ends a transaction whose changes nobody wants."""


async def steps_of(store: SqliteStore, call: Call) -> int:
    """How many steps SQLite's machine takes for a call, in units of GRAIN, with what foreign keys make it do."""
    ticks: list[None] = []
    with contextlib.suppress(Undo):
        async with store.transaction() as tx:
            await store._writer.set_progress_handler(lambda: ticks.append(None), GRAIN)
            await call(tx)
            raise Undo
    await store._writer.set_progress_handler(None, 0)  # type: ignore[arg-type]
    return len(ticks) * GRAIN


async def scans_of(store: SqliteStore, call: Call) -> list[str]:
    """Lines of the query plans of a call that go through a big table."""
    found: list[str] = []
    with contextlib.suppress(Undo):
        async with store.transaction() as tx:
            watched = Watched(tx)
            await call(watched)
            assert watched.ran, "the call runs no statement"
            for sql, values in watched.ran:
                plan = await tx.rows(f"EXPLAIN QUERY PLAN {sql}", values)
                found += [f"{line['detail']} ← {sql}" for line in plan if _goes_through(str(line["detail"]), sql)]
            raise Undo
    return found


def _goes_through(detail: str, sql: str) -> bool:
    if re.search(r"VIRTUAL TABLE INDEX \d+:\S", detail):  # by its words or its number, not from end to end
        return False
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", detail)
    if scan is None or scan[1] in {"CONSTANT", "SUBQUERY"}:
        return False
    names = {alias or table: table for table, alias in re.findall(r"(?:FROM|JOIN|UPDATE|INTO) (\w+)(?: (\w)\b)?", sql)}
    return scan[2] not in OPEN_WORK and names.get(scan[1], scan[1]) not in FEW


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_goes_through_no_big_table(store: SqliteStore, name: str) -> None:
    assert await scans_of(store, CALLS[name]) == []


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_takes_few_steps_among_a_hundred_thousand_rows(store: SqliteStore, name: str) -> None:
    assert await steps_of(store, CALLS[name]) <= STEPS


async def test_a_look_at_every_row_would_be_noticed(store: SqliteStore) -> None:
    async def careless(tx: Transaction) -> None:
        await tx.rows("SELECT count(*) FROM incidents i WHERE i.summary = :summary", {"summary": "y"})

    assert await steps_of(store, careless) > 3 * STEPS
    assert len(await scans_of(store, careless)) == 1


def _functions(module: ModuleType) -> dict[str, Any]:
    short = module.__name__.rpartition(".")[2]
    return {
        f"{short}.{name}": function
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }


def test_every_function_of_every_repository_is_called_here_or_spared_for_a_reason() -> None:
    known = {name for module in REPOSITORIES for name in _functions(module)}
    assert known == CALLS.keys() | SPARED.keys()
    assert not CALLS.keys() & SPARED.keys()
