"""`MAKERS`: every kind of file that can be ordered (`workshop.order`), one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.services import rota, rota_sheets
from bot.services.workshop import Maker

MAKERS: Mapping[str, Maker[Any]] = {
    rota.PICTURE: rota_sheets.ROTA,
}
