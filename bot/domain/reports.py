"""The forms of this bot as data: citizen report, agency report, publishing the contact point, a privacy request."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import coordination, enrolment, handing, putting_off, registering, submissions, tasks, work
from bot.domain.forms import Form
from bot.domain.incidents import AgencyKind, CitizenKind, Flag
from bot.domain.own_systems import OWN_SYSTEM, OwnSystem, Unlevelled, Unregistered
from bot.domain.people import Role
from bot.domain.questions import (
    NONE,
    UNKNOWN,
    Address,
    All,
    Choice,
    ContactWish,
    Day,
    Email,
    HasRole,
    Includes,
    Is,
    Json,
    Moment,
    Notice,
    Phone,
    Phones,
    Several,
    Story,
    Text,
)

# Answers about the reporter: they live apart from the facts of the incident and can be erased alone.
CONTACT = ("name", "title", "phone", "email")
# Answers about how to treat the reporter; no facts of the incident either.
WISHES = ("contact", "consent")

CITIZEN_REPORT = Form(
    "citizen_report_1",
    (
        Choice(name="kind", of=tuple(CitizenKind), label="kind", suffix=".label", danger={CitizenKind.SCAM_LOSS}),
        Story(name="story"),
        Moment(name="happened_at", unknown=True),
        Text(name="clues", optional=True, longest=1500),
        Choice(name="contact", of=("yes", "anonymous"), label="contact_wish"),
        Choice(
            name="consent",
            of=("agree", "anonymous", "refuse"),
            label="consent",
            part_of="contact",
            when=Is("contact", "yes"),
        ),
        Phone(name="phone", part_of="contact", optional=True, when=Is("consent", "agree")),
        Text(name="name", part_of="contact", optional=True, longest=100, when=Is("consent", "agree")),
    ),
)

_NEW_CONTACT = All((Is("contact", "yes"), Is("consent", "agree")))

# The core of form 03 (circular 20/2017/TT-BTTTT): eleven numbers; parts are asked only where they apply. The question
# of own systems came later and needs no new version: it is asked in drafts that list some, all others go on as before.
AGENCY_REPORT = Form(
    "agency_report_1",
    (
        Choice(name="kind", of=tuple(AgencyKind), label="kind", suffix=".label", danger={AgencyKind.RANSOMWARE}),
        Notice(name="secrecy", label="secrecy", part_of="summary"),
        Story(name="summary"),
        Text(
            name="ransom_note",
            part_of="summary",
            optional=True,
            longest=1000,
            when=Is("kind", AgencyKind.RANSOMWARE),
        ),
        OwnSystem(name=OWN_SYSTEM),
        Text(name="system", part_of=OWN_SYSTEM, longest=255, unknown=True, when=Unregistered(OWN_SYSTEM)),
        Choice(
            name="level",
            of=("1", "2", "3", "4", "5", UNKNOWN),
            label="level",
            when=Unlevelled(OWN_SYSTEM),
        ),
        Moment(name="detected_at", quick=("now", "today", "yesterday"), unknown=True),
        Choice(name="state", of=("open", "handling", "handled"), label="state"),
        Several(name="found_by", of=("monitoring", "logs", "users", "agency", "other"), label="found_by"),
        Text(name="found_by_other", part_of="found_by", optional=True, longest=255, when=Includes("found_by", "other")),
        Several(name="told", of=("owner", "police", "isp", NONE, "other"), label="told"),
        Text(name="told_other", part_of="told", optional=True, longest=255, when=Includes("told", "other")),
        Several(name="flags", of=(*Flag, NONE), label="flags"),
        Text(
            name="subscribers",
            part_of="flags",
            optional=True,
            longest=255,
            when=HasRole({Role.ISP_CONTACT}),
        ),
        Text(name="help", optional=True, longest=1000),
        ContactWish(name="contact", of=("known", "yes", "no"), label="agency_contact_wish"),
        Choice(
            name="consent",
            of=("agree", "refuse"),
            label="consent",
            part_of="contact",
            when=Is("contact", "yes", "known"),
        ),
        Text(name="name", part_of="contact", shortest=2, longest=100, when=_NEW_CONTACT),
        Text(name="title", part_of="contact", optional=True, longest=100, when=_NEW_CONTACT),
        Phone(name="phone", part_of="contact", when=_NEW_CONTACT),
        Email(name="email", part_of="contact", optional=True, when=_NEW_CONTACT),
    ),
)

# Decree 330/2026, article 21.1.a, fines whoever publishes no address; letter 3446, item 2, names the fields.
CONTACT_POINT = Form(
    "contact_point_1",
    (
        Phones(name="phones"),
        Email(name="email", optional=True),
        Choice(name="hours", of=("always", "office", "other"), label="hours"),
        Text(name="hours_other", part_of="hours", longest=100, when=Is("hours", "other")),
        Address(name="portal", optional=True),
        Day(name="published_on"),
    ),
)

PRIVACY_REQUEST = Form(
    "privacy_request_1",
    (
        Choice(name="want", of=("correct", "erase"), label="privacy_want"),
        Text(name="details", optional=True, longest=1000),
    ),
)

# Nobody reports an outbreak: it is an incident of its own, whose story says what its reports have in common.
OUTBREAK = Form("outbreak_1", (Story(name="story"),))

FORMS: Mapping[str, Form] = {
    **{form.name: form for form in (CITIZEN_REPORT, AGENCY_REPORT, CONTACT_POINT, PRIVACY_REQUEST, OUTBREAK)},
    **work.FORMS,
    **tasks.FORMS,
    **handing.FORMS,
    **registering.FORMS,
    **submissions.FORMS,
    **enrolment.FORMS,
    **coordination.FORMS,
    **putting_off.FORMS,
}
REPORTS = (CITIZEN_REPORT.name, AGENCY_REPORT.name)


def is_anonymous(facts: Mapping[str, Json]) -> bool:
    """The person asked that nobody learns who reported."""
    return "anonymous" in (facts.get("contact"), facts.get("consent"))


def story_of(facts: Mapping[str, Json]) -> str:
    return str(facts.get("story") or facts.get("summary") or "")
