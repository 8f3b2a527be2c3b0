"""A small Telegram over HTTP, for tests, the demo page and developers without a token. It knows nothing of the bot."""
