"""The poster: its code leads to the bot, nothing runs out of its place, and it can be printed anywhere."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont

from bot.services.reporting import posters
from bot.services.reporting.posters import Box, Poster, code_grid, lay_out, share_poster

ROOT = Path(__file__).parents[2]
LINK = "https://t.me/ungcuu_vidu_bot"
POSTER = Poster(
    title="Báo sự cố an ninh mạng",
    body="Đội Ứng cứu sự cố an ninh mạng tỉnh Ninh Bình",
    invitation="Mở camera điện thoại, quét mã rồi bấm Bắt đầu.\nKhông mất tiền, không cần giấy tờ.",
    username="@ungcuu_vidu_bot",
    contact_heading="Hoặc liên hệ đầu mối",
    contact=(
        ("Điện thoại", "0229 000 0001"),
        ("Giờ trực", "24/7"),
        ("Email", "ungcuusuco@ninhbinh.example"),
        ("Cổng thông tin", "https://ninhbinh.example/dau-moi-su-co"),
    ),
    footnote="Cán bộ không bao giờ hỏi mật khẩu, mã OTP và không thu phí.",
)
EMPTY = Poster("", "", "", "", "", ())
# Every part that carries words: how to fill it, and the box in which its ink must stay.
PARTS: dict[str, tuple[Callable[[str], Poster], Box]] = {
    "title above a body": (lambda text: replace(EMPTY, body="x", title=text), posters.TITLE),
    "title alone": (lambda text: replace(EMPTY, title=text), posters.BAND),
    "body": (lambda text: replace(EMPTY, body=text), posters.BODY),
    "invitation": (lambda text: replace(EMPTY, invitation=text), posters.INVITATION),
    "username": (lambda text: replace(EMPTY, username=text), posters.USERNAME),
    "heading": (lambda text: replace(EMPTY, contact_heading=text), posters.HEADING),
    "sentence": (lambda text: replace(EMPTY, contact=(("", text),)), posters.CONTACT),
    "footnote": (lambda text: replace(EMPTY, footnote=text), posters.FOOTNOTE),
}
words = st.text(st.sampled_from("aăâđêôơưAWiịỵ .,:/@-0189\n"), max_size=600)


@lru_cache(maxsize=8)
def drawn(poster: Poster, link: str = LINK) -> Image.Image:
    return Image.open(io.BytesIO(share_poster(link, poster))).convert("RGB")


def ink(poster: Poster, blank: Poster = EMPTY) -> Box | None:
    """The smallest box around what `poster` adds to the sheet of `blank`."""
    found = ImageChops.difference(drawn(poster), drawn(blank)).getbbox()
    return Box(*found) if found else None


def shade(tile: Image.Image) -> object:
    """The colour of a tile that has only one."""
    ((_, colour),) = tile.getcolors() or []
    return colour


def is_inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


@pytest.mark.parametrize("link", [LINK, "https://t.me/a_bot", "https://t.me/" + "b" * 32 + "?start=poster"])
def test_the_code_in_the_picture_is_the_code_of_the_link(link: str) -> None:
    sheet = drawn(POSTER, link)
    left, top, module, side = code_grid(link)
    code = segno.make_qr(link, error="m")
    assert code.error in ("M", "Q", "H")
    seen = [
        [shade(sheet.crop((x, y, x + module, y + module))) for x in range(left, left + module * side, module)]
        for y in range(top, top + module * side, module)
    ]
    assert seen == [[posters.INK if cell else posters.PAPER for cell in row] for row in code.matrix]


@pytest.mark.parametrize("link", [LINK, "https://t.me/" + "b" * 32 + "?start=poster"])
def test_the_code_has_its_quiet_zone_and_can_be_read_from_a_distance(link: str) -> None:
    left, top, module, side = code_grid(link)
    margin = module * posters.QUIET_MODULES
    zone = (left - margin, top - margin, left + module * side + margin, top + module * side + margin)
    sheet = drawn(POSTER, link).copy()
    sheet.paste(posters.PAPER, (left, top, left + module * side, top + module * side))
    assert sheet.crop(zone).getcolors() == [((zone[2] - zone[0]) * (zone[3] - zone[1]), posters.PAPER)]
    assert module * side >= posters.WIDTH * 0.35


def test_the_picture_has_the_size_that_was_promised_and_fits_a_chat() -> None:
    content = share_poster(LINK, POSTER)
    assert Image.open(io.BytesIO(content)).size == (1080, 1350)
    assert len(content) < 500_000


def test_equal_words_give_equal_bytes_in_another_process_too() -> None:
    script = (
        "import hashlib; from bot.services.reporting.posters import Poster, share_poster;"
        f"print(hashlib.sha256(share_poster({LINK!r}, {POSTER!r})).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True)
    assert hashlib.sha256(share_poster(LINK, POSTER)).hexdigest() == other.stdout.strip()
    assert share_poster(LINK, POSTER) != share_poster(LINK, replace(POSTER, footnote="khác"))


def test_marks_that_come_apart_are_drawn_as_one_letter() -> None:
    apart = replace(POSTER, title=unicodedata.normalize("NFD", POSTER.title))
    assert share_poster(LINK, apart) == share_poster(LINK, POSTER)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("text", ["Ợ", "dài " * 300, "W" * 400, "Ỹ ợ " * 30, "a\n" * 40])
def test_words_never_leave_their_place(part: str, text: str) -> None:
    filled, box = PARTS[part]
    found = ink(filled(text), filled(""))
    assert found is not None
    assert is_inside(found, box)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(words, words), max_size=8))
def test_contact_lines_never_leave_the_panel(contact: list[tuple[str, str]]) -> None:
    found = ink(replace(EMPTY, contact=tuple(contact)))
    assert found is None or is_inside(found, posters.CONTACT)


def test_eight_endless_contact_lines_stay_apart() -> None:
    found = ink(replace(EMPTY, contact=(("nhãn " * 40, "y" * 900),) * 8))
    assert found is not None
    assert is_inside(found, posters.CONTACT)


def test_a_ninth_line_is_refused() -> None:
    with pytest.raises(ValueError, match="eight"):
        replace(EMPTY, contact=(("a", "b"),) * 9)


def test_without_a_contact_point_the_sentence_stands_in_the_middle() -> None:
    found = ink(replace(EMPTY, contact=(("", "Đầu mối chưa được công bố."),)))
    assert found is not None
    assert abs((found.left + found.right) - posters.WIDTH) <= 8
    assert abs((found.top + found.bottom) - (posters.CONTACT.top + posters.CONTACT.bottom)) <= 16


@given(words, st.integers(120, 900), st.integers(40, 300))
@settings(max_examples=60, deadline=None)
def test_laid_out_lines_fit_and_lose_no_word_unless_they_say_so(text: str, width: int, height: int) -> None:
    block = lay_out(text, width, height, 40, "Regular")
    assert block.height <= max(height, block.leading)
    assert all(block.font.getlength(line) <= width for line in block.lines)
    kept = "".join(block.lines).replace(" ", "")
    wanted = "".join(unicodedata.normalize("NFC", text).split())
    assert kept == wanted or (kept.endswith("…") and wanted.startswith(kept[:-1]))


def test_a_short_text_keeps_its_size_and_a_long_one_shrinks() -> None:
    assert lay_out("ngắn", 900, 100, 40, "Bold").font.size == 40
    assert lay_out("dài " * 100, 900, 100, 40, "Bold").font.size < 40


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_letters_on_board_print_vietnamese_and_are_small(weight: str) -> None:
    content = resources.files("bot").joinpath(f"papers/fonts/NotoSans-{weight}.ttf").read_bytes()
    assert len(content) < 150_000
    font = ImageFont.truetype(io.BytesIO(content), 40, layout_engine=ImageFont.Layout.BASIC)
    absent = bytes(font.getmask("\uffff"))
    letters = {
        unicodedata.normalize("NFC", base + mark + tone)
        for base in "aeiouyAEIOUY"
        for mark in ("", "\u0302", "\u0306", "\u031b")
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    }
    vietnamese = {letter for letter in letters if len(letter) == 1} | set("đĐ")
    assert len(vietnamese) > 134
    assert [
        sign for sign in sorted(vietnamese) + list("→←↑↓•–—…“”‘’₫№≤≥☐☑✓") if bytes(font.getmask(sign)) == absent
    ] == []


def test_the_license_of_the_letters_travels_with_them() -> None:
    assert "SIL OPEN FONT LICENSE" in resources.files("bot").joinpath("papers/fonts/OFL.txt").read_text(
        encoding="utf-8"
    )
    assert "bot/papers/fonts/OFL.txt" in (ROOT / "NOTICE").read_text(encoding="utf-8")
