"""How the bot gets its updates: by asking, or by a webhook."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlsplit

from bot.playground.errors import bad_request
from bot.playground.params import Params
from bot.playground.telegram import Telegram
from bot.playground.updates import Webhook
from bot.playground.webhook import LOOPBACK

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}$")


class Raw(str):
    """A result that is JSON text already."""

    __slots__ = ()


def get_updates(telegram: Telegram, params: Params) -> Awaitable[Raw]:
    telegram.updates.allow(params.array("allowed_updates"))
    limit = params.number("limit")
    limit = 100 if limit is None else min(max(limit, 1), 100)
    patience = min(max(params.number("timeout") or 0, 0), 50)
    return _batch(telegram, params.number("offset") or 0, limit, patience)


async def _batch(telegram: Telegram, offset: int, limit: int, patience: int) -> Raw:
    return Raw(f"[{','.join(await telegram.updates.get(offset, limit, patience))}]")


def set_webhook(telegram: Telegram, params: Params) -> bool:
    """An empty url takes the webhook away. Only loopback is called: nothing leaves the machine."""
    url = params.text("url")
    if not url:
        return delete_webhook(telegram, params)
    if urlsplit(url).hostname not in LOOPBACK:
        raise bad_request("bad webhook: the playground calls this machine only")
    secret = params.text("secret_token")
    if secret and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    most = params.number("max_connections") or 40
    if not 1 <= most <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    telegram.updates.allow(params.array("allowed_updates"))
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.updates.set_webhook(Webhook(url, secret or None, most))
    return True


def delete_webhook(telegram: Telegram, params: Params) -> bool:
    telegram.updates.set_webhook(None)
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    return True


def get_webhook_info(telegram: Telegram, _params: Params) -> dict[str, Any]:
    hook, updates = telegram.updates.webhook, telegram.updates
    body: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": updates.pending,
    }
    if hook is not None:
        body["max_connections"] = hook.max_connections
        body["ip_address"] = "127.0.0.1"
    if hook is not None and hook.last_error_at is not None:
        body["last_error_date"] = int(hook.last_error_at.timestamp())
        body["last_error_message"] = hook.last_error
    if updates.allowed:
        body["allowed_updates"] = sorted(updates.allowed)
    return body


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
