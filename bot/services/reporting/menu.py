"""The front door: welcome, help by role, language, and what to do with a message that belongs to nothing."""

from __future__ import annotations

from bot.domain import reports
from bot.domain.forms import Form
from bot.domain.ids import short
from bot.domain.people import Permission, Person
from bot.domain.presses import Fork, Language, Open
from bot.services.desk import Desk, Keys, key
from bot.services.reporting import conversations
from locales import Lines, Word
from storage import drafts, evidence, people

LANGUAGES = ("vi", "en")

# Commands by what they need; shown in the help of whoever may use them.
COMMANDS: tuple[tuple[str, Permission], ...] = (
    ("baosuco", Permission.REPORT),
    ("tracuu", Permission.TRACK_OWN),
    ("daumoi", Permission.SEE_CONTACT_POINT),
    ("chiase", Permission.SEE_CONTACT_POINT),
    ("dangky", Permission.ENROL),
    ("riengtu", Permission.KEEP_OWN_PRIVACY),
    ("ngonngu", Permission.KEEP_OWN_PRIVACY),
    ("huy", Permission.REPORT),
    ("hangdoi", Permission.SEE_QUEUE),
    ("cuatoi", Permission.SEE_QUEUE),
    ("xacminh", Permission.VERIFY),
    ("bangiao", Permission.HAND_OVER),
    ("trucban", Permission.SEE_ROTA),
    ("tuanthu", Permission.SEE_COMPLIANCE),
    ("baocao", Permission.MAKE_PAPERS),
    ("nghiavu", Permission.DO_OBLIGATIONS),
    ("hethong", Permission.SEE_OWN_AGENCY),
    ("raquet", Permission.DO_OBLIGATIONS),
    ("phuongan", Permission.DO_OBLIGATIONS),
    ("dientap", Permission.DO_OBLIGATIONS),
    ("dieuphoi", Permission.SEE_REQUESTS),
    ("duyet", Permission.JUDGE_EVIDENCE),
    ("coquan", Permission.SEE_REGISTER),
    ("danhba", Permission.KEEP_REGISTER),
    ("capnhatdaumoi", Permission.PUBLISH_CONTACT_POINT),
    ("moi", Permission.INVITE),
    ("quyen", Permission.SEE_ROLES),
    ("gannhom", Permission.BIND_GROUP),
    ("trogiup", Permission.SEE_CONTACT_POINT),
)


def doors() -> Keys:
    return [
        [key("button.report", Open("report"), "primary")],
        [key("button.track", Open("track")), key("button.contact", Open("contact"))],
        [key("button.privacy", Open("privacy")), key("button.language", Open("language"))],
    ]


async def welcome(desk: Desk, person: Person) -> None:
    await desk.say(person, "menu.welcome", buttons=doors())


async def too_short(desk: Desk, person: Person) -> None:
    """A message that is no story and belongs to nothing files nothing; it gets the doors and the phone number."""
    await desk.say(person, "menu.too_short", buttons=doors())


async def help_(desk: Desk, person: Person) -> None:
    lines = [
        Word("help.line", command=f"/{name}", what=Word(f"command.{name}"))
        for name, permission in COMMANDS
        if person.may(permission)
    ]
    team = Word("help.team") if person.may(Permission.CLAIM) else None
    if person.may(Permission.ANSWER_REFERRAL):
        team = Word("help.liaison")
    await desk.say(person, "help.text", buttons=doors(), lines=Lines(lines), team=team)


def report_form(person: Person, *, as_citizen: bool = False) -> Form:
    if person.may(Permission.REPORT_FOR_AGENCY) and not as_citizen:
        return reports.AGENCY_REPORT
    return reports.CITIZEN_REPORT


async def report(desk: Desk, person: Person, edits: int | None = None) -> None:
    """Open the report form with the list of what happened at once. An unfinished one is asked about first."""
    one = await drafts.find(desk.tx, person.id)
    if one is not None and one.incident is None and one.draft.form in reports.REPORTS and one.draft.answers:
        await desk.say(
            person,
            "fork.ask",
            buttons=[
                [key("button.go_on", Fork(short(one.id), "on"), "primary")],
                [key("button.begin_anew", Fork(short(one.id), "anew"))],
            ],
            edits=edits,
        )
        return
    await conversations.begin(desk, person, report_form(person))


async def report_as_citizen(desk: Desk, person: Person, message: int | None) -> str | None:
    """An officer tells something private: the citizen form takes the place of an empty agency form."""
    one = await drafts.find(desk.tx, person.id)
    if one is not None and one.incident is None and one.draft.answers:
        return "fork.finish_first.toast"
    await conversations.begin(desk, person, report_form(person, as_citizen=True), edits=message)
    return None


async def fork(desk: Desk, person: Person, press: Fork, message: int | None) -> str | None:
    """Go on with the open form, or begin anew; the name of a toast where the button is old."""
    one = await drafts.find(desk.tx, person.id)
    if one is None or short(one.id) != press.draft or press.way not in ("on", "anew"):
        return "press.stale.toast"
    if press.way == "on":
        await conversations.show(desk, person, one, edits=message)
        return None
    await evidence.erase_of_draft(desk.tx, one.id)
    await conversations.begin(desk, person, report_form(person), edits=message)
    return None


async def choose_language(desk: Desk, person: Person) -> None:
    keys = [[key(f"language.{language}", Language(language))] for language in LANGUAGES]
    await desk.say(person, "language.ask", buttons=keys)


async def speak(desk: Desk, person: Person, language: str, message: int | None) -> str | None:
    if language not in LANGUAGES:
        return "press.stale.toast"
    await people.speak(desk.tx, person.id, language)
    await desk.say(person, "language.done", edits=message)
    return None
