"""Callback data: what we write is what we read, and what anybody else writes breaks nothing."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.presses import LONGEST, PRESSES, Claim, Press, read

kinds = pytest.mark.parametrize("kind", PRESSES.values(), ids=lambda kind: kind.__name__)


@given(st.text() | st.from_regex(r"[mfkcdopvliarb](:[A-Za-z0-9_]{0,8}){0,6}", fullmatch=True))
def test_any_text_is_read_as_a_press_that_writes_it_again_or_as_nothing(data: str) -> None:
    press = read(data)
    if press is not None and len(data.encode()) <= LONGEST:
        assert press.data() == data


@kinds
def test_a_press_is_read_as_it_was_written(kind: type[Press]) -> None:
    values = [f"v{number}" for number, _ in enumerate(fields(kind))]
    assert read(kind(*values).data()) == kind(*values)


@kinds
def test_a_press_with_a_value_too_many_or_too_few_is_nothing(kind: type[Press]) -> None:
    data = kind(*("v" for _ in fields(kind))).data()
    assert read(f"{data}:v") is None
    assert read(data.rpartition(":")[0]) is None


def test_no_two_kinds_of_press_share_a_verb() -> None:
    assert len({kind.verb for kind in Press.__subclasses__()}) == len(Press.__subclasses__()) == len(PRESSES)


def test_a_press_longer_than_telegram_allows_is_never_written() -> None:
    with pytest.raises(AssertionError):
        Claim("x" * LONGEST).data()
