"""Roles, seats, the group of the team."""
