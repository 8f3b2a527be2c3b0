"""Steps that many journeys share: a report filed, what storage says of it, what stands on the disk."""

from __future__ import annotations

import json
from pathlib import Path

from bot.domain.incidents import EventKind
from bot.playground.chats import Message
from storage import chain, events, incidents
from tests.conftest import Stage
from tests.people import Person, Team, code_in, found, visible

STORY = "Có người xưng công an bảo tôi chuyển 20 triệu đồng"


async def new(who: Person | Team, words: str, since: int) -> Message:
    """Wait for a message of the bot that shows `words` and is none of the first `since`."""

    def look() -> Message | None:
        return next((message for message in who.messages[since:] if words in visible(message)), None)

    return await found(who.telegram, look, who.chat)


async def asks(person: Person, text: str, words: str) -> Message:
    """Say something, and wait for an answer to it that shows `words`."""
    since = len(person.messages)
    await person.says(text)
    return await new(person, words, since)


async def heard_out(team: Team, member: Person) -> None:
    """Wait until the bot has worked everything that was said in a group: updates of one chat are worked in order."""
    press = team.telegram.presses(member.user, team.messages[-1], data="none of ours")
    await team.telegram.until(lambda: press.answers)


async def files(reporter: Person, story: str = STORY, kind: str = "Tôi bị lừa mất tiền") -> str:
    """Tell a story by the citizen form and send it at once; the code."""
    since = len(reporter.messages)
    await asks(reporter, "/baosuco", kind)
    await reporter.presses(kind)
    await new(reporter, "Câu 2/", since)
    await asks(reporter, story, "Gửi ngay")
    await reporter.presses("Gửi ngay")
    return code_in(await new(reporter, "Mã sự cố", since))


async def files_with_contact(reporter: Person, phone: str, name: str) -> str:
    """Walk the whole citizen form, agree to the notice, leave a phone number and a name; the code."""
    await reporter.says("/baosuco")
    await reporter.presses("Tôi bị lừa mất tiền")
    await reporter.sees("Câu 2/")
    await reporter.says(STORY)
    await reporter.presses("Hôm qua")
    await reporter.presses("Bỏ qua", under="Câu 4/")
    await reporter.presses("Có, xin gọi lại cho tôi")
    await reporter.presses("Tôi đồng ý")
    await reporter.sees("theo số nào")
    await asks(reporter, phone, "xưng hô")
    await asks(reporter, name, "xem lại")
    await reporter.presses("Gửi", under="xem lại")
    return code_in(await reporter.sees("Đã tiếp nhận"))


async def incident_of(stage: Stage, code: str) -> incidents.Incident:
    async with stage.bot.store.reading() as tx:
        known = await incidents.find_by_code(tx, code)
    assert known is not None
    return known


async def log_of(stage: Stage, code: str) -> list[EventKind]:
    """The kinds of the events of an incident, its proposed severity apart; its chain must verify."""
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        assert (await chain.verify(tx, incident.id)).fits
        return [event.kind for event in await events.of(tx, incident.id) if event.kind is not EventKind.PROPOSED]


def on_disk(folder: Path, words: str) -> list[str]:
    """The files of the bot (database, WAL, evidence) in which these words stand, as they are or as JSON writes them."""
    spellings = {words.encode(), json.dumps(words)[1:-1].encode()}
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]
