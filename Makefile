# Everything starts from here; only Python >= 3.11 with its venv module is expected.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint torture bench picture lock clean

demo: .venv/.runtime
	@$(BIN)/ungcuu playground

test: .venv/.dev
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: lint
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term:skip-covered $(ARGS)"

lint: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

torture: .venv/.dev
	@$(BIN)/python -m pytest -m torture -o log_cli=true -o log_cli_level=INFO $(ARGS)

bench: .venv/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

picture: .venv/.dev
	@$(BIN)/python -m tests.journeys.picture

# The locks are made anew by hand, with uv at hand: `make lock`.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--group build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--group build --group dev --constraints requirements.lock pyproject.toml -o requirements-dev.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python >= 3.11 is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module of Python is missing: apt install python3-venv"; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements.lock pyproject.toml
	@echo "Installing the pinned packages (about half a minute) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar=on -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "Installing the tools for tests …"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar=on -q --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
