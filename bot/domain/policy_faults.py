"""What is wrong in a policy file, said with its place and without repeating what was written there."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class PolicyFault:
    """One thing wrong in a policy: a key of the catalogue, where it stands (rows counted from one), what is allowed."""

    key: str
    path: str
    meant: str = ""


class PolicyError(Exception):
    """The policy cannot be used. `faults` has one entry for each thing to mend."""

    def __init__(self, faults: tuple[PolicyFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.key}: {fault.path}" for fault in faults))
        self.faults = faults


# Names of pydantic's errors, by how they begin, and what we say instead.
_KEYS: Final = {
    "missing": "policy.missing",
    "enum": "policy.unknown_value",
    "string_pattern": "policy.pattern",
    "string_too_short": "policy.empty",
    "string_too_long": "policy.too_long",
    "string_type": "policy.not_text",
    "line_break": "policy.line_break",
    "int": "policy.not_number",
    "float": "policy.not_number",
    "bool": "policy.not_yes_no",
    "date": "policy.not_date",
    "time": "policy.not_time",
    "greater": "policy.too_small",
    "less": "policy.too_big",
    "model": "policy.not_table",
    "tuple": "policy.not_list",
    "until_before_from": "policy.until_before_from",
    "kept_for_people": "policy.kept_for_people",
    "changeovers": "policy.changeovers",
    "remind_hours": "policy.remind_hours",
    "month_day": "policy.month_day",
    "anchor": "policy.anchor",
    "scope": "policy.scope",
    "weekdays": "policy.weekdays",
}
_ALLOWED: Final = ("expected", "pattern", "max_length", "ge", "le", "needed")


def of_pydantic(error: ErrorDetails, names: Sequence[str]) -> PolicyFault:
    """What pydantic found; `names` are those that a policy file may use."""
    path = _path(error["loc"])
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), names, n=1, cutoff=0.7)
        return PolicyFault("policy.unknown_key", path, near[0] if near else "")
    key = next((key for begins, key in _KEYS.items() if error["type"].startswith(begins)), "policy.malformed")
    context: dict[str, Any] = error.get("ctx", {})
    allowed = next((str(context[name]).removesuffix(".0") for name in _ALLOWED if name in context), "")
    if key == "policy.unknown_value":
        allowed = ", ".join(re.findall(r"'([^']*)'", allowed))
    return PolicyFault(key, path, allowed)


def _path(place: tuple[int | str, ...]) -> str:
    """("body", 0, "name") is body[1].name: people count rows from one."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def of_toml(error: tomllib.TOMLDecodeError) -> PolicyFault:
    """The line at which the file stops being TOML."""
    place = re.search(r"line (\d+)", str(error))
    return PolicyFault("policy.not_toml", f"{place[1]}" if place else "")
