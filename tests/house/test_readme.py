"""The README tells the truth: its two commands, every command of the bot, every setting."""

from __future__ import annotations

import re
from pathlib import Path

from bot import config
from bot.services.reporting.menu import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_opens_with_the_two_commands_that_make_has() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands = re.findall(r"^make (\w+)", README.split("```")[1], re.MULTILINE)
    assert commands == ["demo", "test"]
    assert all(f"\n{command}: " in makefile for command in commands)


def test_every_command_of_the_bot_is_in_the_readme() -> None:
    told = set(re.findall(r"\| `/(\w+)`", README))
    assert told == {"start"} | {name for name, _ in COMMANDS}


def test_every_setting_is_in_the_readme() -> None:
    assert set(re.findall(r"\| `(UNGCUU_\w+)`", README)) == set(config.names())


def test_every_file_that_the_readme_names_is_there_or_made_by_an_installation() -> None:
    for path in re.findall(r"`((?:bot|docs|tests)/[\w/.\-]+)`", README):
        assert (ROOT / path).exists(), path
