"""Every word that the bot says: complete in both languages, within Telegram's limits, in good plain Vietnamese."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain.checklists import PLANS, Phase
from bot.domain.coordination import FORMS as COORDINATION_FORMS
from bot.domain.enrolment import ENROLMENT
from bot.domain.forms import Form
from bot.domain.handing import FORMS as HANDING_FORMS
from bot.domain.incidents import AgencyKind, CitizenKind, EventKind, Move, Severity, Source, Status
from bot.domain.people import PERMISSIONS, Role
from bot.domain.policy import Body
from bot.domain.putting_off import FORMS as PUTTING_OFF
from bot.domain.questions import Known, Notice
from bot.domain.registering import FORMS as REGISTER_FORMS
from bot.domain.registering import Event
from bot.domain.reports import AGENCY_REPORT, CITIZEN_REPORT, CONTACT_POINT, FORMS, OUTBREAK, PRIVACY_REQUEST
from bot.domain.secrets import Secret
from bot.domain.submissions import FORMS as EVIDENCE_FORMS
from bot.domain.tasks import FORMS as TASK_FORMS
from bot.domain.work import FORMS as WORK
from bot.services.casework.cards import AT_ONCE, BY_FORM
from bot.services.casework.dossier import LEAVES
from bot.services.casework.tasks import TASKS
from bot.services.reporting.menu import COMMANDS, LANGUAGES
from locales import DEFAULT, At, Texts, Value
from storage.chain import Fault

ROOT = Path(__file__).parents[2]
CODE = ("bot", "handlers", "jobs", "storage")

# ── Tables: extend these when a new text does not fit ──────────────────────────────────────────────────────────────

STAFF_BUTTONS = (
    *("request_new", "request_list", "request_see", "request_received", "request_done", "request_refuse"),
    *("request_result", "request_withdraw"),
    *("affirm", "contacts_right", "leave_post", "leave_yes", "stay", "take_over_post", "relieve_yes"),
    *("checklist", "replies", "notes", "newest", "timeline", "timeline_file", "chain", "ready_send", "ready_edit"),
    "admit",
    "as_citizen",
    "bind_no",
    "bind_yes",
    "claim",
    "details",
    "forward_link",
    "refuse",
    *("see_files", "see_more", "whole_list"),
    *("start", "ask", "resolve", "close", "reject", "merge", "refer", "reopen", "rate", "more", "fold"),
    *("accept", "return"),
    *("hand_over", "take_over", "decline_work", "say_why", "pass_on", "pick_other", "withdraw_work"),
    *("dossier", "papers", "pdf", "tlp", "which_report", "which_drop", *TASKS),
    *("clocks", "severity", "resume", "dossier_back"),
    *("related", "lay", "split", "not_same"),
    "table_*",
    *("rota_open", "rota_before", "rota_after", "rota_picture", "rota_give", "rota_plan", "rota_copy", "rota_done"),
    *("rota_week", "rota_more", "rota_nobody", "rota_fill", "rota_replace", "rota_come", "rota_favour"),
    *("rota_give_other", "rota_take", "rota_leave"),
    "compliance_*",
    "owed_*",
    *("withdraw_evidence", "hand_in_again", "judging", "judging_next", "waived", "see_evidence", "accept_evidence"),
    *("return_evidence", "agree_exemption", "refuse_exemption", "revoke_exemption"),
    *("register", "register_log", "merge_yes", "merge_no", "systems"),
    *(f"agency_{act}" for act in ("add", "edit", "point", "system", "merge", "end", "back", "successor")),
    *(f"system_{act}" for act in ("add", "edit", "level", "update", "stop", "resume", "see")),
    *("agree", "disagree", "grant_role", "grant_yes", "revoke_yes", "leave_role", "roles_of", "roster"),
)
CITIZEN_BUTTONS = (
    *("report", "track", "contact", "privacy", "language", "go_on", "begin_anew"),
    *("send", "send_now", "send_rest", "edit", "cancel", "back", "skip", "unknown", "finish"),
    *("add", "object", "withdraw", "withdraw_yes", "withdraw_no", "picture_yes", "picture_no"),
    *("declared", "legal"),
    *("privacy_see", "privacy_withdraw", "privacy_request", "newer", "older"),
    "which_new",
    *("share_contact", "providers", "enrol_more"),
)
CITIZEN_COMMANDS = tuple(name for name, permission in COMMANDS if PERMISSIONS[permission] >= set(Role))
STAFF_COMMANDS = tuple(name for name, _ in COMMANDS if name not in CITIZEN_COMMANDS)

OF_THE_TERMINAL = ("settings.*", "policy.*", "cli.*", "doctor.*")

# What a citizen can meet: in every language.
CITIZEN = (
    "format.*",
    "kind.*.label",
    *(f"kind.{kind}.*" for kind in CitizenKind),
    *(f"{form.name}.*" for form in (CITIZEN_REPORT, PRIVACY_REQUEST)),
    *("form.*", "answer.*", "mark.on", "trace.*", "unclear.*", "moment.*", "hours.*"),
    *("contact_wish.*", "consent.*", "privacy_want.*"),
    *(f"button.{name}" for name in CITIZEN_BUTTONS),
    *(f"command.{name}" for name in CITIZEN_COMMANDS),
    *("menu.*", "help.text", "help.line", "language.*", "profile.*"),
    "report.*",
    *("promise.*", "legal.owed", "legal.line", "legal.basis", "legal.start.*", "legal.state.*", "legal.declared.*"),
    *("fork.*", "cancel.nothing", "withdraw.*", "supplement.closed", "incident.cannot.*", "track.*", "status_told.*"),
    *("incident.too_late.*", "life.*"),
    *("contact.hotline.*", "contact.point.*", "contact.show", "channel.line"),
    *("notice.personal_data", "notice.months", "law.line", "privacy.*", "covers.*", "consent_state.*", "picture.*"),
    *("guard.*", "secret.*", "message.*", "press.*", "sending.again", "bug.told", "body.*"),
    *("flood.told", "disk.low"),
    *("group.anonymous", "group.report_in_private", "group.help.unbound"),
    *(
        "permission.denied.*",
        "permission.no_seat.*",
        "roles.in_private",
        "invite.none",
        "invite.in_private",
        "bind.in_group",
    ),
    *("share.*", "poster.*"),
    *(f"{ENROLMENT.name}.*", "enrol.*", "providers.*", "post.officer", "post.deputy", "post.head"),
    *("evidence.*", "file.[!do]*", "workshop.*"),
    *("intake.ended", "intake.words_only", "intake.reworded", "which.[!cd]*"),
    "ready.time",
    *("relay.answer", "relay.enclosed", "relay.corrected", "relay.passed_on", "relay.not_passed_on", "relay.listed"),
    *("relay.write_here", "relay.officer.*", "button.reply", "button.see_report"),
    *("legal.deadline", "legal.yours.*"),
)
# What only the team, officers, administrators and operators meet: Vietnamese is enough.
STAFF = (
    *("checklist.*", "phase.*", "step.*", "timeline.*", "notes.*", "chain.*", "event.*", "ready.[!t]*", "ready.title"),
    *("criterion.*", "degree.*", "severity_rule.*", "rating_reason.*"),
    *("clock.*", "clocks.*", "pause.*", "pause_reason.*", "pause_long.*"),
    *("ladder.*", "rung.*", "legal.watched.*"),
    *(f"kind.{kind}.first_aid" for kind in AgencyKind),
    *(f"kind.{kind}.story" for kind in AgencyKind),
    *(f"{form.name}.*" for form in (AGENCY_REPORT, CONTACT_POINT)),
    *("own_system.*", "secrecy.read", "level.*", "state.*", "found_by.*", "told.*", "flags.*", "agency_contact_wish.*"),
    *("notice.secrecy", "contact.published_now"),
    *(f"button.{name}" for name in STAFF_BUTTONS),
    *(f"command.{name}" for name in STAFF_COMMANDS),
    *("card.*", "source.*", "status.*", "claim.*", "details.*", "exhibit.*", "queue.*", "mine.*", "owner.*"),
    *("incident.now.*", "severity.*", "mover.*", "under_card.*", "work.*", "referral.*", "money.*", "handled.*"),
    *(f"{name}.*" for name in (*WORK, *TASK_FORMS, *HANDING_FORMS)),
    *("handover.*", "held.*"),
    *(f"{name}.*" for name in EVIDENCE_FORMS),
    *("request.*", "request_term.*", *(f"{name}.*" for name in COORDINATION_FORMS)),
    *("submission.*", "judging.*", "exemption.*", "count.*", "hole.*", "hunt_found.*", "drill_form.*"),
    "digest.*",
    "register.*",
    *("import.*", "table.*"),
    *("owed.*", "standing.*", *(f"{name}.*" for name in PUTTING_OFF)),
    *("reach.*", "post.line", "post.titled", "post.silent", "post.nobody", "post.unnamed", "post.there", "post.red"),
    "post.*_key",
    *("agency.*", "merge.*", "chronicle.*", "register_event.*", "system.*", "system_stands.*", "system_update.*"),
    *("square.*", "square_of.*", *(f"{name}.*" for name in REGISTER_FORMS)),
    *("dossier.*", "task.*", "paper.*", "tlp.*"),
    *("indicator.*", "offer.*", "outbreak.*", "related.*", f"{OUTBREAK.name}.*"),
    *("search.*", "which.colleague", "which.dropped"),
    *("file.disk_full", "file.owner"),
    *("group.help.bound", "group.in_private", "help.team", "help.liaison", "role.*", "staff.*", "admin.*", "bug.admin"),
    *("invite.ask_role", "invite.link", "invite.share_contact", "invite.wait", "invite.confirm*", "invite.refused*"),
    *("invite.decided.*", "invite.own.*", "invite.second.*"),
    *("roles.[!i]*",),
    *("rota.*", "weekday.*", "weekday_short.*"),
    *("compliance.*", "calendar.*"),
    *("bind.public", "bind.already", "bind.asked_in_private", "bind.confirm", "bind.kept", "bind.replaced"),
    *("bind.released", "bind.done", "bind.more_waiting"),
    *("bind.sight.*", "bind.standing.*"),
    *("intake.in_group", "sent.*", "origin.*", "permission.led.*"),
    *("relay.told", "relay.forwarded", "relay.amended", "relay.media", "relay.refused", "relay.picture"),
    *("relay.masked", "relay.kind", "relay.unfit"),
    *("relay.note_too_late", "relay.unknown", "relay.tally", "relay.failed.*"),
    "button.see_files",
    *OF_THE_TERMINAL,
)
OPTIONS = "values of the options of a question in bot/domain/reports.py"
# Keys that code puts together, and from what. Any other key stands in the code as it is.
DYNAMIC = {
    **dict.fromkeys(("standing.*", "standing.sign.*"), "codes of Standing"),
    **dict.fromkeys(("owed.audience.*", "owed.capacity.*"), "codes of Audience and of Post"),
    "button.owed_do_*": "codes of Evidence that somebody judges",
    "register_event.*": "codes of the register's Event",
    "square_of.*": "codes of Evidence",
    "system_stands.*": "codes of Standing",
    "system_update.*": OPTIONS,
    **dict.fromkeys(("button.agency_*", "button.system_*"), "acts of the register's keys"),
    "format.*": "the styles of moments in locales/__init__.py",
    "kind.*.label": "codes of CitizenKind and AgencyKind",
    "kind.*.first_aid": "codes of CitizenKind and AgencyKind",
    "kind.*.story": "codes of CitizenKind and AgencyKind",
    **dict.fromkeys((f"{name}.*" for name in FORMS), "questions of a form"),
    **dict.fromkeys(("contact_wish.*", "consent.*", "privacy_want.*", "moment.*", "hours.*", "secrecy.*"), OPTIONS),
    **dict.fromkeys(("level.*", "state.*", "found_by.*", "told.*", "flags.*", "agency_contact_wish.*"), OPTIONS),
    "unclear.*": "reasons of Unclear, as a note above the question and as a popup",
    "command.*": "COMMANDS of the menu",
    **dict.fromkeys(("post.officer", "post.deputy", "post.head"), "codes of Post"),
    **dict.fromkeys(("enrol.confirmed", "enrol.refused", "reach.confirmed_by_you", "reach.refused_by_you"), "its word"),
    "language.[ev][ni]": "LANGUAGES of the menu",
    "body.*": "parts of Body that texts name",
    "role.*": "codes of Role",
    "event.*": "codes of EventKind",
    "phase.*": "codes of Phase",
    "step.*": "keys of steps in bot/domain/checklists.py",
    "checklist.*ticked.toast": "whether a step is done",
    "chain.fault.*": "codes of Fault",
    "ready.unfilled.*": "places of ready replies",
    **dict.fromkeys((f"button.{page}" for page in LEAVES), "pages of the case file"),
    "source.*": "codes of Source",
    "status.*": "codes of Status",
    "status_told.*": "codes of Status",
    "severity.*": "codes of Severity",
    "criterion.*": "codes of Severity",
    "severity_rule.*": "rules of bot/domain/severity.py",
    **dict.fromkeys(("rating_reason.*", "pause_reason.*", "pause_long.*"), OPTIONS),
    **dict.fromkeys(("clock.*", "card.due.*", "card.over.*"), "codes of Clock"),
    **dict.fromkeys(("clocks.s*.*", "legal.s*.*"), "whether the start is known, and how a deadline stands"),
    **dict.fromkeys(("button.clocks", "button.severity", "button.resume"), "pages of the case file"),
    "tlp.means.*": "codes of Tlp",
    **dict.fromkeys(("table.*", "import.*.*"), "names of bot/domain/tables.py, reasons of Unfit, Fault and Unreadable"),
    **dict.fromkeys(("import.send_*", "button.table_*"), "codes of What, and the forms of a file"),
    "handover.what.*": "how work came to its receiver",
    "handover.state.*": "states of a handover",
    **dict.fromkeys(("permission.*.t*", "tlp.withheld.t*"), "whether a key or a message asked"),
    "outbreak.is_one.t*": "whether a key or a message asked",
    "handled.*": OPTIONS,
    **dict.fromkeys(("count.*", "hole.*", "hunt_found.*", "drill_form.*"), OPTIONS),
    "submission.kind.*": "codes of Evidence",
    **dict.fromkeys(("request.now.*", "request.told.*", "request.closed.*", "request.state.*"), "states of a request"),
    **dict.fromkeys(("request.did.*", "request.mark.*"), "what became of a request"),
    "request.reached.*": "codes of Post",
    "register.no_post.*": "whether a key or a message asked",
    "request_term.*": OPTIONS,
    **dict.fromkeys(("submission.state.*", "exemption.state.*"), "states of evidence and of exemptions"),
    "submission.file.*": "codes of Unfit, and what became of a file",
    **dict.fromkeys(("judging.list.*", "judging.how.*"), "lists of bot/services/obligation/queues.py"),
    **dict.fromkeys(
        (f"{who}.{what}" for who in ("judging", "exemption") for what in ("agreed", "refused", "revoked")),
        "what a reviewer decided",
    ),
    **dict.fromkeys(("judging.accepted", "judging.returned"), "what a reviewer decided"),
    **dict.fromkeys((f"button.{move}" for move in (Move.CLAIM, *AT_ONCE, *BY_FORM)), "moves of the team"),
    **dict.fromkeys((f"button.{name}" for name in TASKS), "tasks of the team"),
    **dict.fromkeys(("ladder.deadline.*", "life.delayed.*"), "codes of Clock"),
    **dict.fromkeys(("rung.*", "legal.*.*", "ladder.half", "ladder.nearly"), "codes of Rung"),
    **dict.fromkeys(("under_card.*", "under_card.brief.*"), "marks and rungs, said under a card or in a list"),
    "ladder.*_brief": "the text of a notice, in a line",
    "file.reason.*": "codes of Reason",
    "file.way.*": "what to do instead, by Reason",
    "exhibit.state.*": "codes of State",
    "evidence.*": "kinds of media in handlers/incoming.py",
    "secret.*": "codes of Secret",
    "covers.*": "what a consent covers",
    "indicator.*": "kinds of bot/domain/indicators.py",
    "group.help.*": "whether the group is bound",
    "bind.sight.*": "what the bot may see in the group",
    "bind.standing.*": "whether the bot is an administrator of the group",
    "invite.confirmed*": "the administrator's word",
    "roles.*_by_you": "the second administrator's word",
    "roles.granted": "what became of a role that was given",
    "roles.proposed": "what became of a role that was given",
    "invite.refused*": "the administrator's word",
    "digest.*.*": "kinds of a digest, and whether it is open",
    "queue.[lmn]*": "lists of bot/services/casework/tracking.py",
    "mine.*": "lists of bot/services/casework/tracking.py",
    "settings.*": "faults of bot/config.py",
    **dict.fromkeys(("weekday.*", "weekday_short.*"), "days of a week"),
    **dict.fromkeys(("compliance.part.*", "compliance.state.*"), "codes of Standing"),
    **dict.fromkeys(("compliance.reach*.*", "compliance.contact.*"), "codes of Reach"),
    **dict.fromkeys(
        ("compliance.head.*", "compliance.book.*", "compliance.meaning.*"), "heads and terms of the workbook"
    ),
    **dict.fromkeys(("compliance.term.*", "compliance.post.*"), "terms of the workbook, codes of Post"),
    **dict.fromkeys(("rota.accepted*", "rota.declined*"), "the colleague's word on a shift"),
}
# Texts that Telegram shows bare and short: pattern → longest in characters. All others are messages.
SHORT = {
    **dict.fromkeys(("register.door", "register.stretch", "register.pick", "agency.systems_key"), 64),
    **dict.fromkeys(("system.pick", "system.do", "system_update.*", "square_of.*"), 64),
    "format.*": 40,
    "paper.words": 64,
    "kind.*.label": 34,
    "*.label": 64,
    "*.button": 64,
    "button.*": 64,
    "*.toast": 200,
    "*.command": 256,
    "command.*": 256,
    **dict.fromkeys(("contact_wish.*", "consent.*", "privacy_want.*", "moment.*", "hours.*", "secrecy.*"), 64),
    **dict.fromkeys(("level.*", "state.*", "found_by.*", "told.*", "flags.*", "agency_contact_wish.*"), 64),
    **dict.fromkeys(("roles.pick", "roles.take", "roles.days", "roles.body"), 64),
    **dict.fromkeys(("rota.short", "rota.pick*", "rota.person*", "rota.plan_of", "weekday.*", "weekday_short.*"), 64),
    **dict.fromkeys(("rota.sheet.*", "owed.sheet.*", "standing.*", "owed.item.*", "owed.days.text"), 100),
    "owed.pick": 64,
    **dict.fromkeys(
        ("role.*", "language.[ev][ni]", "mark.on", "track.pick", "which.pick", "queue.pick", "queue.claim", "tlp.pick"),
        64,
    ),
    **dict.fromkeys(("request_term.*", "request.state.*", "request.did.*", "request.overdue_mark"), 64),
    **dict.fromkeys(("submission.pick", "judging.pick", "judging.asked"), 64),
    **dict.fromkeys(("count.*", "hole.*", "hunt_found.*", "drill_form.*", "submission.kind.*"), 64),
    **dict.fromkeys(("severity.*", "handled.*", "mover.*", "rating_reason.*", "pause_*.*"), 64),
    "criterion.*": 140,
    **dict.fromkeys(("post.officer", "post.deputy", "post.head", "post.*_key"), 64),
    **dict.fromkeys(("secret.*", "evidence.*", "poster.*"), 100),
    "incident.cannot.*": 200,
    **dict.fromkeys(("handover.nobody_[ht]*", "handover.all_offered", "handover.cannot_take"), 200),  # answer keys too
    "permission.*.text": 200,  # may answer a button too
    **dict.fromkeys(("step.*", "event.*"), 100),
    **dict.fromkeys(("checklist.pick", "ready.title"), 64),
    **dict.fromkeys(("offer.merge_key", "offer.tie_key", "related.untie"), 64),
    **dict.fromkeys(("compliance.pick", "compliance.kind_key", "compliance.head.*", "compliance.state.*"), 100),
    **dict.fromkeys(("compliance.*_caption",), 1024),
    "profile.short": 120,
    "profile.description": 512,
    "share.poster": 1024,  # the caption of a picture
}
MESSAGE = 4096
WIDTHS = {"card.incident": 180}  # of one value: many short ones, each bounded in bot/services/casework/cards.py
# What bot/services/rendering.py lends to every message, and the texts that are shown where it cannot.
SURROUNDINGS = frozenset({"hotline", "bot_link", "province", "standing_unit", "response_team", "data_controller"})
WITHOUT = {
    **dict.fromkeys(("*.toast", "incident.cannot.*", "permission.*.text"), SURROUNDINGS),
    **dict.fromkeys(("command.*", "profile.*", *OF_THE_TERMINAL), SURROUNDINGS),
    **dict.fromkeys(("contact.hotline.*", "body.*", "hours.*"), SURROUNDINGS),
    **dict.fromkeys(("poster.*", "contact.point.unpublished"), frozenset({"hotline", "bot_link"})),
    **dict.fromkeys(("notice.*", "picture.notice", "law.line"), frozenset({"bot_link"})),
}
DIGESTS = ("storm", "emergency")
# Texts of the group, in which nothing of a reporter may stand: which values they may show at all.
GROUP = {
    "card.incident": {"code", "kind", "mark", "site", "detected", "summary", "source", "filed", "status", "owner"}
    | {"severity", "outcome", "relay", "deadline", "legal", "criteria", "tlp", "steps", "tied", "earlier"},
    **{f"card.site.{what}": {"agency", "system"} for what in ("both", "agency", "system")},
    "card.site.levelled": {"system", "level"},
    "card.children": {"n"},
    "card.earlier": {"n"},
    "digest.line": {"code", "kind", "severity", "mark", "said", "summary"},
    "digest.said": {"n"},
    "digest.more": {"codes"},
    **{f"digest.{kind}.closed": {"n", "waiting", "since", "until", "lines", "more", "beyond"} for kind in DIGESTS},
    **{f"digest.{kind}.open": {"n", "waiting", "since", "lines", "more", "beyond"} for kind in DIGESTS},
    "card.parents": {"codes"},
    "offer.merge": {"code", "other", "indicator"},
    "offer.tie": {"code", "other", "indicator"},
    "offer.outbreak": {"n", "hours", "indicator", "codes"},
    "offer.settled": {"code", "what"},
    "rota.group": {"now", "next", "first", "last", "lines"},
    "rota.held": {"name", "span"},
    "rota.came_line": {"name", "span"},
    "queue.line": {"code", "kind", "mark", "summary", "filed", "severity"},
    "search.line": {"code", "kind", "summary", "filed", "severity", "status"},
    "mine.line": {"code", "kind", "mark", "summary", "filed", "severity", "status"},
    "under_card.asked": {"code", "officer", "question"},
    "under_card.told": {"code", "officer", "words"},
    "under_card.requested": {"code", "officer", "agency", "request", "words"},
    "under_card.request_answered": {"code", "agency", "did", "request", "words"},
    "chain.fits": {"code", "n", "erased", "head", "full"},
    "chain.broken": {"code", "number", "fault", "seen", "before", "full"},
    "under_card.answered": {"code", "body", "words"},
    "under_card.handed": {"code", "giver", "receiver"},
    "under_card.returned": {"code", "body", "reason"},
    **{key: {"code", "words"} for key in ("relay.told", "relay.forwarded", "relay.amended")},
    "relay.media": {"code", "files"},
    "relay.refused": {"code", "reason"},
    "relay.picture": {"code"},
    **{f"under_card.{name}": {"code", "deadline", "at"} for name in ("half", "nearly", "nobody")},
    **{f"under_card.{name}": {"code", "deadline", "at", "rung"} for name in ("climbed", "ringing")},
    "ladder.adopted": {"n"},
    "ladder.many_lines": {"n", "lines", "more"},
}
# Placeholders that hold published numbers: their text is called "….published" and stands beside an "….unpublished".
PUBLISHED_NUMBERS = frozenset({"phones", "duty_phone"})
# Calls that name a text, and which of their arguments does; the first list also gives the text its values.
GIVING = {
    **dict.fromkeys(("Word", "Refusal", "toast", "good", "mind", "fault"), 0),
    **dict.fromkeys(("say", "tell_group", "tell_those_who_may", "Beyond"), 1),
}
NAMING = {**GIVING, **dict.fromkeys(("key", "link", "word"), 0), **dict.fromkeys(("render", "plain"), 1), "_receipt": 3}
NAMED = frozenset({"note"})  # keyword arguments that do
# Commands that people may type and that no menu shows.
UNLISTED = frozenset({"start", "help", "language"})
ELSEWHERE = frozenset({"setprivacy", "setjoingroups"})  # commands of @BotFather
# The only number that a text may hold: the one with which people are shown how to write theirs.
EXAMPLE_PHONE = "0912 345 678"
# Vietnamese as data of a parser, of examples, of the demo.
VIETNAMESE_CODE = (
    "bot/domain/letters.py",
    "bot/domain/lettering.py",
    "bot/domain/vietnamese.py",
    "bot/domain/redact.py",
    "bot/domain/secrets/*",
    "bot/domain/moment_words.py",
    "bot/examples/*",
    "bot/playground/*",
    "bot/demo.py",
)
BANNED = {
    r"\bbạn\b(?! bè)": "the address is Anh/Chị",
    r"\bleo thang\b": "báo cáo cấp trên, chuyển xử lý",
    r"\bvé\b": "mã sự cố, hồ sơ sự cố",
    r"\bngười dùng cuối\b": "translated jargon",
    r"24/7": "only the published hours may say when somebody answers",
    r"\b(Luật|Nghị định|Thông tư|Chỉ thị|Quyết định) |\bNĐ \d|\d/\d{4}/": "laws come from the policy",
    r"Hà Nam|Ninh Bình|VNCERT|Cục An toàn|Sở TT|\bPA05\b|\bA05\b": "names of bodies come from the policy",
}
PLEASE = 3  # "vui lòng" in the whole catalogue; "xin" and "giúp" are warmer

# ── What the checks share ──────────────────────────────────────────────────────────────────────────────────────────

ALLOWED_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "a", "blockquote"})
TAG = re.compile(r"</?[a-z]+(?: [a-z]+(?:=\"[^\"<>]*\")?)*>")
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#\d+);")
PHONE = re.compile(r"(?:\+84|\b0\d)[\d .-]{6,}\d|\b1[89]00\b|\b11[1-5]\b|\b156\b|\b5656\b")
VIETNAMESE = re.compile("[ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")


@cache
def texts() -> Texts:
    return Texts.load()


def everything() -> list[tuple[str, str]]:
    return [(language, key) for language in texts().languages for key in sorted(texts().keys(language))]


def matches(key: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def offenders(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{language} {key}: {hit[0]}"
        for language, key in everything()
        for hit in pattern.finditer(texts().source(language, key))
    ]


def is_short(key: str) -> bool:
    return matches(key, tuple(SHORT))


def longest(key: str) -> int:
    return next((limit for pattern, limit in SHORT.items() if fnmatchcase(key, pattern)), MESSAGE)


def generous(language: str, key: str) -> dict[str, Value]:
    """Long values of the kind that each placeholder asks for; short texts are given what fits on a key."""
    width = 24 if is_short(key) else WIDTHS.get(key, 250)
    values: dict[str, Value] = dict.fromkeys(texts().placeholders(language, key), "Ư" * width)
    for name, style in re.findall(r"\{([a-z0-9_]+):([a-z]+)\}", texts().source(language, key)):
        values[name] = 10**12 if style == "number" else At(datetime(2026, 11, 22, tzinfo=UTC))
    return values


@cache
def modules() -> dict[str, ast.Module]:
    paths = [path for package in CODE for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def strings(module: ast.Module) -> Iterator[ast.Constant]:
    """Every string of the code but docstrings, the fixed parts of f-strings too."""
    bare = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node


def named_texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, key) for key in named_by(node))


def named_by(call: ast.Call) -> Iterator[str]:
    """The texts that one call names. A text may be chosen on the spot: `"a" if x else "b"`."""
    arguments = [word.value for word in call.keywords if word.arg in NAMED]
    place = NAMING.get(called(call))
    if place is not None and len(call.args) > place:
        arguments.append(call.args[place])
    for argument in arguments:
        for said in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
                yield said.value


def asked_in_vain(node: ast.Call) -> set[str]:
    """What the text named by a call asks for and the call, which lists its values one by one, does not give."""
    if any(word.arg is None for word in node.keywords):
        return set()
    given = {word.arg for word in node.keywords if word.arg} | SURROUNDINGS
    keys = [key for key in named_by(node) if key in texts().keys(DEFAULT)]
    return {f"{key}: {name}" for key in keys for name in texts().placeholders(DEFAULT, key) - given}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else str(getattr(node.func, "id", ""))


class Markup(HTMLParser):
    """Reads a text as Telegram does: allowed tags only, closed in the order in which they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        allowed = {"a": {"href"}, "blockquote": {"expandable"}, "code": {"class"}}.get(tag, set())
        if tag not in ALLOWED_TAGS or not {name for name, _ in attrs} <= allowed:
            self.faults.append(f"<{tag}> is not taken by Telegram")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def markup_faults(text: str) -> list[str]:
    loose = ENTITY.sub("", TAG.sub("", text))
    return Markup(text).faults + [f"a loose {letter}" for letter in "<>&" if letter in loose]


