"""The bot's own reactions: which it may show, where, and what Telegram says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.chats import Chat, Message, User
from bot.playground.methods.reacting import EMOJI
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api
from tests.playground.test_limits import Rates

Json = dict[str, Any]


def _emoji(one: str) -> Json:
    return {"type": "emoji", "emoji": one}


def _at(message: Message, *reactions: Json) -> Json:
    return {"chat_id": message.chat.id, "message_id": message.id, "reaction": list(reactions)}


async def test_a_reaction_is_shown_once_replaced_and_taken_away(api: Api, telegram: Telegram, anna: User) -> None:
    message = telegram.says(anna, anna, "x")
    telegram.reacts(anna, message, "🔥")
    shown: list[Json] = []
    telegram.on_event.append(shown.append)
    for one in ("👀", "👀", "👌"):
        await api.ok("setMessageReaction", **_at(message, _emoji(one)))
    assert telegram.reaction(message) == "👌"
    assert [event["type"] for event in shown] == ["edited", "edited"]
    await api.ok("setMessageReaction", **_at(message))
    assert telegram.reaction(message) is None
    assert [one["user"] for one in message.reactions] == [anna.id]


@pytest.mark.parametrize(
    ("reaction", "said"),
    [
        ([{"type": "emoji", "emoji": "🚲"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "❤\ufe0f"}], "REACTION_INVALID"),
        ([{"type": "custom_emoji", "custom_emoji_id": "1"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👌"}], "REACTIONS_TOO_MANY"),
        ([{"type": "paid"}], "can't parse ReactionType: invalid reaction type specified"),
        ([{"type": "emoji"}], "invalid reaction type specified"),
        (["👍"], "can't parse ReactionType: expected an Object"),
    ],
)
async def test_what_is_no_reaction_of_a_bot_is_refused(
    api: Api, telegram: Telegram, anna: User, reaction: list[Any], said: str
) -> None:
    message = telegram.says(anna, anna, "x")
    no = await api.no("setMessageReaction", chat_id=anna.id, message_id=message.id, reaction=reaction)
    assert no == f"Bad Request: {said}"
    assert message.reactions == []


async def test_a_group_may_forbid_all_reactions_or_all_but_some(
    api: Api, telegram: Telegram, team: Chat, binh: User
) -> None:
    message = telegram.says(binh, team, "x")
    telegram.forbids_reactions(team)
    assert await api.no("setMessageReaction", **_at(message, _emoji("👍"))) == "Bad Request: REACTION_INVALID"
    assert (await api.ok("getChat", chat_id=team.id))["available_reactions"] == []
    with pytest.raises(ValueError, match="not allowed"):
        telegram.reacts(binh, message, "👍")
    telegram.forbids_reactions(team, allowed=["👌"])
    await api.ok("setMessageReaction", **_at(message, _emoji("👌")))
    assert (await api.ok("getChat", chat_id=team.id))["available_reactions"] == [_emoji("👌")]


async def test_only_what_somebody_wrote_and_still_stands_is_reacted_to(
    api: Api, telegram: Telegram, team: Chat, anna: User
) -> None:
    joined, gone = telegram.joins(anna, team), telegram.says(anna, anna, "x")
    telegram.deletes(anna, gone)
    assert await api.no("setMessageReaction", **_at(joined, _emoji("👍"))) == "Bad Request: REACTION_INVALID"
    assert await api.no("setMessageReaction", **_at(gone, _emoji("👍"))) == "Bad Request: message to react not found"


async def test_the_first_of_an_album_that_is_left_bears_its_reactions(api: Api, telegram: Telegram, anna: User) -> None:
    first, second, third = telegram.sends_album(anna, anna, [b"1", b"2", b"3"])
    await api.ok("setMessageReaction", **_at(third, _emoji("👀")))
    assert [telegram.reaction(one) for one in (first, second, third)] == ["👀", None, None]
    telegram.deletes(anna, first)
    await api.ok("setMessageReaction", **_at(third, _emoji("👌")))
    assert telegram.reaction(second) == "👌"


def test_telegram_lets_bots_choose_among_seventy_three() -> None:
    assert len({one.replace("\ufe0f", "") for one in EMOJI}) == 73


async def test_reactions_use_up_the_rate_of_a_chat(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.limiter.limits = Rates()
    message = telegram.says(anna, anna, "x")
    answers = [await api.asked("setMessageReaction", **_at(message, _emoji(one))) for one in "👍👎🔥👏🎉🤔👀"]
    assert [status for status, _ in answers] == [200] * 5 + [429] * 2
    assert telegram.floods == 2
