"""The layouts of official papers on the disk: the bot's own, and those that the operator adds in a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.domain.papers import PaperError, Sheet, Stationery, read_layout
from bot.services.paper.docx import NoTemplate, names_in

log = logging.getLogger(__name__)

LAYOUT, TEMPLATE = "form.toml", "template.docx"
LONGEST_KEY = 20  # letters of a folder's name: it travels in keys of 64 bytes
# What every template may use besides the fields of its layout (`bot.services.paper.papers.printed`).
COMMON = frozenset(
    [
        "loai",
        "tieu_de",
        "trich_yeu",
        "ma_ho_so",
        "so_lan",
        "ngay",
        "thang",
        "nam",
        "gio",
        "phut",
        "ngay_nhan",
        "dau_chuoi",
        "dia_danh",
        "kinh_gui",
        "noi_nhan",
        "can_cu",
    ]
)


def load(extra: Path | None = None) -> Stationery:
    """Every layout that can be used. One of the operator's takes the place of ours of the same name; one that cannot be
    read is left out, for the bot must run without it: `ungcuu doctor` says what is wrong."""
    sheets = {**_ours(), **(_usable(extra, read) if extra else {})}
    return Stationery(sheet for of_one in sheets.values() for sheet in of_one)


OURS = resources.files("bot") / "papers"


@cache
def _ours() -> dict[str, list[Sheet]]:
    """They come with the program and do not change while it runs; a test reads their templates, so no start has to."""
    return _usable(OURS, _opened)


def _usable(place: Traversable, reading: Callable[[Traversable], list[Sheet]]) -> dict[str, list[Sheet]]:
    sheets = {}
    for one in folders(place):
        try:
            sheets[one.name] = reading(one)
        except PaperError as fault:
            log.error("the layout %s cannot be used: %s", one.name, fault)
    return sheets


def folders(place: Traversable) -> Iterator[Traversable]:
    """The layouts in a folder, by name; nothing where there is no such folder."""
    if place.is_dir():
        yield from sorted((one for one in place.iterdir() if (one / LAYOUT).is_file()), key=lambda one: one.name)


def read(folder: Traversable) -> list[Sheet]:
    """The papers of one layout, every field of which has its place in the template.

    Raises:
        PaperError: its words or its template cannot be used.
    """
    sheets = _opened(folder)
    layout, template = sheets[0].layout, sheets[0].template
    try:
        used = names_in(template)
    except NoTemplate as fault:
        raise PaperError(f"{TEMPLATE}: {fault}") from None
    if strange := used - COMMON - {one.id for one in layout.fields}:
        raise PaperError(f"{TEMPLATE}: {', '.join(sorted(strange))}?")
    if silent := [one.id for one in layout.fields if one.id not in used]:
        raise PaperError(f"{TEMPLATE}: {{{{ {silent[0]} }}}}?")
    return sheets


def _opened(folder: Traversable) -> list[Sheet]:
    key = folder.name
    if len(key) > LONGEST_KEY or not key.replace("_", "").isalnum() or not key.isascii():
        raise PaperError(f"{key}: a name of at most {LONGEST_KEY} letters, digits and _")
    try:
        layout = read_layout((folder / LAYOUT).read_text(encoding="utf-8-sig"))
        template = (folder / TEMPLATE).read_bytes()
    except (OSError, UnicodeDecodeError) as fault:
        raise PaperError(f"{LAYOUT}, {TEMPLATE}: {type(fault).__name__}") from None
    return [Sheet(key, layout, variant, template) for variant in layout.variants]
