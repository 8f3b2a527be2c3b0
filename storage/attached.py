"""Files that show that a duty was done: evidence like any other, which belongs to what an agency handed in."""

from __future__ import annotations

from storage import evidence
from storage.evidence import Evidence
from storage.store import Transaction


async def hand_in(tx: Transaction, draft: str, submission: str) -> None:
    """What came with a draft shows from now on that a duty was done."""
    await tx.run(
        "UPDATE evidence SET submission = :submission WHERE draft = :draft AND incident IS NULL AND submission IS NULL",
        {"draft": draft, "submission": submission},
    )


async def of_submission(tx: Transaction, submission: str) -> list[Evidence]:
    """What came with a submission."""
    rows = await tx.rows(
        "SELECT * FROM evidence WHERE submission = :submission ORDER BY id", {"submission": submission}
    )
    return [evidence.from_row(row) for row in rows]


async def withdraw(tx: Transaction, submission: str) -> None:
    """A submission that is taken back takes its file along."""
    await evidence.erase_where(tx, "submission = :submission", {"submission": submission})


async def replace(tx: Transaction, piece: str) -> None:
    """One piece of a draft goes, for another has taken its place."""
    await evidence.erase_where(tx, "id = :id AND incident IS NULL AND submission IS NULL", {"id": piece})
