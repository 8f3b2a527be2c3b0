"""What people do through the page besides writing: albums, answers, edits, forwards, reactions and membership."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.playground.chats import Chat, User
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api
from tests.playground.test_control import does, get

Json = dict[str, Any]


async def _form(api: Api, user: User, do: str, *files: tuple[str, str], **fields: str) -> Json:
    """A deed with these files, each a name and its type."""
    form = aiohttp.FormData({"as": str(user.id), "chat": str(user.id), "do": do, **fields})
    for name, kind in files:
        form.add_field("file", name.encode(), filename=name, content_type=kind)
    async with api.session.post(f"{api.url}/_u", data=form) as answer:
        body: Json = await answer.json()
    return body


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        ([("a.jpg", "image/jpeg"), ("b.mp4", "video/mp4")], ["photo", "video"]),
        ([("a.mp3", "audio/mpeg"), ("b.mp3", "audio/mpeg")], ["audio", "audio"]),
        ([("a.jpg", "image/jpeg"), ("b.pdf", "application/pdf")], ["document", "document"]),
    ],
)
async def test_several_files_are_one_album(
    api: Api, telegram: Telegram, anna: User, files: list[tuple[str, str]], kinds: list[str]
) -> None:
    asked = telegram.says(anna, anna, "x")
    done = await _form(api, anna, "album", *files, text="bằng chứng", reply_to=str(asked.id))
    shown = (await get(api, "/_state"))["messages"][str(anna.id)][-2:]
    assert done["messages"] == [message["message_id"] for message in shown]
    assert [message["kind"] for message in shown] == kinds
    assert len({message["media_group_id"] for message in shown}) == 1
    assert {message["reply_to_message"]["message_id"] for message in shown} == {asked.id}
    assert [message.get("caption") for message in shown] == ["bằng chứng", None]
    assert "album" in (await _form(api, anna, "album", files[0]))["error"]


async def test_captions_are_changed_and_answers_given_through_the_page(
    api: Api, telegram: Telegram, anna: User
) -> None:
    done = await _form(api, anna, "photo", ("a.jpg", "image/jpeg"), text="cũ")
    await does(api, anna, anna.id, "edit", message=done["message"], text="mới")
    for do in ("say", "location", "contact", "voice", "sticker"):
        await does(api, anna, anna.id, do, text="👍", reply_to=done["message"])
    await does(api, anna, anna.id, "say", text="x", reply_to=done["message"], quote="mới")
    first, *answers = (await get(api, "/_state"))["messages"][str(anna.id)][-7:]
    assert (first["caption"], first["edited"], first["file"]["mime"]) == ("mới", True, "image/jpeg")
    assert {answer["reply_to_message"]["message_id"] for answer in answers} == {done["message"]}
    assert answers[-1]["quote"]["text"] == "mới"


async def test_messages_are_passed_on_between_chats_with_their_origin(
    api: Api, telegram: Telegram, team: Chat, anna: User
) -> None:
    telegram.joins(anna, team)
    album = telegram.sends_album(anna, anna, [b"1", b"2"])
    said = telegram.says(anna, anna, "x")
    await does(api, anna, team.id, "forward", from_chat=anna.id, message=said.id, hidden=True)
    await does(api, anna, team.id, "forward", from_chat=anna.id, message=said.id, channel="Tin nhanh")
    done = await does(api, anna, team.id, "forward", from_chat=anna.id, message=album[1].id, album=True)
    shown = (await get(api, "/_state"))["messages"][str(team.id)][-4:]
    origins = [message["forward_origin"]["type"] for message in shown]
    assert origins == ["hidden_user", "channel", "user", "user"]
    assert len(done["messages"]) == 2


async def test_reactions_show_whose_they_are(api: Api, telegram: Telegram, anna: User) -> None:
    said = telegram.says(anna, anna, "x")
    await does(api, anna, anna.id, "react", message=said.id, text="🔥")
    reaction = [{"type": "emoji", "emoji": "👀"}]
    await api.ok("setMessageReaction", chat_id=anna.id, message_id=said.id, reaction=reaction)
    shown = (await get(api, "/_state"))["messages"][str(anna.id)][-1]["reactions"]
    assert [(one["emoji"], one["user"]) for one in shown] == [("🔥", anna.id), ("👀", telegram.me.id)]


async def test_administrators_bring_in_throw_out_and_silence(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    for do, more, standing in (
        ("add", {}, "member"),
        ("restrict", {}, "restricted"),
        ("restrict", {"off": True}, "member"),
        ("promote", {}, "administrator"),
        ("kick", {}, "kicked"),
        ("unban", {}, "left"),
    ):
        await does(api, binh, team.id, do, whom=anna.id, **more)
        assert team.standing(anna.id) == standing
    assert "whom" in (await does(api, binh, team.id, "kick"))["error"]
    await does(api, binh, team.id, "forbid_reactions", text="👌")
    shown = {chat["id"]: chat for chat in (await get(api, "/_state"))["chats"]}
    assert shown[team.id]["reactions"] == ["👌"]


async def test_a_large_file_is_streamed_to_the_page(api: Api, telegram: Telegram, anna: User) -> None:
    await does(api, anna, anna.id, "document", bytes=3_000_000, seed=7)
    file = telegram.messages(anna)[-1].file
    assert file is not None
    async with api.session.get(f"{api.url}/_file/{file.id}") as answer:
        assert (answer.content_length, await answer.read()) == (3_000_000, file.content)