# ── Complete ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_text_says_for_whom_it_is() -> None:
    assert [key for key in sorted(texts().keys(DEFAULT)) if matches(key, CITIZEN) == matches(key, STAFF)] == []


def test_vietnamese_has_every_text() -> None:
    for language in texts().languages:
        assert sorted(texts().keys(language) - texts().keys(DEFAULT)) == []


def test_a_citizen_can_read_every_text_in_every_language() -> None:
    wanted = {key for key in texts().keys(DEFAULT) if matches(key, CITIZEN)}
    for language in texts().languages:
        assert sorted(wanted - texts().keys(language)) == []


def test_a_text_has_the_same_placeholders_in_every_language() -> None:
    differing = [
        f"{language} {key}"
        for language, key in everything()
        if texts().placeholders(language, key) != texts().placeholders(DEFAULT, key)
    ]
    assert differing == []


@pytest.mark.parametrize("kind", [*CitizenKind, *AgencyKind])
def test_each_kind_has_its_button_its_first_aid_and_its_question(kind: CitizenKind | AgencyKind) -> None:
    for part in ("label", "first_aid", "story"):
        assert texts().source(DEFAULT, f"kind.{kind}.{part}")


def test_no_kind_is_described_that_does_not_exist() -> None:
    described = {key.split(".")[1] for key in texts().keys(DEFAULT) if key.startswith("kind.")}
    assert described == {*CitizenKind, *AgencyKind}


