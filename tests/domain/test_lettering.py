"""Bytes become letters: each way in which Vietnamese tables are saved, and each way in which they were spoilt."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lettering import LETTERS, Unreadable, decode, spoilt

NAME = "Sở Khoa học và Công nghệ, Thị xã Đồng Ngữ"
# What Windows-1258 writes for it: vowels with their hats, tones as bytes of their own.
WINDOWS_1258 = b"S\xf5\xd2 Khoa ho\xf2c va\xcc C\xf4ng ngh\xea\xf2, Thi\xf2 xa\xde \xd0\xf4\xccng Ng\xfd\xde"
TCVN3 = "Së Khoa häc vµ C«ng nghÖ".encode("latin-1")
VNI = "Sôû Khoa hoïc vaø Coâng ngheä".encode("latin-1")


@pytest.mark.parametrize(
    "content",
    [
        NAME.encode(),
        NAME.encode("utf-8-sig"),
        NAME.encode("utf-16"),
        "﻿".encode("utf-16-be") + NAME.encode("utf-16-be"),
        unicodedata.normalize("NFD", NAME).encode(),
        WINDOWS_1258,
    ],
    ids=["utf-8", "with its mark", "utf-16", "big end first", "decomposed", "windows-1258"],
)
def test_honest_letters_are_read_and_composed(content: bytes) -> None:
    assert decode(content) == NAME


def test_utf_16_without_its_mark_is_known_by_its_empty_bytes() -> None:
    line = "Mã;Tên;Loại;Ngày\r\nA-1;Sở Y tế;Sở, ban, ngành;01/07/2025\r\n"
    assert decode(line.encode("utf-16-le")) == line
    assert decode(line.encode("utf-16-be")) == line


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (TCVN3, "tcvn3"),
        (VNI, "vni"),
        ("Së Khoa häc vµ C«ng nghÖ".encode(), "tcvn3"),
        ("Sôû Khoa hoïc vaø Coâng ngheä".encode(), "vni"),
        (NAME.encode().decode("cp1252", "replace").encode(), "broken_letters"),
        ("Müller & Söhne".encode("latin-1"), "letters"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (b"Ma,Ten\n\x00\x01\x02\xff\xfe", "binary"),
    ],
)
def test_everything_else_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as no:
        decode(content)
    assert no.value.reason == reason


@pytest.mark.parametrize(
    "sound",
    [
        *("Sở Y tế", "Hà Nam", "HÀ NAM", "Sông Lô", "Thành An", "Toà án", "quá", "thuê"),
        *("Nestlé", "Müller & Söhne", "Windows®", "«Tên»", "M²"),
    ],
)
def test_names_are_not_taken_for_spoilt_ones(sound: str) -> None:
    assert spoilt(sound) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        text = decode(content)
        assert text == unicodedata.normalize("NFC", text)


@given(st.text(alphabet=[*sorted(LETTERS), *"bcdghklmnpqrstvx ,-"], min_size=1).filter(str.strip))
def test_text_in_vietnamese_letters_survives_every_honest_encoding(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    if spoilt(composed) is None:
        for how in ("utf-8", "utf-8-sig", "utf-16"):
            assert decode(composed.encode(how)) == composed
