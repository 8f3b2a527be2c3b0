"""Steps of a conversation under a card: who answers what, and what Telegram was asked for meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.playground.chats import Message
from bot.playground.telegram import Call
from tests.conftest import Stage
from tests.journeys.steps import files
from tests.people import Person, Team


@dataclass(frozen=True)
class Talk:
    """An incident with its card, and the people around it."""

    stage: Stage
    reporter: Person
    responder: Person
    team: Team
    code: str
    card: Message

    async def answers(self, text: str, to: Message | None = None, **more: Any) -> Message:
        """The responder writes under the card, or under another message of the group."""
        return await self.responder.replies(to or self.card, text, **more)

    async def is_told(self, words: str) -> Message:
        """What the reporter reads of it."""
        return await self.reporter.sees(words)

    def marks(self) -> list[Any]:
        """The reactions that the bot has asked for in the group and got, in order."""
        return [call.params["reaction"] for call in self.calls("setMessageReaction") if call.status == 200]

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.stage.telegram.calls if call.method == method]


async def talk(stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    """A report is filed, and its card is there."""
    code = await files(reporter)
    return Talk(stage, reporter, responder, team, code, await team.sees(code))
