"""Our own ids: they sort in the order in which they were made, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ALPHABET, LENGTH, SHORT, Ids, encode, short

START = datetime(2026, 11, 22, tzinfo=UTC)


def clock(jumps: list[int]) -> Iterator[datetime]:
    now = START
    for jump in jumps:
        now += timedelta(milliseconds=jump)
        yield now


@given(st.lists(st.integers(-100_000, 100_000), min_size=2, max_size=200))
def test_ids_sort_and_never_repeat_though_the_clock_stands_or_goes_back(jumps: list[int]) -> None:
    moments = clock(jumps)
    ids = Ids(lambda: next(moments))
    made = [ids.new() for _ in jumps]
    assert made == sorted(set(made))


def test_ids_of_one_millisecond_keep_the_order_in_which_they_were_made() -> None:
    ids = Ids(lambda: START)
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_an_id_sorts_after_those_that_another_process_made_a_millisecond_before() -> None:
    earlier = Ids(lambda: START).new()
    assert Ids(lambda: START + timedelta(milliseconds=1)).new() > earlier


def test_an_id_has_one_length_and_no_letter_that_is_misread() -> None:
    for moment in (datetime(1970, 1, 1, tzinfo=UTC), START, datetime(9999, 12, 31, tzinfo=UTC)):
        made = Ids(lambda moment=moment: moment).new()  # type: ignore[misc]
        assert len(made) == LENGTH
        assert set(made) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@given(st.integers(0, 32**LENGTH - 1), st.integers(0, 32**LENGTH - 1))
def test_numbers_written_in_letters_sort_like_numbers(one: int, other: int) -> None:
    assert (encode(one) < encode(other)) == (one < other)


def test_a_short_id_is_the_end_of_the_long_one() -> None:
    made = Ids(lambda: START).new()
    assert len(short(made)) == SHORT
    assert made.endswith(short(made))
