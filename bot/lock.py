"""One process for one database: a second one would send everything twice."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process works on this database."""


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the lock beside the database file; the system releases it however the process ends.

    Raises:
        AlreadyRunning: somebody else holds it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(database.name + ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning from None
        yield
