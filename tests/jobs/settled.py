"""A team whose group was bound before the bot's process ever started."""

from __future__ import annotations

from bot.domain.ids import Ids
from bot.domain.people import Role
from storage import groups, people, roles
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.conftest import Stage
from tests.people import Team


async def settled_team(stage: Stage, database: str = "demo.db") -> Team:
    """Write group and administrator into the database that a process will open."""
    chat = stage.telegram.group("Đội ứng cứu (thử)")
    now = stage.clock.now()
    async with open_store(stage.folder / database, Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            admin = await people.add(tx, stage.telegram.person("Quản trị").id, "vi", now)
            await roles.grant(tx, admin.id, Role.ADMIN, None, now)
            group = await groups.meet(tx, chat.id)
            await groups.bind(tx, group.id, chat.title, admin.id, now)
    return Team(stage.telegram, chat)
