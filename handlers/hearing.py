"""What is kept of what a group says: a command that the bot may serve, and what is meant for a reporter.

Everything else that was said there stays unwritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.services.casework.relay import ASIDE
from handlers import seats
from storage import groups, inbox, people, threads
from storage.store import Store, Transaction

Raw = Mapping[str, Any]

# What a group that is not the team's may ask of the bot.
ANYWHERE = ("/daumoi", "/trogiup", "/help", "/gannhom")
WITH_WORDS = ("/tracuu", "/xacminh")  # the words after these commands are needed
NAMES_ITS_ROOM = ("/gannhom",)
# What goes on to a reporter, as far as it is kept at all.
CARRIED = ("text", "caption", "photo", "video", "animation", "voice", "audio", "document", "media_group_id")
GRACE, LOOKS = 1.0, 40  # seconds that an answer waits for the number of what it answers, and how often it looks
REMEMBERED = 1000  # albums that were notes
MOVES = ("migrate_to_chat_id", "migrate_from_chat_id")


def heard(raw: Raw, *, bound: bool) -> Raw | None:
    """An update of a group as it may be stored; None where it does not concern the bot.

    Names, replies, captions and the words behind a command stay unwritten: they are no business of ours.
    """
    if "callback_query" in raw:
        return raw
    if bound and (came_or_went := seats.bare(raw)) is not None:
        return came_or_went
    message = raw.get("message")
    if not isinstance(message, Mapping):
        return None
    moves = {name: message[name] for name in MOVES if name in message}
    if moves:
        return {"update_id": raw.get("update_id"), "message": {**_frame(message), **moves}}
    called = _command(message)
    if called is None or (not bound and _name(called) not in ANYWHERE):
        return None
    return {"update_id": raw.get("update_id"), "message": {**_frame(message), **_words(message, called)}}


class Notes:
    """Albums that are notes of the team. Their `//` stands under one file alone, and the others look like answers.

    Nothing of a note is written down, so this lasts as long as the process; files of an album come together.
    """

    def __init__(self) -> None:
        self._albums: dict[tuple[int, str], None] = {}

    def learn(self, updates: Sequence[Raw]) -> None:
        """Look through a whole batch before any of it is heard: the caption need not come first."""
        for raw in updates:
            message = raw.get("message")
            album = _album(message) if isinstance(message, Mapping) and _is_aside(message) else None
            if album is not None:
                self._albums[album] = None
        for old in list(self._albums)[:-REMEMBERED]:
            del self._albums[old]

    def hold(self, message: Raw) -> bool:
        return _is_aside(message) or _album(message) in self._albums


class Ear:
    """Hears one batch of updates out; within it a message may be answered or changed before it was worked."""

    def __init__(self, tx: Transaction, bot: int, notes: Notes) -> None:
        self._tx = tx
        self._bot = bot
        self._notes = notes
        self._let_in: set[tuple[int, int]] = set()  # chat and number of what was let in for a reporter

    async def hears(self, raw: Raw, chat: int) -> Raw | None:
        """What of a group's update may be stored; nothing where it does not concern the bot."""
        group = await groups.find(self._tx, chat)
        bound = group is not None and group.duty is not None
        kept = heard(raw, bound=bound)
        if kept is not None or group is None or not bound:
            return kept
        changed, message = raw.get("edited_message"), raw.get("message")
        if isinstance(changed, Mapping):
            return await self._changed(raw, changed, group)
        return await self._answered(raw, message, group) if isinstance(message, Mapping) else None

    async def _changed(self, raw: Raw, changed: Raw, group: groups.Group) -> Raw | None:
        """A change of what went on to a reporter, or is about to. If it has become a note, its words are left out."""
        if not await self._is_known(group, _id(changed)):
            return None
        words = {"text": ASIDE} if _is_aside(changed) else _carried(changed)
        return _kept(raw, "edited_message", {**_frame(changed), **words, **_edited(changed)})

    async def _answered(self, raw: Raw, message: Raw, group: groups.Group) -> Raw | None:
        """A reply to a message of an incident's thread. A note of the team (`//`) is none of the bot's business.

        A reply to a message that the bot must have written and does not know is kept without its words: whoever wrote
        it is told that it went nowhere.
        """
        target = message.get("reply_to_message")
        if not isinstance(target, Mapping) or self._notes.hold(message):
            return None
        number = _id(target)
        answered = {"reply_to_message": {"message_id": number, "date": 0, "chat": _chat(target, named=False)}}
        if await threads.incident_of(self._tx, group.id, number) or await self._is_under_way(group, number):
            self._let_in.add((group.telegram_id, _id(message)))
            return _kept(raw, "message", {**_frame(message), **_carried(message), **answered})
        written = target.get("from")
        by_bot = isinstance(written, Mapping) and written.get("id") == self._bot
        if not by_bot or await threads.known(self._tx, group.id, number):
            return None
        return _kept(raw, "message", {**_frame(message), **answered, "text": ASIDE})

    async def _is_known(self, group: groups.Group, number: int) -> bool:
        noted = await threads.find(self._tx, group.id, number)
        return noted is not None or await self._is_under_way(group, number)

    async def _is_under_way(self, group: groups.Group, number: int) -> bool:
        """It was let in a moment ago and has not had its effect yet."""
        there = group.telegram_id, number
        return there in self._let_in or await inbox.holds(self._tx, *there)


