"""The playground's page in a real browser: what a newcomer clicks in the first minutes, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from bot.demo import playing
from tests.journeys.browser import (
    CHROMIUM,
    NARROW,
    PATIENCE,
    STORY,
    WIDE,
    Look,
    Playground,
    browsing,
    opened,
    reports,
)
from tests.requests import Judge

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
    async with opened(browser) as one:
        judge = Judge(one.telegram)
        yield one
        judge.accepts_all()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_a_newcomer_reports_claims_and_hears_of_it(playground: Playground, size: tuple[int, int]) -> None:
    async with playground.looks(size) as look:
        await look.sees("team", "SC-")
        assert not await look.scrolls_sideways()
        code = await reports(look)
        assert not await look.scrolls_sideways()
        card = await look.sees("team", code)
        await expect(card).to_contain_text("mới")
        await expect(card).not_to_contain_text("Mận")
        await look.presses("team", "Nhận xử lý")
        toast = look.page.locator('[data-pane="team"] [data-role="toast"]')
        await expect(toast.first).to_contain_text("đã nhận xử lý")
        await expect(await look.sees("team", code)).to_contain_text("đã nhận xử lý")
        await look.sees("citizen", "đã có cán bộ nhận xử lý")
        assert not await look.scrolls_sideways()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_the_keyboard_alone_can_report(playground: Playground, size: tuple[int, int]) -> None:
    async with playground.looks(size) as look:
        start = look.page.locator('[data-pane="citizen"] [data-role="start"]')
        await expect(start).to_be_visible()
        await tabs_to(look, start)
        await look.page.keyboard.press("Enter")
        for label in ("Báo sự cố", "Tôi bị lừa mất tiền"):
            await keys_press(look, label)
        await look.sees("citizen", "Câu 2/")
        await tabs_to(look, look.page.locator('[data-pane="citizen"] [data-role="composer"]'))
        await look.page.keyboard.type(STORY)
        await look.page.keyboard.press("Enter")
        await keys_press(look, "Gửi ngay")
        await look.sees("citizen", "Mã sự cố")


async def tabs_to(look: Look, wanted: Locator) -> None:
    """Press Tab until the focus is there; at most once around the page."""
    for _ in range(80):
        if await wanted.evaluate("node => node === document.activeElement"):
            return
        await look.page.keyboard.press("Tab")
    raise AssertionError("Tab never comes there")


async def keys_press(look: Look, label: str) -> None:
    """Reach an inline key: Tab into the talk, End to its newest message, Tab to the key."""
    pane = look.page.locator('[data-pane="citizen"]')
    key = pane.locator('[data-role="inline-button"]').filter(has_text=re.compile(f"^{re.escape(label)}$")).last
    await expect(key).to_be_visible(timeout=PATIENCE)
    await tabs_to(look, pane.locator('[data-role="log"]'))
    await look.page.keyboard.press("End")
    await tabs_to(look, key)
    await look.page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_it_is_dark_where_the_machine_is_and_where_the_button_says(
    playground: Playground, size: tuple[int, int]
) -> None:
    async def shade(look: Look) -> float:
        told = await look.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(float(part) for part in re.findall(r"[\d.]+", told)[:3]) / 3

    async with playground.looks(size, "dark") as look:
        await look.sees("team", "SC-")
        assert await shade(look) < 80
        assert not await look.scrolls_sideways()
        await look.page.locator('[data-role="theme"]').click()
        assert await shade(look) > 170
        await look.page.reload()
        await look.sees("team", "SC-")
        assert await shade(look) > 170, "the choice outlives a reload"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_a_quarter_of_an_hour_of_silence_files_the_story(playground: Playground, size: tuple[int, int]) -> None:
    async with playground.looks(size) as look:
        await (await look.pane("citizen")).locator('[data-role="start"]').click()
        await look.sees("citizen", "Xin chào")
        await look.says("citizen", STORY)
        await look.sees("citizen", "Đã ghi lại lời kể")
        await look.opens_clock()
        await look.page.get_by_role("button", name="+15 phút").click()
        await look.sees("citizen", "đã được ghi thành tin báo")
        await look.sees("team", "Chưa đủ thông tin")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_the_fault_panel_breaks_and_heals(playground: Playground, size: tuple[int, int]) -> None:
    telegram = playground.telegram
    async with playground.looks(size) as look:
        await (await look.pane("citizen")).locator('[data-role="start"]').click()
        await look.sees("citizen", "Xin chào")
        await look.page.locator('[data-role="fault"]').click()
        panel = look.page.locator('[data-role="fault-panel"]')
        await panel.locator('[data-role="fault-kind"][data-kind="unreachable"]').click()
        await expect(panel.locator('[data-role="fault-on"][data-kind="unreachable"]')).to_be_visible()
        assert [fault.kind for fault in telegram.faults.waiting] == ["unreachable"]
        await panel.locator('[data-role="heal"]').click()
        await expect(panel.locator('[data-role="fault-on"]')).to_have_count(0)
        assert telegram.faults.waiting == []
        await look.page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await look.says("citizen", "/daumoi")
        await look.sees("citizen", "Đầu mối tiếp nhận")


async def test_the_page_says_that_nothing_leaves_the_machine(playground: Playground) -> None:
    async with playground.looks(WIDE) as look:
        await expect(look.page.get_by_text("Mọi thứ chỉ chạy trên máy này")).to_be_visible()
        await expect(look.page.locator('[data-pane="citizen"]')).to_contain_text("(ví dụ)")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def alone() -> AsyncIterator[str]:
    """The address of a playground that nobody looks at."""
    async with playing(page=True) as (_, server, _):
        yield server.url


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "ungcuu.example"},
        {"Host": "ungcuu.example:8080"},
        {"Origin": "https://ungcuu.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_state", "/_events", "/_clock", "/bot100000:playground/getMe"])
async def test_whoever_comes_from_elsewhere_is_refused(alone: str, path: str, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{alone}{path}", headers=headers) as answer:
        assert answer.status == 403
