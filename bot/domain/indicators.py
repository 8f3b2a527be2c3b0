"""What leads from one report to another: domains, addresses, phones, bank accounts and hashes, found in words."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import redact
from bot.domain.letters import Reading, nfc
from bot.domain.phones import find_phones, mask_phone, show_phone
from bot.domain.secrets.numbers import BANKS

MOST = 40  # of one text: a pasted list of a thousand domains is a file's business, not a link between reports
LONGEST_VALUE = 300
LONGEST_TEXT = 20_000  # characters that are looked at


class Kind(StrEnum):
    """In the order of weight: the same file or address says more than the same domain."""

    SHA256 = "sha256"
    URL = "url"
    ACCOUNT = "account"
    PHONE = "phone"
    DOMAIN = "domain"


WEIGHT = {kind: weight for weight, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Indicator:
    """One indicator in the one form that is stored and compared.

    A domain is lower-case, in its ASCII form (IDN as xn--…), without "www."; a URL is host, path and query without
    scheme, for a swindle is the same over http and https; phone and account are digits; a hash is lower-case hex.
    """

    kind: Kind
    value: str

    @property
    def host(self) -> str:
        """Of a domain or an address: where it leads."""
        return re.split(r"[/:?]", self.value, maxsplit=1)[0]


@dataclass(frozen=True)
class Known:
    """What everybody has in common, and so leads nowhere: domains with all below them, hosts of other people's pages
    (whose pages do count), and numbers: published ones, and those of whoever reports.
    """

    domains: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def covers(self, one: Indicator) -> bool:
        if one.kind in (Kind.PHONE, Kind.ACCOUNT):
            return one.value in self.numbers
        if one.kind is Kind.SHA256:
            return one.value == NOTHING
        return (one.kind is Kind.DOMAIN and one.host in self.hosts) or _is_under(one.host, self.domains)


NOTHING = hashlib.sha256(b"").hexdigest()  # every empty file is the same


def _is_under(host: str, above: Collection[str]) -> bool:
    """Whether a host is one of these or below one: "a.b.gov.vn" is below "gov.vn"."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in above for start in range(len(labels)))


# --- reading ------------------------------------------------------------------------------------------------------

_DOT = re.compile(
    r"\s?(?:\[\s?(?:\.|dot|cham)\s?\]|\(\s?(?:\.|dot|cham)\s?\)|\{\s?(?:\.|dot|cham)\s?\})\s?", re.IGNORECASE
)
_WEB = re.compile(r"\b(?:hxxp|hxtp|htxp|http|h\*\*p|meow)(s?)\s?(?:\[:\]|:)\s?(?://|\[//\]|\[/\]\[/\])", re.IGNORECASE)
_COLON = re.compile(r"\[:?\s?//\s?\]|\[:\]//|\[://\]")
_FULL_STOPS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\uff0f": "/", "\uff1a": ":"})
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_URL = re.compile(
    rf"https?://(?:[^\s/@\[\]]{{1,64}}@)?(?P<host>(?:{_LABEL}\.){{0,8}}{_LABEL})\.?(?P<port>:\d{{1,5}})?"
    r"(?P<path>[/?][^\s<>\"'«»“”‘’]{0,300})?",
    re.IGNORECASE,
)
# Ends that a bare word may have to be taken for a domain; written with a scheme or "www." any end will do.
_ENDS = frozenset(redact.ENDINGS.split("|")) | {"example", "test", "invalid"}
# Of these, those that are words of a sentence too: "toi chuyen tien.la" is a missing space, no domain.
_WORDS = frozenset(
    {
        *("me", "co", "ai", "so", "to", "la", "my", "in", "is", "at", "be", "sh", "gg", "men", "mom", "cam", "th"),
        *("bet", "win", "fun", "top", "pro", "link", "live", "app", "test", "work", "life", "page", "us", "name"),
        *("group", "today", "help", "support", "center", "rest", "world", "news", "bid", "loan", "lol", "bond"),
    }
)
_BARE = re.compile(
    rf"(?<![\w@.\-/%+])(?P<host>(?:www\.)?(?:{_LABEL}\.){{1,8}}(?:[a-z]{{2,24}}|xn--[a-z0-9-]{{1,59}}))"
    r"(?P<port>:\d{1,5})?(?P<path>/[^\s<>\"'«»“”‘’]{0,300})?(?![\w@])(?!\.\w)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:(?:stk|s\.t\.k|so tk|tk|tknh|so tai khoan|tai khoan|account)\b[^\d\n•]{0,30}?"
    rf"|(?:{BANKS})[ :\-(]{{1,4}})"
    r"(?P<number>\d(?:[ .\-]?\d){5,18})(?!\d)",
    re.ASCII,
)
_BEFORE_BANK = re.compile(
    r"(?<![\d.,+])(?P<number>\d(?:[ .\-]?\d){5,18})[ ,;:()\-/|]{0,4}"
    rf"(?:(?:tai|cua|o|thuoc) )?(?:{BANKS})\b",
    re.ASCII,
)
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)
_ENDING = ".,;:!?)]}'\"…"


