"""Amounts as Vietnamese people write them, read as whole đồng."""

import re

from bot.domain.letters import fold

_UNITS = {
    "ty": 10**9,
    "ti": 10**9,
    "trieu": 10**6,
    "tr": 10**6,
    "cu": 10**6,
    "chai": 10**6,
    "lit": 10**5,
    "xi": 10**5,
    "nghin": 10**3,
    "ngan": 10**3,
    "ng": 10**3,
    "canh": 10**3,
    "k": 10**3,
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:[.,\s]\d{3})+(?!\d)|\d{1,15}(?:[.,]\d{1,2})?(?!\d)"
_STEP = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?(?![a-z])(?P<half>\s*ruoi\b)?|(?P<tail>)", re.ASCII)
_GLUED = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})(?P<more>\d{{1,3}})(?![\d.,a-z])", re.ASCII)
_START = re.compile(r"(?<![\w.,/:-])\d", re.ASCII)
_FOREIGN = re.compile(r"\b(?:usd|do la|dola|eur|euro|usdt|btc|nhan dan te)\b|[$€]")
_WORDS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
_SPELLED = re.compile(rf"\b({'|'.join(_WORDS)})(?=\s+(?:ty|trieu|tram|nghin|ngan)\b)")
_HUNDRED = re.compile(r"\b(\d)\s+tram\b")
_NOTHING = frozenset(
    {"khong", "khong mat", "chua mat", "khong mat gi", "khong bi mat", "chua", "0", "0d", "0 d", "0 dong"}
)
_MOST = 10**15  # more than the whole country's budget: surely an account number


def parse_money(text: str) -> int | None:
    """Read the first amount of an answer in đồng ("1tr5", "2 tỷ 3", "1.500.000 đ"); foreign money is no answer."""
    folded = fold(text)
    if folded.strip(" .!") in _NOTHING:
        return 0
    if _FOREIGN.search(folded):
        return None
    folded = _SPELLED.sub(lambda match: str(_WORDS[match[1]]), folded)
    folded = _HUNDRED.sub(r"\g<1>00", folded)
    start = _START.search(folded)
    amount = _amount(folded, start.start()) if start else None
    return amount if amount is not None and amount <= _MOST else None


def _amount(folded: str, start: int) -> int | None:
    """Add steps of falling unit: 1 tỷ 200 triệu 500 nghìn. A rest without unit is a decimal of the one before."""
    total, unit, at = 0, 0, start
    for _ in range(4):
        glued = _GLUED.match(folded, at)
        step = glued or _STEP.match(folded, at)
        if not step or not step.groupdict().get("number"):
            break
        own = _UNITS.get(step["unit"] or "", 1)
        if unit and own >= unit:
            break
        if unit > 1 and own == 1:
            return total + _rest(step["number"], unit) if _lone_rest(folded, step.end()) else total
        total += _scaled(step["number"], own)
        if glued:
            return total + _rest(glued["more"], own)
        total += own // 2 if step["half"] and own > 1 else 0
        unit, at = own, step.end()
        if own == 1:
            break
    return total if at > start else None


def _lone_rest(folded: str, end: int) -> bool:
    """Say whether a number after a unit ends there ("2 tỷ 3"), rather than beginning a date or another fact."""
    return re.match(r"\s*(?:d|dong|vnd|a|nhe|nha)?\s*(?:$|[.,;!)])", folded[end:]) is not None


def _rest(digits: str, unit: int) -> int:
    """Value "5" after "1tr" as 500,000 and "350" as 350,000: a rest is read as decimals of its unit."""
    digits = digits.replace(".", "").replace(",", "")
    return int(digits) * unit // int(10 ** len(digits))


def _scaled(number: str, unit: int) -> int:
    """Multiply exactly; three digits after a dot or comma are thousands, one or two are decimals."""
    whole, _, decimals = number.replace(",", ".").replace(" ", ".").rpartition(".")
    if not whole or len(decimals) == 3:
        return int(re.sub(r"\D", "", number)) * unit
    return int(whole.replace(".", "")) * unit + int(decimals) * unit // int(10 ** len(decimals))
