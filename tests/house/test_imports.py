"""Who may import whom: the contracts hold, and each of them would notice its breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage", "jobs", "locales")
LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict on the packages in a folder."""
    command = [str(LINT), "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_the_contracts_hold() -> None:
    verdict = lint(ROOT)
    assert verdict.returncode == 0, verdict.stdout
    assert "0 broken" in verdict.stdout


# The contract, a module, and what it would have to import to break it.
BREACHES = {
    "Imports point down": ("storage/marks.py", "import bot.services.desk"),
    "The domain is pure": ("bot/domain/ids.py", "import sqlite3"),
    "Telegram is known at the edge only": ("bot/services/desk.py", "import telegram"),
    "SQL drivers live in storage": ("jobs/upkeep.py", "import aiosqlite"),
    "The playground is a stranger to us": ("bot/playground/clock.py", "import storage.codec"),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The verdict on a copy of the house in which every contract is broken once."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, line in BREACHES.values():
        with (folder / path).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    return lint(folder).stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_a_contract_is_noticed(broken: str, contract: str) -> None:
    assert f"{contract} BROKEN" in broken


def test_every_contract_is_tried() -> None:
    stated = [line for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines() if line.startswith('name = "')]
    assert {line.split('"')[1] for line in stated[1:]} == set(BREACHES)