def find(text: str) -> tuple[Indicator, ...]:
    """What a text holds, each once, the weightiest first; at most `MOST`.

    It does not matter how letters are composed, whether links were made harmless (hxxps, [.], [:]//), and how people
    write their numbers.
    """
    plain = nfc(text[:LONGEST_TEXT])
    found = dict.fromkeys((*_hashes(plain), *_addresses(_refanged(plain)), *_accounts(plain), *_phones(plain)))
    return tuple(sorted(found, key=lambda one: WEIGHT[one.kind])[:MOST])


def numbers(text: str) -> tuple[str, ...]:
    """What a line that is one number, a phone's or an account's, is compared by."""
    return (*(phone.digits for phone in find_phones(text)), re.sub(r"\D", "", text))


def _hashes(text: str) -> Iterator[Indicator]:
    return (Indicator(Kind.SHA256, match[0].lower()) for match in _HASH.finditer(text))


def _phones(text: str) -> Iterator[Indicator]:
    return (Indicator(Kind.PHONE, phone.digits) for phone in find_phones(text))


def _accounts(text: str) -> Iterator[Indicator]:
    """Numbers that a word or a bank's name calls an account; sums, papers and addresses of machines are none."""
    folded = Reading.of(text).folded
    for pattern in (_ACCOUNT, _BEFORE_BANK):
        for match in pattern.finditer(folded):
            if not redact.leads_to_nobody(folded, *match.span("number")):
                yield Indicator(Kind.ACCOUNT, re.sub(r"\D", "", match["number"]))


def _refanged(text: str) -> str:
    """Links as they were before somebody made them harmless, without letters that nobody sees."""
    seen = text.replace("\u00ad", "").translate(_FULL_STOPS)
    seen = "".join(letter for letter in seen if letter not in "\u200b\u200c\u200d\u2060\ufeff")
    return _WEB.sub(r"http\1://", _COLON.sub("://", _DOT.sub(".", seen)))


def _addresses(text: str) -> Iterator[Indicator]:
    for match in _URL.finditer(text):
        yield from _of_link(match["host"], match["port"], match["path"])
    for match in _BARE.finditer(_URL.sub(" ", text)):
        if _is_domain(match["host"], with_path=bool(match["path"])):
            yield from _of_link(match["host"], match["port"], match["path"])


def _is_domain(host: str, *, with_path: bool) -> bool:
    end = host.rpartition(".")[2].lower()
    if host.lower().startswith("www.") or end.startswith("xn--"):
        return True
    odd = with_path or any(letter in "-0123456789" for letter in host)
    return end in _ENDS and (end not in _WORDS or odd)


def _of_link(host: str, port: str | None, path: str | None) -> Iterator[Indicator]:
    name = _host(host)
    if name is None:
        return
    yield Indicator(Kind.DOMAIN, name)
    rest = (path or "").partition("#")[0].rstrip(_ENDING).rstrip("/")
    if rest and rest != "?":
        where = port if port not in (None, ":80", ":443") else ""
        value = f"{name}{where}{rest}"
        if len(value) <= LONGEST_VALUE:
            yield Indicator(Kind.URL, value)


def _host(host: str) -> str | None:
    """A host in its ASCII form; None for what is none, or leads nowhere from outside (a machine at home)."""
    name = nfc(host).lower().removeprefix("www.").strip(".")
    if re.fullmatch(r"[\d.]+", name):
        return _public(name)
    if "." not in name:
        return None
    try:
        return name.encode("idna").decode("ascii").lower() if not name.isascii() else name
    except UnicodeError:
        return None


def _public(address: str) -> str | None:
    try:
        return address if ipaddress.IPv4Address(address).is_global else None
    except ValueError:
        return None


# --- showing ------------------------------------------------------------------------------------------------------


def shown(one: Indicator) -> str:
    """Whole, for whoever works with it: readable, and no link."""
    if one.kind is Kind.PHONE:
        return show_phone(one.value)
    return one.value if one.kind in (Kind.ACCOUNT, Kind.SHA256) else redact.defang(one.value)


def masked(one: Indicator) -> str:
    """As a group may see it: of numbers the last three digits, of a hash its beginning."""
    if one.kind is Kind.PHONE:
        return mask_phone(one.value)
    if one.kind is Kind.ACCOUNT:
        return "•" * (len(one.value) - 3) + one.value[-3:]
    if one.kind is Kind.SHA256:
        return f"{one.value[:12]}…"
    return redact.for_group(one.value, 120)
