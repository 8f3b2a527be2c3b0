"""Every word that the bot says: read once from the `.toml` files of each language, escaped at this door."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from babel.dates import format_datetime
from babel.numbers import format_decimal

Value = str | int | None | Mapping[str, Any]
"""What a placeholder takes. JSON can hold it, so a message in the outbox is rendered long after it was decided."""
Values = Mapping[str, Value]
Moment = Literal["date", "time", "moment"]

DEFAULT = "vi"
"""The language that has every text; the others may lack those of the team and of duties."""

# Việt Nam has kept +07:00 since 1975, so a fixed offset says the same as the tz database and needs no file.
_ZONE = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
_TAG = re.compile(r"<[^>]*>")
_FIELD = re.compile(r"\{\{|\}\}|\{([a-z_][a-z0-9_]*)(?::(date|time|moment|number))?\}|[{}]")
_OPTIONAL = "?"


def Word(key: str, **values: Value) -> dict[str, Any]:  # noqa: N802 - reads like the kind of value that it makes
    """Another text of the catalogue, shown in the language of the text around it."""
    return {"text": key, "values": values} if values else {"text": key}


def At(moment: datetime, as_: Moment = "moment") -> dict[str, Any]:  # noqa: N802
    """A moment, shown on the clock of Hà Nội; a datetime without zone raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return {"at": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "as": as_}


def Listed(values: Iterable[Value]) -> dict[str, Any]:  # noqa: N802
    """Values in one line, with commas; those that come out empty are left out."""
    return {"list": list(values)}


def Lines(values: Iterable[Value]) -> dict[str, Any]:  # noqa: N802
    """Values one below the other, each after a bullet; those that come out empty are left out."""
    return {"lines": list(values)}


def Rows(values: Iterable[Value]) -> dict[str, Any]:  # noqa: N802
    """Values one below the other, as they are; those that come out empty are left out."""
    return {"rows": list(values)}


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    style: str | None


