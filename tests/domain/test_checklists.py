"""Steps for every kind of incident, and lists of the policy that stand in their place."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain import checklists
from bot.domain.checklists import KINDS, Phase
from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError
from bot.domain.presses import LONGEST, Tick

LIST = """
[[checklist]]
kinds = ["outage", "dos"]
from = 2027-01-01
until = 2028-01-01
steps = [
  { key = "call_power", phase = "contain", words = "Gọi điện lực" },
  { key = "ask_when", phase = "detect", words = "Hỏi mất điện từ lúc nào" },
]
"""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_steps_in_each_phase_and_few_enough_to_be_read_at_night(kind: str) -> None:
    steps = checklists.built_in(kind)
    assert list(dict.fromkeys(step.phase for step in steps)) == list(Phase)
    assert len({step.key for step in steps}) == len(steps)
    assert 8 <= len(steps) <= 12
    assert "confirm_level" in {step.key for step in steps}


def test_a_list_of_the_policy_stands_in_place_of_ours_while_it_is_in_effect() -> None:
    lists = Policy.parse(LIST).checklists
    steps = checklists.steps("dos", lists, date(2027, 6, 1))
    assert [(step.key, step.phase) for step in steps] == [("ask_when", Phase.DETECT), ("call_power", Phase.CONTAIN)]
    assert steps[0].words == "Hỏi mất điện từ lúc nào"
    assert checklists.steps("dos", lists, date(2028, 1, 1)) == checklists.built_in("dos")
    assert checklists.steps("sim", lists, date(2027, 6, 1)) == checklists.built_in("sim")


@pytest.mark.parametrize(
    ("policy", "fault", "path"),
    [
        (LIST.replace('"dos"', '"ddos"'), "policy.unknown_value", "checklist[1].kinds[2]"),
        (LIST.replace("ask_when", "call_power"), "policy.twice", "checklist[1].steps[2]"),
        (LIST + LIST, "policy.overlap", "checklist[2]"),
        (LIST.replace('"detect"', '"find"'), "policy.unknown_value", "checklist[1].steps[2].phase"),
    ],
)
def test_a_list_that_cannot_be_used_is_named_at_the_start(policy: str, fault: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(policy)
    assert [(one.key, one.path) for one in caught.value.faults] == [(fault, path)]


def test_the_key_of_any_step_fits_under_a_button() -> None:
    longest = max((step.key for kind in KINDS for step in checklists.built_in(kind)), key=len)
    assert len(Tick("0" * 20, longest, "off").data().encode()) <= LONGEST
    assert len(Tick("0" * 20, "x" * 30, "off").data().encode()) <= LONGEST
