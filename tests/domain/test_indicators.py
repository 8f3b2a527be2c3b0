"""Indicators in words: the same however they are written, nothing where there is nothing, and never a crash."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.indicators import MOST, NOTHING, Indicator, Kind, Known, find, masked, numbers, shown
from bot.domain.outbreaks import majority
from bot.domain.redact import defang

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def of(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in find(text):
        found.setdefault(str(one.kind), []).append(one.value)
    return found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (
            "Vào hxxps://Lua-Dao[.]top/Dang-Nhap?x=1, rồi",
            {"domain": ["lua-dao.top"], "url": ["lua-dao.top/Dang-Nhap?x=1"]},
        ),
        ("http://lua-dao.top:80/ và https://www.lua-dao.top.", {"domain": ["lua-dao.top"]}),
        ("https://lua-dao.top:8443/a#b", {"domain": ["lua-dao.top"], "url": ["lua-dao.top:8443/a"]}),
        ("lua-dao(.)top nhé, lua-dao[dot]top", {"domain": ["lua-dao.top"]}),
        ("hxxp[:]//lua-dao[.]top", {"domain": ["lua-dao.top"]}),
        ("trang www.ngân-hàng.vn đó", {"domain": ["xn--ngn-hng-dwao.vn"]}),
        ("xn--ngn-hng-dwao.vn", {"domain": ["xn--ngn-hng-dwao.vn"]}),
        ("lua\u200b-dao。top", {"domain": ["lua-dao.top"]}),
        ("http://203.113.131.7/a http://192.168.1.1/b", {"domain": ["203.113.131.7"], "url": ["203.113.131.7/a"]}),
        ("zalo.me/g/abc123", {"domain": ["zalo.me"], "url": ["zalo.me/g/abc123"]}),
        ("gọi +84 (0) 912.345-678", {"phone": ["0912345678"]}),
        ("0912 345 678, 84912345678 và 0912.345.678", {"phone": ["0912345678"]}),
        ("STK 0123 4567 89 Vietcombank", {"account": ["0123456789"]}),
        ("số tài khoản: 19035678901234", {"account": ["19035678901234"]}),
        ("chuyển vào 1903567890 tại Techcombank", {"account": ["1903567890"]}),
        ("tk MB 0912345678", {"account": ["0912345678"], "phone": ["0912345678"]}),
        (f"mã băm {DIGEST.upper()}", {"sha256": [DIGEST]}),
    ],
)
def test_one_form_however_people_write_it(text: str, holds: dict[str, list[str]]) -> None:
    assert of(text) == holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tôi chuyển tiền.la xong rồi.Sau đó họ chặn tôi",
        "tài khoản của tôi bị trừ 20.000.000 đồng",
        "tài khoản bị trừ 20000000đ",
        "CCCD 001200000000, gọi 113, ngày 22/11/2026 lúc 08:30",
        "thư a.b@lua-dao.top",
        "SC-2026-000123 và CVE-2026-12345",
        "http://192.168.0.1/ http://localhost/ http://10.1.2.3",
        DIGEST + "0",
    ],
)
def test_where_there_is_nothing_nothing_is_found(text: str) -> None:
    assert of(text) == {}


words = st.lists(
    st.sampled_from(
        [
            *("lua-dao.top", "https://Vi-Du.com/A/b?c=1", "ngân-hàng.vn", "0912.345.678", "+84 24 3826 1234", DIGEST),
            *(
                "STK 1903 5678 9012",
                "Vietcombank",
                "chuyển",
                "hxxp://",
                "[.]",
                "số tk",
                "20 triệu",
                "/",
                ":",
                "@",
                "\u200b",
            ),
        ]
    )
    | st.text(max_size=8),
    max_size=12,
).map(" ".join)


@given(words)
@settings(max_examples=150, deadline=None)
def test_letters_and_harmless_links_make_no_difference(text: str) -> None:
    found = find(text)
    assert set(find(unicodedata.normalize("NFD", unicodedata.normalize("NFC", text)))) == set(
        find(unicodedata.normalize("NFC", text))
    )
    assert len(found) == len(set(found)) <= MOST
    for one in found:
        assert one.value == one.value.strip()
        assert one.value


@given(
    st.sampled_from(["lua-dao.top", "a.b.lua-dao.xyz", "ngan-hang1.com.vn"]), st.sampled_from(["", "/a", "/a/b?c=d"])
)
def test_what_is_shown_reads_back_as_what_it_was(host: str, path: str) -> None:
    found = find(f"Vào https://{host}{path} ngay")
    assert found
    for one in found:
        assert one in find(shown(one))
        assert find(defang(f"https://{host}{path}")) == found
        assert "." not in shown(one).replace("[.]", "")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_harm(text: str) -> None:
    for one in find(text):
        assert masked(one)
        assert shown(one)


def test_a_group_reads_the_last_three_digits_and_no_link() -> None:
    assert masked(Indicator(Kind.PHONE, "0912345678")) == "09•• ••• 678"
    assert masked(Indicator(Kind.ACCOUNT, "123456789")) == "••••••789"
    assert masked(Indicator(Kind.URL, "zalo.me/0912345678")) == "zalo[.]me/09•• ••• 678"
    assert masked(Indicator(Kind.SHA256, DIGEST)) == "9f86d081884c…"
    assert shown(Indicator(Kind.ACCOUNT, "123456789")) == "123456789"


def test_what_everybody_has_leads_nowhere() -> None:
    known = Known(frozenset({"gov.vn"}), frozenset({"zalo.me"}), frozenset(numbers("0226 3852 123")))
    covered = [
        *("domain gov.vn", "domain congan.hanam.gov.vn", "url congan.hanam.gov.vn/a", "domain zalo.me"),
        *("phone 02263852123", f"sha256 {NOTHING}"),
    ]
    leading = ["domain xgov.vn", "url zalo.me/g/abc", "domain a.zalo.me", "phone 0912345678", f"sha256 {DIGEST}"]
    assert [
        one for one in covered + leading if known.covers(Indicator(Kind(one.split()[0]), one.split()[1]))
    ] == covered


def test_the_majority_names_an_outbreak() -> None:
    assert majority(["sim", "scam_loss", "scam_loss"]) == "scam_loss"
    assert majority(["sim", "scam_loss"]) == "sim"
