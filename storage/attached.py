"""Files that show that a duty was done: evidence like any other, which belongs to what an agency handed in."""

from __future__ import annotations

from storage import evidence
from storage.evidence import Evidence
from storage.store import Transaction


async def hand_in(tx: Transaction, piece: str, draft: str, submission: str) -> None:
    """A piece of a draft shows from now on that a duty was done; whatever else came with the draft goes."""
    await tx.run(
        "UPDATE evidence SET submission = :submission WHERE id = :piece AND draft = :draft AND incident IS NULL",
        {"piece": piece, "draft": draft, "submission": submission},
    )
    await evidence.erase_of_draft(tx, draft)


async def of_submission(tx: Transaction, submission: str) -> list[Evidence]:
    """What came with a submission."""
    rows = await tx.rows(
        "SELECT * FROM evidence WHERE submission = :submission ORDER BY id", {"submission": submission}
    )
    return [evidence.from_row(row) for row in rows]


async def withdraw(tx: Transaction, submission: str) -> None:
    """A submission that is taken back takes its file along."""
    await evidence.erase_where(tx, "submission = :submission", {"submission": submission})
