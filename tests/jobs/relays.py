"""Reporters and responders who talk to each other through the bot, and what each of them must have read in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_lowercase

from bot.demo import example_policy
from bot.domain.ids import Ids
from bot.domain.people import Person as Known
from bot.domain.people import Role
from bot.domain.reports import CITIZEN_REPORT
from bot.playground.chats import Message
from bot.services.casework import incidents
from bot.services.desk import Desk, House
from locales import Texts
from storage import groups, people, roles, seats
from storage.migrate import migrate
from storage.sqlite import open_store
from storage.store import Transaction
from tests.conftest import Stage
from tests.people import Person, Team

STORY = "Có người xưng công an bảo tôi chuyển 20 triệu đồng"
AGAIN = "\n" + Texts.load().plain("vi", "sending.again", {})


@dataclass
class Case:
    """One incident: who reported it, its card, and what was said about it by either side, in order."""

    reporter: Person
    code: str
    letter: str  # in everything that is said about it; a number would be masked in the group
    card: Message | None = None
    asked: list[Message] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)


@dataclass
class Town:
    """A team in its group and people who have reported, each of them once."""

    stage: Stage
    team: Team
    responders: list[Person]
    cases: list[Case]

    async def cards_are_there(self) -> None:
        for case in self.cases:
            case.card = await self.team.sees(case.code)

    async def asks(self, case: Case, who: int) -> None:
        """A responder writes under the card."""
        assert case.card is not None
        words = f"hỏi-{case.letter}-{len(case.asked):03} Anh/Chị nhớ thêm điều gì không?"
        case.asked.append(await self.responders[who % len(self.responders)].replies(case.card, words))

    async def tells(self, case: Case) -> None:
        """The reporter writes."""
        words = f"kể-{case.letter}-{len(case.told):03} kẻ gọi điện lại đòi chuyển tiền"
        case.told.append(await case.reporter.says(words))

    def arrived(self, case: Case) -> tuple[list[Message], list[Message]]:
        """What the bot wrote to the reporter of the team's words, and to the team of the reporter's."""
        to_reporter = [message for message in case.reporter.messages if "hỏi-" in message.text]
        to_team = [message for message in self.team.messages if f"kể-{case.letter}-" in message.text]
        return to_reporter, to_team


def words_of(message: Message) -> list[str]:
    """What was said, line by line, without the line above it and without the mark of what was sent again."""
    return message.text.removesuffix(AGAIN).split("\n")[1:]


def is_marked(message: Message) -> bool:
    return message.text.endswith(AGAIN)


def firsts(messages: Iterable[Message]) -> list[str]:
    """What was said, each once, in the order in which it first appeared."""
    return list(dict.fromkeys(words for message in messages for words in words_of(message)))


def silent_doubles(messages: Sequence[Message]) -> list[str]:
    """What appeared more than once although nothing says that it was sent again."""
    plain = Counter(words for message in messages if not is_marked(message) for words in words_of(message))
    return [words for words, times in plain.items() if times > 1]


async def town(
    stage: Stage, reporters: int, responders: int, database: str = "demo.db", incidents_in_all: int = 0
) -> Town:
    """Write people, group and incidents into the database that a bot will open; some have reported more than once."""
    officers = [stage.person(f"Cán bộ {number}") for number in range(responders)]
    citizens = [stage.person(f"Người dân {number}") for number in range(reporters)]
    chat = stage.telegram.group("Đội ứng cứu (thử)", members=[one.user for one in officers])
    now = stage.clock.now()
    async with open_store(stage.folder / database, Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            group = await groups.meet(tx, chat.id)
            admin = await people.add(tx, stage.person("Quản trị").user.id, "vi", now)
            await groups.bind(tx, group.id, chat.title or "", admin.id, now)
            for officer in officers:
                one = await people.add(tx, officer.user.id, "vi", now)
                await roles.grant(tx, one.id, Role.RESPONDER, None, now)
                await seats.put(tx, group.id, one.id, True, now)
            known = {citizen.user.id: await people.add(tx, citizen.user.id, "vi", now) for citizen in citizens}
            cases = []
            for number in range(max(reporters, incidents_in_all)):
                citizen = citizens[number % reporters]
                cases.append(await _case(tx, citizen, known[citizen.user.id], ascii_lowercase[number], now))
    return Town(stage, Team(stage.telegram, chat), officers, cases)


async def _case(tx: Transaction, citizen: Person, reporter: Known, letter: str, now: datetime) -> Case:
    citizen.user.started = True
    desk = Desk(tx, now, House(example_policy(), Texts.load()))
    facts = {"kind": "scam_loss", "story": STORY}
    incident = await incidents.file(desk, reporter, CITIZEN_REPORT, facts, incomplete=False)
    return Case(citizen, incident.code, letter)
