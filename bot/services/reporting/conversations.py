"""Any form, walked with one person: which question is asked, with which keys, and what happens at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain import forms, reports, submissions
from bot.domain.enrolment import OwnPhone
from bot.domain.errors import Refusal
from bot.domain.forms import REVIEW, Form
from bot.domain.ids import short
from bot.domain.incidents import Move
from bot.domain.listed import LISTS
from bot.domain.people import Person
from bot.domain.presses import Answer
from bot.domain.questions import Act, Json, Notice, Pressed, Question, Reply
from bot.domain.work import FORMS_OF
from bot.services import answers
from bot.services.casework import sites
from bot.services.desk import READ_ONCE, Desk, Keys, key, rows
from bot.services.paper.formbook import form_of
from bot.services.register import seeking
from bot.services.reporting import consents, endings, form_keys
from locales import Lines, Word
from storage import drafts, evidence, incidents, sayings, ties

CLOSINGS = frozenset(form.name for form in FORMS_OF[Move.CLOSE].values())
# Questions whose words stay in the chat when their key was pressed: first aid, and what somebody agreed to.
KEPT = {"kind": "trace.kind", "consent": "trace.consent"}


@dataclass(frozen=True)
class Heard:
    """A reply as it came: with the message whose key was pressed, so that it can be edited in place."""

    reply: Reply
    message: int | None = None


async def begin(
    desk: Desk,
    person: Person,
    form: Form,
    given: Mapping[str, Any] | None = None,
    *,
    incident: str | None = None,
    about: str | None = None,
    edits: int | None = None,
    note: str | None = None,
) -> drafts.Open:
    """Open a form for somebody; whatever form was open before is closed (a told story was filed by its caller)."""
    await _forget_file(desk, person)
    await sayings.forget(desk.tx, person.id)
    given = await sites.offered(desk, person, form, given or {}, incident)
    step = forms.begin(form, endings.known(desk, person, given), given)
    one = drafts.Open(desk.tx.new_id(), person.id, step.draft, incident, desk.now, desk.now, about)
    await _keep(desk, one, form)
    await show(desk, person, one, edits=edits, note=Word(note) if note else None)
    return one


async def _forget_file(desk: Desk, person: Person) -> None:
    """The file of a form of evidence that stood open goes with that form."""
    before = await drafts.find(desk.tx, person.id)
    if before is not None and before.draft.form in submissions.KIND_OF:
        await evidence.erase_of_draft(desk.tx, before.id)


async def check_free(desk: Desk, person: Person) -> None:
    """Another form never takes the place of a report that was begun and not sent.

    Raises:
        Refusal: there is one; it is to be sent or dropped first.
    """
    one = await drafts.find(desk.tx, person.id)
    if one is not None and one.incident is None and one.draft.form in reports.REPORTS and one.draft.answers:
        raise Refusal("fork.finish_first.toast")


async def hear(desk: Desk, person: Person, one: drafts.Open, heard: Heard) -> str | None:
    """Take one reply to an open form; the name of a toast for a key, where one is due.

    1. The engine says what follows.
    2. A story told before filing and every answer after it are stored with the draft in the same transaction.
    3. The next question takes the place of the pressed message, or follows the written one.
    """
    form = form_of(desk, one)
    found = await seeking.found(desk, form, one.draft, heard.reply)
    if found is not None:
        await _offer(desk, person, one, found)
        return None
    step = forms.advance(form, one.draft, heard.reply, endings.known(desk, person, one.draft.answers))
    if step.turn == "stale":
        return "press.stale.toast"
    if step.turn == "submit":
        await endings.submit(desk, person, one, heard.message)
        return None
    if step.turn == "cancel":
        await endings.cancel(desk, person, one, heard.message)
        return None
    if step.unclear and heard.message is not None:
        return f"{step.unclear}.toast"
    if step.answered == "consent" and step.draft.answers["consent"] == "agree":
        await consents.record(desk, person, "contact", endings.notice(desk, person))
    moved = replace(one, draft=step.draft, touched_at=desk.now)
    await _keep(desk, moved, form)
    if moved.incident and step.draft.answers != one.draft.answers:
        await endings.add(desk, person, moved)
    await _follow(desk, person, moved, step, heard)
    return None


async def _offer(desk: Desk, person: Person, one: drafts.Open, found: seeking.Rows) -> None:
    """Words were typed where one of many is sought: what they find is on the keys now."""
    listed = replace(one.draft, answers=seeking.listing(one.draft, found))
    moved = replace(one, draft=listed if found else one.draft, touched_at=desk.now)
    await _keep(desk, moved, form_of(desk, one))
    await show(desk, person, moved, note=Word("form.found" if found else "form.none_found"))


async def correct(desk: Desk, person: Person, one: drafts.Open, name: str, answer: Json, *, note: str) -> drafts.Open:
    """An answer was changed where it had been written: the form stands where it stood, and asks again."""
    moved = replace(one, draft=replace(one.draft, answers={**one.draft.answers, name: answer}), touched_at=desk.now)
    await _keep(desk, moved, form_of(desk, one))
    await show(desk, person, moved, note=Word(note))
    return moved


async def _keep(desk: Desk, one: drafts.Open, form: Form) -> None:
    """A story waits for silence; everything else waits for old age."""
    waits = timedelta(days=desk.policy.draft_days)
    told = form.story is not None and one.draft.answers.get(form.story) is not None
    if told and one.incident is None:
        waits = timedelta(minutes=desk.policy.silence_minutes)
    await drafts.keep(desk.tx, replace(one, touched_at=desk.now, look_at=desk.now + waits))


async def _follow(desk: Desk, person: Person, one: drafts.Open, step: forms.Step, heard: Heard) -> None:
    form = form_of(desk, one)
    note = Word(f"{step.unclear}.note") if step.unclear else Word("form.noted") if step.noted else None
    edits = heard.message
    if edits is not None and step.answered in KEPT:
        await _leave_trace(desk, person, form, one, step.answered, edits)
        edits = None
    await show(desk, person, one, edits=edits, note=note)


async def _leave_trace(desk: Desk, person: Person, form: Form, one: drafts.Open, answered: str, message: int) -> None:
    """Turn the pressed message into what should stay readable, and let the next question follow it."""
    answer = one.draft.answers[answered]
    facts: dict[str, Any] = {"answer": answers.shown(form, answered, answer)}
    if answered == "kind":
        facts["first_aid"] = first_aid(desk, person, str(answer))
    else:
        facts["notice"] = endings.notice(desk, person)
    await desk.say(person, KEPT[answered], edits=message, **facts)


def first_aid(desk: Desk, person: Person, kind: str) -> Any:
    """What to do in the next ten minutes, with the public services that the policy names for it."""
    return Word(f"kind.{kind}.first_aid", channels=endings.channels(desk, person, kind))


async def show(
    desk: Desk,
    person: Person,
    one: drafts.Open,
    *,
    edits: int | None = None,
    note: Any = None,
) -> None:
    """Ask where the draft stands: its question, or the review of all answers."""
    form = form_of(desk, one)
    if one.draft.at == REVIEW:
        await show_review(desk, person, one, edits=edits, note=note)
        return
    question = form.question(one.draft.at)
    await desk.say(
        person,
        "form.question",
        buttons=form_keys.under(desk, person, form, one, question),
        edits=edits,
        note=note,
        step=_step(desk, person, form, one, question),
        intro=await _intro(desk, person, one, question),
        ask=_ask(form, one, question),
    )
    if isinstance(question, OwnPhone):
        await desk.say(person, "form.share_contact", extras={"asks_contact": "button.share_contact"})


async def _intro(desk: Desk, person: Person, one: drafts.Open, question: Question) -> Any:
    """What must be read before the question: the notices of data protection and of secrecy, or which incident it is."""
    if one.about is not None:
        incident = await incidents.get(desk.tx, one.about)
        closes = one.draft.form in CLOSINGS and incident.form == reports.OUTBREAK.name
        n = await ties.count(desk.tx, incident.id) if closes else 0
        tied = Word("work.tied", n=n) if n else None
        return Word("work.title", code=incident.code, kind=Word(f"kind.{incident.kind}.label"), tied=tied)
    if question.name == "consent":
        return endings.notice(desk, person)
    if isinstance(question, Notice):
        return Word("notice.secrecy")
    return None


def _ask(form: Form, one: drafts.Open, question: Question) -> Any:
    kind = one.draft.answers.get("kind")
    told = form.story is not None and one.draft.answers.get(form.story) is not None
    asks_story = question.name == form.story or (isinstance(question, Notice) and not told)
    if form.wording is not None:
        hint = form.wording.hints.get(question.name)
        return Word("paper.ask", label=form.wording.asks[question.name], hint=hint)
    return Word(f"kind.{kind}.story") if asks_story and kind else Word(f"{form.name}.{question.name}.ask")


def _label(form: Form, question: Question) -> Any:
    """What a question is called in the review and on a key."""
    if form.wording is not None:
        return Word("paper.words", words=form.wording.labels[question.name])
    return Word(f"{form.name}.{question.name}.label")


def _step(desk: Desk, person: Person, form: Form, one: drafts.Open, question: Question) -> Any:
    """Which number of how many; of a paper, of which most is known, how much is still missing."""
    known = endings.known(desk, person, one.draft.answers)
    if form.wording is not None:
        left = sum(asked.name not in one.draft.answers for asked in form.asked(one.draft.answers, known))
        return Word("paper.left", n=left) if left else None
    number, of = form.step(question.name)
    return Word("form.step", number=number, of=of) if of > 1 else None


async def show_review(
    desk: Desk, person: Person, one: drafts.Open, *, edits: int | None = None, note: Any = None, editing: bool = False
) -> None:
    """All answers that count, to be sent, changed or dropped."""
    form = form_of(desk, one)
    asked, lists = _answered(desk, person, one), one.draft.answers.get(LISTS)
    lines = [
        Word(
            "form.review_line",
            label=_label(form, question),
            answer=answers.brief(answers.shown(form, question.name, said, lists), dense=form.wording is not None),
        )
        for question in asked
        if (said := one.draft.answers[question.name]) or form.wording is None
    ]
    await desk.say(
        person,
        "form.review",
        buttons=_edit_keys(form, one, asked) if editing else _review_keys(one),
        about=one.about if form.wording is not None else None,  # a paper names people: it goes with their consent
        extras=READ_ONCE,  # cancelled, refused or withdrawn, the answers must not outlive their draft here
        edits=edits,
        note=note,
        title=_title(form, blank=len(asked) - len(lines)),
        lines=Lines(lines),
    )


def _title(form: Form, *, blank: int) -> Any:
    if form.wording is None:
        return Word(f"{form.name}.review")
    return Word("paper.review", name=form.wording.title, blank=Word("paper.blank", n=blank) if blank else None)


def _answered(desk: Desk, person: Person, one: drafts.Open) -> list[Question]:
    return [
        question
        for question in form_of(desk, one).asked(one.draft.answers, endings.known(desk, person, one.draft.answers))
        if not isinstance(question, Notice) and question.name in one.draft.answers
    ]


def _review_keys(one: drafts.Open) -> Keys:
    send = "button.send" if one.incident is None else "button.send_rest"
    return [
        [key(send, form_keys.press(one, REVIEW, Act.SUBMIT), "success")],
        [
            key("button.edit", form_keys.press(one, REVIEW, Act.EDIT)),
            key("button.cancel", form_keys.press(one, REVIEW, Act.CANCEL)),
        ],
    ]


def _edit_keys(form: Form, one: drafts.Open, asked: Sequence[Question]) -> Keys:
    labels = [key(_label(form, question), form_keys.press(one, REVIEW, Act.EDIT, question.name)) for question in asked]
    return [*rows(labels, width=2), [key("button.back", form_keys.press(one, REVIEW, Act.TOGGLE))]]


async def press(desk: Desk, person: Person, one: drafts.Open, answer: Answer, message: int | None) -> str | None:
    """A key of a form. Forged values change nothing; keys of another draft are stale."""
    if answer.draft != short(one.id) or answer.act not in set(Act):
        return "press.stale.toast"
    act = Act(answer.act)
    if one.draft.at == REVIEW and act in (Act.EDIT, Act.TOGGLE) and not answer.value:
        answered = _answered(desk, person, one)
        if act is Act.EDIT and len(answered) == 1:  # nothing to choose from
            return await hear(desk, person, one, Heard(Pressed(REVIEW, act, answered[0].name), message))
        # The list of what can be changed is a way of looking at the review, no state of the draft.
        await show_review(desk, person, one, edits=message, editing=act is Act.EDIT)
        return None
    return await hear(desk, person, one, Heard(Pressed(answer.question, act, answer.value), message))


async def drop_old(desk: Desk, one: drafts.Open) -> None:
    """A draft without a story has grown old: it and what came with it are erased."""
    await evidence.erase_of_draft(desk.tx, one.id)
    await drafts.erase(desk.tx, one.person)
