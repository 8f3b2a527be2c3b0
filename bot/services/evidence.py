"""What comes with a story: noted at once, a picture only after the notice about sensitive data was answered."""

from __future__ import annotations

from bot.domain.people import Person
from bot.domain.presses import PictureConsent
from bot.services import endings
from bot.services.desk import Desk, key
from locales import Word
from storage import cards, drafts, privacy


async def receive(
    desk: Desk,
    person: Person,
    one: drafts.Open,
    kind: str,
    file_id: str,
    size: int | None,
    *,
    shows_people: bool,
) -> None:
    """Note one medium with the open draft (law 91/2025: pictures of transactions and papers are sensitive data)."""
    noted = await privacy.add_evidence(
        desk.tx,
        person=person.id,
        draft=one.id,
        incident=one.incident,
        kind=kind,
        file_id=file_id,
        size=size,
        state="asked" if shows_people else "waiting",
        now=desk.now,
    )
    if shows_people:
        await desk.say(
            person,
            "picture.notice",
            buttons=[
                [key("button.picture_yes", PictureConsent(noted, "yes"), "primary")],
                [key("button.picture_no", PictureConsent(noted, "no"))],
            ],
        )


async def answer(desk: Desk, person: Person, evidence: str, said: str, message: int | None) -> str | None:
    """Keep the picture with its consent, or drop it; the name of a toast where the button is old or not theirs."""
    found = await privacy.find_evidence(desk.tx, evidence)
    if found is None or found.person != person.id or found.state != "asked" or said not in ("yes", "no"):
        return "press.stale.toast"
    if said == "yes":
        consent = await endings.record_consent(desk, person, "picture", Word("picture.notice"))
        await privacy.keep_evidence(desk.tx, evidence, consent)
        await desk.say(person, "picture.kept", edits=message)
        if found.incident is not None:
            await cards.touch(desk.tx, found.incident)
        return None
    await privacy.drop_evidence(desk.tx, evidence)
    await desk.say(person, "picture.dropped", edits=message)
    return None
