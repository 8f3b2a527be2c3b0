"""What an officer says instead of doing: remind me later, or it is not ours. Both as forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.forms import Form
from bot.domain.listed import ManyListed, OneListed
from bot.domain.questions import Text

ITEMS: Final = "items"
DAYS: Final = "days"
AGENCY: Final = "agency"  # the answer that no question asks for: whose obligations they are
ALL_OF: Final = "all-"  # before the key of a rule: all of it, where there are too many to list

_WHICH = ManyListed(name=ITEMS)
PUTTING_OFF: Final = Form("putting_off_1", (_WHICH, OneListed(name=DAYS), Text(name="reason", shortest=5, longest=300)))
WAIVING: Final = Form("waiving_1", (_WHICH, Text(name="reason", shortest=10, longest=1000)))
FORMS: Final[Mapping[str, Form]] = {form.name: form for form in (PUTTING_OFF, WAIVING)}
