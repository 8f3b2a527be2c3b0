"""Telegram's HTML and what Telegram finds in plain text, with offsets in UTF-16 units."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.errors import Refused
from bot.playground.texts import Text, found, parse_html, pieces_of, plain, units, with_entities


def _kinds(text: str) -> list[tuple[str, str]]:
    read = parse_html(text)
    kinds = sorted({entity["type"] for entity in read.entities})
    return [(kind, piece) for kind in kinds for piece in pieces_of(read, kind)]


def test_offsets_count_utf16_units() -> None:
    read = parse_html("😀 <b>Sự cố</b> 😀😀 <i>x</i>")
    assert read.plain == "😀 Sự cố 😀😀 x"
    assert [(e["type"], e["offset"], e["length"]) for e in read.entities] == [("bold", 3, 5), ("italic", 14, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<strong>a</strong><em>b</em>", [("bold", "a"), ("italic", "b")]),
        ("<u>a</u><ins>b</ins>", [("underline", "a"), ("underline", "b")]),
        ("<s>a</s><del>b</del><strike>c</strike>", [("strikethrough", letter) for letter in "abc"]),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', [("spoiler", "a"), ("spoiler", "b")]),
        ("<blockquote>a</blockquote>", [("blockquote", "a")]),
        ("<blockquote expandable>a</blockquote>", [("expandable_blockquote", "a")]),
        ("<code>a</code><pre>b</pre>", [("code", "a"), ("pre", "b")]),
        ("<b>a<i>b</i></b>", [("bold", "ab"), ("italic", "b")]),
        ("<B>a</B>", [("bold", "a")]),
        ("<b></b>a", []),
    ],
)
def test_every_tag_makes_its_entity(text: str, expected: list[tuple[str, str]]) -> None:
    assert _kinds(text) == expected


def test_a_link_keeps_its_address_and_a_telephone_is_no_link() -> None:
    link = parse_html('<a href="https://ais.gov.vn/?a=1&amp;b=2">cổng</a>').entities
    assert link == [{"type": "text_link", "url": "https://ais.gov.vn/?a=1&b=2", "offset": 0, "length": 4}]
    assert parse_html('<a href="tel:113">gọi</a>').entities == []
    mention = parse_html('<a href="tg://user?id=5">An</a>').entities[0]
    assert (mention["type"], mention["user"]["id"]) == ("text_mention", 5)


def test_code_in_pre_gives_the_pre_its_language() -> None:
    assert parse_html('<pre><code class="language-python">x = 1</code></pre>').entities == [
        {"type": "pre", "language": "python", "offset": 0, "length": 5}
    ]


def test_a_moment_is_an_entity_of_its_own() -> None:
    entity = parse_html('<tg-time unix="1800000000" format="wDT">mai</tg-time>').entities[0]
    assert (entity["type"], entity["unix_time"]) == ("date_time", 1_800_000_000)


def test_four_escapes_and_numbers_are_known() -> None:
    assert parse_html("&lt;b&gt; &amp; &quot;&#39;&#x27; &nbsp; &").plain == "<b> & \"'' &nbsp; &"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ố <x>a</x>", 'Unsupported start tag "x" at byte offset 4'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-time>a</tg-time>", 'Tag "tg-time" must have attribute "unix"'),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(text: str, why: str) -> None:
    with pytest.raises(Refused) as no:
        parse_html(text)
    assert no.value.description == f"Bad Request: can't parse entities: {why}"


def test_outer_white_space_goes_and_entities_move_with_it() -> None:
    read = parse_html(" \n<b> đậm </b>\n ")
    assert (read.plain, read.entities) == ("đậm", [{"type": "bold", "offset": 0, "length": 3}])


def test_entities_of_the_sender_are_kept() -> None:
    read = with_entities("  đậm", [{"type": "bold", "offset": 2, "length": 3}])
    assert read.entities == [{"type": "bold", "offset": 0, "length": 3}]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("/start abc", "bot_command", "/start"),
        ("gửi /daumoi@ungcuu_demo_bot nhé", "bot_command", "/daumoi@ungcuu_demo_bot"),
        ("xem https://abc.gov.vn/a?b=1.", "url", "https://abc.gov.vn/a?b=1"),
        ("vào abc.com.vn ngay", "url", "abc.com.vn"),
        ("gọi 0912 345 678", "phone_number", "0912 345 678"),
        ("gọi +84912345678", "phone_number", "+84912345678"),
        ("thư an@abc.gov.vn", "email", "an@abc.gov.vn"),
        ("chào @ungcuu_demo_bot", "mention", "@ungcuu_demo_bot"),
        ("#canhbao mới", "hashtag", "#canhbao"),
    ],
)
def test_telegram_finds_things_in_plain_text(text: str, kind: str, piece: str) -> None:
    read = plain(text)
    assert [entity["type"] for entity in read.entities] == [kind]
    assert list(pieces_of(read, kind)) == [piece]


@pytest.mark.parametrize("text", ["ngày 22/11/2026", "and/or", "a@b", "số 12", "#", "//x"])
def test_telegram_does_not_find_what_is_not_there(text: str) -> None:
    assert found(text) == []


def test_nothing_is_found_inside_code() -> None:
    assert _kinds("<code>/start</code> /stop") == [("bot_command", "/stop"), ("code", "/start")]


@given(st.text())
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    read = parse_html(f"<b>{html.escape(text)}</b>")
    assert read.plain == text.strip()


@given(st.text(alphabet='<>/b&;abi "=😀'))
def test_any_markup_is_read_or_refused(text: str) -> None:
    """Entities always lie inside the text."""
    refusal, read = "", Text()
    try:
        read = parse_html(text)
    except Refused as no:
        refusal = no.description
    assert refusal == "" or refusal.startswith("Bad Request: can't parse entities: ")
    ends = [entity["offset"] + entity["length"] for entity in read.entities]
    assert all(end <= units(read.plain) for end in ends)
