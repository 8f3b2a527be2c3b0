"""The guard keeps its promises on any text and any update: lengths, places, repetition, depth, time."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.redact import Secret, guard, guard_update

PIECES = st.sampled_from(
    ["mật khẩu", " mk ", "pass", ": ", " là ", "=", "Abc@123", "123456", " OTP ", "mã xác nhận ", "4111 1111 1111 1111",
     "035185001234", "CCCD ", "STK ", "MẬT", "\n", "TỐI MẬT", "Độ mật: ", "10.0.0.1", "::1",
     "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "AKIAIOSFODNN7EXAMPLE",
     "😀", "\u200b", "a\u0323\u0302",
     "１２３", "•", "/", ", ", ". ", '"', "x",
     "lan@gmail.com:", "đọc ", "0912345678", " 5 triệu"]
)  # fmt: skip
MIXTURES = st.lists(PIECES, max_size=12).map("".join)
TEXTS = st.one_of(st.text(max_size=200), MIXTURES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def utf16(text: str) -> int:
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans())
def test_a_mask_is_as_long_as_what_it_hides_and_masking_twice_changes_nothing(text: str, agency: bool) -> None:
    once = guard(text, agency=agency)
    assert utf16(once.text) == utf16(text)
    assert once.text.count("\n") == text.count("\n")
    assert (once.text == text) == (not once.kinds)
    assert guard(once.text, agency=agency).text == once.text


@settings(max_examples=100, deadline=None)
@given(MIXTURES)
def test_what_is_not_masked_is_byte_for_byte_what_was_written(text: str) -> None:
    masked = guard(text, agency=True).text
    kept = [piece for piece in masked.split("•") if piece]
    at = 0
    for piece in kept:
        at = text.index(piece, at) + len(piece)


@settings(max_examples=150, deadline=None)
@given(JSON, st.booleans())
def test_any_json_passes_and_keeps_its_shape(raw: object, agency: bool) -> None:
    copy, _ = guard_update(raw, agency=agency)
    assert shape(copy) == shape(raw)


def shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return utf16(value) if isinstance(value, str) else value


def test_an_astral_letter_in_a_secret_counts_as_two() -> None:
    text = "mật khẩu: Ab1😀@xyz nhé"
    masked = guard(text).text
    assert masked == "mật khẩu: ••••••••• nhé"
    assert utf16(masked) == utf16(text)


def test_a_key_over_several_lines_keeps_its_line_breaks() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
    masked = guard(f"tệp:\n{key}\nxin hỗ trợ")
    assert masked.kinds == (Secret.PRIVATE_KEY,)
    assert masked.text.startswith("tệp:\n•")
    assert masked.text.endswith("•\nxin hỗ trợ")
    assert masked.text.count("\n") == 5
    assert "MII" not in masked.text


def test_a_cut_off_key_is_masked_as_far_as_it_looks_like_one() -> None:
    masked = guard("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx1abcDEF\nMIIEowIBAAKCAQEAx1abc").text
    assert "MII" not in masked


def test_kinds_are_told_once_in_order_of_appearance() -> None:
    masked = guard("otp 583920, mật khẩu: Abc@123, otp 583921, thẻ 4111111111111111")
    assert masked.kinds == (Secret.OTP, Secret.PASSWORD, Secret.CARD)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "127.0.0.1", "fd00::12", "::1"])  # fmt: skip  # noqa: E501
def test_an_internal_address_is_masked_for_agencies_only(address: str) -> None:
    text = f"máy chủ {address} bị mã hóa"
    assert guard(text, agency=True).kinds == (Secret.PRIVATE_IP,)
    assert guard(text).text == text


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "192.169.1.1", "11.0.0.1", "2001:db8::1", "10.0.19045.3803"])  # fmt: skip  # noqa: E501
def test_a_public_address_is_evidence(address: str) -> None:
    text = f"từ {address} tới"
    assert guard(text, agency=True).text == text


@pytest.mark.parametrize("stamp", ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "  MẬT  ", "*** TUYỆT MẬT ***", "Tối mật", "M Ậ T"])
def test_a_line_that_is_nothing_but_a_stamp_is_masked(stamp: str) -> None:
    assert guard(f"UBND TỈNH\n{stamp}\nKế hoạch").kinds == (Secret.SECRECY_STAMP,)


@pytest.mark.parametrize(
    "line", ["MẬT KHẨU", "MẬT ONG", "BẢO MẬT", "BÍ MẬT", "MẤT", "mất", "mặt", "mật", "TÀI LIỆU MẬT MÃ"]
)
def test_other_words_and_lines_are_no_stamp(line: str) -> None:
    assert guard(line).text == line


# --- updates ----------------------------------------------------------------------------------------------------

SECRET = "mật khẩu là Abc@1234"
MASKED = "mật khẩu là ••••••••"


@pytest.mark.parametrize(
    "path",
    [
        "message.text", "message.caption", "edited_message.text", "message.document.file_name", "message.audio.title",
        "message.audio.performer", "message.poll.question", "message.poll.options.0.text", "message.poll.explanation",
        "message.quote.text", "message.reply_to_message.text", "message.reply_to_message.reply_to_message.caption",
        "message.external_reply.document.file_name", "message.contact.first_name", "message.contact.vcard",
        "message.venue.address", "message.venue.title", "message.from.first_name", "message.from.last_name",
        "message.chat.title", "message.entities.0.url", "inline_query.query", "message.web_app_data.data",
        "message.giveaway.prize_description", "message.checklist.tasks.0.text", "message.something_new.words",
        "callback_query.message.text", "message.story.caption", "chosen_inline_result.query", "poll.question",
        "message.forward_origin.sender_user_name", "message.author_signature", "message.game.description",
    ],
)  # fmt: skip
def test_human_words_are_masked_wherever_they_stand(path: str) -> None:
    raw, kinds = guard_update(nested(path.split("."), SECRET), agency=False)
    assert raw == nested(path.split("."), MASKED)
    assert kinds == (Secret.PASSWORD,)


def nested(path: list[str], value: object) -> object:
    for key in reversed(path):
        value = [value] if key.isdigit() else {key: value}
    return value


def test_identifiers_and_the_data_of_buttons_stay_as_they_are() -> None:
    raw = {
        "update_id": 1,
        "callback_query": {
            "id": "4382bfdwdsb323b2d9",
            "data": "otp: 583920",
            "chat_instance": "-4111111111111111111",
            "inline_message_id": "035185001234",
            "from": {"id": 35185001234, "username": "mk_la_Abc123", "language_code": "vi"},
        },
        "message": {
            "media_group_id": "035185001234",
            "document": {"file_id": "BQACAgUAAxkBAAI4111111111111111", "file_unique_id": "AQAD4111111111111111"},
            "contact": {"phone_number": "+84912345678"},
            "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
        },
    }
    assert guard_update(raw, agency=True) == (raw, ())


def test_words_cannot_hide_under_a_harmless_key() -> None:
    raw, kinds = guard_update({"message": {"type": SECRET, "data": SECRET}}, agency=False)
    assert raw == {"message": {"type": MASKED, "data": MASKED}}
    assert kinds == (Secret.PASSWORD,)


def test_the_update_given_is_not_changed() -> None:
    raw = {"message": {"text": SECRET, "entities": [{"type": "bold", "offset": 0, "length": 3}]}}
    before = json.dumps(raw)
    guard_update(raw, agency=False)
    assert json.dumps(raw) == before


def test_an_update_a_hundred_thousand_levels_deep_passes() -> None:
    deep: object = SECRET
    for level in range(100_000):
        deep = [deep] if level % 2 else {"text": deep}
    copy, kinds = guard_update(deep, agency=False)
    assert kinds == (Secret.PASSWORD,)
    while isinstance(copy, list | dict):
        copy = copy[0] if isinstance(copy, list) else copy["text"]
    assert copy == MASKED
    while isinstance(deep, list | dict):  # taken apart level by level, for the interpreter frees it recursively
        deep = deep.pop() if isinstance(deep, list) else deep.pop("text")


# --- time -------------------------------------------------------------------------------------------------------

SLOW = [
    "1", "1 ", "0 3 5 1 ", "mk ", "mk la ", "mật khẩu ", "mật khẩu: a b ", 'pass "', "a", "a@a.", "-",
    "-----BEGIN KEY-----\n", "eyJaaaaaaaaa.", "::", "0:", "10.", "otp ", "otp 123 ", "doc ma ", "MẬT\n", " ", "\n",
    "admin/a1b2 ",    "tk/mk: a / ", "😀", "mysql ", "a.b", "doc 1 ", "x la ", "cvv ", "api key ",
]  # fmt: skip


@pytest.mark.parametrize("piece", SLOW)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Eight times the text may take some twenty times as long on a busy machine; a quadratic rule takes 64 times."""
    short, long = seconds(piece * (2_000 // len(piece))), seconds(piece * (16_000 // len(piece)))
    assert long < 24 * max(short, 0.0005)


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        guard(text, agency=True)
        best = min(best, time.process_time() - start)
    return best
