"""Two years of an officer with twelve systems, written down by hand: which morning who reads what, and what is done.

Everything begins on Monday, 24 November 2031. Rules: a plan must exist since 2022; scans every six months, the first
within 30 days; drills of the six systems of level 3 every year, the first until the end of the year; a report of the
agency before 20 December. A row says how many of each (d drill, p plan, r report, s scan) the message names: what is
new this morning, and for the officer what was told before and neither done, nor seen, nor put off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.demo import example_policy
from bot.domain.agencies import Kind, Post
from bot.domain.moments import HANOI
from bot.domain.obligations import State
from bot.domain.people import Person, Role
from bot.domain.policy import Policy
from bot.domain.policy_rows import Words
from bot.domain.rota import Holiday
from bot.services.desk import Desk
from bot.services.obligation import laying
from storage import agencies, obligations, posts, roles, systems
from storage.store import Transaction

BEGIN = datetime.combine(date(2031, 11, 24), time(7), HANOI)
END = date(2033, 11, 24)
SYSTEMS = 12
LETTERS = {"plan": "p", "scan": "s", "drill": "d", "report": "r"}
NAMES = {"Phương án, kịch bản ứng cứu": "p", "Rà quét lỗ hổng": "s", "Diễn tập thực chiến": "d"}
NAMES["Báo cáo năm về an ninh mạng"] = "r"

# What the officer reads.
OFFICER: dict[str, str] = {
    "2031-11-24": "p12 r1 s12",  # the plan is overdue for years; the day for "30 days before" of the report has passed
    "2031-12-01": "d6 r1 s12",
    "2031-12-05": "d6 r1 s12",
    "2031-12-10": "d6 r1 s12",
    "2031-12-12": "d6 r1 s12",
    "2031-12-17": "d6 r1 s12",  # scans in 7 days and drills in 14: one message
    "2031-12-18": "d6 r1 s12",
    "2031-12-23": "d6 s12",
    "2031-12-24": "d6 s12",
    "2031-12-30": "d6",
    "2031-12-31": "d6",
    "2032-01-07": "d6",  # a week overdue
    "2032-01-14": "d6",  # two weeks
    "2032-05-25": "s12",
    "2032-06-10": "s12",
    "2032-11-10": "s12",
    "2032-11-19": "r1",  # the scans were seen: quiet until their next rung
    "2032-11-26": "r1 s12",
    "2032-12-03": "r1 s12",  # put off until today; of the report the day before 14 days is a Sunday, so it is Friday
    "2032-12-09": "r1 s12",
    "2032-12-10": "r1",  # 7 days before is a Sunday
    "2032-12-16": "d6 r1",
    "2032-12-17": "d6 r1",  # the last day is a Sunday: the day before and the day itself are one message on Friday
    "2032-12-31": "d6",  # 14 days before is New Year
    "2033-01-07": "d6",  # 7 days before is a Saturday
    "2033-01-14": "d6",  # the last day is a Saturday
    "2033-05-10": "s12",
    "2033-05-26": "s12",
    "2033-06-02": "s12",
    "2033-06-08": "s12",
    "2033-06-09": "s12",
    **{f"2033-06-{day}": "s12" for day in (16, 23, 30)},  # overdue, each Thursday
    **{f"2033-07-{day:02}": "s12" for day in (7, 14, 21, 28)},
    **{f"2033-08-{day:02}": "s12" for day in (4, 11, 18, 25)},
    "2033-09-05": "s12",  # Thursday and Friday are days off: Monday
    **{f"2033-09-{day:02}": "s12" for day in (8, 15, 22, 29)},
    **{f"2033-10-{day:02}": "s12" for day in (6, 13, 20, 27)},
    **{f"2033-11-{day:02}": "s12" for day in (3, 10, 17)},
    "2033-11-18": "r1 s12",  # 30 days before is a Saturday
}
DEPUTY = {"2032-01-07": "d6", "2033-06-16": "s12"}
HEAD = {"2032-01-14": "d6", "2033-06-23": "s12"}
DEPARTMENT = {"2033-07-11": 12}  # thirty days after 9 June is a Saturday

# What is done, after the message of that morning.
DONE = {
    "2031-11-24": "plan",
    "2031-12-18": "report",
    "2031-12-24": "scan",
    "2032-01-15": "drill",
    "2032-06-10": "scan",
    "2032-12-09": "scan",
    "2032-12-17": "report",
    "2033-01-14": "drill",
}
SEEN = "2032-11-10"
PUT_OFF = "2032-11-26"  # all scans, by seven days


def policy(like: Policy | None = None) -> Policy:
    """The example's, with four of its rules, and days off of the years of this story."""
    off = [("2032-01-01", None), ("2033-01-01", None), ("2033-09-01", "2033-09-03")]
    days = tuple(
        Holiday(since=date.fromisoformat(since), until=until and date.fromisoformat(until), name=Words(vi="x"))
        for since, until in off
    )
    given = like or example_policy()
    kept = tuple(rule for rule in given.obligations if rule.key in LETTERS)
    return given.model_copy(update={"obligations": kept, "holidays": days})


def morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(8, 0, 30), HANOI)


@dataclass
class Agency:
    """The agency of the story, with the ids of those who hear."""

    id: str
    officer: str
    deputy: str
    head: str
    names: dict[str, str] = field(default_factory=dict)

    async def does(self, desk: Desk, rule: str) -> None:
        """Evidence of a rule comes in and is accepted, for everything that is open."""
        for one in await obligations.of_agency(desk.tx, self.id):
            if one.rule == rule and one.state is State.OPEN:
                await laying.suspend(desk, one)
                waiting = await obligations.find(desk.tx, one.id)
                assert waiting is not None
                assert await laying.fulfil(desk, waiting, desk.now.astimezone(HANOI).date())


async def settle(tx: Transaction, now: datetime, officer: Person, deputy: Person, head: Person) -> Agency:
    """Write the agency, its people and its systems into the register."""
    made = agencies.Agency(tx.new_id(), "XP-1", "UBND phường Hoa Lư (ví dụ)", Kind.COMMUNE)
    await agencies.add(tx, made, now)
    for person, post in ((officer, Post.OFFICER), (deputy, Post.DEPUTY), (head, Post.HEAD)):
        await posts.confirm(tx, made.id, person.id, post, None, None, now)
        await roles.grant(tx, person.id, Role.AGENCY_CONTACT, None, now)
    for number in range(1, SYSTEMS + 1):
        level = 3 if number <= SYSTEMS // 2 else 2
        one = systems.System(tx.new_id(), f"HT-{number:02}", f"Hệ thống {number:02}", made.id, level=level)
        await systems.add(tx, one, now)
    return Agency(made.id, officer.id, deputy.id, head.id)


def told(text: str) -> str:
    """How many of each a message names, as the tables above say it."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        name, _, how = line.removeprefix("🟥 ").removeprefix("🟡 ").partition(": ")
        if name in NAMES and how and line[:1] in "🟥🟡":
            found[NAMES[name]] = sum(int(part.split()[0]) for part in how.split(", "))
    return " ".join(f"{letter}{n}" for letter, n in sorted(found.items()))