def test_first_aid_is_three_to_five_steps_and_ends_with_whom_to_call() -> None:
    for language, key in everything():
        if key.startswith("kind.") and key.endswith(".first_aid"):
            lines = texts().source(language, key).split("\n")
            steps = [line.partition(".")[0] for line in lines if re.match(r"\d", line)]
            assert steps == [str(number + 1) for number in range(len(steps))], key
            assert 3 <= len(steps) <= 5, key
            assert lines[-1] == "{hotline}", key


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_each_question_of_a_form_is_worded_with_all_its_options(form: Form) -> None:
    known = Known(datetime(2026, 11, 22, tzinfo=UTC), name="An", phone="0912345678")
    wanted = {f"{form.name}.review"}
    for question in form.questions:
        wanted.add(f"{form.name}.{question.name}.ask")
        wanted |= {option.label for option in question.options(known)}
        if not isinstance(question, Notice):
            wanted.add(f"{form.name}.{question.name}.label")
    keys = texts().keys(DEFAULT)
    assert sorted(wanted - keys) == []
    assert sorted(key for key in keys if key.startswith(f"{form.name}.") and key not in wanted) == []


def test_each_code_that_becomes_a_word_has_one() -> None:
    keys = texts().keys(DEFAULT)
    tables: dict[str, Iterable[str]] = {
        "role": Role,
        "source": Source,
        "status": Status,
        "status_told": Status,
        "incident.cannot": (Move.CLAIM, Move.WITHDRAW, Move.OBJECT),
        "severity": Severity,
        "event": EventKind,
        "register_event": Event,
        "phase": Phase,
        "step": {key for plan in PLANS.values() for keys in plan.values() for key in keys},
        "chain.fault": Fault,
        "secret": Secret,
        "command": [name for name, _ in COMMANDS],
        "body": [Body.PROVINCE, Body.STANDING_UNIT, Body.RESPONSE_TEAM, Body.DATA_CONTROLLER],
    }
    for table, codes in tables.items():
        assert {key for key in keys if key.startswith(f"{table}.")} == {f"{table}.{code}" for code in codes}, table
    assert {f"language.{language}" for language in LANGUAGES} <= keys


