"""How the bot learns what happened: long polls, confirmation, conflicts, retention and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.playground.chats import Chat, User
from bot.playground.clock import Clock
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]


async def test_an_update_stays_until_a_higher_offset_confirms_it(api: Api, telegram: Telegram, anna: User) -> None:
    for word in ("một", "hai", "ba"):
        telegram.says(anna, anna, word)
    first = await api.updates(limit=2)
    assert [update["message"]["text"] for update in first] == ["một", "hai"]
    assert await api.updates(limit=2) == first
    rest = await api.updates(offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["ba"]
    assert await api.updates(offset=rest[-1]["update_id"] + 1) == []
    assert telegram.updates.pending == 0


async def test_a_negative_offset_keeps_the_newest(api: Api, telegram: Telegram, anna: User) -> None:
    for number in range(5):
        telegram.says(anna, anna, f"tin {number}")
    kept = await api.updates(offset=-2)
    assert [update["message"]["text"] for update in kept] == ["tin 3", "tin 4"]
    assert telegram.updates.pending == 2


async def test_an_offset_of_an_older_numbering_confirms_nothing(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.next_update_id = 5_000
    telegram.says(anna, anna, "sau một tuần im lặng")
    assert [update["update_id"] for update in await api.updates(offset=900_000)] == [5_000]


async def test_at_most_a_hundred_come_at_once(api: Api, telegram: Telegram, anna: User) -> None:
    for number in range(130):
        telegram.says(anna, anna, str(number))
    assert len(await api.updates(limit=1000)) == 100


async def test_a_long_poll_answers_as_soon_as_something_happens(api: Api, telegram: Telegram, anna: User) -> None:
    poll = asyncio.create_task(api.updates(timeout=50))
    await telegram.until(lambda: telegram.updates.polling)
    telegram.says(anna, anna, "Chào")
    assert [update["message"]["text"] for update in await poll] == ["Chào"]


async def test_a_long_poll_ends_empty_in_its_own_ticks(api: Api, telegram: Telegram) -> None:
    telegram.clock.speed = 1000.0
    assert await api.updates(timeout=50) == []


async def test_a_newer_poll_ends_the_older(api: Api, telegram: Telegram, anna: User) -> None:
    older = asyncio.create_task(api.asked("getUpdates", timeout=50))
    await telegram.until(lambda: telegram.updates.polling)
    newer = asyncio.create_task(api.updates(timeout=50))
    status, body = await older
    assert status == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")
    telegram.says(anna, anna, "Chào")
    assert len(await newer) == 1


async def test_after_a_day_an_update_is_lost(api: Api, telegram: Telegram, clock: Clock, anna: User) -> None:
    telegram.says(anna, anna, "hôm qua")
    clock.move(hours=23, minutes=59)
    telegram.says(anna, anna, "hôm nay")
    clock.move(minutes=2)
    assert [update["message"]["text"] for update in await api.updates()] == ["hôm nay"]


async def test_chat_member_and_reactions_come_only_on_request(
    api: Api, telegram: Telegram, anna: User, binh: User
) -> None:
    group = telegram.group("Nhóm", admins=[binh], bot_admin=True)
    telegram.joins(anna, group)
    telegram.reacts(anna, telegram.says(anna, group, "Chào"), "👍")
    assert [set(update) - {"update_id"} for update in await api.updates()] == [{"message"}, {"message"}]
    await api.updates(offset=-1, allowed_updates=["chat_member", "message_reaction"])
    telegram.updates.clear()
    telegram.leaves(anna, group)
    telegram.joins(anna, group)
    message = telegram.says(binh, group, "Chào")
    telegram.reacts(anna, message, "👍")
    kinds = [next(iter(set(update) - {"update_id"})) for update in await api.updates()]
    assert kinds == ["chat_member", "chat_member", "message_reaction"]
    info = await api.ok("getWebhookInfo")
    assert info["allowed_updates"] == ["chat_member", "message_reaction"]
    await api.updates(allowed_updates=[])
    assert "allowed_updates" not in await api.ok("getWebhookInfo")


async def test_injected_updates_come_as_they_are(api: Api, telegram: Telegram) -> None:
    telegram.injects({"message": {"odd": "\ud800"}})
    telegram.injects({"update_id": "no number"})
    telegram.injects({"update_id": 7, "message": None})
    first, odd, own = await api.updates()
    assert (first["message"], odd["update_id"], own) == (
        {"odd": "\ud800"},
        "no number",
        {"update_id": 7, "message": None},
    )
    assert odd not in await api.updates()


async def test_text_that_is_no_json_spoils_one_poll_only(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.injects("{broken")
    telegram.says(anna, anna, "Chào")
    async with api.session.get(f"{api.bot}/getUpdates") as answer:
        assert "{broken" in await answer.text()
    assert len(await api.updates()) == 1


class Hook:
    """A bot's webhook: answers the statuses it was given, then 200."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.answers: list[int] = []
        self.got: list[tuple[str | None, str]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.text()))
        self.telegram.changed()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def hook(telegram: Telegram) -> AsyncIterator[Hook]:
    hook = Hook(telegram)
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_a_webhook_gets_updates_in_order_with_its_secret(
    api: Api, telegram: Telegram, anna: User, hook: Hook
) -> None:
    telegram.says(anna, anna, "trước")
    await api.ok("setWebhook", url=hook.url, secret_token="bi-mat", max_connections=1)
    telegram.says(anna, anna, "sau")
    await telegram.until(lambda: telegram.updates.pending == 0)
    assert [secret for secret, _ in hook.got] == ["bi-mat", "bi-mat"]
    assert ["trước" in hook.got[0][1], "sau" in hook.got[1][1]] == [True, True]
    assert telegram.alive


