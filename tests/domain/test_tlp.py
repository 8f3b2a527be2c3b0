"""The five labels of TLP 2.0 as the standard spells them, and who reads what is red."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.people import LEADS, TEAM, Person, Role
from bot.domain.tlp import CHIEFS, PROTECTED, Tlp, may_read, shown_in_group
from locales import Texts


def test_the_labels_are_spelled_as_the_standard_spells_them() -> None:
    assert [one.label for one in Tlp] == ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]


def test_only_red_keeps_words_from_the_group_and_only_the_two_strictest_are_not_forwarded() -> None:
    assert [one for one in Tlp if not shown_in_group(one)] == [Tlp.RED]
    assert {Tlp.RED, Tlp.AMBER_STRICT} == PROTECTED


@pytest.mark.parametrize("role", sorted(TEAM | {Role.AUDITOR, Role.EXPERT}))
def test_red_is_read_by_its_owner_and_by_the_heads_of_the_team_with_a_seat(role: Role) -> None:
    person = Person(id="1", telegram_id=1, language="vi", roles=frozenset({role}))
    assert may_read(person, "1", Tlp.RED)
    assert may_read(person, "2", Tlp.RED) is (role in CHIEFS)
    assert not may_read(replace(person, seated=False), None, Tlp.RED)
    assert all(may_read(person, None, one) for one in Tlp if one is not Tlp.RED)
    assert CHIEFS < LEADS


def test_no_label_is_worded_as_a_degree_of_state_secrecy() -> None:
    texts = Texts.load()
    said = [texts.source("vi", key) for key in texts.keys("vi") if key.startswith("tlp.")]
    assert said
    assert not [one for one in said if re.search(r"\bmật\b", one, re.IGNORECASE)]
