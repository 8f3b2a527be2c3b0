"""Whoever reports: forms, loose words, files, own reports, own data."""
