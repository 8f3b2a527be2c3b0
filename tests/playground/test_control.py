"""The page's side of the playground: state, events, deeds, clock, faults, log and files."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.playground.chats import Chat, User
from bot.playground.deeds import DEEDS
from bot.playground.server import serve
from bot.playground.telegram import Telegram
from tests.playground.conftest import TOKEN, Api

Json = dict[str, Any]


async def get(api: Api, path: str) -> Json:
    async with api.session.get(api.url + path) as answer:
        body: Json = await answer.json()
    return body


async def _post(api: Api, path: str, body: Json) -> Json:
    """The answer with its HTTP status as "status"."""
    async with api.session.post(api.url + path, json=body) as answer:
        return {**await answer.json(), "status": answer.status}


async def does(api: Api, user: User, chat: int, do: str, **fields: Any) -> Json:
    return await _post(api, "/_u", {"as": user.id, "chat": chat, "do": do, **fields})


async def test_the_page_is_one_html_file(api: Api) -> None:
    async with api.session.get(api.url) as answer:
        assert answer.content_type == "text/html"
        assert "<html" in await answer.text()


async def test_without_page_there_is_control_but_no_page(telegram: Telegram) -> None:
    server = await serve(telegram)
    async with aiohttp.ClientSession() as session:
        async with session.get(server.url) as answer:
            assert answer.status == 404
        async with session.get(f"{server.url}/_clock") as answer:
            assert answer.status == 200
    await server.close()


async def test_the_state_shows_all_that_a_page_needs(api: Api, telegram: Telegram, team: Chat, anna: User) -> None:
    await api.ok("setMyCommands", commands=[{"command": "baosuco", "description": "Báo sự cố"}])
    menu = [{"command": "doi", "description": "Đội"}]
    await api.ok("setMyCommands", commands=menu, scope={"type": "chat", "chat_id": team.id}, language_code="vi")
    keys = [
        [{"text": "Gửi", "callback_data": "x", "style": "primary"}],
        [{"text": "Mở", "url": "https://a.vn/"}, {"text": "Chép", "copy_text": {"text": "113"}}],
    ]
    await api.ok(
        "sendMessage", chat_id=anna.id, text="<b>Thẻ</b>", parse_mode="HTML", reply_markup={"inline_keyboard": keys}
    )
    state = await get(api, "/_state")
    message = state["messages"][str(anna.id)][-1]
    assert (message["html"], message["by_bot"], message["deleted"], message["edited"]) == (
        "<b>Thẻ</b>",
        True,
        False,
        False,
    )
    assert message["buttons"] == [
        [{"text": "Gửi", "kind": "press", "style": "primary", "data": "x"}],
        [
            {"text": "Mở", "kind": "url", "style": None, "url": "https://a.vn/"},
            {"text": "Chép", "kind": "copy", "style": None, "copy": "113"},
        ],
    ]
    assert state["bot"]["commands"] == [{"command": "baosuco", "description": "Báo sự cố"}]
    assert state["commands"][f"chat:{team.id}:vi"] == menu
    chats = {chat["id"]: chat for chat in state["chats"]}
    assert chats[team.id]["members"] == team.admins()
    assert chats[anna.id] == {
        "id": anna.id,
        "type": "private",
        "title": "Nguyễn Thị An",
        "members": [anna.id],
        "admins": [],
        "bot_admin": False,
        "migrated_to": None,
        "restricted": [],
        "reactions": None,
    }
    assert [person["name"] for person in state["people"]] == ["Trần Văn Bình", "Nguyễn Thị An"]
    assert TOKEN not in json.dumps(state)


async def test_ordinary_keyboards_appear_and_go(api: Api, anna: User) -> None:
    asks = {"keyboard": [[{"text": "Gửi số", "request_contact": True}]], "one_time_keyboard": True}
    await api.ok("sendMessage", chat_id=anna.id, text="Chọn", reply_markup=asks)
    await api.ok("sendMessage", chat_id=anna.id, text="Xong", reply_markup={"remove_keyboard": True})
    shown, gone = (await get(api, "/_state"))["messages"][str(anna.id)][-2:]
    assert (shown["reply_keyboard"], shown["one_time_keyboard"]) == (asks["keyboard"], True)
    assert gone["reply_keyboard"] == []


async def test_everything_that_happens_is_an_event(api: Api, telegram: Telegram, anna: User) -> None:
    async with api.session.get(f"{api.url}/_events") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b"\n\n")
        sent = telegram.says(anna, anna, "Chào")
        telegram.edits(anna, sent, "Chào bạn")
        telegram.deletes(anna, sent)
        telegram.clock.move(minutes=15)
        telegram.fails("502")
        lines = [await stream.content.readuntil(b"\n\n") for _ in range(5)]
    events = [json.loads(line.removeprefix(b"data: ")) for line in lines]
    assert [event["type"] for event in events] == ["message", "edited", "deleted", "clock", "faults"]
    assert [events[0]["message"]["text"], events[1]["message"]["text"]] == ["Chào", "Chào bạn"]
    assert [events[0]["message"]["edited"], events[1]["message"]["edited"]] == [False, True]


async def test_people_write_press_edit_and_delete(api: Api, telegram: Telegram, anna: User) -> None:
    said = await does(api, anna, anna.id, "say", text="Chào")
    await does(api, anna, anna.id, "edit", message=said["message"], text="Chào bạn")
    keys = {"inline_keyboard": [[{"text": "Gửi", "callback_data": "x"}]]}
    card = await api.ok("sendMessage", chat_id=anna.id, text="Thẻ", reply_markup=keys)
    pressed = await does(api, anna, anna.id, "press", message=card["message_id"], data="x")
    assert telegram.press(pressed["press"]) is not None
    await does(api, anna, anna.id, "delete", message=said["message"])
    await does(api, anna, anna.id, "react", message=card["message_id"], text="👍")
    assert telegram.messages(anna)[-1].reactions[0]["type"]["emoji"] == "👍"
    kinds = [next(iter(set(update) - {"update_id"})) for update in await api.updates()]
    assert kinds == ["message", "edited_message", "callback_query"]
    assert said["message"] not in [message.id for message in telegram.messages(anna)]


@pytest.mark.parametrize(
    ("do", "fields", "kind"),
    [
        ("start", {"payload": "abc"}, "text"),
        ("contact", {}, "contact"),
        ("location", {}, "location"),
        ("voice", {}, "voice"),
        ("video", {}, "video"),
        ("sticker", {}, "sticker"),
        ("audio", {}, "audio"),
        ("animation", {}, "animation"),
        ("video_note", {}, "video_note"),
        ("document", {"bytes": 20_000_000, "name": "to.bin"}, "document"),
        ("poll", {"text": "Hỏi?\ncó\nkhông"}, "poll"),
        ("send", {"kind": "dice"}, "dice"),
        ("send", {"kind": "hologram", "content": {"height": 2}}, "hologram"),
        ("pin", {"message": 1}, "service"),
        ("forward", {"message": 1}, "text"),
    ],
)
async def test_people_send_all_kinds(
    api: Api, telegram: Telegram, anna: User, do: str, fields: Json, kind: str
) -> None:
    assert (await does(api, anna, anna.id, do, **fields))["ok"] is True
    assert telegram.messages(anna)[-1].kind == kind


@pytest.mark.parametrize("do", ["photo", "document"])
async def test_a_dropped_file_is_sent_and_shown_again(api: Api, telegram: Telegram, anna: User, do: str) -> None:
    form = aiohttp.FormData({"as": str(anna.id), "chat": str(anna.id), "do": do, "text": "bằng chứng"})
    form.add_field("file", b"<script>", filename="a.html", content_type="text/html")
    async with api.session.post(f"{api.url}/_u", data=form) as answer:
        assert (await answer.json())["ok"] is True
    shown = (await get(api, "/_state"))["messages"][str(anna.id)][-1]
    assert shown["caption"] == "bằng chứng"
    async with api.session.get(api.url + shown["file_url"]) as answer:
        assert await answer.read() == b"<script>"
        assert answer.content_type == ("image/jpeg" if do == "photo" else "application/octet-stream")
    async with api.session.get(f"{api.url}/_file/none") as answer:
        assert answer.status == 404


async def test_people_block_join_leave_and_move_groups(api: Api, telegram: Telegram, anna: User, binh: User) -> None:
    group = telegram.group("Đội", admins=[binh], type="group")
    for do in ("join", "leave", "join"):
        await does(api, anna, group.id, do)
    assert anna.id in group.present()
    await does(api, anna, anna.id, "block")
    assert anna.blocked
    await does(api, anna, anna.id, "unblock")
    await does(api, binh, group.id, "remove_bot")
    await does(api, binh, group.id, "add_bot", admin=True)
    assert telegram.me.id in group.admins()
    await does(api, binh, group.id, "say", text="Chào", anonymous=True)
    assert telegram.messages(group)[-1].sender_chat is group
    await does(api, binh, group.id, "migrate", told_first="error")
    assert group.migrated_to in telegram.chats


@pytest.mark.parametrize(
    "body",
    [
        {"do": "say", "text": "x"},
        {"as": "x", "do": "say"},
        {"as": 700000001, "do": "fly"},
        {"as": 700000001, "do": "say", "text": ""},
        {"as": 700000001, "do": "press", "message": 99, "data": "x"},
        {"as": 700000001, "do": "edit", "text": "x"},
        {"as": 700000001, "do": "forward"},
        {"as": 700000001, "do": "poll", "text": "Hỏi?"},
        {"as": 700000001, "do": "send", "kind": "hologram"},
        {"as": 700000001, "do": "album"},
        {"as": 700000001, "do": "photo"},
        {"as": 100000, "do": "say", "text": "Ta là bot"},
        {"as": 700000001, "do": "migrate"},
    ],
)
async def test_what_no_person_could_do_is_refused_with_a_reason(api: Api, anna: User, body: Json) -> None:
    answer = await _post(api, "/_u", body)
    assert (answer["status"], answer["ok"]) == (400, False)
    assert answer["error"]
    assert anna.started
    assert "fly" not in DEEDS


async def test_the_clock_is_moved_and_followed(api: Api, telegram: Telegram) -> None:
    now = await get(api, "/_clock")
    assert (now["version"], now["speed"]) == (0, 1.0)
    follower = asyncio.create_task(get(api, "/_clock?after=0"))
    early, _ = await asyncio.wait({follower}, timeout=0.1)
    assert not early
    moved = await _post(api, "/_clock", {"minutes": 15})
    assert (await follower)["version"] == 1
    assert (moved["version"], round(moved["offset"])) == (1, 900)
    assert (await get(api, "/_clock?after=0"))["version"] == 1
    assert (await _post(api, "/_clock", {"months": 6}))["offset"] > 180 * 86400


@pytest.mark.parametrize("body", [{"minutes": -1}, {"fortnights": 1}, {}, {"days": "x"}, {"days": 1e12}])
async def test_the_clock_refuses_what_it_cannot_do(api: Api, body: Json) -> None:
    assert (await _post(api, "/_clock", body))["status"] == 400


async def test_faults_are_set_shown_and_healed(api: Api, telegram: Telegram, anna: User) -> None:
    set_ = {"kind": "429", "method": "sendMessage", "chat": anna.id, "times": 3, "retry_after": 5}
    assert (await _post(api, "/_fault", set_))["fault"] == set_
    assert (await get(api, "/_state"))["faults"] == [set_]
    assert (await api.asked("sendMessage", chat_id=anna.id, text="x"))[0] == 429
    assert telegram.faults.waiting[0].times == 2
    async with api.session.delete(f"{api.url}/_fault") as answer:
        assert answer.status == 200
    assert (await get(api, "/_state"))["faults"] == []
    for wrong in ({"kind": "earthquake"}, {"kind": "500", "chat": 1}, {"kind": "500", "times": "x"}):
        assert (await _post(api, "/_fault", wrong))["status"] == 400


async def test_the_log_shows_the_newest_calls_without_the_token(api: Api, anna: User) -> None:
    for text in ("một", "hai", "ba"):
        await api.ok("sendMessage", chat_id=anna.id, text=text)
    log = await get(api, "/_log?last=2")
    assert [call["params"]["text"] for call in log["calls"]] == ["hai", "ba"]
    assert TOKEN not in json.dumps(log)
    assert (await get(api, "/_log?last=x"))["calls"] == []


async def test_the_bot_is_alive_while_it_polls(api: Api, telegram: Telegram) -> None:
    assert (await get(api, "/_state"))["bot"]["alive"] is False
    await api.updates()
    assert (await get(api, "/_state"))["bot"]["alive"] is True
