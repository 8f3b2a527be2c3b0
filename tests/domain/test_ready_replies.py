"""Replies that are written once: their places are known at the start, and filled or refused when they are sent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ready_replies
from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError
from bot.domain.presses import LONGEST, Ready
from bot.domain.ready_replies import PLACES, Unfilled, filled

REPLY = """
[[reply]]
key = "working"
title = "Đang xử lý"
kinds = ["sim"]
until = 2027-01-01
[reply.words]
vi = "Tin báo {ma}: chậm nhất {han} chúng tôi báo lại."
en = "Report {ma}: you hear from us by {han}."
"""
GENERAL = REPLY.replace("working", "general").replace('kinds = ["sim"]\n', "")
DAY = date(2026, 11, 23)


def test_a_reply_is_filled_in_the_reporters_language_and_falls_back_to_vietnamese() -> None:
    (reply,) = Policy.parse(REPLY).replies
    values = {"ma": "SC-2026-000001", "han": "09:00"}
    assert filled(reply.words.in_language("en"), values) == "Report SC-2026-000001: you hear from us by 09:00."
    (without,) = Policy.parse(REPLY.split("en = ", maxsplit=1)[0]).replies
    assert without.words.language("en") == "vi"
    assert filled(without.words.in_language("en"), values).startswith("Tin báo SC-2026-000001")


@pytest.mark.parametrize("missing", [{}, {"han": None}, {"han": ""}])
def test_a_place_that_cannot_be_filled_is_named(missing: dict[str, str | None]) -> None:
    with pytest.raises(Unfilled) as caught:
        filled("Xin chờ tới {han}", {"ma": "SC-2026-000001", **missing})
    assert caught.value.place == "han"


@given(st.sampled_from(PLACES), st.text(max_size=30))
def test_what_fills_a_place_is_never_read_as_a_place_itself(place: str, value: str) -> None:
    if value:
        assert filled(f"a {{{place}}} b", {place: value}) == f"a {value} b"


def test_what_is_meant_for_the_kind_comes_first_and_old_replies_are_gone() -> None:
    replies = Policy.parse(GENERAL + REPLY).replies
    assert [one.key for one in ready_replies.suiting(replies, "sim", DAY)] == ["working", "general"]
    assert [one.key for one in ready_replies.suiting(replies, "dos", DAY)] == ["general"]
    assert ready_replies.suiting(replies, "sim", date(2027, 1, 1)) == []


@pytest.mark.parametrize(
    ("policy", "fault", "path"),
    [
        (REPLY.replace("Tin báo {ma}", "Tin báo {ten}"), "policy.unknown_place", "reply[1].words.vi"),
        (REPLY.replace("{han}.", "{han."), "policy.unknown_place", "reply[1].words.en"),
        (REPLY.replace('"sim"', '"simm"'), "policy.unknown_value", "reply[1].kinds[1]"),
        (REPLY + REPLY, "policy.overlap", "reply[2]"),
    ],
)
def test_a_reply_that_cannot_be_used_is_named_at_the_start(policy: str, fault: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(policy)
    assert [(one.key, one.path) for one in caught.value.faults][:1] == [(fault, path)]


def test_the_longest_key_fits_under_a_button() -> None:
    assert len(Ready("0" * 20, "x" * 20, "send", "x" * 13).data().encode()) <= LONGEST
