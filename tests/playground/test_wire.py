"""How a call reaches the playground, whichever way a client writes it."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.playground.chats import User
from bot.playground.server import serve
from bot.playground.telegram import Telegram
from tests.playground.conftest import TOKEN, Api

KEYBOARD = {"inline_keyboard": [[{"text": "Gửi", "callback_data": "x"}]]}


async def test_a_method_is_called_by_get_with_a_query(api: Api) -> None:
    async with api.session.get(f"{api.bot}/GETME") as answer:
        body = await answer.json()
    assert body["result"]["username"] == "ungcuu_demo_bot"


async def test_a_form_carries_structures_as_json_text(api: Api, telegram: Telegram, anna: User) -> None:
    form = {"chat_id": str(anna.id), "text": "Chào", "reply_markup": json.dumps(KEYBOARD)}
    async with api.session.post(f"{api.bot}/sendMessage", data=form) as answer:
        assert answer.status == 200
    assert telegram.messages(anna)[-1].buttons == [["Gửi"]]


async def test_a_json_body_may_carry_structures_either_way(api: Api, telegram: Telegram, anna: User) -> None:
    for markup in (KEYBOARD, json.dumps(KEYBOARD)):
        await api.ok("sendMessage", chat_id=anna.id, text="Chào", reply_markup=markup)
        assert telegram.messages(anna)[-1].buttons == [["Gửi"]]


@pytest.mark.parametrize("attached", [True, False])
async def test_a_file_is_uploaded_in_its_own_field_or_attached(
    api: Api, telegram: Telegram, anna: User, attached: bool
) -> None:
    form = aiohttp.FormData({"chat_id": str(anna.id), "caption": "Biên bản"})
    if attached:
        form.add_field("document", "attach://paper")
    form.add_field("paper" if attached else "document", b"%PDF", filename="bienban.pdf", content_type="application/pdf")
    async with api.session.post(f"{api.bot}/sendDocument", data=form) as answer:
        body = await answer.json()
    assert body["result"]["document"]["file_name"] == "bienban.pdf"
    sent = telegram.messages(anna)[-1]
    assert (sent.document, sent.text) == (b"%PDF", "Biên bản")
    assert telegram.calls[-1].files["paper" if attached else "document"] == ("bienban.pdf", 4)


async def test_a_stored_file_is_downloaded_by_its_path(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.sends_document(anna, anna, "log.txt", b"dong 1")
    update = (await api.updates())[0]
    file = await api.ok("getFile", file_id=update["message"]["document"]["file_id"])
    async with api.session.get(f"{api.url}/file/bot{TOKEN}/{file['file_path']}") as answer:
        assert await answer.read() == b"dong 1"
    async with api.session.get(f"{api.url}/file/bot1:playground/{file['file_path']}") as answer:
        assert answer.status == 404
    async with api.session.get(f"{api.url}/file/bot{TOKEN}/documents/none") as answer:
        assert answer.status == 404


async def test_a_file_over_20_mib_cannot_be_fetched(api: Api, telegram: Telegram, anna: User) -> None:
    sent = telegram.sends_document(anna, anna, "dump.bin", b"", size=20 * 1024 * 1024 + 1)
    assert sent.file is not None
    assert await api.no("getFile", file_id=sent.file.id) == "Bad Request: file is too big"


async def test_a_wrong_token_is_unauthorized(api: Api) -> None:
    async with api.session.post(f"{api.url}/bot1:playground/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_not_found_and_logged(api: Api, telegram: Telegram) -> None:
    status, body = await api.asked("sendDice", chat_id=1)
    assert (status, body["description"]) == (404, "Not Found")
    assert (telegram.calls[-1].method, telegram.calls[-1].status) == ("sendDice", 404)


async def test_the_log_knows_methods_by_their_proper_names_and_never_the_token(api: Api, telegram: Telegram) -> None:
    await api.ok("GETme")
    assert telegram.calls[-1].method == "getMe"
    assert TOKEN not in repr(telegram.calls)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"'])
async def test_a_body_that_is_no_json_object_is_a_bad_request(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with api.session.post(f"{api.bot}/getMe", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["ok"] is False


async def test_a_broken_multipart_body_is_a_bad_request(api: Api) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with api.session.post(f"{api.bot}/getMe", data=b"no boundary here", headers=headers) as answer:
        assert answer.status == 400


async def test_mistyped_parameters_are_refused_and_unknown_ones_ignored(api: Api, anna: User) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Chào", no_such_parameter=1)
    assert await api.no("sendMessage", chat_id="abc", text="Chào") == "Bad Request: chat not found"
    assert await api.no("sendMessage", text="Chào") == "Bad Request: chat_id is empty"
    assert "can't parse reply keyboard" in await api.no("sendMessage", chat_id=anna.id, text="x", reply_markup="{")
    assert "message_id" in await api.no("deleteMessage", chat_id=anna.id, message_id="x")
    assert "String" in await api.no("sendMessage", chat_id=anna.id, text=["x"])
    assert "UTF-8" in await api.no("sendMessage", chat_id=anna.id, text="\ud800")
    assert "Array" in await api.no("getUpdates", allowed_updates="message")
    assert "scope" in await api.no("getMyCommands", scope="x")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
async def test_other_hosts_and_origins_are_forbidden(api: Api, headers: dict[str, str]) -> None:
    for path in ("/_state", f"/bot{TOKEN}/getMe", "/"):
        async with api.session.get(api.url + path, headers=headers) as answer:
            assert answer.status == 403


async def test_the_own_origin_and_localhost_are_welcome(api: Api) -> None:
    host = api.url.removeprefix("http://").replace("127.0.0.1", "localhost")
    async with api.session.get(api.url + "/_state", headers={"Host": host, "Origin": f"http://{host}"}) as answer:
        assert answer.status == 200


async def test_the_playground_listens_on_loopback_only(telegram: Telegram) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        await serve(telegram, host="0.0.0.0")


@pytest.mark.parametrize("token", ["100000:AAHsecret", "playground", "x:playground", ":playground", "1:playground2"])
def test_no_token_but_the_playgrounds_own_is_taken(token: str) -> None:
    with pytest.raises(ValueError, match="<digits>:playground"):
        Telegram().bot(token)