def test_each_unclear_answer_is_told_above_the_question_and_in_a_popup() -> None:
    reasons = {
        str(node.args[0].value)
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and called(node) == "Unclear" and isinstance(node.args[0], ast.Constant)
    }
    wanted = {f"{reason}.{place}" for reason in reasons for place in ("note", "toast")}
    assert {key for key in texts().keys(DEFAULT) if key.startswith("unclear.")} == wanted


def test_every_text_is_used() -> None:
    said = {node.value for module in modules().values() for node in strings(module)}
    unused = [key for key in texts().keys(DEFAULT) if key not in said and not matches(key, tuple(DYNAMIC))]
    assert sorted(unused) == []


@pytest.mark.parametrize(("pattern", "missing"), WITHOUT.items())
def test_no_text_asks_for_a_value_where_nobody_lends_it(pattern: str, missing: frozenset[str]) -> None:
    asking = {
        f"{language} {key}": sorted(texts().placeholders(language, key) & missing)
        for language, key in everything()
        if fnmatchcase(key, pattern) and texts().placeholders(language, key) & missing
    }
    assert asking == {}


def test_a_link_to_the_bot_may_be_unknown() -> None:
    for language, key in everything():
        for line in texts().source(language, key).split("\n"):
            assert line.startswith("?") or "{bot_link}" not in line, f"{language} {key}"