async def test_a_refused_delivery_is_repeated_until_it_is_taken(
    api: Api, telegram: Telegram, anna: User, hook: Hook
) -> None:
    telegram.clock.speed = 100.0
    hook.answers = [500, 403]
    await api.ok("setWebhook", url=hook.url)
    telegram.says(anna, anna, "Chào")
    await telegram.until(lambda: telegram.updates.pending == 0)
    assert len({body for _, body in hook.got}) == 1
    assert len(hook.got) == 3
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"
    assert info["last_error_date"] > 0


async def test_an_unreachable_webhook_keeps_updates_pending(
    api: Api, telegram: Telegram, anna: User, hook: Hook
) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    telegram.says(anna, anna, "Chào")
    await telegram.until(lambda: telegram.updates.webhook is not None and telegram.updates.webhook.last_error)
    info = await api.ok("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")
    await api.ok("setWebhook", url=hook.url)
    await telegram.until(lambda: telegram.updates.pending == 0)
    assert len(hook.got) == 1


async def test_what_is_no_json_is_posted_once(api: Api, telegram: Telegram, anna: User, hook: Hook) -> None:
    hook.answers = [400]
    await api.ok("setWebhook", url=hook.url)
    telegram.injects("{broken")
    telegram.says(anna, anna, "Chào")
    await telegram.until(lambda: telegram.updates.pending == 0)
    assert [body[:7] for _, body in hook.got] == ["{broken", '{"updat']


async def test_polling_and_webhook_exclude_each_other(api: Api, telegram: Telegram, hook: Hook) -> None:
    poll = asyncio.create_task(api.no("getUpdates", timeout=50))
    await telegram.until(lambda: telegram.updates.polling)
    await api.ok("setWebhook", url=hook.url)
    assert await poll == "Conflict: terminated by setWebhook request"
    assert (await api.no("getUpdates")).startswith("Conflict: can't use getUpdates method while webhook is active")
    await api.ok("deleteWebhook")
    assert await api.updates() == []
    assert (await api.ok("getWebhookInfo"))["url"] == ""


async def test_pending_updates_are_dropped_on_request(api: Api, telegram: Telegram, anna: User, hook: Hook) -> None:
    telegram.says(anna, anna, "Chào")
    await api.ok("deleteWebhook", drop_pending_updates=False)
    assert telegram.updates.pending == 1
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert telegram.updates.pending == 0
    telegram.says(anna, anna, "Chào")
    await api.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    await api.ok("setWebhook", url="")
    assert (hook.got, telegram.updates.webhook) == ([], None)


async def test_a_webhook_is_checked(api: Api, team: Chat) -> None:
    assert "this machine only" in await api.no("setWebhook", url="https://example.org/hook")
    assert "unallowed characters" in await api.no("setWebhook", url="http://127.0.0.1/", secret_token="bí mật")
    assert "max_connections" in await api.no("setWebhook", url="http://127.0.0.1/", max_connections=101)
