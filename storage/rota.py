"""The duty rota: who has which shift, what was said about it, and who wants to give one away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.rota import LONGEST, Duty, Slot
from storage.codec import at, maybe_at, maybe_moment, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Shift:
    """One shift that was planned, or that the clock made because nobody had planned it."""

    id: str
    slot: Slot
    person: str | None  # None: empty
    planned_by: str | None  # None: the clock made it
    announced_at: datetime | None = None
    called_at: datetime | None = None
    acknowledged_at: datetime | None = None
    climbed: int = 0
    told: str | None = None

    @property
    def duty(self) -> Duty:
        """As the clock asks after it."""
        return Duty(
            self.slot, self.person is None, self.announced_at, self.called_at, self.acknowledged_at, self.climbed
        )


def _shift(row: Row) -> Shift:
    return Shift(
        id=row["id"],
        slot=Slot(moment(row["starts_at"]), moment(row["ends_at"])),
        person=row["person"],
        planned_by=row["planned_by"],
        announced_at=maybe_moment(row["announced_at"]),
        called_at=maybe_moment(row["called_at"]),
        acknowledged_at=maybe_moment(row["acknowledged_at"]),
        climbed=row["climbed"],
        told=row["told"],
    )


async def find(tx: Transaction, shift: str) -> Shift | None:
    row = await tx.row("SELECT * FROM shifts WHERE id = :id", {"id": shift})
    return _shift(row) if row else None


async def at_moment(tx: Transaction, now: datetime) -> Shift | None:
    """The shift that runs at a moment; None where nobody has planned one."""
    row = await tx.row(
        "SELECT * FROM shifts WHERE starts_at > :since AND starts_at <= :now AND ends_at > :now"
        " ORDER BY starts_at DESC LIMIT 1",
        {"since": at(now - LONGEST), "now": at(now)},
    )
    return _shift(row) if row else None


async def between(tx: Transaction, since: datetime, until: datetime) -> list[Shift]:
    """Every shift of which a part lies in [since, until), in order."""
    rows = await tx.rows(
        "SELECT * FROM shifts WHERE starts_at > :before AND starts_at < :until AND ends_at > :since ORDER BY starts_at",
        {"before": at(since - LONGEST), "since": at(since), "until": at(until)},
    )
    return [_shift(row) for row in rows]


async def ended_before(tx: Transaction, shift: Shift) -> Shift | None:
    """The shift that somebody had right before this one."""
    row = await tx.row(
        "SELECT * FROM shifts WHERE starts_at > :since AND starts_at < :starts AND person IS NOT NULL"
        " AND person <> :person ORDER BY starts_at DESC LIMIT 1",
        {"since": at(shift.slot.starts - 2 * LONGEST), "starts": at(shift.slot.starts), "person": shift.person},
    )
    return _shift(row) if row else None


async def of_person(tx: Transaction, person: str, now: datetime, until: datetime, most: int) -> list[Shift]:
    """What somebody still has before them, the running shift included, the nearest first."""
    rows = await tx.rows(
        "SELECT * FROM shifts WHERE person = :person AND starts_at > :since AND starts_at < :until AND ends_at > :now"
        " ORDER BY starts_at LIMIT :most",
        {"person": person, "since": at(now - LONGEST), "now": at(now), "until": at(until), "most": most},
    )
    return [_shift(row) for row in rows]


async def first_planned(tx: Transaction, since: datetime, until: datetime) -> datetime | None:
    """When the first shift begins that somebody has planned in a stretch of time; None where nobody plans."""
    row = await tx.row(
        "SELECT min(starts_at) AS first FROM shifts"
        " WHERE starts_at >= :since AND starts_at < :until AND planned_by IS NOT NULL",
        {"since": at(since), "until": at(until)},
    )
    return maybe_moment(row["first"]) if row else None


async def busy(tx: Transaction, since: datetime, until: datetime) -> dict[str, int]:
    """How many shifts each person has in a stretch of time."""
    rows = await tx.rows(
        "SELECT person, count(*) AS n FROM shifts WHERE starts_at >= :since AND starts_at < :until"
        " AND person IS NOT NULL GROUP BY person",
        {"since": at(since), "until": at(until)},
    )
    return {row["person"]: row["n"] for row in rows}


# Changes -------------------------------------------------------------------------------------------------------------


async def plan(
    tx: Transaction, slot: Slot, person: str | None, by: str | None, now: datetime, *, look: datetime | None
) -> Shift:
    """Give a shift to somebody, or to nobody; what was said about it before is void. `by` None: the clock."""
    values = {
        "id": tx.new_id(),
        "starts": at(slot.starts),
        "ends": at(slot.ends),
        "person": person,
        "by": by,
        "now": at(now),
        "look": maybe_at(look),
    }
    row = await tx.row(
        "UPDATE shifts SET person = :person, planned_by = coalesce(:by, planned_by), planned_at = :now,"
        " announced_at = NULL, called_at = NULL, acknowledged_at = NULL, climbed = 0, look_at = :look"
        " WHERE starts_at = :starts RETURNING *",
        values,
    ) or await tx.row(
        "INSERT INTO shifts (id, starts_at, ends_at, person, planned_by, planned_at, look_at)"
        " VALUES (:id, :starts, :ends, :person, :by, :now, :look) RETURNING *",
        values,
    )
    assert row is not None
    return _shift(row)


async def make_empty(tx: Transaction, slot: Slot, now: datetime) -> bool:
    """A shift that nobody has planned gets its row, so that the clock can ask after it."""
    changed = await tx.run(
        "INSERT INTO shifts (id, starts_at, ends_at, planned_at, look_at) VALUES (:id, :starts, :ends, :now, :now)"
        " ON CONFLICT (starts_at) DO NOTHING",
        {"id": tx.new_id(), "starts": at(slot.starts), "ends": at(slot.ends), "now": at(now)},
    )
    return changed == 1


async def hand(tx: Transaction, shift: str, giver: str, taker: str, now: datetime, *, look: datetime | None) -> bool:
    """Move a shift that has not begun from one to another; true only while it is still the giver's."""
    changed = await tx.run(
        "UPDATE shifts SET person = :taker, told = :taker, tell_at = NULL, announced_at = NULL, look_at = :look"
        " WHERE id = :id AND person = :giver AND starts_at > :now",
        {"id": shift, "giver": giver, "taker": taker, "now": at(now), "look": maybe_at(look)},
    )
    return changed == 1


