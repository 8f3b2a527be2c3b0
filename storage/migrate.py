"""The road to the schema: ordered SQL files, forward only, each in a transaction of its own."""

from __future__ import annotations

from importlib import resources

from storage.store import Store


class NewerDatabase(Exception):
    """The database was written by a newer version of this program."""


def migrations() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, in order."""
    folder = resources.files("storage") / "migrations"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_")[0]), (folder / name).read_text("utf-8")) for name in files]


def statements(sql: str) -> list[str]:
    """The single statements of a migration; none of ours has a semicolon inside."""
    plain = "\n".join(line.split("--")[0] for line in sql.splitlines())
    return [statement.strip() for statement in plain.split(";") if statement.strip()]


async def migrate(store: Store) -> int:
    """Bring the database to the newest schema; the number of migrations that ran.

    Raises:
        NewerDatabase: its schema is ahead of this program.
    """
    async with store.transaction() as tx:
        await tx.run("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)")
        done = {int(row["number"]) for row in await tx.rows("SELECT number FROM migrations")}
    known = migrations()
    if done - {number for number, _ in known}:
        raise NewerDatabase
    missing = [(number, sql) for number, sql in known if number not in done]
    for number, sql in missing:
        async with store.transaction() as tx:
            for statement in statements(sql):
                await tx.run(statement)
            await tx.run("INSERT INTO migrations (number) VALUES (:number)", {"number": number})
    return len(missing)
