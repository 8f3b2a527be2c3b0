"""What is to be done about each kind of incident, step by step, in the six phases of decree 333/2026, article 9.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.incidents import AgencyKind, CitizenKind
from bot.domain.policy_rows import Dated, Key, Line, Table

KINDS: tuple[str, ...] = (*CitizenKind, *AgencyKind)


class Phase(StrEnum):
    """The phases, in the order of the decree; their words are in the catalogue."""

    DETECT = "detect"
    PRESERVE = "preserve"
    CONTAIN = "contain"
    ASSESS = "assess"
    RECOVER = "recover"
    TRACE = "trace"


# Travels in a key beside the incident: shorter than other keys of the policy.
StepKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class PolicyStep(Table):
    """A step in the words of the policy."""

    key: StepKey
    phase: Phase
    words: Line


class Checklist(Dated):
    """The steps for some kinds of incident; while in effect it stands in place of the list that comes with the bot."""

    kinds: tuple[Key, ...] = Field(min_length=1)
    steps: tuple[PolicyStep, ...] = Field(min_length=1, max_length=25)


@dataclass(frozen=True)
class Step:
    """One thing to do. `words` None: they are in the catalogue, under the key."""

    key: str
    phase: Phase
    words: str | None = None


_D, _P, _C, _A, _R, _T = Phase
_Plan = Mapping[Phase, Sequence[str]]

# A key names the same step wherever it stands, and keeps its meaning: a step that changes its meaning gets a new one.
PLANS: Mapping[str, _Plan] = {
    CitizenKind.SCAM_LOSS: {
        _D: ("ask_loss",),
        _P: ("keep_scam",),
        _C: ("bank_block", "secure_accounts"),
        _A: ("search_same", "confirm_level"),
        _R: ("guide_police", "warn_refund"),
        _T: ("pass_traces",),
    },
    CitizenKind.SCAM_CONTACT: {
        _D: ("ask_contact",),
        _P: ("keep_scam",),
        _C: ("block_number", "secure_accounts"),
        _A: ("search_same", "confirm_level"),
        _R: ("tell_signs",),
        _T: ("pass_traces",),
    },
    CitizenKind.ACCOUNT_TAKEOVER: {
        _D: ("ask_account",),
        _P: ("keep_account",),
        _C: ("warn_contacts", "stop_sessions"),
        _A: ("search_same", "confirm_level"),
        _R: ("recover_account", "two_steps"),
        _T: ("ask_entry",),
    },
    CitizenKind.SIM: {
        _D: ("ask_sim",),
        _P: ("keep_sim",),
        _C: ("carrier_block", "bank_accounts"),
        _A: ("check_loss", "confirm_level"),
        _R: ("new_sim", "reset_otp"),
        _T: ("pass_traces",),
    },
    CitizenKind.DEVICE_MALWARE: {
        _D: ("ask_device",),
        _P: ("keep_device",),
        _C: ("device_offline", "bank_other_device"),
        _A: ("check_loss", "search_same", "confirm_level"),
        _R: ("clean_device",),
        _T: ("pass_app",),
    },
    CitizenKind.FAKE_SITE: {
        _D: ("open_safely",),
        _P: ("capture_site",),
        _C: ("ask_typed", "report_block"),
        _A: ("confirm_fake", "search_same", "confirm_level"),
        _R: ("propose_warning", "recheck_site"),
        _T: ("trace_domain",),
    },
    CitizenKind.DEEPFAKE: {
        _D: ("ask_deepfake",),
        _P: ("keep_call",),
        _C: ("warn_real_person", "bank_block"),
        _A: ("search_same", "confirm_level"),
        _R: ("tell_signs", "guide_police"),
        _T: ("pass_traces",),
    },
    CitizenKind.PERSONAL_LEAK: {
        _D: ("ask_leak",),
        _P: ("keep_leak",),
        _C: ("ask_removal", "change_passwords"),
        _A: ("leak_scope", "confirm_level"),
        _R: ("guide_police",),
        _T: ("trace_leak",),
    },
    CitizenKind.HARMFUL: {
        _D: ("ask_harm",),
        _P: ("keep_harm",),
        _C: ("danger_now", "no_payment"),
        _A: ("search_same", "confirm_level"),
        _R: ("removal_request", "guide_police"),
        _T: ("pass_traces",),
    },
    CitizenKind.GOV_SITE: {
        _D: ("see_site",),
        _P: ("ask_keep_logs",),
        _C: ("tell_site_owner",),
        _A: ("attack_or_fault", "confirm_level"),
        _R: ("restore_site", "recheck"),
        _T: ("find_entry",),
    },
    CitizenKind.OTHER: {
        _D: ("ask_more",),
        _P: ("keep_scam",),
        _C: ("first_advice",),
        _A: ("is_ours", "search_same", "confirm_level"),
        _R: ("help_or_refer",),
        _T: ("note_cause",),
    },
    AgencyKind.RANSOMWARE: {
        _D: ("confirm_unit", "ransom_scope"),
        _P: ("keep_ransom",),
        _C: ("isolate", "protect_backups"),
        _A: ("data_stolen", "confirm_level", "remind_duty"),
        _R: ("restore_backup", "reset_admins"),
        _T: ("find_entry", "lessons"),
    },
    AgencyKind.INTRUSION: {
        _D: ("confirm_unit", "intrusion_signs"),
        _P: ("keep_scene",),
        _C: ("isolate", "lock_accounts"),
        _A: ("scope", "confirm_level", "remind_duty"),
        _R: ("remove_backdoors", "watch_after"),
        _T: ("find_entry", "trace_sources"),
    },
    AgencyKind.MALWARE: {
        _D: ("confirm_unit", "malware_signs"),
        _P: ("keep_sample",),
        _C: ("isolate", "lock_accounts"),
        _A: ("scan_others", "confirm_level", "remind_duty"),
        _R: ("clean_restore", "watch_after"),
        _T: ("find_entry", "lessons"),
    },
    AgencyKind.DATA_LEAK: {
        _D: ("confirm_unit", "leak_what"),
        _P: ("keep_leak_proof",),
        _C: ("close_leak", "ask_takedown"),
        _A: ("leak_scope", "confirm_level", "remind_duty"),
        _R: ("tell_people", "watch_after"),
        _T: ("find_entry",),
    },
    AgencyKind.DEFACEMENT: {
        _D: ("see_site", "confirm_unit"),
        _P: ("ask_keep_logs",),
        _C: ("site_offline",),
        _A: ("other_sites", "confirm_level", "remind_duty"),
        _R: ("restore_site", "watch_after"),
        _T: ("find_entry", "trace_sources"),
    },
    AgencyKind.DOS: {
        _D: ("confirm_unit", "see_traffic"),
        _P: ("keep_traffic",),
        _C: ("filter_traffic",),
        _A: ("service_impact", "confirm_level", "remind_duty"),
        _R: ("restore_service", "watch_after"),
        _T: ("trace_sources",),
    },
    AgencyKind.ACCOUNT_OFFICIAL: {
        _D: ("account_facts",),
        _P: ("keep_logins",),
        _C: ("lock_reset", "warn_recipients"),
        _A: ("mailbox_data", "confirm_level", "remind_duty"),
        _R: ("remove_rules", "watch_after"),
        _T: ("find_entry",),
    },
    AgencyKind.PHISHING_AGENCY: {
        _D: ("see_fake",),
        _P: ("keep_mail",),
        _C: ("warn_staff", "find_victims"),
        _A: ("scope", "confirm_level", "remind_duty"),
        _R: ("report_block", "propose_warning"),
        _T: ("trace_domain",),
    },
    AgencyKind.SABOTAGE_DATA: {
        _D: ("confirm_unit", "lost_data"),
        _P: ("keep_scene",),
        _C: ("stop_access", "protect_backups"),
        _A: ("scope", "confirm_level", "remind_duty"),
        _R: ("restore_compare",),
        _T: ("find_entry", "lessons"),
    },
    AgencyKind.MIXED: {
        _D: ("confirm_unit", "list_signs"),
        _P: ("keep_scene",),
        _C: ("isolate", "lock_accounts"),
        _A: ("scope", "confirm_level", "remind_duty"),
        _R: ("clean_restore", "watch_after"),
        _T: ("find_entry", "lessons"),
    },
    AgencyKind.VULNERABILITY: {
        _D: ("confirm_hole",),
        _P: ("keep_report",),
        _C: ("temporary_fix",),
        _A: ("exploited", "same_product", "confirm_level"),
        _R: ("patch", "warn_others"),
        _T: ("note_cause",),
    },
    AgencyKind.SCAN_BRUTEFORCE: {
        _D: ("confirm_scan",),
        _P: ("keep_traffic",),
        _C: ("block_sources",),
        _A: ("any_success", "confirm_level"),
        _R: ("weak_accounts", "watch_after"),
        _T: ("trace_sources",),
    },
    AgencyKind.SUPPLY_CHAIN: {
        _D: ("confirm_unit", "ask_vendor"),
        _P: ("keep_scene",),
        _C: ("cut_vendor",),
        _A: ("scope", "same_vendor", "confirm_level", "remind_duty"),
        _R: ("vendor_fix", "watch_after"),
        _T: ("vendor_report",),
    },
    AgencyKind.OUTAGE: {
        _D: ("confirm_unit", "outage_cause"),
        _P: ("keep_device_logs",),
        _C: ("protect_rest",),
        _A: ("service_impact", "confirm_level", "remind_duty"),
        _R: ("restore_service", "check_data"),
        _T: ("lessons",),
    },
    AgencyKind.UNKNOWN: {
        _D: ("confirm_unit", "see_together"),
        _P: ("keep_scene",),
        _C: ("isolate_if_attack",),
        _A: ("scope", "confirm_level", "remind_duty"),
        _R: ("help_restore",),
        _T: ("lessons",),
    },
}


def built_in(kind: str) -> tuple[Step, ...]:
    """The steps that come with the bot."""
    return tuple(Step(key, phase) for phase, keys in PLANS[kind].items() for key in keys)


def steps(kind: str, lists: Sequence[Checklist], day: date) -> tuple[Step, ...]:
    """What is to be done about an incident of this kind, phase by phase, by the lists of the day."""
    for one in lists:
        if kind in one.kinds and one.holds(day):
            return tuple(
                Step(step.key, step.phase, step.words) for phase in Phase for step in one.steps if step.phase is phase
            )
    return built_in(kind)


def faults(lists: Sequence[Checklist]) -> Iterator[tuple[str, str, str]]:
    """What no single row can know: the key of the fault, where it stands, what is meant."""
    for place, one in enumerate(lists, start=1):
        for other, kind in enumerate(one.kinds, start=1):
            if kind not in KINDS:
                yield "policy.unknown_value", f"checklist[{place}].kinds[{other}]", ", ".join(KINDS)
        seen: set[str] = set()
        for number, step in enumerate(one.steps, start=1):
            if step.key in seen:
                yield "policy.twice", f"checklist[{place}].steps[{number}]", step.key
            seen.add(step.key)
        for earlier, before in enumerate(lists[: place - 1], start=1):
            if set(before.kinds) & set(one.kinds) and before.overlaps(one):
                yield "policy.overlap", f"checklist[{place}]", f"checklist[{earlier}]"
