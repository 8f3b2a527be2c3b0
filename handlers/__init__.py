"""The edge to people: everything that speaks with Telegram."""
