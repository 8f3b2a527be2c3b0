"""The team works an incident: its life, card, talk, case file, search."""
