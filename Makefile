# Every door to the work on this code. Needs Python 3.11 or later, make and the package registries; nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for p in python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
CATALOGUES := $(wildcard irt/translations/*/LC_MESSAGES/*.po)
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help setup setup-analysis setup-dev system demo test bench lint format lock migration translations clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.service $(VENV)/.translations ## install the service into .venv, from the hashed lock file

setup-analysis: $(VENV)/.analysis $(VENV)/.translations ## the same and what the final analysis needs

setup-dev: $(VENV)/.dev $(VENV)/.translations ## the same and what the tests need

demo: setup ## a whole trial with invented people, half-way through recruitment, served on 127.0.0.1 (PORT=8000)
	PORT=$(PORT) $(BIN)/irt demo

test: setup-dev system ## every test, on SQLite and PostgreSQL, with the browser journeys (args="-k word" for a part)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(args)

bench: setup-dev ## acts per second against the floor (hand-written SQL)
	$(BIN)/python -m tests.bench $(args)

lint: setup-dev ## style, types and the line of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## put the code into the one layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The lock files name versions and hashes but no address, so that they hold for any mirror.
LOCK = $(BIN)/uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header -q \
	$(if $(upgrade),--upgrade) --group build pyproject.toml
lock: ## renew the three lock files from pyproject.toml (upgrade=1 for newer versions)
	test -x $(BIN)/uv || $(MAKE) setup-dev
	$(LOCK) -o requirements.lock
	$(LOCK) --extra analysis -c requirements.lock -o requirements-analysis.lock
	$(LOCK) --extra dev --extra analysis -c requirements-analysis.lock -o requirements-dev.lock
	! grep -n '://' requirements.lock requirements-analysis.lock requirements-dev.lock

define NEXT_MIGRATION
import sys; from alembic import command; from irt.migrate import configuration
at = configuration("sqlite:///.cache/migration.sqlite"); command.upgrade(at, "head")  # no guards: they ask for the new tables
command.revision(at, sys.argv[1], autogenerate=True)
endef
export NEXT_MIGRATION
migration: setup-dev ## write the next migration from the models (m="what changes")
	test -n "$(m)" || { echo 'Say what changes: make migration m="add the depot"'; exit 2; }
	mkdir -p .cache && rm -f .cache/migration.sqlite*
	$(BIN)/python -c "$$NEXT_MIGRATION" "$(m)"

translations: setup-dev ## collect the texts, renew the catalogues, compile them
	mkdir -p .cache
	$(BIN)/pybabel -q extract -F irt/translations/babel.cfg -k _l --no-location --sort-output -o .cache/messages.pot irt
	$(BIN)/pybabel -q update -i .cache/messages.pot -d irt/translations --no-fuzzy-matching --ignore-pot-creation-date --ignore-obsolete -w 1000
	$(BIN)/pybabel -q compile -d irt/translations

system: ## the browser and the Chinese font for the tests, from Debian's packages, where they are missing
	@tests/system_packages.sh

clean: ## remove what these commands made, but no trial's data
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis irt.egg-info

$(VENV)/bin/python:
	test -n "$(PYTHON)" || { echo 'No Python 3.11 or later found: install it, or name it with PYTHON=/path/to/python'; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Without build isolation: isolation would fetch setuptools unpinned; the lock holds it.
$(VENV)/.service: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.analysis: requirements-analysis.lock $(VENV)/.service
	$(PIP) install --require-hashes --no-deps -r requirements-analysis.lock
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.service
	$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	touch $@

$(VENV)/.translations: $(CATALOGUES) | $(VENV)/.service
	$(if $(CATALOGUES),$(BIN)/pybabel -q compile -d irt/translations)
	touch $@
