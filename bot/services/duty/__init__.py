"""Who has the duty, and work that changes hands."""
