"""Walks through the forms that several journeys share, and looks at what is stored when they end."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.app import report
from bot.domain import vietnamese
from bot.domain.incidents import EventKind
from bot.playground.chats import Message, Press
from storage import chain, events
from tests.conftest import Stage
from tests.people import Person, code_in

STORY = "Có người xưng công an gọi Zalo, bảo tôi chuyển 20 triệu đồng để kiểm tra tài khoản"
STALE = "Nút này không còn dùng được"
# Words by which each question of the citizen form is known.
KIND, TELL, WHEN, CLUES = "đang gặp chuyện gì", "kể lại giúp", "Chuyện xảy ra khi nào", "số tài khoản, tên người nào"
CONTACT, CONSENT, PHONE, NAME = "để lại số điện thoại", "đồng ý như trên", "theo số nào", "xưng hô với Anh/Chị"
REVIEW = "Anh/Chị xem lại"
# Tables that remember that something happened at all, or that only ever count.
BUSTLE = (
    *("inbox", "messages", "deliveries", "marks", "attempts", "sqlite_sequence", "search_rows", "search_stale"),
    *(f"search{part}" for part in ("", "_data", "_idx", "_content", "_docsize", "_config")),
)


async def begins(person: Person, kind: str = "Tôi bị lừa mất tiền") -> None:
    """Open the form and say what happened."""
    await person.says("/baosuco")
    await person.presses(kind, KIND)
    await person.sees("Câu 2/5")


async def tells(person: Person, story: str = STORY) -> None:
    """Up to the question after the story."""
    await begins(person)
    await person.says(story)
    await person.sees(WHEN)


async def comes_to_contact(person: Person, story: str = STORY) -> None:
    """Up to the question whether one may be called."""
    await tells(person, story)
    await person.presses("Không rõ", WHEN)
    await person.presses("Bỏ qua", CLUES)
    await person.sees(CONTACT)


async def agrees(person: Person, phone: str = "0912 345 678", name: str = "chị Mận") -> Message:
    """From the question about contact to the review, with consent, phone and name."""
    await person.presses("Có, xin gọi lại cho tôi", CONTACT)
    await person.presses("Tôi đồng ý", CONSENT)
    await person.sees(PHONE)
    await person.says(phone)
    await person.sees(NAME)
    await person.says(name)
    return await person.sees(REVIEW)


async def sends(person: Person) -> str:
    """From the review; the code."""
    await person.presses("Gửi", REVIEW)
    return code_in(await person.sees("Mã sự cố"))


async def files(person: Person, story: str = STORY) -> str:
    """A whole report without contact; the code."""
    await comes_to_contact(person, story)
    await person.presses("Không, tôi báo ẩn danh", CONTACT)
    return await sends(person)


def data_of(message: Message, label: str) -> str:
    """What a key says back."""
    return next(str(key["callback_data"]) for row in message.keys for key in row if key["text"] == label)


def toast(press: Press) -> str:
    return press.answers[0][0] or ""


# --- what is stored -----------------------------------------------------------------------------------------------


async def rows(stage: Stage, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with stage.bot.store.reading() as tx:
        return [dict(row) for row in await tx.rows(sql, values)]


async def everything(stage: Stage, but: tuple[str, ...] = ()) -> Mapping[str, list[dict[str, Any]]]:
    """Every row of every table."""
    tables = await rows(stage, "SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [str(row["name"]) for row in tables if row["name"] not in but]
    return {name: await rows(stage, f"SELECT * FROM {name}") for name in names}


async def standing_of(stage: Stage) -> Mapping[str, list[dict[str, Any]]]:
    """All that a press could change: everything but the bustle of messages coming and going."""
    return await everything(stage, BUSTLE)


async def mentions(stage: Stage, words: str) -> list[str]:
    """The tables in which some row holds these words."""
    return [name for name, held in (await everything(stage)).items() if any(words in str(row) for row in held)]


async def on_disk(stage: Stage) -> bytes:
    """Every byte that the bot keeps: the database, its log of writes, files."""
    await quiet(stage)
    return b"".join(path.read_bytes() for path in sorted(stage.folder.rglob("*")) if path.is_file())


def spelled(words: str) -> list[bytes]:
    """Words as a database or JSON may hold them."""
    escaped = words.encode("unicode_escape").replace(b"\\x", b"\\u00")
    return [words.encode(), words.encode("utf-16-le"), escaped]


async def is_on_disk(stage: Stage, words: str) -> bool:
    stored = await on_disk(stage)
    return any(form in stored for form in spelled(words))


async def quiet(stage: Stage, within: float = 60.0) -> None:
    """Wait until nothing is to be read, worked or sent."""
    async with asyncio.timeout(within):
        while await _busy(stage):
            pass


async def _busy(stage: Stage) -> bool:
    unread = stage.telegram.updates.pending  # asked first: what is read by then is already written down
    shown = await report(stage.bot)
    return bool(unread or shown["inbox_waiting"] or shown["outbox_waiting"] or shown["outbox_sending"])


async def incident(stage: Stage, code: str) -> dict[str, Any]:
    (row,) = await rows(stage, "SELECT * FROM incidents WHERE code = :code", code=code)
    return row


async def happened(stage: Stage, code: str) -> list[str]:
    """The kinds of the events of an incident, in order, without what the bot proposes; the chain is checked."""
    identifier = str((await incident(stage, code))["id"])
    async with stage.bot.store.reading() as tx:
        assert (await chain.verify(tx, identifier)).fits
        return [str(one.kind) for one in await events.of(tx, identifier) if one.kind is not EventKind.PROPOSED]


async def contacts(stage: Stage) -> list[dict[str, Any]]:
    return await rows(stage, "SELECT name, title, phone, email FROM contacts")


async def consents(stage: Stage, covers: str) -> list[dict[str, Any]]:
    """Consents with the very words agreed to; those must fit their hash."""
    found = await rows(
        stage,
        "SELECT s.*, t.text FROM consents s JOIN consent_texts t ON t.hash = s.text_hash WHERE covers = :covers",
        covers=covers,
    )
    assert all(hashlib.sha256(one["text"].encode()).hexdigest() == one["text_hash"] for one in found)
    return found


def at_noon(stage: Stage) -> datetime:
    """Move on to the next noon of Ha Noi, so that "yesterday 9 pm" means the same at every hour of the day."""
    now = stage.clock.now().astimezone(vietnamese.HANOI)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    there = noon if noon > now else noon + timedelta(days=1)
    stage.clock.move(seconds=(there - now).total_seconds())
    return there
