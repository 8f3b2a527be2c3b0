"""What people see of the bot before and beside the chat: command menus by scope and language, description."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.clock import Clock
from bot.domain.people import Person, Role
from bot.services.reporting.menu import COMMANDS, LANGUAGES
from locales import DEFAULT, Texts
from storage import groups, marks, people
from storage.store import Store

ANYWHERE = ("daumoi", "trogiup")
IN_TEAM = ("hangdoi", "cuatoi", "trucban", "tracuu", "daumoi", "trogiup")
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)
REFUSED_REST = timedelta(minutes=1)

Menus = dict[str, list[str] | None]  # names of commands by chat; None: to be set anew


def _for(person: Person) -> list[str]:
    return [name for name, permission in COMMANDS if person.may(permission)]


_CITIZEN = Person(id="", telegram_id=0, language=DEFAULT)


class Profile:
    """Sets menus and descriptions; what is set already is not set again after a restart."""

    def __init__(self, bot: Bot, store: Store, texts: Texts, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._store = store
        self._texts = texts
        self._refused: dict[str, datetime] = {}  # chats that Telegram refused, and when to ask again

    async def publish(self) -> None:
        """Everything, where anything has changed since it was last set.

        Raises:
            TelegramError: try again with the next connection.
        """
        async with self._store.reading() as tx:
            staff = await people.with_roles(tx, STAFF)
            team = await groups.team(tx)
            known = await marks.get(tx, "profile")
            laid: Menus = json.loads(await marks.get(tx, "menus") or "{}")
        digest = self._digest()
        if digest != known:
            await self._for_everybody()
            laid = dict.fromkeys(laid)  # their words may have changed
            await self._remember("profile", digest)
        wanted: Menus = {str(person.telegram_id): _for(person) for person in staff}
        if team is not None:
            wanted[str(team.telegram_id)] = list(IN_TEAM)
        await self._for_chats(wanted, laid)

    async def _for_everybody(self) -> None:
        await self._descriptions()
        for language in LANGUAGES:
            await self._menu(_for(_CITIZEN), BotCommandScopeAllPrivateChats(), language)
            await self._menu(ANYWHERE, BotCommandScopeAllGroupChats(), language)

    async def _for_chats(self, wanted: Menus, laid: Menus) -> None:
        """Menus of staff and of the team's group, each where it differs; taken away where it is no longer due.

        A chat that Telegram refuses (somebody has not opened the bot yet) waits a minute and stops nobody else.
        """
        now = self._clock.now()
        due = [chat for chat in {**laid, **wanted} if chat not in wanted or laid.get(chat) != wanted[chat]]
        for chat in due:
            if self._refused.get(chat, now) > now:
                continue
            try:
                await self._menu_of(int(chat), wanted.get(chat))
            except (BadRequest, Forbidden, ChatMigrated):
                self._refused[chat] = now + REFUSED_REST
                if chat in wanted:
                    continue
            if chat in wanted:
                laid[chat] = wanted[chat]
            else:
                del laid[chat]
            await self._remember("menus", json.dumps(laid))

    async def _menu_of(self, chat: int, names: list[str] | None) -> None:
        if names is None:
            await self._bot.delete_my_commands(BotCommandScopeChat(chat))
        else:
            await self._menu(names, BotCommandScopeChat(chat), DEFAULT)

    async def _remember(self, mark: str, value: str) -> None:
        async with self._store.transaction() as tx:
            await marks.put(tx, mark, value, self._clock.now())

    async def _descriptions(self) -> None:
        for language in LANGUAGES:
            code = None if language == DEFAULT else language
            said = self._texts.plain(language, "profile.description")
            brief = self._texts.plain(language, "profile.short")
            await self._bot.set_my_description(said, language_code=code)
            await self._bot.set_my_short_description(brief, language_code=code)

    async def _menu(self, names: Iterable[str], scope: BotCommandScope, language: str) -> None:
        commands = [BotCommand(name, self._texts.plain(language, f"command.{name}")) for name in names]
        # The default language is set without a code: it serves every language that has no menu of its own.
        await self._bot.set_my_commands(commands, scope, language_code=None if language == DEFAULT else language)

    def _digest(self) -> str:
        words = [self._texts.plain(language, f"command.{name}") for language in LANGUAGES for name, _ in COMMANDS]
        words += [self._texts.plain(language, "profile.description") for language in LANGUAGES]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()
