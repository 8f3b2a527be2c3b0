"""What everything about compliance is made of: who exists today, what the rules ask, and how it all stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.domain import compliance as domain
from bot.domain.agencies import Kind
from bot.domain.compliance import Counted, Reach, Tally
from bot.domain.errors import Refusal
from bot.domain.obligations import DAY, SOON, Rule, Standing, State, standing
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register.gate import today
from locales import Listed, Word
from storage import compliance
from storage.agencies import day as day_of
from storage.compliance import Entry, Unanswered
from storage.store import Row

LONGEST = 60  # letters of a name in a list; the whole of it stands on its own page
EVERYONE = ""  # instead of a kind of agency: all of them


@dataclass(frozen=True)
class Survey:
    """One look at the province, or at one kind of agency in it."""

    today: date
    kind: Kind | None
    rules: Sequence[Rule]  # in effect, in the order of the policy
    agencies: Mapping[str, Entry]  # that exist, by kind and name
    levels: Mapping[str, Mapping[int | None, int]]  # how many systems of which level each of them has
    rows: Sequence[Counted]
    unanswered: Sequence[Unanswered]  # on the department's list

    @property
    def tally(self) -> Tally:
        return domain.tally(self.rows)

    @property
    def systems(self) -> int:
        return sum(sum(levels.values()) for levels in self.levels.values())

    def by_agency(self) -> Mapping[str, Tally]:
        """Of every agency, those too of which nothing is asked."""
        found = domain.tallies(self.rows, lambda row: row.agency)
        return {agency: found.get(agency, Tally()) for agency in self.agencies}

    def worst_first(self) -> list[tuple[Entry, Tally]]:
        """Agencies by how much is overdue, and among equals by since when."""
        found = [(self.agencies[agency], tally) for agency, tally in self.by_agency().items()]
        return sorted(found, key=lambda one: (-one[1].overdue, one[1].oldest or date.max, one[0].name))

    def reached(self, reach: Reach) -> int:
        """How many agencies can be reached so."""
        return sum(reach_of(one) is reach for one in self.agencies.values())

    def of_kind(self, kind: Kind | None) -> Survey:
        """The same of one kind of agency."""
        if kind is None:
            return self
        chosen = {key: one for key, one in self.agencies.items() if one.kind is kind}
        return replace(
            self,
            kind=kind,
            agencies=chosen,
            levels={key: levels for key, levels in self.levels.items() if key in chosen},
            rows=[row for row in self.rows if row.agency in chosen],
            unanswered=[row for row in self.unanswered if row.agency in chosen],
        )


async def survey(desk: Desk, kind: Kind | None = None) -> Survey:
    """Count everything, by the database; what belongs to agencies or rules that are gone is not counted."""
    now, rules = today(desk), laying.rules(desk)
    known = {rule.key for rule in rules}
    agencies = {one.id: one for one in await compliance.agencies(desk.tx, now)}
    levels = {key: of for key, of in (await compliance.systems(desk.tx, now)).items() if key in agencies}
    groups = await compliance.groups(desk.tx, now, now + SOON * DAY)
    rows = [_counted(row, agencies[row["agency"]].kind, now) for row in groups if row["agency"] in agencies]
    rows = [row for row in rows if row.rule in known]
    for key, of in levels.items():
        rows += domain.unknowns(rules, key, agencies[key].kind, of.get(None, 0))
    listed = [row for row in await compliance.unanswered(desk.tx, now) if row.agency in agencies and row.rule in known]
    return Survey(now, None, rules, agencies, levels, rows, listed).of_kind(kind)


def _counted(row: Row, kind: Kind, today: date) -> Counted:
    """A group as it is counted: all in it stand as its earliest day does."""
    due_on = day_of(row["due_on"])
    stands = standing(State(row["state"]), due_on, today)
    return Counted(row["agency"], kind, row["rule"], stands, bool(row["of_system"]), row["level"], row["n"], due_on)


@dataclass(frozen=True)
class Owed:
    """One obligation as it is shown, and of which system (None: the agency itself owes it)."""

    counted: Counted
    system: str | None
    code: str | None
    name: str | None
    due_on: date | None
    done_on: date | None


def read(row: Row, kind: Kind, today: date) -> Owed:
    """One obligation out of its row, judged as all are."""
    due_on, done_on = day_of(row["due_on"]), day_of(row["done_on"])
    stands = domain.counted(State(row["state"]), due_on, done_on, today)
    of_system = row["system"] is not None
    counted = Counted(row["agency"], kind, row["rule"], stands, of_system, row["level"], oldest=due_on)
    return Owed(counted, row["system"], row["code"], row["name"], due_on, done_on)


def unclear(rules: Sequence[Rule], row: Row, kind: Kind) -> list[Owed]:
    """What a system whose level nobody has determined may owe."""
    return [
        Owed(counted, row["system"], row["code"], row["name"], None, None)
        for counted in domain.unknowns(rules, row["agency"], kind, 1)
    ]


async def of_agency(desk: Desk, agency: Entry) -> Sequence[Owed]:
    """All that one agency owes or may owe, one by one, in the order of the policy."""
    now, rules = today(desk), laying.rules(desk)
    order = {rule.key: place for place, rule in enumerate(rules)}
    rows = await compliance.each_of(desk.tx, agency.id, now)
    found = [read(row, agency.kind, now) for row in rows if row["rule"] in order]
    for row in await compliance.unlevelled_of(desk.tx, agency.id, now):
        found += unclear(rules, row, agency.kind)
    return sorted(found, key=lambda one: (order[one.counted.rule], one.code or ""))


def kind_named(text: str) -> Kind | None:
    """The kind of agency that a key or an order names; None for all of them.

    Raises:
        Refusal: there is no such kind.
    """
    if text == EVERYONE:
        return None
    if text not in list(Kind):
        raise Refusal("press.stale.toast")
    return Kind(text)


def reach_of(agency: Entry) -> Reach:
    return domain.reach(agency.contacts, agency.red)


def brief(name: str, longest: int = LONGEST) -> str:
    """A name for a list."""
    return name if len(name) <= longest else name[: longest - 1] + "…"


def rule_name(rule: Rule) -> str:
    return rule.name.in_language("vi")


def scope_word(kind: Kind | None) -> Any:
    """Whom it is about."""
    return Word("compliance.everyone") if kind is None else Word(f"table.kind.{kind}")


def level_word(level: int | None) -> Any:
    return Word("level.unknown") if level is None else Word(f"level.{level}")


def parts(tally: Tally) -> Any:
    """ "đúng hạn 80 (66%), quá hạn 30 …", without what there is none of."""
    if not tally.total:
        return Word("compliance.nothing")
    on_time = Word("compliance.on_time", n=tally.on_time, share=tally.share) if tally.share is not None else None
    others = (
        Word(f"compliance.part.{one}", n=tally.of(one))
        for one in (Standing.OVERDUE, Standing.WAITING, Standing.WAIVED, Standing.UNKNOWN)
        if tally.of(one)
    )
    return Listed([on_time, *others])


def basis(desk: Desk, rule: Rule) -> str | None:
    """What a rule asks and on which law that somebody has checked; None where the policy says neither."""
    named, article = rule.source(None)
    law = desk.policy.law(named, today(desk)) if named else None
    said = [rule.why.in_language("vi")] if rule.why else []
    if law is not None:
        said.append(f"{article.in_language('vi')}, {law.number}" if article else law.number)
    return "; ".join(said) or None
