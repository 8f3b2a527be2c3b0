"""Draws docs/playground.png, the picture of the README: `make picture`, after the page has changed."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from PIL import Image

from tests.journeys.browser import WIDE, browsing, opened, reports

TARGET = Path(__file__).parents[2] / "docs" / "playground.png"
COLOURS = 128  # a screen of flat colours needs no more, and stays small


async def draw() -> None:
    """A citizen has reported, a responder has claimed, the citizen has heard of it."""
    async with browsing() as browser, opened(browser) as playground, playground.looks(WIDE) as look:
        code = await reports(look)
        await look.sees("team", code)
        await look.presses("team", "Nhận xử lý")
        await look.sees("citizen", "đã có cán bộ nhận xử lý")
        await look.sees("team", "đã nhận xử lý")
        sheet = Image.open(io.BytesIO(await look.page.screenshot()))
        sheet.convert("RGB").quantize(COLOURS).save(TARGET, optimize=True)


if __name__ == "__main__":
    asyncio.run(draw())
