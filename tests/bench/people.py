"""People who report: each walks the citizen form key by key, as fast as the bot answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.playground.chats import Message, User
from bot.playground.telegram import Telegram
from bot.playground.world import Json
from locales import Texts
from tests.bench import stock

STORY = (
    "Trưa nay có người xưng là công an gọi Zalo cho tôi, nói tài khoản của tôi dính vào một vụ án, bảo tôi chuyển "
    "20 triệu đồng vào tài khoản của họ để kiểm tra. Tôi chuyển xong thì gọi lại không ai nghe máy nữa."
)


@dataclass(frozen=True)
class Step:
    """What a person does, and how the answer that lets this person go on is recognised."""

    says: str | None = None
    presses: str | None = None
    then_key: str | None = None
    then_text: str | None = None

    def answered_by(self, message: Message) -> bool:
        if self.then_text is not None:
            return self.then_text in message.text
        return any(key["text"] == self.then_key for row in message.keys for key in row)


def _walk(kind: str, story_asked: str, moment: str, skip: str, anonymous: str, send: str) -> tuple[Step, ...]:
    return (
        Step(says="/baosuco", then_key=kind),
        Step(presses=kind, then_text=story_asked),
        Step(says=STORY, then_key=moment),
        Step(presses=moment, then_key=skip),
        Step(presses=skip, then_key=anonymous),
        Step(presses=anonymous, then_key=send),
        Step(presses=send, then_text="SC-"),
    )


def our_walk(happened: str | None = None) -> tuple[Step, ...]:
    """The form of our bot, in the words of its catalogue. `happened`: when it did in words, instead of by a key."""
    texts = Texts.load()

    def word(key: str) -> str:
        return texts.plain("vi", key)

    key = word("moment.yesterday")
    walk = _walk(
        kind=word("kind.scam_loss.label"),
        story_asked=word("kind.scam_loss.story").splitlines()[0],
        moment=key,
        skip=word("button.skip"),
        anonymous=word("contact_wish.anonymous"),
        send=word("button.send"),
    )
    if happened is None:
        return walk
    return tuple(replace(step, presses=None, says=happened) if step.presses == key else step for step in walk)


def stock_walk() -> tuple[Step, ...]:
    return _walk(
        kind=stock.KINDS[0],
        story_asked=stock.ASK_STORY.strip().splitlines()[2],
        moment=stock.YESTERDAY,
        skip=stock.SKIP,
        anonymous=stock.ANONYMOUS,
        send=stock.SEND,
    )


class Walker:
    """One person. `act` does the next step; `on_answer` is called with (walker, whether the report is complete)."""

    def __init__(self, crowd: Crowd, user: User) -> None:
        self.user = user
        self.at = 0
        self.waits = False
        self.acted_for = 0.0  # when this step was meant to be done, by the loop's clock
        self._crowd = crowd
        self._seen: Message | None = None

    def act(self, meant_at: float) -> None:
        step = self._crowd.walk[self.at]
        self.waits, self.acted_for = True, meant_at
        if step.says is not None:
            self._crowd.telegram.says(self.user, self.user, step.says)
        else:
            assert self._seen is not None
            self._crowd.telegram.presses(self.user, self._seen, step.presses)

    def act_now(self) -> None:
        self.act(asyncio.get_running_loop().time())

    def sees(self, message: Message) -> None:
        """Something appeared or changed in this person's chat."""
        if not self.waits or not self._crowd.walk[self.at].answered_by(message):
            return
        self._seen, self.waits = message, False
        self.at = (self.at + 1) % len(self._crowd.walk)
        self._crowd.on_answer(self, self.at == 0)


class Crowd:
    """All people of one measurement; it listens to the playground and tells each what appears in the own chat."""

    def __init__(self, telegram: Telegram, walk: tuple[Step, ...]) -> None:
        self.telegram = telegram
        self.walk = walk
        self.on_answer: Callable[[Walker, bool], None] = lambda _walker, _complete: None
        self.walkers: dict[int, Walker] = {}
        self._gone: list[int] = []
        telegram.on_event.append(self._happened)

    def joins(self) -> Walker:
        """Somebody who has never written to the bot."""
        walker = Walker(self, self.telegram.person("Người dân"))
        self.walkers[walker.user.id] = walker
        return walker

    def leaves(self, walker: Walker) -> None:
        """Forget a person; a little later the playground forgets too, so that it stays small over many reports."""
        del self.walkers[walker.user.id]
        self._gone.append(walker.user.id)
        if len(self._gone) > 500:
            gone = self._gone.pop(0)
            del self.telegram.chats[gone], self.telegram.users[gone]

    def _happened(self, event: Json) -> None:
        if event["type"] not in ("message", "edited"):
            return
        walker = self.walkers.get(event["chat"])
        message: Message = event["message"]
        if walker is not None and message.sender is self.telegram.me:
            walker.sees(message)
