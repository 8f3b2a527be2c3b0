"""Text as Telegram keeps it: plain, with entities whose offsets count UTF-16 units."""

from __future__ import annotations

import html as escapes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import Refused, bad_request

Json = dict[str, Any]
MOST_ENTITIES = 100

_PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "pre": "pre",
}
_TAG_NAME = re.compile(r"[^\s<>/=]*")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'=]+))?""")
_ESCAPE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_SPECIAL = re.compile(r"[<&]")
_LINK = re.compile(r"(?:(?:https?|ftp|tg|ton|tonsite)://\S+|[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?)$", re.IGNORECASE)
_PERSON_LINK = re.compile(r"tg://user\?id=(\d+)$")
_FOUND = re.compile(
    r"""(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    |(?P<url>https?://[^\s<>"]*[^\s<>".,;:!?)]|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:vn|com|org|net|me|info|io|gov|edu)\b(?:/[^\s<>"]*)?)
    |(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/]))
    |(?P<mention>(?<![\w@/])@[A-Za-z]\w{3,31})
    |(?P<hashtag>(?<!\w)\#\w*[^\W\d]\w*)
    |(?P<phone_number>(?<![\w.])(?:\+\d{1,3}|0)[ .-]?\d(?:[ .-]?\d){6,11}(?!\w))""",
    re.IGNORECASE | re.VERBOSE,
)
_NEVER_INSIDE = {"code", "pre", "text_link", "text_mention"}


def units(text: str) -> int:
    """Length in UTF-16 units, the measure of every limit and offset."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class Text:
    plain: str = ""
    entities: list[Json] = field(default_factory=list)


def found(text: str, beside: list[Json] | None = None) -> list[Json]:
    """Entities that Telegram finds by itself: links, commands, mentions …; never inside code or links of `beside`."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in beside or () if e["type"] in _NEVER_INSIDE]
    entities: list[Json] = []
    for match in _FOUND.finditer(text):
        begin = units(text[: match.start()])
        length = units(match.group())
        if not any(begin < end and start < begin + length for start, end in taken):
            entities.append({"type": match.lastgroup, "offset": begin, "length": length})
    return entities


def plain(text: str) -> Text:
    stripped = text.strip()
    return Text(stripped, found(stripped))


def parse_html(html: str) -> Text:
    """Read Telegram's HTML; Refused "can't parse entities: …" in the API's own words where it is broken."""
    reader = _Reader(html)
    reader.read()
    return _trimmed("".join(reader.pieces), reader.entities)


def with_entities(text: str, entities: list[Json]) -> Text:
    """Text whose entities the sender counted by himself."""
    return _trimmed(text, [dict(entity) for entity in entities])


def _trimmed(text: str, entities: list[Json]) -> Text:
    """Outer white space goes, entities move with it, empty ones vanish; found ones come in between."""
    lead = units(text) - units(text.lstrip())
    stripped = text.strip()
    length = units(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, length)
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    kept += found(stripped, kept)
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Text(stripped, kept[:MOST_ENTITIES])


@dataclass
class _Open:
    tag: str
    offset: int
    extra: Json | None  # None: the tag is legal but makes no entity (a link that is none)


