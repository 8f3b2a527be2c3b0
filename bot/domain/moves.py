"""Who may make which move of an incident, what the log calls it, and what the reporter reads: one row a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.incidents import EventKind, Move
from bot.domain.people import Permission


@dataclass(frozen=True)
class Rule:
    """One row. Without a permission the move belongs to the reporter or, where `by_clock`, to the clock alone."""

    event: EventKind
    permission: Permission | None = None
    told: str | None = None  # the text that the reporter reads; None where another answer tells it
    owner_told: str | None = None  # what the owner reads in private
    team_told: str | None = None  # a line under the card, where there is no owner or no text for one
    by_clock: bool = False
    takes: bool = False  # whoever makes it on an incident without an owner becomes the owner
    returns: bool = False  # comes back to the owner; without one who may still work it is new again
    redirects: bool = False  # names another incident, with which it goes on
    frees: bool = False  # nobody has it afterwards
    silent_after: EventKind | None = None  # the reporter, who was told once, is not told again once the log holds this


MOVES: Mapping[Move, Rule] = {
    Move.CLAIM: Rule(EventKind.CLAIMED, Permission.CLAIM, "life.claim", takes=True, silent_after=EventKind.RELEASED),
    Move.ASK: Rule(EventKind.ASKED, Permission.RELAY, "life.ask", takes=True),
    Move.REPLY: Rule(EventKind.STARTED, returns=True),
    Move.START: Rule(EventKind.STARTED, Permission.WORK, "life.start", takes=True),
    Move.RESOLVE: Rule(EventKind.RESOLVED, Permission.WORK, "life.resolve", takes=True),
    Move.CLOSE: Rule(EventKind.CLOSED, Permission.CLOSE, "life.close", takes=True),
    Move.REJECT: Rule(EventKind.REJECTED, Permission.REJECT, "life.reject", takes=True),
    Move.MERGE: Rule(EventKind.MERGED, Permission.MERGE, "life.merge", takes=True, redirects=True),
    Move.SPLIT: Rule(EventKind.SPLIT, Permission.MERGE, takes=True, returns=True),  # told where it changes anything
    Move.REFER: Rule(EventKind.REFERRED, Permission.REFER, "life.refer", takes=True),
    Move.POST: Rule(EventKind.REFERRED, Permission.REFER, "life.referred", takes=True),
    Move.ACCEPT: Rule(EventKind.ACCEPTED, Permission.ANSWER_REFERRAL, "life.referred"),
    Move.RETURN: Rule(
        EventKind.RETURNED, Permission.ANSWER_REFERRAL, "life.back", team_told="under_card.returned", returns=True
    ),
    Move.LAPSE: Rule(EventKind.LAPSED, told="life.back", team_told="under_card.lapsed", by_clock=True, returns=True),
    Move.RELEASE: Rule(EventKind.RELEASED, team_told="under_card.released", by_clock=True, frees=True),
    Move.REOPEN: Rule(EventKind.REOPENED, Permission.REOPEN, "life.reopen", takes=True, returns=True),
    Move.OBJECT: Rule(
        EventKind.OBJECTED,
        told="life.object",
        owner_told="owner.objected",
        team_told="under_card.objected",
        returns=True,
    ),
    Move.WITHDRAW: Rule(EventKind.WITHDRAWN, owner_told="owner.withdrawn"),
}
