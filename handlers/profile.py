"""What people see of the bot before and beside the chat: command menus by scope and language, description."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from bot.clock import Clock
from bot.domain.people import Person, Role
from bot.services.menu import COMMANDS, LANGUAGES
from locales import DEFAULT, Texts
from storage import groups, marks, people
from storage.store import Store

ANYWHERE = ("daumoi", "trogiup")
IN_TEAM = ("hangdoi", "cuatoi", "tracuu", "daumoi", "trogiup")
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)


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

    async def publish(self) -> None:
        """Everything, where anything has changed since it was last set.

        Raises:
            TelegramError: try again with the next connection.
        """
        async with self._store.reading() as tx:
            staff = await people.with_roles(tx, STAFF)
            team = await groups.team(tx)
            known = await marks.get(tx, "profile")
        digest = self._digest(staff, team)
        if digest == known:
            return
        await self._descriptions()
        for language in LANGUAGES:
            await self._menu(_for(_CITIZEN), BotCommandScopeAllPrivateChats(), language)
            await self._menu(ANYWHERE, BotCommandScopeAllGroupChats(), language)
        if team is not None:
            await self._menu(IN_TEAM, BotCommandScopeChat(team.telegram_id), DEFAULT)
        for person in staff:
            await self._menu(_for(person), BotCommandScopeChat(person.telegram_id), DEFAULT)
        async with self._store.transaction() as tx:
            await marks.put(tx, "profile", digest, self._clock.now())

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

    def _digest(self, staff: list[Person], team: groups.Group | None) -> str:
        words = [self._texts.plain(language, f"command.{name}") for language in LANGUAGES for name, _ in COMMANDS]
        words += [self._texts.plain(language, "profile.description") for language in LANGUAGES]
        holders = [(person.telegram_id, sorted(person.roles)) for person in staff]
        told = json.dumps([words, holders, team.telegram_id if team else None])
        return hashlib.sha256(told.encode()).hexdigest()