def test_the_group_is_shown_nothing_but_what_a_card_may_show() -> None:
    for key, allowed in GROUP.items():
        assert texts().placeholders(DEFAULT, key) <= allowed, key


def test_every_command_that_a_text_names_exists() -> None:
    known = {name for name, _ in COMMANDS} | UNLISTED | ELSEWHERE
    bare = re.compile(r"(?<![\w/<.])/([a-z]+)")
    named = [
        f"{language} {key}: /{found[1]}"
        for language, key in everything()
        for found in bare.finditer(TAG.sub(" ", texts().source(language, key)))
        if found[1] not in known and not matches(key, OF_THE_TERMINAL)
    ]
    assert named == []


def test_every_button_that_a_text_names_exists_under_that_name() -> None:
    pressing = re.compile(r"(?:[Bb]ấm|[Cc]họn|[Pp]ress|[Cc]hoose) “([^”]+)”")
    shown = [key for key in texts().keys(DEFAULT) if is_label(key)]
    labels = {language: {texts().plain(language, key) for key in shown} for language in texts().languages}
    for language, key in everything():
        if key.startswith("kind."):
            continue  # first aid also names buttons of other people's apps
        named = {found[1] for found in pressing.finditer(texts().source(language, key))}
        assert named <= labels[language], f"{language} {key}"


