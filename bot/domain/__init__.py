"""The rules: pure values and functions, no Telegram, no SQL, no clock, no prose."""