class _Reader:
    """One walk over the markup; `at` is where we are, `length` how many units of plain text came out so far."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.length = 0
        self.pieces: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def read(self) -> None:
        while special := _SPECIAL.search(self.html, self.at):
            self._put(self.html[self.at : special.start()])
            self.at = special.start()
            if special.group() == "&":
                self._escape()
            elif self.html.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        self._put(self.html[self.at :])
        if self.open:
            raise _unreadable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _put(self, piece: str) -> None:
        if piece:
            self.pieces.append(piece)
            self.length += units(piece)

    def _where(self, at: int | None = None) -> str:
        return f"at byte offset {len(self.html[: self.at if at is None else at].encode())}"

    def _escape(self) -> None:
        """Only four names and numbers are known; anything else stays as it was written."""
        match = _ESCAPE.match(self.html, self.at)
        self._put(escapes.unescape(match.group()) if match else "&")
        self.at = match.end() if match else self.at + 1

    def _start_tag(self) -> None:
        name = _TAG_NAME.match(self.html, self.at + 1)
        tag = name.group().lower() if name else ""
        if name is None or (tag not in _PLAIN_TAGS and tag not in _SPECIAL_TAGS):
            raise _unreadable(f'Unsupported start tag "{tag}" {self._where()}')
        end, attributes = name.end(), {}
        while attribute := _ATTRIBUTE.match(self.html, end):
            attributes[attribute.group(1).lower()] = escapes.unescape((attribute.group(2) or "").strip("\"'"))
            end = attribute.end()
        close = re.compile(r"\s*>").match(self.html, end)
        if close is None:
            raise _unreadable(f"Unclosed start tag {self._where()}")
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unreadable(f'Tag "span" must have class "tg-spoiler" {self._where()}')
        self.open.append(_Open(tag, self.length, _entity_of(tag, attributes)))
        self.at = close.end()

    def _end_tag(self) -> None:
        end = self.html.find(">", self.at)
        if end < 0:
            raise _unreadable(f"Unclosed end tag {self._where()}")
        tag = self.html[self.at + 2 : end].strip().lower()
        if not self.open:
            raise _unreadable(f"Unexpected end tag {self._where()}")
        opened = self.open.pop()
        if tag not in ("", opened.tag):
            raise _unreadable(f'Unmatched end tag {self._where()}, expected "</{opened.tag}>", found "</{tag}>"')
        self._close(opened)
        self.at = end + 1

    def _close(self, opened: _Open) -> None:
        language = opened.extra and opened.extra.pop("code_language", None)
        outer = self.open[-1] if self.open else None
        if language and outer is not None and outer.tag == "pre" and outer.offset == opened.offset and outer.extra:
            outer.extra["language"] = language
        elif opened.extra is not None and self.length > opened.offset:
            self.entities.append({**opened.extra, "offset": opened.offset, "length": self.length - opened.offset})


def _entity_of(tag: str, attributes: dict[str, str]) -> Json | None:
    if special := _SPECIAL_TAGS.get(tag):
        return special(attributes)
    return {"type": _PLAIN_TAGS[tag]}


def _quote(attributes: dict[str, str]) -> Json:
    return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}


def _code(attributes: dict[str, str]) -> Json:
    """A language named inside `pre` belongs to the `pre`: it travels in a field of its own until the tag is closed."""
    named = attributes.get("class", "")
    language = named.removeprefix("language-") if named.startswith("language-") else None
    return {"type": "code", "code_language": language} if language else {"type": "code"}


def _link(attributes: dict[str, str]) -> Json | None:
    """What is no link for Telegram (`tel:`, `mailto:`, a bare word) silently stays plain text."""
    href = attributes.get("href", "")
    if person := _PERSON_LINK.match(href):
        return {"type": "text_mention", "user": {"id": int(person.group(1)), "is_bot": False, "first_name": ""}}
    return {"type": "text_link", "url": href} if _LINK.match(href) else None


def _moment(attributes: dict[str, str]) -> Json:
    if not attributes.get("unix", "").isdigit():
        raise _unreadable('Tag "tg-time" must have attribute "unix"')
    return {"type": "date_time", "unix_time": int(attributes["unix"]), "date_time_format": attributes.get("format", "")}


_SPECIAL_TAGS: dict[str, Callable[[dict[str, str]], Json | None]] = {
    "a": _link,
    "blockquote": _quote,
    "code": _code,
    "span": lambda _attributes: {"type": "spoiler"},
    "tg-emoji": lambda attributes: {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")},
    "tg-time": _moment,
}


def _unreadable(why: str) -> Refused:
    return bad_request(f"can't parse entities: {why}")


def pieces_of(text: Text, kind: str) -> Iterator[str]:
    """The parts of the text that entities of this kind cover."""
    raw = text.plain.encode("utf-16-le")
    for entity in text.entities:
        if entity["type"] == kind:
            yield raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