def is_label(key: str) -> bool:
    return longest(key) == 64 and not texts().placeholders(DEFAULT, key)


def test_no_pattern_of_the_tables_is_left_over() -> None:
    keys = texts().keys(DEFAULT)
    tables = (*CITIZEN, *STAFF, *DYNAMIC, *WITHOUT, *GROUP)
    assert [pattern for pattern in tables if not any(fnmatchcase(key, pattern) for key in keys)] == []


def test_code_names_no_text_that_is_missing() -> None:
    keys = texts().keys(DEFAULT)
    missing = [
        f"{path}:{line} {key}"
        for path, module in modules().items()
        for line, key in named_texts(module)
        if key not in keys
    ]
    assert missing == []


def test_a_call_gives_its_text_all_that_it_asks_for() -> None:
    vain = {
        f"{path}:{node.lineno}": missing
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and called(node) in GIVING and (missing := asked_in_vain(node))
    }
    assert vain == {}


# ── Well formed, and within Telegram's limits ──────────────────────────────────────────────────────────────────────


def test_every_template_is_markup_that_telegram_takes() -> None:
    faults = {
        f"{language} {key}": found
        for language, key in everything()
        if (found := markup_faults(texts().source(language, key)))
    }
    assert faults == {}


def test_an_optional_line_opens_and_closes_its_own_tags() -> None:
    for language, key in everything():
        optional = [line[1:] for line in texts().source(language, key).split("\n") if line.startswith("?")]
        assert [line for line in optional if Markup(line).faults] == [], f"{language} {key}"


