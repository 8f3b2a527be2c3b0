"""Secrets of machines and offices: keys and tokens, stamps of secrecy, addresses of internal networks."""

import ipaddress
import re
from collections.abc import Iterator

from bot.domain.letters import Reading
from bot.domain.secrets.kinds import Found, Secret

# --- keys -------------------------------------------------------------------------------------------------------

_PEM_BEGIN = re.compile(r"-{2,5} ?BEGIN [A-Z0-9 ]{1,60}-{2,5}")
_PEM_END = re.compile(r"-{2,5} ?END [A-Z0-9 ]{1,60}-{2,5}")
_PEM_BODY = re.compile(r"[A-Za-z0-9+/=\s:,.()-]*")
_PEM_LINES = re.compile(r"(?:\s+(?:[A-Za-z0-9+/=]{16,}|[A-Za-z-]+: \S+)(?!\S))*")
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"A[KS]IA[0-9A-Z]{16}"
    r"|\d{6,12}:[A-Za-z0-9_-]{30,60}"  # a Telegram bot
    r"|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{20,64}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,200}|sk[_-](?:live_|test_|proj-|ant-)?[A-Za-z0-9_-]{20,200}|AIza[A-Za-z0-9_-]{35}"
    r"|eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{0,1000}"
    r")(?![A-Za-z0-9])"
)
_NAMED_KEY = re.compile(
    r"(?<![a-z0-9])(?:(?:aws_)?secret(?:_access)?[_ -]?key|client[_ -]?secret|api[_ -]?(?:key|token|secret)"
    r"|access[_ -]?(?:key|token)|auth[_ -]?token|bearer"
    r"|private[_ -]?key|(?:ma |chuoi )?token|(?:khoa|ma) (?:bi mat|rieng(?: tu)?|api)"
    r"|khoa vi)(?:[ \w]{0,20}?)\s*(?:[:=]|\bla\b|(?<=bearer))\s*[\"']?(?P<value>[a-z0-9+/_=.\-]{16,512})"
)


def private_keys(reading: Reading) -> Iterator[Found]:
    """Find PEM blocks (to their end, or as far as they look like one), known tokens and values named as keys."""
    for start, end in _pem_blocks(reading.cased):
        yield Found(Secret.PRIVATE_KEY, start, end)
    for match in _TOKENS.finditer(reading.cased):
        yield Found(Secret.PRIVATE_KEY, *match.span())
    for match in _NAMED_KEY.finditer(reading.folded):
        if any(map(str.isdigit, match["value"])) and not match["value"].startswith("http"):
            yield Found(Secret.PRIVATE_KEY, *match.span("value"))


def _pem_blocks(cased: str) -> Iterator[tuple[int, int]]:
    headers = list(_PEM_BEGIN.finditer(cased))
    for number, header in enumerate(headers):
        limit = headers[number + 1].start() if number + 1 < len(headers) else len(cased)
        end = _PEM_END.search(cased, header.end(), limit)
        if end and _PEM_BODY.fullmatch(cased, header.end(), end.start()):
            yield header.start(), end.end()
        else:
            lines = _PEM_LINES.match(cased, header.end(), limit)
            yield header.start(), lines.end() if lines else header.end()


# --- stamps -----------------------------------------------------------------------------------------------------

_LINE = re.compile(r"[^\n]+")
_FRAME = " \t\r*_-=.:|[](){}<>\"'#~!+/\\•"
_STAMPS = {"mật", "tối mật", "tuyệt mật"}
_SPACED_STAMPS = {stamp.replace(" ", "") for stamp in _STAMPS}
_CAPITALS_WITHOUT_MARKS = {"TOI MAT", "TUYET MAT"}
_DEGREE = re.compile(
    r"\b(?:do|cap do|muc do|dau do|dau) mat\s*(?:[:=\-]|\bla\b)\s*(?P<value>tuyet mat|toi mat|mat)(?=\s*(?:$"
    r"|[\n.,;)\]|/]))"
)


def secrecy_stamps(reading: Reading) -> Iterator[Found]:
    """Find a line that is nothing but a stamp, or a named degree of secrecy. "MẬT KHẨU" and "MẬT ONG" are words."""
    lines = list(_LINE.finditer(reading.folded))
    for line in lines:
        bare = line[0].strip(_FRAME)
        if 3 <= len(bare) <= 20 and bare.replace(" ", "").endswith("mat"):
            start = line.start() + line[0].index(bare)
            if _is_stamp(reading, start, start + len(bare), lonely=len(lines) == 1):
                yield Found(Secret.SECRECY_STAMP, start, start + len(bare))
    for match in _DEGREE.finditer(reading.folded):
        if _marked_or_bare(reading, match):
            yield Found(Secret.SECRECY_STAMP, *match.span("value"))


def _is_stamp(reading: Reading, start: int, end: int, *, lonely: bool) -> bool:
    """Compare with marks: "MẤT" (lost) and "mặt" (face) are no stamps, and a lonely "mật" in small letters is none."""
    written = " ".join(reading.original(start, end).split())
    small = written.lower()
    if small == "mật":
        return written.isupper() or (written.istitle() and not lonely)
    return small in _STAMPS or small.replace(" ", "") in _SPACED_STAMPS or written in _CAPITALS_WITHOUT_MARKS


def _marked_or_bare(reading: Reading, match: re.Match[str]) -> bool:
    written = reading.original(*match.span("value")).lower()
    return written.endswith(("mật", "mat"))


# --- addresses --------------------------------------------------------------------------------------------------

_DOT = r" ?(?:\.|\[\.\]|\(\.\)) ?"
_V4 = re.compile(
    rf"(?<![\w.])(?P<a>\d{{1,3}}){_DOT}(?P<b>\d{{1,3}}){_DOT}(?:\d{{1,3}}|x{{1,3}}|\*){_DOT}(?:\d{{1,3}}|x{{1,3}}"
    rf"|\*)(?!\w|\.\d)",
    re.ASCII,
)
_V6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?![\w:])", re.ASCII)
_VERSION = re.compile(r"(?:\b(?:v|ver|version|phien ban|ban|firmware|build|release)[\s.:]*)$")
_INTERNAL = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")
)


def private_addresses(reading: Reading) -> Iterator[Found]:
    """Find addresses of internal networks (RFC 1918, unique local, loopback), also with "x" for the last parts."""
    for pattern in (_V4, _V6):
        for match in pattern.finditer(reading.folded):
            before = reading.folded[max(0, match.start() - 14) : match.start()]
            if _internal(match[0]) and not _VERSION.search(before):
                yield Found(Secret.PRIVATE_IP, *match.span())


def _internal(written: str) -> bool:
    if "::" not in written and ":" not in written:
        octets = re.findall(r"\d+|x+|\*", written)
        written = ".".join(str(int(octet)) if octet.isdigit() else "1" for octet in octets)
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return any(address in net for net in _INTERNAL if net.version == address.version)
