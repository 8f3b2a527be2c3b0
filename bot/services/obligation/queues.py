"""What a reviewer sees: what waits, one of it with all its answers, and its file in private."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.attaching import FILE
from bot.domain.errors import Refusal
from bot.domain.evidence import State as Kept
from bot.domain.people import Permission, Person
from bot.domain.presses import Exempt, Judge, Judging
from bot.domain.submissions import FORM_OF, SYSTEMS, State
from bot.services import answers
from bot.services.desk import Desk, Key, Keys, check, key, named, rows
from bot.services.obligation import exempting, judging, laying, owed
from bot.services.reporting import exhibits
from locales import At, Lines, Listed, Rows, Word
from storage import agencies, attached, exemptions, obligations, people, submissions
from storage.evidence import Evidence
from storage.exemptions import Exemption
from storage.outbox import Delivery
from storage.submissions import Submission

PAGE = 8
WAITING, ASKED, WAIVED = "waiting", "asked", "waived"
FARTHEST = 1000  # pages; whoever sends more has not pressed a key of ours


async def show(desk: Desk, reader: Person, wanted: Judging, edits: int | None = None, way: str = "toast") -> None:
    """A page of what waits for a reviewer, of what is asked to be left out, or of what is left out.

    Raises:
        Refusal: no right, or no such list.
    """
    check(reader, Permission.JUDGE_EVIDENCE, way)
    if wanted.of not in (WAITING, ASKED, WAIVED) or not wanted.page.isdecimal() or int(wanted.page) > FARTHEST:
        raise Refusal("press.stale.toast")
    page = int(wanted.page)
    lines, keys, more = await _page(desk, reader, wanted.of, page)
    turns = _turns(wanted.of, page, more=more)
    await desk.say(
        reader,
        f"judging.list.{wanted.of}",
        buttons=[*rows(keys, width=4), *turns, *await _other_lists(desk, wanted.of)],
        edits=edits,
        n=await _count(desk, wanted.of),
        lines=Rows(lines) if lines else Word("judging.empty"),
        how=Word(f"judging.how.{wanted.of}") if lines else None,
    )


async def _count(desk: Desk, of: str) -> int | None:
    if of == WAIVED:
        return None
    return await (submissions.count_waiting if of == WAITING else exemptions.count_waiting)(desk.tx)


async def _page(desk: Desk, reader: Person, of: str, page: int) -> tuple[list[Any], list[Key], bool]:
    """The lines of a page, a key for each, and whether there are more."""
    skip = page * PAGE
    lines: list[Any] = []
    keys: list[Key] = []
    if of == WAITING:
        found = await submissions.waiting(desk.tx, PAGE + 1, skip)
        for number, one in enumerate(found[:PAGE], skip + 1):
            lines.append(await _line(desk, reader, number, one))
            keys.append(key(Word("judging.pick", n=number), Judge(one.id, "see")))
        return lines, keys, len(found) > PAGE
    asked = await (exemptions.waiting if of == ASKED else exemptions.agreed)(desk.tx, PAGE + 1, skip)
    for number, request in enumerate(asked[:PAGE], skip + 1):
        lines.append(await _request_line(desk, reader, number, request))
        keys.append(key(Word("judging.pick", n=number), Exempt(request.id, "see")))
    return lines, keys, len(asked) > PAGE


def _turns(of: str, page: int, *, more: bool) -> Keys:
    turns = []
    if page > 0:
        turns.append(key("button.newer", Judging(of, str(page - 1))))
    if more:
        turns.append(key("button.older", Judging(of, str(page + 1))))
    return [turns] if turns else []


async def _other_lists(desk: Desk, of: str) -> Keys:
    """The other two lists, each by a key."""
    asked = key(Word("judging.asked", n=await exemptions.count_waiting(desk.tx)), Judging(ASKED))
    by_list = {WAITING: key("button.judging", Judging()), ASKED: asked, WAIVED: key("button.waived", Judging(WAIVED))}
    return [[one for name, one in by_list.items() if name != of]]


async def _line(desk: Desk, reader: Person, number: int, one: Submission) -> Any:
    return Word(
        "judging.line",
        number=number,
        kind=Word(f"submission.kind.{one.kind}"),
        agency=(await agencies.get(desk.tx, one.agency)).name,
        n=len(owed.chosen(one.facts)),
        at=At(one.submitted_at),
        own=Word("judging.own_mark") if one.person == reader.id else None,
    )


async def _request_line(desk: Desk, reader: Person, number: int, request: Exemption) -> Any:
    owing = await obligations.find(desk.tx, request.obligation)
    assert owing is not None  # a foreign key holds it
    return Word(
        "judging.request_line",
        number=number,
        agency=(await agencies.get(desk.tx, owing.agency)).name,
        at=At(request.asked_at),
        own=Word("judging.own_mark") if request.asked_by == reader.id else None,
        **await exempting.described(desk, owing, reader),
    )


# One of them --------------------------------------------------------------------------------------------------------


async def show_one(desk: Desk, reader: Person, identifier: str, edits: int | None = None) -> None:
    """One submission: all that was answered, what it answers, and its file with its hash.

    Raises:
        Refusal: no right, or one's own.
    """
    one = await judging.judged_by(desk, reader, identifier)
    files = await attached.of_submission(desk.tx, one.id)
    waits = one.state is State.SUBMITTED
    await desk.say(
        reader,
        "judging.one",
        buttons=[*_see_file(one, files), *(_verdicts(one) if waits else ()), *judging.next_one()],
        edits=edits,
        kind=Word(f"submission.kind.{one.kind}"),
        agency=(await agencies.get(desk.tx, one.agency)).name,
        systems=await owed.names(desk, one.agency, owed.chosen(one.facts)),
        lines=Lines(await _answers(desk, one)),
        rules=await _rules(desk, reader, one),
        by=await _by(desk, one),
        at=At(one.submitted_at),
        files=Lines([_file_line(piece) for piece in files]) if files else Word("judging.without_file"),
        tabletop=Word("judging.tabletop") if one.facts.get("form") == "tabletop" else None,
        state=None if waits else Word(f"submission.state.{one.state}"),
    )


def _see_file(one: Submission, files: Sequence[Evidence]) -> Keys:
    stored = any(piece.state is Kept.STORED for piece in files)
    return [[key("button.see_evidence", Judge(one.id, "file"))]] if stored else []


def _verdicts(one: Submission) -> Keys:
    return [
        [
            key("button.accept_evidence", Judge(one.id, "accept"), "success"),
            key("button.return_evidence", Judge(one.id, "return")),
        ]
    ]


async def _answers(desk: Desk, one: Submission) -> list[Any]:
    form = FORM_OF[one.kind]
    lists = {SYSTEMS: await owed.named(desk, one.agency, owed.chosen(one.facts))}
    return [
        Word(
            "form.review_line",
            label=Word(f"{form.name}.{question.name}.label"),
            answer=answers.shown(form, question.name, one.facts[question.name], lists),
        )
        for question in form.questions
        if question.name not in (SYSTEMS, FILE) and one.facts.get(question.name) is not None
    ]


async def _rules(desk: Desk, reader: Person, one: Submission) -> Any:
    """What it would answer, by name; None where it answers nothing that is owed."""
    found: dict[str, None] = {}
    for item in await submissions.items(desk.tx, one.id):
        owing = await obligations.find(desk.tx, item.obligation)
        rule = laying.rule_of(desk, owing) if owing else None
        if rule is not None:
            found[rule.name.in_language(reader.language)] = None
    return Listed(found) if found else None


async def _by(desk: Desk, one: Submission) -> Any:
    try:
        return named(await people.get(desk.tx, one.person))
    except LookupError:
        return Word("staff.unnamed")


def _file_line(piece: Evidence) -> Any:
    reason = Word(f"file.reason.{piece.failure}") if piece.failure else None
    return Word(
        "judging.file_line",
        file=exhibits.called(piece),
        size=exhibits.size_of(piece.size),
        state=Word(f"exhibit.state.{piece.state}", reason=reason),
        sha256=piece.sha256,
    )


async def show_file(desk: Desk, reader: Person, identifier: str) -> None:
    """The file of a submission, in private and protected.

    Raises:
        Refusal: no right, one's own, or there is none to be seen.
    """
    one = await judging.judged_by(desk, reader, identifier)
    stored = [piece for piece in await attached.of_submission(desk.tx, one.id) if piece.state is Kept.STORED]
    if not stored:
        raise Refusal("judging.no_file.toast")
    for piece in stored:
        await desk.say(
            reader,
            "judging.file",
            extras=exhibits.PRIVATE,
            medium={"kind": piece.kind, "file_id": piece.file_id, "sha256": piece.sha256, "name": piece.name},
            kind=Word(f"submission.kind.{one.kind}"),
            agency=(await agencies.get(desk.tx, one.agency)).name,
            file=exhibits.called(piece),
            at=At(piece.sent_at),
        )


async def tell_unsent(desk: Desk, delivery: Delivery, failure: str | None) -> None:
    """The file cannot be sent: whoever wanted to see it is told."""
    await desk.say(
        delivery.recipient, "judging.unsent", extras=exhibits.PRIVATE, file=delivery.message.facts.get("file")
    )


async def show_request(desk: Desk, reader: Person, identifier: str, edits: int | None = None) -> None:
    """One request to be left out.

    Raises:
        Refusal: no right, or one's own.
    """
    request, owing = await exempting.judged_by(desk, reader, identifier)
    await desk.say(
        reader,
        "judging.request",
        buttons=[*_request_keys(request), *judging.next_one()],
        edits=edits,
        agency=(await agencies.get(desk.tx, owing.agency)).name,
        at=At(request.asked_at),
        reason=request.reason,
        state=None if request.state == exempting.ASKED else Word(f"exemption.state.{request.state}"),
        **await exempting.described(desk, owing, reader),
    )


def _request_keys(request: Exemption) -> Keys:
    if request.state == exempting.ASKED:
        agree = key("button.agree_exemption", Exempt(request.id, "agree"), "success")
        return [[agree, key("button.refuse_exemption", Exempt(request.id, "refuse"))]]
    if request.state == exempting.AGREED:
        return [[key("button.revoke_exemption", Exempt(request.id, "revoke"), "danger")]]
    return []
