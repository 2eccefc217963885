# Each target does the set-up it needs: a virtual environment with the locked, hashed dependencies.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.locked
PACKAGES := domain application projections api infrastructure
CODE   := $(PACKAGES) tests benchmarks

SHELL  := bash
.SHELLFLAGS := -o pipefail -c
# Runs beside each other stay readable when each line says whose it is.
SIGNED  = 2>&1 | sed -u 's/^/$@ | /'

.DEFAULT_GOAL := help
.PHONY: help setup run kafka test histories stories systems static check contracts documents bench soak lock format clean

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Create the virtual environment from the lock

$(STAMP): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Tillstream needs Python 3.11 or newer as '$(PYTHON)'. Install it, or name yours: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: $(STAMP) ## Start the shop with demo data on http://127.0.0.1:8000
	@$(BIN)/till serve --demo

kafka: $(STAMP) ## Fetch and run a Kafka of one node, for the distributed mode (Java 17 and Maven; no Docker)
	@$(BIN)/till kafka

check: static ## Format, lint, types, import contracts, unit tests
	$(BIN)/pytest -q tests/unit tests/architecture tests/golden

static: $(STAMP)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/till asyncapi --check
	$(BIN)/till openapi --check
	$(BIN)/till postman --check

test: static ## Everything, with coverage; random histories, stories and running systems beside each other
	$(BIN)/coverage erase
	@$(MAKE) --no-print-directory -j3 histories stories systems
	$(BIN)/coverage combine --quiet .coverage.stories .coverage.systems
	$(BIN)/coverage report

# What the three have in common. Each gathers its coverage in a file of its own, and they are judged together.
TESTS   = HYPOTHESIS_PROFILE=ci $(BIN)/pytest -q --durations=15
COVERED = COVERAGE_FILE=$(CURDIR)/.coverage.$@ $(TESTS) --cov --cov-report= --cov-fail-under=0
SYSTEMS = tests/e2e tests/integration/streaming

histories: $(STAMP)
	@$(TESTS) -m "property and not soak" $(SIGNED)

stories: $(STAMP)
	@$(COVERED) -m "not property and not soak" $(SYSTEMS:%=--ignore=%) $(SIGNED)

systems: $(STAMP)
	@$(COVERED) -m "not property and not soak" $(SYSTEMS) $(SIGNED)

contracts: $(STAMP) ## Record new versions of events: golden messages, contracts, docs/asyncapi.json
	$(BIN)/python -m tests.golden.recording

documents: $(STAMP) ## Describe the API anew: docs/openapi.json, docs/postman.json
	$(BIN)/till openapi
	$(BIN)/till postman

soak: $(STAMP) ## Property tests and chaos at their large sizes; writes benchmarks/results/soak.json
	$(BIN)/python -m benchmarks.soak

bench: $(STAMP) ## Measure; prints a table and writes benchmarks/results/latest.json
	@command -v wrk >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	  { apt-get install -y -qq wrk >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq wrk; } >/dev/null 2>&1; }; } || \
	  echo "wrk is not installed (Debian and Ubuntu: apt-get install wrk): the HTTP measurements that need it are left out." >&2
	$(BIN)/python -m benchmarks.run

lock: ## Resolve what pyproject.toml asks for into the two locks
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra stripe --group build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra stripe --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	@! grep -nE '://|--(index|find|extra|trusted)|/(home|root|opt|tmp|work)/' requirements.lock requirements-dev.lock

format: $(STAMP) ## Format the code and mend what ruff can mend
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

clean: ## Remove the virtual environment and the caches, never .till
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .coverage.* htmlcov
