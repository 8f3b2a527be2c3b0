"""Who may be what for an agency, and that only Telegram can vouch for a number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agencies import Kind
from bot.domain.enrolment import ENROLMENT, LONGEST_FOREIGN, role_of
from bot.domain.errors import Unclear
from bot.domain.forms import advance, begin
from bot.domain.people import OFFICERS, Role
from bot.domain.questions import Act, Known, Pressed, Said

KNOWN = Known(datetime(2026, 11, 23, tzinfo=UTC), lists={"agency": (("a", "Phường Phủ Lý"), ("b", "Phường Hoa Lư"))})
PHONE = ENROLMENT.question("phone")


@given(st.text())
def test_no_words_are_an_own_number(text: str) -> None:
    with pytest.raises(Unclear, match="typed_phone"):
        PHONE.read(Said(text), KNOWN)


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_card_of_somebody_else_is_an_own_number(text: str, number: str) -> None:
    with pytest.raises(Unclear, match="others_phone"):
        PHONE.read(Said(text, contact_phone=number), KNOWN)


@pytest.mark.parametrize(("shared", "kept"), [("+84912345678", "0912345678"), ("+4915112345678", "+4915112345678")])
def test_the_own_card_is_taken_from_wherever_its_number_is(shared: str, kept: str) -> None:
    assert PHONE.read(Said(contact_phone=shared, contact_is_own=True), KNOWN) == kept


def test_a_number_that_telegram_never_sends_is_cut() -> None:
    said = Said(contact_phone="x" * 1000, contact_is_own=True)
    assert len(PHONE.read(said, KNOWN)) == LONGEST_FOREIGN


@given(st.text())
def test_only_an_agency_that_words_have_found_can_be_picked(value: str) -> None:
    draft = begin(ENROLMENT, KNOWN).draft
    step = advance(ENROLMENT, draft, Pressed("agency", Act.ANSWER, value), KNOWN)
    assert (step.answered == "agency") is (value in ("a", "b"))


def test_words_alone_pick_no_agency() -> None:
    step = advance(ENROLMENT, begin(ENROLMENT, KNOWN).draft, Said("Phường Phủ Lý"), KNOWN)
    assert step.answered is None


@pytest.mark.parametrize("kind", list(Kind))
def test_whoever_speaks_for_an_agency_is_an_officer_of_its_sort(kind: Kind) -> None:
    assert role_of(kind) in OFFICERS
    assert (role_of(kind) is Role.ISP_CONTACT) is (kind is Kind.PROVIDER)
