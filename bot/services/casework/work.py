"""What the team does with an incident from its card: moves at once, keys that unfold, and the doors to its forms."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, Move, Severity
from bot.domain.moves import MOVES
from bot.domain.people import Permission, Person
from bot.domain.tasks import RATING
from bot.domain.work import FORMS_OF
from bot.services import confines
from bot.services.casework import cards as faces
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives, referrals
from bot.services.clockwork import degrees, ratings
from bot.services.desk import Desk, check
from bot.services.outbreak import mergers
from bot.services.reporting import conversations
from storage import cards, groups, incidents


async def act(desk: Desk, person: Person, incident_id: str, move: str) -> incidents.Incident:
    """A key that needs no words.

    Raises:
        Refusal: no right, overtaken, or no such key.
    """
    if move not in faces.AT_ONCE:
        raise Refusal("press.stale.toast")
    incident = await desk_incidents.seen_by(desk, person, Permission.WORK, incident_id)
    if move == Move.SPLIT:
        return await mergers.split(desk, person, incident)
    return await lives.move(desk, person, incident, Move(move))


async def rate(desk: Desk, person: Person, incident_id: str, severity: str) -> incidents.Incident | None:
    """*Đổi mức độ*: the proposed degree is confirmed at once; None: another one, whose reason is asked in private.

    Raises:
        Refusal: no right, it has ended, or no such degree.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.RATE, incident_id)
    if severity not in set(Severity):
        raise Refusal("press.stale.toast")
    chosen = Severity(severity)
    if incident.status in OPEN and degrees.wants_reason(incident, chosen):
        await conversations.check_free(desk, person)
        await conversations.begin(desk, person, RATING, {"severity": chosen}, about=incident.id)
        return None
    return await ratings.rate(desk, person, incident, chosen)


async def unfold(
    desk: Desk, person: Person, incident_id: str, view: str, group: groups.Group | None, message: int | None
) -> None:
    """Show other keys: on the living card in the group, or on the very copy that a person looks at in private.

    Raises:
        Refusal: no right, or no such keys.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.WORK, incident_id)
    if view not in faces.VIEWS or incident.status not in OPEN:
        raise Refusal("press.stale.toast")
    if group is None:
        await show(desk, person, incident, view, message)
    else:
        await cards.unfold(desk.tx, incident.id, view, desk.now)


async def show(
    desk: Desk, person: Person, incident: incidents.Incident, view: str = faces.FOLDED, edits: int | None = None
) -> None:
    """A card for one person in private, with the keys that this person may use; an auditor has nothing to unfold."""
    barred = [move for move, rule in MOVES.items() if rule.permission is not None and not person.may(rule.permission)]
    unfolds = view if person.may(Permission.WORK) else None
    keys = faces.buttons(incident, unfolds, refers=faces.refers(desk.policy, desk.now), barred=barred)
    shown = {**await faces.facts(desk.tx, incident, person), **await faces.by_the_clock(desk, incident, view)}
    shown = confines.for_reader(shown, person, incident)
    await desk.say(person, "card.incident", buttons=keys, edits=edits, extras=confines.extras([incident]), **shown)


async def open_form(desk: Desk, person: Person, move: str, incident_id: str) -> None:
    """A deep link from a card: the form of a move, in private. Everything that the link names is checked again.

    Raises:
        Refusal: no right, overtaken, an unsent report of one's own is open, or nobody wrote such a link.
    """
    if move not in faces.BY_FORM:
        raise Refusal("press.stale.toast")
    chosen = Move(move)
    permission = MOVES[chosen].permission
    assert permission is not None
    incident = await desk_incidents.seen_by(desk, person, permission, incident_id, "text")
    await lives.possible(desk, person, incident, chosen)
    await _begin(desk, person, incident, chosen)


async def _begin(desk: Desk, person: Person, incident: incidents.Incident, move: Move) -> None:
    await conversations.check_free(desk, person)
    await conversations.begin(desk, person, FORMS_OF[move][incident.source], about=incident.id)


async def respond(desk: Desk, liaison: Person, referral_id: str, answer: str, message: int | None) -> None:
    """*Tiếp nhận* at once; *Chuyển trả* wants a reason.

    Raises:
        Refusal: no right, or answered already.
    """
    check(liaison, Permission.ANSWER_REFERRAL)
    if answer == "accept":
        await referrals.accept(desk, liaison, referral_id, message)
    elif answer == "return":
        _, incident = await referrals.held(desk, liaison, referral_id)
        await lives.possible(desk, liaison, incident, Move.RETURN)
        await _begin(desk, liaison, incident, Move.RETURN)
    else:
        raise Refusal("press.stale.toast")