async def acknowledge(tx: Transaction, shift: str, person: str, now: datetime) -> bool:
    """Somebody is on duty; true once, for the person whose shift runs."""
    changed = await tx.run(
        "UPDATE shifts SET acknowledged_at = :now, look_at = NULL WHERE id = :id AND person = :person"
        " AND acknowledged_at IS NULL AND starts_at <= :now AND ends_at > :now",
        {"id": shift, "person": person, "now": at(now)},
    )
    return changed == 1


async def due(tx: Transaction, now: datetime, most: int) -> list[Shift]:
    """Shifts about which something may have to be said."""
    rows = await tx.rows(
        "SELECT * FROM shifts WHERE look_at IS NOT NULL AND look_at <= :now ORDER BY look_at LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [_shift(row) for row in rows]


async def note(tx: Transaction, shift: Shift, *, look: datetime | None) -> None:
    """Write down what was said about a shift, and when to look again."""
    await tx.run(
        "UPDATE shifts SET announced_at = :announced, called_at = :called, climbed = :climbed, look_at = :look"
        " WHERE id = :id",
        {
            "id": shift.id,
            "announced": maybe_at(shift.announced_at),
            "called": maybe_at(shift.called_at),
            "climbed": shift.climbed,
            "look": maybe_at(look),
        },
    )


async def people_ahead(tx: Transaction, now: datetime, within: timedelta) -> list[str]:
    """Everybody who has a shift that is not over."""
    rows = await tx.rows(
        "SELECT DISTINCT person FROM shifts WHERE starts_at > :since AND starts_at < :until AND ends_at > :now"
        " AND person IS NOT NULL",
        {"since": at(now - LONGEST), "now": at(now), "until": at(now + within)},
    )
    return [row["person"] for row in rows]


# Telling people of their shifts --------------------------------------------------------------------------------------


async def tell_later(tx: Transaction, shifts: Sequence[str], when: datetime) -> None:
    """Whom these shifts were given to or taken from is told after a while, all changes together."""
    for shift in shifts:
        await tx.run("UPDATE shifts SET tell_at = :at WHERE id = :id", {"id": shift, "at": at(when)})


async def untold(tx: Transaction, most: int) -> list[tuple[Shift, datetime]]:
    """Shifts with a change that is still to be told, and when; the oldest first."""
    rows = await tx.rows("SELECT * FROM shifts WHERE tell_at IS NOT NULL ORDER BY tell_at LIMIT :most", {"most": most})
    return [(_shift(row), moment(row["tell_at"])) for row in rows]


async def told(tx: Transaction, shifts: Collection[Shift]) -> None:
    for shift in shifts:
        await tx.run(
            "UPDATE shifts SET told = :person, tell_at = NULL WHERE id = :id", {"id": shift.id, "person": shift.person}
        )


OVERDUE = timedelta(days=60)  # how long a bot may have stood still and still let old offers lapse


# Swaps ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swap:
    """One asks another to take a shift, perhaps for one of theirs. `state`: asked, accepted, declined, lapsed."""

    id: str
    shift: str
    giver: str
    taker: str
    for_shift: str | None
    state: str


def _swap(row: Row) -> Swap:
    return Swap(row["id"], row["shift"], row["giver"], row["taker"], row["for_shift"], row["state"])


async def ask(tx: Transaction, shift: str, giver: str, taker: str, for_shift: str | None, now: datetime) -> Swap | None:
    """Offer a shift; None where the same colleague is asked for it already."""
    row = await tx.row(
        "INSERT INTO swaps (id, shift, giver, taker, for_shift, asked_at, state)"
        " SELECT :id, :shift, :giver, :taker, :for, :now, 'asked' WHERE NOT EXISTS ("
        "  SELECT 1 FROM swaps WHERE shift = :shift AND taker = :taker AND state = 'asked') RETURNING *",
        {"id": tx.new_id(), "shift": shift, "giver": giver, "taker": taker, "for": for_shift, "now": at(now)},
    )
    return _swap(row) if row else None


async def find_swap(tx: Transaction, swap: str) -> Swap | None:
    row = await tx.row("SELECT * FROM swaps WHERE id = :id", {"id": swap})
    return _swap(row) if row else None


async def answer(tx: Transaction, swap: str, state: str, now: datetime) -> bool:
    """Settle an offer once; true for exactly one of all who try."""
    changed = await tx.run(
        "UPDATE swaps SET state = :state, answered_at = :now WHERE id = :id AND state = 'asked'",
        {"id": swap, "state": state, "now": at(now)},
    )
    return changed == 1


async def offers_of(tx: Transaction, shift: str) -> list[Swap]:
    """Open offers of a shift, and those that want it in return."""
    rows = await tx.rows(
        "SELECT * FROM swaps WHERE state = 'asked' AND shift = :shift"
        " UNION SELECT * FROM swaps WHERE state = 'asked' AND for_shift = :shift ORDER BY id",
        {"shift": shift},
    )
    return [_swap(row) for row in rows]


async def overdue(tx: Transaction, now: datetime, most: int) -> list[Swap]:
    """Open offers of which one shift has begun."""
    rows = await tx.rows(
        "SELECT w.* FROM shifts s JOIN swaps w ON w.shift = s.id AND w.state = 'asked'"
        " WHERE s.starts_at > :since AND s.starts_at <= :now UNION"
        " SELECT w.* FROM shifts s JOIN swaps w ON w.for_shift = s.id AND w.state = 'asked'"
        " WHERE s.starts_at > :since AND s.starts_at <= :now ORDER BY id LIMIT :most",
        {"now": at(now), "since": at(now - OVERDUE), "most": most},
    )
    return [_swap(row) for row in rows]
