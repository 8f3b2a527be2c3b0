"""The playground's page in a real browser: a window of some size, its panes, its keys, a report by buttons."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Error, Locator, Page, async_playwright, expect

from bot.demo import TOKEN, USERNAME, playing
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # containers have little of it
)
WIDE, NARROW = (1440, 900), (390, 844)
CITIZEN, OFFICER, RESPONDER = 7_000_000_011, 7_000_000_021, 7_000_000_041
STORY = "Có người xưng công an gọi, bắt tôi chuyển 20 triệu đồng vào tài khoản lạ"
PATIENCE = 60_000  # milliseconds; a disk that is busy can hold a commit for many seconds


@dataclass
class Playground:
    """The whole playground in this process, and a browser looking at it."""

    telegram: Telegram
    server: Server
    browser: Browser

    @asynccontextmanager
    async def looks(self, size: tuple[int, int], scheme: str = "light") -> AsyncIterator[Look]:
        """A fresh browser window of this size; nothing may have been written to its console in the end.

        What fails in it says what the window showed, what its console said and what Telegram had.
        """
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
        )
        look = Look(await context.new_page(), size == NARROW)
        try:
            await look.page.goto(f"{self.server.url}/?citizen={CITIZEN}&team={RESPONDER}")
            yield look
            assert look.complaints == []
            assert [url for url in look.asked if not url.startswith((self.server.url, "data:", "blob:"))] == []
        except (AssertionError, Error) as fault:
            fault.add_note(f"{await look.pictured()}\nTelegram:\n{self.telegram.picture()}")
            raise
        finally:
            await context.close()


class Look:
    """One window: panes, keys and what is typed."""

    def __init__(self, page: Page, narrow: bool) -> None:
        self.page = page
        self.narrow = narrow
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    async def pictured(self) -> str:
        """The end of each pane and the console, for whoever reads why a test failed."""
        panes = [await pane.inner_text() for pane in await self.page.locator("[data-pane]").all()]
        ends = [re.sub(r"\s*\n\s*", "\n", pane)[-700:] for pane in panes]
        return "\n--- pane\n".join(["The window showed:", *ends]) + f"\n--- console\n{self.complaints}"

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

    async def chooses(self, message: Locator, what: str) -> None:
        """One thing of what can be done with a message."""
        await message.hover()
        await message.locator('[data-role="message-menu"]').click()
        await self.page.locator("#menu").get_by_role("menuitem", name=what).click()

    async def attaches(self, pane: str, what: str) -> None:
        """One entry of the menu under the paper clip."""
        await (await self.pane(pane)).locator('[data-role="attach"]').click()
        await self.page.locator("#menu").get_by_role("menuitem", name=what, exact=True).click()

    async def opens_clock(self) -> None:
        toggle = self.page.locator('[data-role="clock-toggle"]')
        if await toggle.is_visible():
            await toggle.click()

    async def scrolls_sideways(self) -> bool:
        return bool(await self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser that nobody sees; one serves many playgrounds."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(browser: Browser) -> AsyncIterator[Playground]:
    """The playground with its seeded province, and this browser to look at it."""
    async with playing(page=True) as (telegram, server, _):
        yield Playground(telegram, server, browser)


@asynccontextmanager
async def still(browser: Browser) -> AsyncIterator[Playground]:
    """A playground where no bot works: a citizen, a responder, their group, and only what a test lets happen."""
    telegram = Telegram()
    telegram.bot(TOKEN, "Ứng cứu (ví dụ)", USERNAME)
    telegram.person("Mận (ví dụ)", id=CITIZEN, note="người dân")
    telegram.person("Lê Hà (ví dụ)", id=OFFICER, note="cán bộ cơ quan")
    responder = telegram.person("Trần Việt (ví dụ)", id=RESPONDER, note="thành viên Đội")
    telegram.group("Phòng trực (ví dụ)", admins=[responder])
    server = await serve(telegram, page=True)
    yield Playground(telegram, server, browser)
    await server.close()


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