def test_short_texts_have_one_line_and_no_markup() -> None:
    for language, key in everything():
        if is_short(key) and longest(key) < 200:
            assert "\n" not in texts().source(language, key), f"{language} {key}"
        if is_short(key):
            assert not TAG.search(texts().source(language, key)), f"{language} {key}"


def test_every_text_fits_with_generous_values() -> None:
    for language, key in everything():
        said = texts().plain(language, key, generous(language, key))
        # Telegram counts UTF-16 units once the markup has been taken away.
        assert 0 < len(said.encode("utf-16-le")) // 2 <= longest(key), f"{language} {key}"


@pytest.mark.parametrize(
    "broken", ["<b>a", "a</b>", "<b><i>a</b></i>", "<p>a</p>", '<a onclick="x">a</a>', "a < b", "a & b", "&nbsp;"]
)
def test_the_check_of_markup_sees_what_telegram_would_refuse(broken: str) -> None:
    assert markup_faults(broken)


def test_the_check_of_markup_lets_pass_what_telegram_takes() -> None:
    assert (
        markup_faults('<b>a <i>&lt;{x}&gt;</i></b> <a href="{url}">b</a> <blockquote expandable>c</blockquote>') == []
    )


# ── Good Vietnamese, and nothing that ages in the wrong place ──────────────────────────────────────────────────────


