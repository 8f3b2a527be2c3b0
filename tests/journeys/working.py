"""Steps of the team's work: keys of a card, forms that a key opens in private, and who stands where afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.domain.people import Role
from bot.playground.chats import Message
from storage import incidents, people
from tests.conftest import Stage
from tests.journeys.steps import files, incident_of, new
from tests.people import Person, Team, found, visible


def key_of(message: Message, label: str) -> dict[str, str]:
    """The key with that label."""
    return next(key for row in message.keys for key in row if key["text"] == label)


def labels(message: Message) -> list[str]:
    return [key["text"] for row in message.keys for key in row]


def payload(message: Message, label: str) -> str:
    """What a key that opens the private chat starts the bot with."""
    return parse_qs(urlsplit(key_of(message, label)["url"]).query)["start"][0]


@dataclass(frozen=True)
class Case:
    """An incident with its card, its reporter, and one of the team."""

    stage: Stage
    reporter: Person
    officer: Person
    team: Team
    code: str

    @property
    def card(self) -> Message:
        """The living card: the oldest message of the group that shows the code."""
        return next(message for message in self.team.messages if message.text.startswith(self.code))

    async def stands(self) -> incidents.Incident:
        return await incident_of(self.stage, self.code)

    async def shows(self, words: str) -> Message:
        """Wait until the card shows something; it is edited every three seconds, and the clock helps."""
        self.stage.clock.move(seconds=4)
        return await found(
            self.team.telegram, lambda: self.card if words in visible(self.card) else None, self.team.chat
        )

    async def _offers(self, label: str) -> None:
        if label not in labels(self.card):
            await self.shows(f"[{label}]")

    async def presses(self, label: str, member: Person | None = None) -> str:
        """Press a key of the card as soon as it is there; what the popup says."""
        await self._offers(label)
        press = self.team.telegram.presses((member or self.officer).user, self.card, label)
        await self.team.telegram.until(lambda: press.answers)
        return press.answers[0][0] or ""

    async def opens(self, label: str, member: Person | None = None) -> int:
        """Follow a key of the card into the private chat; how many messages stood there before."""
        await self._offers(label)
        who = member or self.officer
        since = len(who.messages)
        await who.starts(payload(self.card, label))
        return since

    async def fills(self, label: str, *answers: str, member: Person | None = None) -> Message:
        """Open a form, answer each question with words, and send it; what the bot says then."""
        who = member or self.officer
        since = await self.opens(label, who)
        for answer in answers:
            await new(who, "Huỷ", since)
            since = len(who.messages)
            await who.says(answer)
        return await sends(who, since)


async def sends(who: Person, since: int) -> Message:
    """Press *Gửi* under the review; the message shows afterwards what became of it."""
    review = await new(who, "đúng rồi thì gửi", since)
    press = who.telegram.presses(who.user, review, "Gửi")
    await who.telegram.until(lambda: press.answers)
    await who.telegram.until(lambda: "đúng rồi thì gửi" not in who.messages[-1].text or len(who.messages) > since + 1)
    return review


async def case(stage: Stage, *roles: Role, name: str = "Đỗ Minh Khôi") -> Case:
    """A report of a citizen is filed and its card is there; the officer has the roles, or all of a lead."""
    officer = await stage.staff(name, *(roles or (Role.RESPONDER, Role.TEAM_LEAD)))
    team = await stage.team(officer)
    reporter = stage.person("Nguyễn Thị Mận")
    code = await files(reporter)
    await team.sees(code)
    return Case(stage, reporter, officer, team, code)


async def taken(stage: Stage, *roles: Role) -> Case:
    """The same, and the officer has claimed it."""
    one = await case(stage, *roles)
    await one.presses("Nhận xử lý")
    await one.shows("đã nhận xử lý")
    return one


async def leaves(stage: Stage, person: Person) -> None:
    """Every role of somebody ends."""
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, person.user.id)
        assert known is not None
        await tx.run(
            "UPDATE roles SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = :person", {"person": known.id}
        )


async def liaison(stage: Stage, name: str, body: str) -> Person:
    """Somebody who speaks for another body."""
    person = await stage.staff(name, Role.LIAISON)
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, person.user.id)
        assert known is not None
        await tx.run("UPDATE roles SET scope = :body WHERE person = :person", {"body": body, "person": known.id})
    return person
