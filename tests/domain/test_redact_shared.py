"""What a group may see: no phone, no address, no account, nothing to click; and what is worth filing."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.redact import defang, for_group, has_indicator, is_story, mask_personal
from bot.domain.vietnamese import EMAIL, find_phones

CLICKABLE = re.compile(
    r"(?:https?|ftp|tg)://\S|(?<![a-z])mailto:\w|(?<=[\w-])\.(?:com|vn|org|net|me|xyz|top|info)(?![a-z0-9\u00c0-\u1eff])"
    r"|(?<![\d.])(?:(?:[1-9]?\d|1\d\d|2[0-4]\d|25[0-5])\.){3}(?:[1-9]?\d|1\d\d|2[0-4]\d|25[0-5])(?!\d|\.\d)"
    r"|(?<!\w)@[a-z]\w{3,}",
    re.IGNORECASE | re.ASCII,
)
PIECES = st.sampled_from(
    ["https://", "HTTP://", "vi-du.com", "/a?b=c", "www.",
     "t.me/", "zalo.me/0912345678", "0912345678", " 0912 345 678 ",
     "1.2.3.4",     "lan.anh@gmail.com", "@lua_dao", "stk ", "19034567890123", ".", "\u200b", " ",
     "\n", "Vietcombank", "é", "[.]", "•", "tg://",
     "+84 24 3826 1234", "1.500.000.000 đ", "x" * 30, "mailto:", "．", "１２３", "…"]
)  # fmt: skip
STORIES = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=15).map("".join))


@settings(max_examples=400, deadline=None)
@given(STORIES, st.integers(20, 300))
@example("00000000:0.0.10.0.000", 20)  # cut within, an address is left
def test_a_line_for_a_group_is_short_and_holds_no_contact_and_no_link(text: str, longest: int) -> None:
    line = for_group(text, longest)
    assert len(line) <= longest
    assert "\n" not in line
    assert not find_phones(line)
    assert not EMAIL.search(line)
    assert not CLICKABLE.search(line)


@settings(max_examples=200, deadline=None)
@given(STORIES)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert defang(defang(text)) == defang(text)
    assert mask_personal(mask_personal(text)) == mask_personal(text)


def test_personal_data_is_masked_and_facts_stay() -> None:
    text = "gọi 0912345678, lan.anh@gmail.com, stk 19034567890123, ACB 24680135, cccd 035185001234, mất 1.500.000.000 đ, SC-2026-000123, CVE-2026-12345, 103.45.67.189"  # noqa: E501
    assert mask_personal(text) == (
        "gọi 09•• ••• 678, l•••@…, stk •••••••••••123, ACB •••••135, cccd •••••••••234, mất 1.500.000.000 đ, SC-2026-000123, CVE-2026-12345, 103.45.67.189"  # noqa: E501
    )


@pytest.mark.parametrize(
    ("link", "harmless"),
    [
        ("https://vi-du.com/a", "hxxps://vi-du[.]com/a"),
        ("HTTP://Vi-Du.COM", "hxxp://Vi-Du[.]COM"),
        ("www.vi-du.vn", "www[.]vi-du[.]vn"),
        ("vào t.me/lua nhé", "vào t[.]me/lua nhé"),
        ("zalo.me/g/abc", "zalo[.]me/g/abc"),
        ("1.2.3.4", "1[.]2[.]3[.]4"),
        ("http://1.2.3.4:8080/x.php", "hxxp://1[.]2[.]3[.]4:8080/x[.]php"),
        ("hxxps://vi-du[.]com", "hxxps://vi-du[.]com"),
        ("ví-dụ.vn", "ví-dụ[.]vn"),
        ("tg://resolve?domain=x", "tg[:]//resolve?domain=x"),
        ("nhắn @ho_tro_88", "nhắn [@]ho_tro_88"),
        ("mất 1.500.000 đ. Sau đó", "mất 1.500.000 đ. Sau đó"),
        ("xong.Nó bảo", "xong.Nó bảo"),
    ],
)
def test_a_link_is_readable_and_not_clickable(link: str, harmless: str) -> None:
    assert defang(link) == harmless


def test_a_long_text_is_cut_at_a_word() -> None:
    line = for_group("một hai ba bốn năm sáu bảy tám chín mười", 24)
    assert line == "một hai ba bốn năm sáu…"


def test_a_short_text_is_one_line_and_whole() -> None:
    assert for_group("  Bị lừa\n\n tiền ") == "Bị lừa tiền"


@pytest.mark.parametrize(
    "text",
    ["http://a.b", "vi-du.com", "vidu.xyz/abc", "hxxps://vi-du[.]com", "0912345678", "024 3826 1234", "stk 12345678",
     "19034567890123",     "lan@gmail.com", "@lua_dao_88", "103.45.67.89", "bit.ly/3x"],
)  # fmt: skip
def test_something_to_follow_up_makes_a_story_however_short(text: str) -> None:
    assert has_indicator(text)
    assert is_story(text)


@pytest.mark.parametrize(
    "text",
    ["", "alo", "chào ạ", "cứu em với", "mất 5tr", "ok.vâng", "113", "1.500.000 đ", "12345", "hi.Anh oi", "20/11/2026"],
)
def test_a_greeting_is_no_story(text: str) -> None:
    assert not has_indicator(text)
    assert not is_story(text)


def test_twenty_letters_are_a_story_and_marks_do_not_count_twice() -> None:
    assert is_story("Em bị lừa mất hết tiền rồi")
    assert not is_story("é" * 19 + " 1234 !!!")
    assert is_story("é" * 20)
    assert not is_story("e\u0323\u0302" * 19)