def test_every_text_is_in_composed_form_and_cleanly_spaced() -> None:
    for language, key in everything():
        source = texts().source(language, key)
        assert unicodedata.is_normalized("NFC", source), f"{language} {key}"
        assert not re.search(r"  |\t|\u00a0| $| \n|\n\n\n| [,;:!?](?!\w)", source), f"{language} {key}"


@pytest.mark.parametrize(("pattern", "why"), BANNED.items())
def test_no_text_uses_a_word_that_we_do_not_say(pattern: str, why: str) -> None:
    assert offenders(re.compile(pattern, re.MULTILINE)) == [], why


def test_words_of_courtesy_are_not_worn_out() -> None:
    assert len(offenders(re.compile("vui lòng", re.IGNORECASE))) <= PLEASE


def test_one_spelling_is_kept() -> None:
    assert offenders(re.compile(r"\b(xử lí|mã hoá|khoá|xoá|hoà|thuỷ)\b", re.IGNORECASE)) == []


def test_no_phone_number_stands_in_a_text() -> None:
    assert [hit for hit in offenders(PHONE) if not hit.endswith(EXAMPLE_PHONE)] == []


@pytest.mark.parametrize("number", ["0912345678", "+84 912 345 678", "0226.3851.111", "1900", "113", "5656"])
def test_the_check_of_numbers_sees_a_number(number: str) -> None:
    assert PHONE.search(f"gọi {number}.")


def test_a_text_with_a_published_number_has_a_form_for_nothing_published() -> None:
    keys = texts().keys(DEFAULT)
    for key in keys:
        if texts().placeholders(DEFAULT, key) & PUBLISHED_NUMBERS:
            assert key.endswith(".published"), key
        if key.endswith(".published"):
            assert key.removesuffix("published") + "unpublished" in keys, key


def test_one_language_does_not_label_two_kinds_alike() -> None:
    for language in texts().languages:
        labels = Counter(texts().plain(language, f"kind.{kind}.label") for kind in (*CitizenKind, *AgencyKind))
        assert [label for label, times in labels.items() if times > 1] == []


def test_no_vietnamese_letter_stands_in_code() -> None:
    found = [
        f"{path}:{node.lineno} {node.value!r}"
        for path, module in modules().items()
        if not matches(path, VIETNAMESE_CODE)
        for node in strings(module)
        if VIETNAMESE.search(str(node.value))
    ]
    assert found == []


@pytest.mark.parametrize("letter", ["đ", "Ư", "ế", "ỹ", "Ă", "õ"])
def test_the_check_of_letters_sees_a_vietnamese_one(letter: str) -> None:
    assert VIETNAMESE.search(letter)
