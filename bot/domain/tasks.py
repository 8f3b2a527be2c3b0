"""Forms of the team that move nothing, as data."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.forms import Form
from bot.domain.questions import Text

NOTING = Form("noting_1", (Text(name="note", shortest=2, longest=2000),))

FORMS: Mapping[str, Form] = {form.name: form for form in (NOTING,)}
