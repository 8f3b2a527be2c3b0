"""Letters, telephone numbers, addresses and amounts as people write them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vietnamese import (
    Phone,
    PhoneKind,
    find_phones,
    fold,
    mask_phone,
    nfc,
    parse_email,
    parse_money,
    parse_phone,
    show_phone,
)


def test_folding_forgets_marks_case_and_spaces() -> None:
    assert fold("  Sự\n CỐ  Đặc biệt ") == "su co dac biet"
    assert fold(unicodedata.normalize("NFD", "Sự cố")) == fold("Sự cố") == "su co"


def test_composing_makes_what_two_phones_type_equal() -> None:
    assert nfc(unicodedata.normalize("NFD", "Nghị định")) == "Nghị định"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


PHONES = {
    "0912345678": ("0912345678", PhoneKind.MOBILE),
    "+84 912 345 678": ("0912345678", PhoneKind.MOBILE),
    "84912345678": ("0912345678", PhoneKind.MOBILE),
    "(+84) 912.345.678": ("0912345678", PhoneKind.MOBILE),
    "+84 (0)912 345 678": ("0912345678", PhoneKind.MOBILE),
    "số em là 0912-345-678 ạ": ("0912345678", PhoneKind.MOBILE),
    "０９１２３４５６７８": ("0912345678", PhoneKind.MOBILE),
    "0912\u200b345678": ("0912345678", PhoneKind.MOBILE),
    "024 3826 1234": ("02438261234", PhoneKind.LANDLINE),
    "(0226) 3852.123": ("02263852123", PhoneKind.LANDLINE),
    "+84 24 3826 1234": ("02438261234", PhoneKind.LANDLINE),
    "19001234": ("19001234", PhoneKind.SERVICE),
    "1900 545415": ("1900545415", PhoneKind.SERVICE),
    "1800 1091": ("18001091", PhoneKind.SERVICE),
    "113": ("113", PhoneKind.SHORT),
    "số 156": ("156", PhoneKind.SHORT),
}


@pytest.mark.parametrize(("written", "meant"), PHONES.items())
def test_a_phone_is_read_in_every_spelling(written: str, meant: tuple[str, PhoneKind]) -> None:
    assert parse_phone(written) == Phone(*meant)


@pytest.mark.parametrize(
    "written",
    ["", "091234567", "09123456789", "0123456789", "12345", "113 triệu rồi 114", "0912345678 hoặc 0987654321"],
)
def test_no_phone_or_two_of_them_are_no_answer(written: str) -> None:
    assert parse_phone(written) is None


def test_phones_are_found_in_a_story_and_accounts_are_not() -> None:
    story = (
        "gọi 0912 345 678 20 giờ 15, rồi 024 3826 1234; stk 19034567890123, 0351000123456, mất 113 triệu, 1.500.000đ"
    )
    assert [phone.digits for phone in find_phones(story)] == ["0912345678", "02438261234"]


@pytest.mark.parametrize(
    ("digits", "shown", "masked"),
    [
        ("0912345678", "0912 345 678", "09•• ••• 678"),
        ("02438261234", "024 3826 1234", "02• •••• •234"),
        ("02263852123", "0226 3852 123", "02•• •••• 123"),
        ("19001234", "1900 1234", "19•• •234"),
        ("113", "113", "113"),
    ],
)
def test_a_number_is_shown_as_it_is_read_and_masked_where_others_look(digits: str, shown: str, masked: str) -> None:
    assert show_phone(digits) == shown
    assert mask_phone(digits) == masked


@given(st.text())
def test_any_text_has_phones_or_none(text: str) -> None:
    assert all(phone.digits.isdigit() and phone.digits.isascii() for phone in find_phones(text))


def test_an_address_is_found_in_an_answer() -> None:
    assert parse_email("mail em: Lan.Anh@GMAIL.com ạ") == "lan.anh@gmail.com"
    assert parse_email("a@b.vn, a@b.vn") == "a@b.vn"
    assert [parse_email(text) for text in ("", "lan@", "@lan", "lan@gmail", "a@b.vn và c@d.vn", "a..b@c.vn")] == [
        None
    ] * 6


AMOUNTS = {
    "1.500.000 đ": 1_500_000, "1500000": 1_500_000, "1 500 000": 1_500_000, "15,000,000 VND": 15_000_000,
    "1tr5": 1_500_000, "2tr350": 2_350_000, "1,5 triệu": 1_500_000, "1.5tr": 1_500_000, "1 triệu rưỡi": 1_500_000,
    "3 trieu 5": 3_500_000, "2 triệu 350 nghìn": 2_350_000, "khoảng 20tr ạ": 20_000_000, "5 củ": 5_000_000,
    "2 tỷ": 2_000_000_000, "2 tỷ 3": 2_300_000_000, "1tỷ200tr": 1_200_000_000, "1.500tr": 1_500_000_000,
    "500k": 500_000, "ba trăm nghìn": 300_000, "hai triệu": 2_000_000, "không mất": 0, "0": 0,
    "mất 5tr ngày 3": 5_000_000,
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), AMOUNTS.items())
def test_an_amount_is_read_in_every_spelling(written: str, meant: int) -> None:
    assert parse_money(written) == meant
    assert parse_money(unicodedata.normalize("NFD", written).upper()) == meant


@pytest.mark.parametrize("written", ["", "không rõ", "nhiều lắm", "500 usd", "$200", "99999999999999999999"])
def test_no_amount_and_foreign_money_are_no_answer(written: str) -> None:
    assert parse_money(written) is None


@given(st.text())
def test_any_text_is_an_amount_or_none(text: str) -> None:
    amount = parse_money(text)
    assert amount is None or amount >= 0
