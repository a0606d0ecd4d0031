# Mitstadt. `make run` shows a city, `make test` proves it. `make help` lists the rest.
# Needs Python 3.11 or newer and make; uses uv when it is on the PATH.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV := $(shell command -v uv 2>/dev/null)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
CITY ?= munich
export PORT CITY
ifdef DATABASE_URL
export DATABASE_URL
endif

.DEFAULT_GOAL := help
.PHONY: help run test fast browser lint format bench audit lock messages clean deps dev

help: ## this list
	@echo "Mitstadt: the open platform for a city and its people"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo; echo "  Variables: PORT=8000  CITY=munich  DATABASE_URL=postgres://user@host:5432/name"

run: $(VENV)/.run ## the demo city on http://127.0.0.1:8000 (PORT=, CITY=, DATABASE_URL=)
	@MITSTADT_ROOT="$(CURDIR)" exec $(BIN)/python -m mitstadt run --port $(PORT)

test: $(VENV)/.dev ## all tests: SQLite, PostgreSQL, then journeys in Chromium
	@$(BIN)/python scripts/test.py

fast: $(VENV)/.dev ## only the fast part: unit and integration tests on both databases
	@$(BIN)/python scripts/test.py --fast

browser: $(VENV)/.dev ## only the journeys in Chromium
	@$(BIN)/python scripts/test.py --browser

lint: $(VENV)/.dev ## style, types, floors, migrations, catalogues, licences, lock files
	@$(BIN)/python scripts/lint.py

format: $(VENV)/.dev ## put the code into the house style
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.dev ## measure what the issue promises; prints one JSON
	@$(BIN)/python -m bench

audit: $(VENV)/.dev ## accessibility of every page in every theme, mode, width and language; valid HTML
	@$(BIN)/python scripts/audit.py

messages: $(VENV)/.dev ## collect the texts of every room into its catalogues (needs gettext)
	@$(BIN)/python scripts/catalogues.py collect

lock: ## compile the lock files from requirements*.in (needs uv)
	@test -n "$(UV)" || { echo "make lock needs uv on the PATH: https://docs.astral.sh/uv/"; exit 1; }
	@for name in requirements requirements-dev; do \
		"$(UV)" pip compile $$name.in -o $$name.txt --generate-hashes --no-emit-index-url --no-emit-find-links \
			--python-version 3.11 --universal -q --custom-compile-command "make lock" || exit 1; \
	done

clean: ## remove what was built; keeps var/ (the demo's data) and .venv
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache src/*.egg-info
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -delete

deps: $(VENV)/.run
dev: $(VENV)/.dev

# -- the virtual environment: locked, hashed, the same for everybody -------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Mitstadt needs Python 3.11 or newer."; exit 1; }
	@echo "▸ Virtual environment ($(VENV)) with $(PYTHON)"
	@if [ -n "$(UV)" ]; then "$(UV)" venv -q --python "$$(command -v $(PYTHON))" $(VENV); \
	else $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module is not complete. On Debian: apt-get install python3-venv"; exit 1; }; fi

define install
	@echo "▸ Dependencies from $(1)"
	@if [ -n "$(UV)" ]; then \
		VIRTUAL_ENV="$(CURDIR)/$(VENV)" "$(UV)" pip install -q --require-hashes -r $(1) && \
		VIRTUAL_ENV="$(CURDIR)/$(VENV)" "$(UV)" pip install -q --no-deps --no-build-isolation -e . ; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
endef

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run
