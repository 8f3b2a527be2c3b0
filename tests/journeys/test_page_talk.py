"""The page draws and does what a conversation has: answers, albums, edits, forwards, marks, protection, links, people.

The Telegram of these tests has no bot at work: whatever happens in it, the test or the page did.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect

from bot.playground.chats import Chat, Message, User
from tests.journeys.browser import CHROMIUM, CITIZEN, NARROW, RESPONDER, WIDE, Playground, browsing, still

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
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


@pytest.fixture
def citizen(playground: Playground) -> User:
    return playground.telegram.users[CITIZEN]


@pytest.fixture
def responder(playground: Playground) -> User:
    return playground.telegram.users[RESPONDER]


@pytest.fixture
def group(playground: Playground) -> Chat:
    return next(chat for chat in playground.telegram.chats.values() if not chat.private)


def picture(colour: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(kept, "JPEG")
    return kept.getvalue()


def from_disk(*colours: str) -> list[FilePayload]:
    """Pictures as a person picks them."""
    return [FilePayload(name=f"{one}.jpg", mimeType="image/jpeg", buffer=picture(one)) for one in colours]


def keys(*rows: tuple[str, ...]) -> dict[str, list[list[dict[str, str]]]]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in row] for row in rows]}


def bot_marks(playground: Playground, message: Message, emoji: str) -> None:
    """The bot puts its reaction under a message."""
    message.reactions = [{"user": playground.telegram.me.id, "type": {"type": "emoji", "emoji": emoji}}]
    playground.telegram.shown("edited", message)


def newest(playground: Playground, where: Chat | User) -> Message:
    return playground.telegram.messages(where)[-1]


@SIZES
async def test_answers_edits_deletions_and_marks_are_seen(
    playground: Playground, citizen: User, size: tuple[int, int]
) -> None:
    telegram = playground.telegram
    async with playground.looks(size) as look:
        story = telegram.says(citizen, citizen, "Tôi mất hai mươi triệu")
        slip = telegram.says(citizen, citizen, "nhắn nhầm")
        telegram.post(telegram.chat(citizen), telegram.me, text="Mất lúc nào?", reply_to=story)
        telegram.edits(citizen, story, "Tôi mất hai mươi lăm triệu")
        telegram.deletes(citizen, slip)
        bot_marks(playground, story, "👌")
        asked = await look.sees("citizen", "Mất lúc nào?")
        await expect(asked.locator('[data-role="quote"]')).to_contain_text("hai mươi lăm triệu")
        told = (await look.pane("citizen")).locator(f'[data-message="{story.id}"]')
        await expect(told.locator('[data-role="edited"]')).to_be_visible()
        await expect(told.get_by_label("Bot: 👌")).to_be_visible()
        await look.sees("citizen", "Tin nhắn đã bị xoá")
        await asked.locator('[data-role="quote"]').click()
        await expect(told).to_be_focused()
        assert not await look.scrolls_sideways()


@SIZES
async def test_pictures_picked_together_are_one_album_and_one_grid(
    playground: Playground, citizen: User, size: tuple[int, int]
) -> None:
    telegram = playground.telegram
    async with playground.looks(size) as look:
        telegram.starts(citizen)
        await look.sees("citizen", "/start")
        pane = await look.pane("citizen")
        await pane.locator('[data-role="composer"]').fill("Ảnh cuộc gọi")
        async with look.page.expect_file_chooser() as chooser:
            await look.attaches("citizen", "Ảnh, phim một hay nhiều")
        await (await chooser.value).set_files(from_disk("red", "green", "blue"))
        album = await look.sees("citizen", "Ảnh cuộc gọi")
        await expect(album.locator('[data-role="album-item"] img')).to_have_count(3)
        sent = telegram.messages(citizen)[1:]
        assert [message.kind for message in sent] == ["photo"] * 3
        assert len({message.album for message in sent}) == 1
        await album.locator('[data-role="photo"]').last.click()
        await expect(look.page.locator("#ask img")).to_be_visible()
        await look.page.keyboard.press("Escape")
        telegram.deletes(citizen, sent[1])
        await expect(album.locator('[data-role="album-item"]').nth(1)).to_have_text("Đã bị xoá")
        bot_marks(playground, sent[0], "👌")
        await expect(album.get_by_label("Bot: 👌")).to_be_visible()
        assert not await look.scrolls_sideways()


async def test_a_sample_of_each_kind_is_sent_and_drawn(playground: Playground, citizen: User) -> None:
    telegram = playground.telegram
    async with playground.looks(NARROW) as look:
        telegram.starts(citizen)
        await look.sees("citizen", "/start")
        rows = (await look.pane("citizen")).locator('[data-role="message"]')
        for place, (sample, kind) in enumerate(SAMPLES.items(), start=2):
            await look.attaches("citizen", sample)
            await expect(rows).to_have_count(place)
            assert newest(playground, citizen).kind == kind
        assert newest(playground, citizen).content["poll"]["question"].endswith("?")
        await expect((await look.pane("citizen")).get_by_text("chưa vẽ được")).to_have_count(0)
        assert not await look.scrolls_sideways()


SAMPLES = {
    "Ảnh mẫu": "photo",
    "Bộ ba ảnh mẫu": "photo",
    "Phim mẫu": "video",
    "Tin thoại mẫu": "voice",
    "Bản ghi âm mẫu": "audio",
    "Nhãn dán": "sticker",
    "Vị trí mẫu": "location",
    "Số điện thoại của tôi": "contact",
    "Thăm dò mẫu": "poll",
}


@SIZES
async def test_a_message_is_answered_edited_and_passed_on_from_its_menu(
    playground: Playground, responder: User, group: Chat, size: tuple[int, int]
) -> None:
    telegram = playground.telegram
    async with playground.looks(size) as look:
        card = telegram.post(group, telegram.me, text="SC-2026-000007 · mới")
        await look.chooses(await look.sees("team", "SC-2026-000007"), "Trả lời")
        await look.says("team", "Bác chuyển tiền lúc nào?")
        said = await look.sees("team", "Bác chuyển tiền")
        await expect(said.locator('[data-role="quote"]')).to_contain_text("SC-2026-000007")
        assert newest(playground, group).reply_to is card
        await look.chooses(said, "Sửa tin")
        await look.says("team", "Bác chuyển tiền lúc mấy giờ?")
        await expect((await look.sees("team", "mấy giờ")).locator('[data-role="edited"]')).to_be_visible()
        await look.chooses(await look.sees("team", "mấy giờ"), "Chuyển tiếp…")
        await look.page.locator('[data-role="forward-origin"]').select_option("hidden")
        await look.page.locator(f'[data-role="forward-to"][data-chat="{responder.id}"]').click()
        passed = await look.sees("team", "Chuyển tiếp từ")
        await expect(passed.locator('[data-role="origin"]')).to_contain_text("ẩn tài khoản")
        origin = newest(playground, responder).origin
        assert origin is not None
        assert origin["type"] == "hidden_user"


async def test_a_caption_is_edited_and_may_become_empty(playground: Playground, citizen: User) -> None:
    telegram = playground.telegram
    async with playground.looks(WIDE) as look:
        sent = telegram.sends_photo(citizen, citizen, picture("red"), "số 0912 345 678")
        await look.chooses(await look.sees("citizen", "số 0912"), "Sửa chú thích")
        await look.says("citizen", "")
        told = (await look.pane("citizen")).locator(f'[data-message="{sent.id}"]')
        await expect(told.locator('[data-role="edited"]')).to_be_visible()
        assert sent.text == ""


async def test_a_protected_message_can_neither_be_copied_nor_saved_nor_passed_on(
    playground: Playground, citizen: User
) -> None:
    telegram = playground.telegram
    async with playground.looks(WIDE) as look:
        telegram.starts(citizen)
        telegram.post(telegram.chat(citizen), telegram.me, text="Không chuyển ra ngoài", protected=True)
        kept = await look.sees("citizen", "Không chuyển ra ngoài")
        await expect(kept.get_by_label("Tin được bảo vệ")).to_be_visible()
        await kept.hover()
        await kept.locator('[data-role="message-menu"]').click()
        offered = await look.page.locator("#menu [role=menuitem] b").all_inner_texts()
        assert offered == ["Trả lời", "Bày tỏ 👍", "Bày tỏ ❤", "Tin được bảo vệ"]


async def test_a_long_quotation_is_folded_until_it_is_wanted(
    playground: Playground, responder: User, group: Chat
) -> None:
    told = "Sáng nay tôi nhận được cuộc gọi từ số lạ, họ đọc đúng tên tôi. " * 8
    async with playground.looks(NARROW) as look:
        fold = [{"type": "expandable_blockquote", "offset": 0, "length": len(told)}]
        playground.telegram.post(group, playground.telegram.me, text=told, entities=fold)
        quote = (await look.sees("team", "Sáng nay")).locator("blockquote")
        short = await quote.bounding_box()
        await quote.get_by_role("button", name="Xem hết").click()
        await expect(quote.get_by_role("button", name="Thu gọn")).to_be_visible()
        long = await quote.bounding_box()
        assert short is not None
        assert long is not None
        assert short["height"] < 120 < long["height"]


@SIZES
async def test_a_deep_link_leads_to_the_private_chat_and_back_to_the_group(
    playground: Playground, responder: User, group: Chat, size: tuple[int, int]
) -> None:
    telegram = playground.telegram
    link = {"text": "Xem (riêng)", "url": f"https://t.me/{telegram.me.username}?start=xem_7"}
    async with playground.looks(size) as look:
        telegram.post(group, telegram.me, text="Người báo gửi 3 ảnh, 1 tệp", markup={"inline_keyboard": [[link]]})
        await look.sees("team", "Người báo gửi 3 ảnh")
        await look.presses("team", "Xem (riêng)")
        await look.sees("team", "/start xem_7")
        assert newest(playground, responder).text == "/start xem_7"
        await (await look.pane("team")).get_by_role("button", name=f"Về {group.title}").click()
        await look.sees("team", "Người báo gửi 3 ảnh")
        await expect((await look.pane("team")).locator('[data-role="back"]')).to_be_hidden()
        assert not await look.scrolls_sideways()


async def test_the_panel_lets_a_person_join_be_silenced_and_be_thrown_out(
    playground: Playground, citizen: User, group: Chat
) -> None:
    async with playground.looks(NARROW) as look:
        await look.page.locator('[data-role="fault"]').click()
        panel = look.page.locator('[data-role="fault-panel"]')
        await panel.locator('[data-role="fault-person"]').select_option(str(citizen.id))
        standing = panel.locator('[data-role="standing"]')
        await expect(standing).to_contain_text("không ở trong nhóm")
        for act, words, status in (
            ("Vào nhóm", "là thành viên", "member"),
            ("Bị cấm viết", "bị cấm viết", "restricted"),
            ("Được viết lại", "là thành viên", "member"),
            ("Bị đuổi khỏi nhóm", "không ở trong nhóm", "kicked"),
        ):
            await panel.get_by_role("button", name=act, exact=True).click()
            await expect(standing).to_contain_text(words)
            assert group.standing(citizen.id) == status


def doors(*rows: tuple[str, ...]) -> dict[str, list[list[dict[str, str]]]]:
    """Keys that lead out of the chat."""
    return {
        "inline_keyboard": [[{"text": label, "url": "https://t.me/ungcuu?start=x"} for label in row] for row in rows]
    }


# The longest labels of a card stand two in a row, with the sign of a link beside them.
NINE = doors(
    ("Nhận xử lý", "Chi tiết (riêng)"),
    ("Hỏi người báo", "Đổi mức độ"),
    ("Đang xử lý", "Khắc phục xong"),
    ("Chuyển cơ quan…", "Không phải sự cố"),
    ("Trùng với…",),
)


async def test_nine_keys_stand_in_five_even_rows_on_a_phone(playground: Playground, group: Chat) -> None:
    async with playground.looks(NARROW) as look:
        playground.telegram.post(group, playground.telegram.me, text="SC-2026-000007 · mới", markup=NINE)
        card = await look.sees("team", "SC-2026-000007")
        boxes = [await key.bounding_box() for key in await card.locator('[data-role="inline-button"]').all()]
        places = [(box["y"], box["height"]) for box in boxes if box is not None]
        assert len(places) == 9
        assert len({top for top, _ in places}) == 5
        assert len({height for _, height in places}) == 1, "no label is broken into two lines"
        assert not await look.scrolls_sideways()
