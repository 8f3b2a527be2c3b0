"""Agencies, who speaks for them, and their information systems."""
