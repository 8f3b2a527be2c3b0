"""What the page knows and when: no event is lost, undone or shown twice, however late a snapshot comes.

The Telegram of these tests has no bot at work: whatever happens in it, the test did.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from bot.playground.chats import Message, User
from tests.journeys.browser import CHROMIUM, CITIZEN, PATIENCE, WIDE, Look, Playground, browsing, still

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here (Debian: apt install chromium)"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def playground(browser: Browser) -> AsyncIterator[Playground]:
    async with still(browser) as one:
        yield one


class HeldSnapshot:
    """Stands before `/_state`: the next snapshot is taken at once, and handed over only when it is let go."""

    def __init__(self) -> None:
        self.taken, self.free = asyncio.Event(), asyncio.Event()

    async def __call__(self, route: Route) -> None:
        answer = await route.fetch()
        self.taken.set()
        await self.free.wait()
        await route.fulfill(response=answer)


async def refuses(route: Route) -> None:
    """A server that is not ready yet; said with status 200, of which a browser does not complain by itself."""
    await route.fulfill(json={"ok": False, "error": "later"})


# From here on `heardEarly` is kept once the page's stream has brought that message.
HEARD_EARLY = """() => { window.heardEarly = new Promise(tell =>
    stream.addEventListener('message', event => event.data.includes('tin đến sớm') && tell())); }"""


def citizen_of(playground: Playground) -> User:
    return playground.telegram.users[CITIZEN]


def bot_says(playground: Playground, text: str) -> Message:
    return playground.telegram.post(playground.telegram.chat(CITIZEN), playground.telegram.me, text=text)


async def held_back(playground: Playground, look: Look) -> HeldSnapshot:
    """The page asks for everything anew, because somebody has come; the answer waits."""
    held = HeldSnapshot()
    await look.page.route("**/_state", held, times=1)
    playground.telegram.person("Xuân")
    await asyncio.wait_for(held.taken.wait(), PATIENCE / 1000)
    return held


async def has_come(look: Look) -> None:
    """The held snapshot is painted: it alone knows Xuân."""
    await expect(look.page.locator('[data-pane="citizen"] [data-role="person"]')).to_contain_text("Xuân")


async def test_what_is_said_while_the_page_loads_is_seen_at_once_and_stays(playground: Playground) -> None:
    async with playground.looks(WIDE) as look:
        bot_says(playground, "Xin chào")
        await look.sees("citizen", "Xin chào")
        held = await held_back(playground, look)
        bot_says(playground, "Câu hỏi tiếp theo")
        await look.sees("citizen", "Câu hỏi tiếp theo")
        held.free.set()
        await has_come(look)
        await expect(look.page.locator('[data-pane="citizen"] [data-role="message"]')).to_have_count(2)
        await look.sees("citizen", "Câu hỏi tiếp theo")


async def test_an_edit_and_a_deletion_are_not_undone_by_an_older_snapshot(playground: Playground) -> None:
    citizen = citizen_of(playground)
    async with playground.looks(WIDE) as look:
        first, second = (playground.telegram.says(citizen, CITIZEN, text) for text in ("lời cũ", "tin thừa"))
        await look.sees("citizen", "tin thừa")
        held = await held_back(playground, look)
        playground.telegram.edits(citizen, first, "lời mới")
        playground.telegram.deletes(citizen, second)
        await look.sees("citizen", "Tin nhắn đã bị xoá")
        held.free.set()
        await has_come(look)
        await look.sees("citizen", "lời mới")
        await expect(look.page.locator('[data-pane="citizen"]').get_by_text("tin thừa")).to_have_count(0)


async def test_what_came_before_the_first_snapshot_is_seen(playground: Playground) -> None:
    held = HeldSnapshot()
    async with playground.looks(WIDE) as look:
        bot_says(playground, "Xin chào")
        await look.sees("citizen", "Xin chào")
        await look.page.route("**/_state", held, times=1)
        await look.page.reload()
        await asyncio.wait_for(held.taken.wait(), PATIENCE / 1000)
        await look.page.evaluate(HEARD_EARLY)
        bot_says(playground, "tin đến sớm")
        await asyncio.wait_for(look.page.evaluate("heardEarly"), PATIENCE / 1000)
        held.free.set()
        await look.sees("citizen", "tin đến sớm")


async def test_a_snapshot_that_fails_is_asked_for_again(playground: Playground) -> None:
    async with playground.looks(WIDE) as look:
        bot_says(playground, "Xin chào")
        await look.sees("citizen", "Xin chào")
        await look.page.route("**/_state", refuses, times=1)
        await look.page.reload()
        await look.sees("citizen", "Xin chào")


async def test_a_message_heard_twice_counts_once_as_unread(playground: Playground) -> None:
    """It comes while a snapshot is on its way: once at once, and once more with the snapshot that lacks it."""
    telegram = playground.telegram
    group = next(chat for chat in telegram.chats.values() if not chat.private)
    async with playground.looks(WIDE) as look:
        team = await look.pane("team")
        own = team.locator('[data-role="chat"]').first
        await own.click()
        held = await held_back(playground, look)
        telegram.post(group, telegram.me, text="Thẻ mới")
        await expect(team.locator('[data-role="unread"]')).to_have_text("1")
        held.free.set()
        await has_come(look)
        await expect(team.locator('[data-role="unread"]')).to_have_text("1")


async def test_whoever_reads_older_messages_is_not_carried_off(playground: Playground) -> None:
    async with playground.looks(WIDE) as look:
        for number in range(1, 31):
            bot_says(playground, f"Tin số {number}\nhai dòng")
        await expect(await look.sees("citizen", "Tin số 30")).to_be_in_viewport(ratio=1)
        await look.page.locator('[data-pane="citizen"] [data-role="log"]').hover()
        await look.page.mouse.wheel(0, -900)
        await expect(await look.sees("citizen", "Tin số 30")).not_to_be_in_viewport()
        bot_says(playground, "Tin mới nhất")
        down = look.page.locator('[data-pane="citizen"] [data-role="down"]')
        await expect(down).to_be_visible()
        await expect(await look.sees("citizen", "Tin mới nhất")).not_to_be_in_viewport()
        await down.click()
        await expect(await look.sees("citizen", "Tin mới nhất")).to_be_in_viewport(ratio=1)


async def test_the_newest_message_stays_in_sight_when_it_grows_and_its_room_shrinks(playground: Playground) -> None:
    telegram = playground.telegram
    async with playground.looks(WIDE) as look:
        for number in range(1, 31):
            newest = bot_says(playground, f"Tin số {number}\nhai dòng")
        last = await look.sees("citizen", "Tin số 30")
        await expect(last).to_be_in_viewport(ratio=1)
        await look.page.set_viewport_size({"width": 1440, "height": 620})
        newest.text = "Tin số 30\n" + "thêm một dòng\n" * 8
        telegram.shown("edited", newest)
        await look.sees("citizen", "thêm một dòng")
        await look.page.set_viewport_size({"width": 1440, "height": 900})
        await expect(last).to_be_in_viewport(ratio=1)