_Pieces = tuple[str | _Slot, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    optional: bool
    marked: _Pieces
    bare: _Pieces

    @property
    def slots(self) -> Iterator[_Slot]:
        return (piece for piece in self.marked if isinstance(piece, _Slot))


_Template = tuple[_Line, ...]


class Texts:
    """The catalogue of all languages, parsed and checked when it is built, read-only from then on."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]]) -> None:
        """`catalogues` maps language to key to template; a template that does not parse raises ValueError."""
        self._templates = {
            language: {key: _parse(key, template) for key, template in catalogue.items()}
            for language, catalogue in catalogues.items()
        }
        self._sources = {language: dict(catalogue) for language, catalogue in catalogues.items()}

    @classmethod
    def load(cls, root: Traversable | None = None) -> Texts:
        """Reads `<language>/*.toml` below `root` (this package if none); a key given twice raises ValueError."""
        if root is None:
            return _ours()
        folders = [folder for folder in root.iterdir() if folder.is_dir()]
        catalogues = {folder.name: _read(folder) for folder in folders}
        return cls({language: catalogue for language, catalogue in catalogues.items() if catalogue})

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self._templates))

    def keys(self, language: str) -> frozenset[str]:
        """The keys that this language has of its own, without those for which it falls back."""
        return frozenset(self._templates.get(language, ()))

    def placeholders(self, language: str, key: str) -> frozenset[str]:
        _, template = self._find(language, key)
        return frozenset(slot.name for line in template for slot in line.slots)

    def source(self, language: str, key: str) -> str:
        """The template as its file has it, for checks and for people who edit words."""
        return self._sources[self._find(language, key)[0]][key]

    def render(self, language: str, key: str, values: Values | None = None) -> str:
        """HTML as Telegram takes it. A text or value that is missing raises KeyError with its name."""
        return self._say(language, key, values or {}, marked=True)

    def plain(self, language: str, key: str, values: Values | None = None) -> str:
        """The same without markup and escapes: for buttons, toasts, pictures, command lists, the terminal."""
        return self._say(language, key, values or {}, marked=False)

    def _find(self, language: str, key: str) -> tuple[str, _Template]:
        for spoken in (language, DEFAULT):
            template = self._templates.get(spoken, {}).get(key)
            if template is not None:
                return spoken, template
        raise KeyError(f"no text named {key}")

    def _say(self, language: str, key: str, values: Values, *, marked: bool) -> str:
        # A text that fell back speaks the default language throughout: dates and words inside it too.
        spoken, template = self._find(language, key)
        shown: list[str] = []
        for line in template:
            slots = {slot: self._fill(slot, key, values, spoken, marked=marked) for slot in line.slots}
            if line.optional and not all(slots.values()):
                continue
            pieces = line.marked if marked else line.bare
            text = "".join(piece if isinstance(piece, str) else slots[piece] for piece in pieces)
            # Where an optional paragraph fell away, two blank lines would meet.
            if text or (shown and shown[-1]):
                shown.append(text)
        return "\n".join(shown).rstrip("\n")

    def _fill(self, slot: _Slot, key: str, values: Values, language: str, *, marked: bool) -> str:
        if slot.name not in values:
            raise KeyError(f"the text {key} wants a value named {slot.name}")
        try:
            return self._show(values[slot.name], slot.style, language, marked=marked)
        except (TypeError, ValueError):
            # The value may be personal: neither it nor an error that quotes it goes any further.
            raise TypeError(f"the text {key} cannot show its value named {slot.name}") from None

    def _show(self, value: Value, style: str | None, language: str, *, marked: bool) -> str:
        if value is None:
            return ""
        if isinstance(value, Mapping):
            return self._show_tagged(value, style, language, marked=marked)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError("neither text nor number")
        if style == "number" and isinstance(value, int):
            return str(format_decimal(value, locale=language))
        if style is not None:
            raise TypeError("not a value of this style")
        return html.escape(str(value)) if marked else str(value)

    def _show_tagged(self, value: Mapping[str, Any], style: str | None, language: str, *, marked: bool) -> str:
        def shown(items: Iterable[Value]) -> list[str]:
            return [text for item in items if (text := self._show(item, style, language, marked=marked))]

        tagged: dict[str, Callable[[Any], str]] = {
            "text": lambda key: self._say(language, key, value.get("values") or {}, marked=marked),
            "at": lambda at: self._moment(at, style or value.get("as", "moment"), language),
            "list": lambda items: ", ".join(shown(items)),
            "lines": lambda items: "\n".join(f"• {text}" for text in shown(items)),
            "rows": lambda items: "\n".join(shown(items)),
        }
        for tag, show in tagged.items():
            if tag in value:
                return show(value[tag])
        raise TypeError("a value without a tag that is known")

    def _moment(self, at: str, style: str, language: str) -> str:
        """The patterns are words too: `format.moment`, `format.date` and `format.time` of each language."""
        pattern = self._sources[language][f"format.{style}"]
        return format_datetime(datetime.fromisoformat(at), pattern, tzinfo=_ZONE, locale=language)


@cache
def _ours() -> Texts:
    """They come with the program and do not change while it runs: read and parsed once, though many ask for them."""
    return Texts.load(files(__name__))


def _read(folder: Traversable) -> dict[str, str]:
    catalogue: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        for key, template in _leaves(tomllib.loads(file.read_text(encoding="utf-8")), ()):
            if key in catalogue:
                raise ValueError(f"{folder.name}/{file.name}: {key} is given twice")
            catalogue[key] = template
    return catalogue


def _leaves(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        here = (*path, name)
        if isinstance(entry, Mapping):
            yield from _leaves(entry, here)
        elif isinstance(entry, str):
            yield ".".join(here), entry.strip("\n")
        else:
            raise ValueError(f"{'.'.join(here)} is not a text")


def _parse(key: str, template: str) -> _Template:
    return tuple(_parse_line(key, line) for line in template.split("\n"))


def _parse_line(key: str, text: str) -> _Line:
    optional = text.startswith(_OPTIONAL)
    text = text.removeprefix(_OPTIONAL)
    bare = tuple(
        html.unescape(piece) if isinstance(piece, str) else piece for piece in _pieces(key, _TAG.sub("", text))
    )
    line = _Line(optional, tuple(_pieces(key, text)), bare)
    if optional and not any(line.slots):
        raise ValueError(f"{key} has an optional line without a placeholder")
    return line


def _pieces(key: str, text: str) -> Iterator[str | _Slot]:
    end = 0
    for field in _FIELD.finditer(text):
        if field.start() > end:
            yield text[end : field.start()]
        end = field.end()
        if field[1]:
            yield _Slot(field[1], field[2])
        elif len(field[0]) == 2:
            yield field[0][0]
        else:
            raise ValueError(f"{key} has a brace that is no placeholder")
    if end < len(text):
        yield text[end:]
