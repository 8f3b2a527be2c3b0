"""Points in time in the words of people, seen from Sunday 22/11/2026, ten in the morning in Hà Nội."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vietnamese import HANOI, Moment, fold, parse_moment

NOW = datetime(2026, 11, 22, 3, 0, 42, tzinfo=UTC)

PRECISE = {
    "hôm qua 9h tối": "21/11/2026 21:00",
    "9h tối hôm qua": "21/11/2026 21:00",
    "em phát hiện lúc 9h tối hôm qua ạ": "21/11/2026 21:00",
    "tối hôm qua lúc 9 giờ": "21/11/2026 21:00",
    "tối qua 9h": "21/11/2026 21:00",
    "9h kém 10 tối qua": "21/11/2026 20:50",
    "chín giờ tối hôm qua": "21/11/2026 21:00",
    "5h chiều qua": "21/11/2026 17:00",
    "8h30": "22/11/2026 08:30",
    "8g30": "22/11/2026 08:30",
    "8 giờ 30": "22/11/2026 08:30",
    "tám giờ ba mươi": "22/11/2026 08:30",
    "08:30 22/11/2026": "22/11/2026 08:30",
    "20/11/2026 14h": "20/11/2026 14:00",
    "15h ngày 20 tháng 11 năm 2026": "20/11/2026 15:00",
    "lúc 14 giờ 30 phút ngày 21/11/2026": "21/11/2026 14:30",
    "9h sáng 20/11": "20/11/2026 09:00",
    "khoảng tầm 3h chiều ngày 19/11": "19/11/2026 15:00",
    "lúc 9 giờ kém 15": "22/11/2026 08:45",
    "bảy giờ sáng": "22/11/2026 07:00",
    "1h30 sáng": "22/11/2026 01:30",
    "0h": "22/11/2026 00:00",
    "12h đêm": "22/11/2026 00:00",
    "12h đêm qua": "22/11/2026 00:00",
    "2h đêm qua": "22/11/2026 02:00",
    "10h tối thứ sáu tuần trước": "13/11/2026 22:00",
    "Hôm nay, 08h00": "22/11/2026 08:00",
    "cách đây 2 tiếng": "22/11/2026 08:00",
    "2 tiếng trước": "22/11/2026 08:00",
    "hai tiếng rưỡi trước": "22/11/2026 07:30",
    "nửa tiếng trước": "22/11/2026 09:30",
    "khoảng 30 phút trước": "22/11/2026 09:30",
    "10' trước": "22/11/2026 09:50",
    "vừa xong": "22/11/2026 10:00",
    "bây giờ": "22/11/2026 10:00",
    "bay gio": "22/11/2026 10:00",
    "hom qua toi bi lua luc 9h toi": "21/11/2026 21:00",
}
VAGUE = {
    "22/11": "22/11/2026 00:00",
    "22-11-26": "22/11/2026 00:00",
    "22.11.2026": "22/11/2026 00:00",
    "2026-11-20": "20/11/2026 00:00",
    "30/11": "30/11/2025 00:00",
    "29/2": "29/02/2024 00:00",
    "ngày 5 tháng 11": "05/11/2026 00:00",
    "mùng 5": "05/11/2026 00:00",
    "ngày 25": "25/10/2026 00:00",
    "hôm nay": "22/11/2026 00:00",
    "hqua": "21/11/2026 00:00",
    "hôm kia": "20/11/2026 00:00",
    "hôm kìa": "19/11/2026 00:00",
    "3 ngày trước": "19/11/2026 00:00",
    "cách đây khoảng 2 hôm": "20/11/2026 00:00",
    "tuần trước": "15/11/2026 00:00",
    "đầu tuần": "16/11/2026 00:00",
    "thứ hai tuần trước": "09/11/2026 00:00",
    "thứ 7": "21/11/2026 00:00",
    "thứ tư": "18/11/2026 00:00",
    "thứ Năm vừa rồi": "19/11/2026 00:00",
    "chủ nhật": "22/11/2026 00:00",
    "chủ nhật vừa rồi": "15/11/2026 00:00",
    "sáng nay": "22/11/2026 06:00",
    "tối qua": "21/11/2026 18:00",
    "đêm qua": "21/11/2026 22:00",
    "hồi tối": "21/11/2026 18:00",
    "trưa hôm kia": "20/11/2026 11:00",
    "tối thứ 7": "21/11/2026 18:00",
    "mới đây": "22/11/2026 10:00",
    "hôm qua tôi bị lừa": "21/11/2026 00:00",
}
AHEAD = ["20 giờ 15", "12h trưa", "9 rưỡi tối", "tối nay", "sáng mai", "22/11/2026 23:00", "31/12/2026"]
NONE = ["", "không rõ", "31/02", "31/02/2026", "31/04/2026", "25h", "30/2 9h", "em mất 9 triệu", "tôi mất 2 tôi",
        "1/1/0001", "cách đây 9999 năm", "0912345678", "tôi"]  # fmt: skip


def local(moment: Moment | None) -> str:
    assert moment is not None
    return f"{moment.at.astimezone(HANOI):%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(("said", "meant"), PRECISE.items())
def test_an_hour_is_understood(said: str, meant: str) -> None:
    moment = parse_moment(said, NOW)
    assert local(moment) == meant
    assert moment is not None
    assert moment.precise


@pytest.mark.parametrize(("said", "meant"), VAGUE.items())
def test_a_day_or_a_part_of_it_is_understood_as_no_more_than_that(said: str, meant: str) -> None:
    moment = parse_moment(said, NOW)
    assert local(moment) == meant
    assert moment is not None
    assert not moment.precise


@pytest.mark.parametrize("said", sorted({*PRECISE, *VAGUE} - {"hôm kìa"}))
def test_marks_case_and_composition_do_not_matter(said: str) -> None:
    meant = parse_moment(said, NOW)
    assert parse_moment(unicodedata.normalize("NFD", said), NOW) == meant
    assert parse_moment(said.upper(), NOW) == meant
    assert parse_moment(f"  {said}  ", NOW) == meant
    assert parse_moment(fold(said), NOW) == meant


@pytest.mark.parametrize("said", AHEAD)
def test_what_lies_ahead_is_told_as_it_is(said: str) -> None:
    moment = parse_moment(said, NOW)
    assert moment is not None
    assert moment.at > NOW


@pytest.mark.parametrize("said", NONE)
def test_no_moment_or_an_impossible_one_is_none(said: str) -> None:
    assert parse_moment(said, NOW) is None


def test_the_day_is_that_of_ha_noi_and_not_of_greenwich() -> None:
    after_midnight = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # 01:30 on the 22nd in Hà Nội
    assert local(parse_moment("hôm nay", after_midnight)) == "22/11/2026 00:00"
    assert local(parse_moment("hôm qua", after_midnight)) == "21/11/2026 00:00"


def test_a_moment_is_whole_minutes_and_never_later_than_now_for_just_now() -> None:
    moment = parse_moment("vừa xong", NOW)
    assert moment is not None
    assert timedelta() <= NOW - moment.at < timedelta(minutes=1)


WORDS = st.sampled_from(
    [*PRECISE, *VAGUE, *AHEAD, *NONE, "24", "h", "/", "năm", "99999", "-", "thứ", "trước", "kém 99"]
)
SENTENCES = st.lists(WORDS, max_size=5).map(" ".join)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(st.one_of(st.text(), SENTENCES), INSTANTS)
def test_any_text_at_any_time_gives_a_moment_that_survives_storing_or_none(text: str, now: datetime) -> None:
    moment = parse_moment(text, now)
    if moment is not None:
        assert Moment.from_text(moment.to_text()) == moment
        assert 1989 <= moment.at.year <= 2100


@pytest.mark.parametrize("text", ["", "hôm qua", "2026-11-21", "2026-13-01~", "2026-11-21T14:00", "~"])
def test_only_what_was_stored_is_read_back(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Moment.from_text(text)


def test_the_stored_forms() -> None:
    assert [
        parsed.to_text() for said in ("hôm qua 9h tối", "hôm qua", "sáng nay") if (parsed := parse_moment(said, NOW))
    ] == [
        "2026-11-21T14:00Z",
        "2026-11-21~",
        "2026-11-21T23:00Z~",
    ]
