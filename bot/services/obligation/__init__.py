"""Duties that come round: what is owed, who is reminded, what shows that it was done."""
