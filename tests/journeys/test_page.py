"""The playground's page in a real browser: what a newcomer clicks in the first minutes, on a desk and on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.app import Parts
from bot.demo import playing
from bot.playground.server import Server
from bot.playground.telegram import Telegram
from tests.requests import Judge

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here (Debian: apt install chromium)")

QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = (1440, 900), (390, 844)
CITIZEN, RESPONDER = 7_000_000_011, 7_000_000_041
STORY = "Có người xưng công an gọi, bắt tôi chuyển 20 triệu đồng vào tài khoản lạ"
PATIENCE = 15_000  # milliseconds


@dataclass
class Playground:
    """The whole playground in this process, and a browser looking at it."""

    telegram: Telegram
    server: Server
    parts: Parts
    browser: Browser

    @asynccontextmanager
    async def looks(self, size: tuple[int, int], scheme: str = "light") -> AsyncIterator[Look]:
        """A fresh browser window of this size; nothing may have been written to its console in the end."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        look = Look(page, size == NARROW)
        page.on("console", lambda message: look.complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: look.complaints.append(str(error)))
        page.on("request", lambda request: look.asked.append(request.url))
        await page.goto(f"{self.server.url}/?citizen={CITIZEN}&team={RESPONDER}")
        yield look
        assert look.complaints == []
        assert [url for url in look.asked if not url.startswith((self.server.url, "data:", "blob:"))] == []
        await context.close()


class Look:
    """One window: panes, keys and what is typed."""

    def __init__(self, page: Page, narrow: bool) -> None:
        self.page = page
        self.narrow = narrow
        self.complaints: list[str] = []
        self.asked: list[str] = []

    async def pane(self, name: str) -> Locator:
        """A pane; on a phone its tab is chosen first."""
        if self.narrow:
            await self.page.locator(f'[data-role="tab"][data-for="{name}"]').click()
        return self.page.locator(f'[data-pane="{name}"]')

    async def presses(self, pane: str, label: str) -> None:
        """The newest inline key with exactly this label."""
        keys = (await self.pane(pane)).locator('[data-role="inline-button"]')
        await keys.filter(has_text=re.compile(f"^{re.escape(label)}$")).last.click()

    async def says(self, pane: str, text: str) -> None:
        where = await self.pane(pane)
        await where.locator('[data-role="composer"]').fill(text)
        await where.locator('[data-role="send"]').click()

    async def sees(self, pane: str, words: str) -> Locator:
        message = (await self.pane(pane)).locator('[data-role="message"]').filter(has_text=words).last
        await expect(message).to_be_visible(timeout=PATIENCE)
        return message

    async def opens_clock(self) -> None:
        toggle = self.page.locator('[data-role="clock-toggle"]')
        if await toggle.is_visible():
            await toggle.click()

    async def scrolls_sideways(self) -> bool:
        return bool(await self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with playing(page=True) as (telegram, server, parts), async_playwright() as driver:
        judge = Judge(telegram)
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
        yield Playground(telegram, server, parts, browser)
        await browser.close()
        judge.accepts_all()


async def reports(look: Look, story: str = STORY) -> str:
    """A citizen starts the bot and reports by buttons; the code."""
    await (await look.pane("citizen")).locator('[data-role="start"]').click()
    await look.presses("citizen", "Báo sự cố")
    await look.presses("citizen", "Tôi bị lừa mất tiền")
    await look.sees("citizen", "Câu 2/")
    await look.says("citizen", story)
    await look.presses("citizen", "Hôm qua")
    await look.presses("citizen", "Bỏ qua")
    await look.presses("citizen", "Không, tôi báo ẩn danh")
    await look.sees("citizen", "xem lại")
    await look.presses("citizen", "Gửi")
    receipt = await look.sees("citizen", "Mã sự cố")
    found = re.search(r"SC-\d{4}-\d{6}", await receipt.inner_text())
    assert found is not None
    return found[0]


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
        await expect(await look.sees("team", code)).to_contain_text("đang xử lý")
        await look.sees("citizen", "đã có cán bộ nhận xử lý")
        assert not await look.scrolls_sideways()


async def test_the_keyboard_alone_can_report(playground: Playground) -> None:
    async with playground.looks(WIDE) as look:
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
    """Reach an inline key as the page means it: Tab into the chat, arrows among messages and their keys."""
    key = look.page.locator('[data-pane="citizen"] [data-role="inline-button"]').filter(
        has_text=re.compile(f"^{re.escape(label)}$")
    )
    await expect(key.last).to_be_visible(timeout=PATIENCE)
    log = look.page.locator('[data-pane="citizen"] [data-role="log"]')
    for step in ("Tab", *["ArrowUp"] * 3, *["ArrowDown"] * 40):
        if await key.last.evaluate("node => node === document.activeElement"):
            break
        if step == "Tab":
            await tabs_to(look, log)
        else:
            await look.page.keyboard.press(step)
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
async def test_whoever_comes_from_elsewhere_is_refused(
    playground: Playground, path: str, headers: dict[str, str]
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{playground.server.url}{path}", headers=headers) as answer,
    ):
        assert answer.status == 403