async def wait_for_numbers(store: Store, bot: int, updates: Sequence[Raw]) -> None:
    """A message of the bot can be answered before it is written down under which number Telegram has taken it.

    So whoever answers one that is not known waits while something is on its way to that chat; all of a batch together
    at most `GRACE`, whatever people make up.
    """
    looks = LOOKS
    for raw in updates:
        message = raw.get("message")
        target = message.get("reply_to_message") if isinstance(message, Mapping) else None
        written = target.get("from") if isinstance(target, Mapping) else None
        if isinstance(message, Mapping) and isinstance(written, Mapping) and written.get("id") == bot:
            while looks > 0 and await _may_become_known(store, message.get("chat"), _id(target or {})):
                await asyncio.sleep(GRACE / LOOKS)
                looks -= 1


async def _may_become_known(store: Store, chat: object, number: int) -> bool:
    """Whether a message is not known in a chat of ours, and something is on its way there that may be it."""
    room = chat.get("id") if isinstance(chat, Mapping) else None
    if not isinstance(room, int) or abs(room) >= 2**63:
        return False
    async with store.reading() as tx:
        recipient = await _recipient(tx, room)
        if recipient is None or await threads.known(tx, recipient, number):
            return False
        return await threads.is_written_to(tx, recipient)


async def _recipient(tx: Transaction, room: int) -> str | None:
    """Who is written to there: a person in private, a group with a duty."""
    if room > 0:
        person = await people.find(tx, room)
        return person.id if person else None
    group = await groups.find(tx, room)
    return group.id if group is not None and group.duty is not None else None


def _kept(raw: Raw, kind: str, message: Raw) -> Raw:
    return {"update_id": raw.get("update_id"), kind: message}


def _id(message: Raw) -> int:
    number = message.get("message_id")
    return number if isinstance(number, int) and abs(number) < 2**63 else 0


def _is_aside(message: Raw) -> bool:
    return str(message.get("text") or message.get("caption") or "").startswith(ASIDE)


def _album(message: Raw) -> tuple[int, str] | None:
    chat, album = message.get("chat"), message.get("media_group_id")
    room = chat.get("id") if isinstance(chat, Mapping) else None
    return (room, album) if isinstance(room, int) and isinstance(album, str) else None


def _carried(message: Raw) -> dict[str, Any]:
    return {name: message[name] for name in CARRIED if name in message}


def _edited(message: Raw) -> dict[str, Any]:
    return {"edit_date": message["edit_date"]} if "edit_date" in message else {}


def _command(message: Raw) -> str | None:
    """The command with which a message begins, as Telegram marked it; it may name a bot."""
    text, entities = message.get("text"), message.get("entities")
    first = entities[0] if isinstance(entities, list) and entities else None
    if not isinstance(text, str) or not isinstance(first, Mapping):
        return None
    length = first.get("length")
    if first.get("type") != "bot_command" or first.get("offset") != 0 or not isinstance(length, int):
        return None
    return text[:length]


def _name(called: str) -> str:
    return called.split("@", maxsplit=1)[0].lower()


def _words(message: Raw, called: str) -> dict[str, Any]:
    """The command, and what is needed besides."""
    text = message["text"] if _name(called) in WITH_WORDS else called
    return {
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(called)}],
        "chat": _chat(message, named=_name(called) in NAMES_ITS_ROOM),
    }


def _frame(message: Raw) -> dict[str, Any]:
    """When, where and by whom; people keep their names."""
    frame = {name: message[name] for name in ("message_id", "date") if name in message}
    frame["chat"] = _chat(message, named=False)
    if isinstance(sender := message.get("from"), Mapping):
        frame["from"] = {"id": sender.get("id"), "is_bot": sender.get("is_bot", False), "first_name": ""}
    if isinstance(mask := message.get("sender_chat"), Mapping):
        frame["sender_chat"] = {"id": mask.get("id"), "type": mask.get("type")}
    return frame


def _chat(message: Raw, *, named: bool) -> Any:
    chat = message.get("chat")
    if named or not isinstance(chat, Mapping):
        return chat
    return {"id": chat.get("id"), "type": chat.get("type")}
