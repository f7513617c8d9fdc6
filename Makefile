# Every task of the project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo-company

.DEFAULT_GOAL := help
.PHONY: help install demo test fast-tests coverage test-slow check format types imports audit docs lock clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' \
		|| { echo "restock needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages (a few minutes the first time) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the pinned packages for tests ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

install: $(VENV)/.run ## install the program with its pinned packages

demo: $(VENV)/.run ## write the demo company to $(DEMO)/ and run the nightly flow on it
	@$(BIN)/restock demo $(DEMO)

test: $(if $(COVERAGE),coverage,fast-tests) ## run the tests, except those marked slow; COVERAGE=yes: with each room's floor

fast-tests: $(VENV)/.dev
	@$(BIN)/python -m pytest -n auto -m "not slow"

coverage: $(VENV)/.dev ## run the fast tests and hold each room's branch coverage against its floor
	@rm -rf $(VENV)/coverage && mkdir -p $(VENV)/coverage
	@COVERAGE_FILE=$(CURDIR)/$(VENV)/coverage/data $(BIN)/python -m pytest -n auto -m "not slow" --cov --cov-report=json:$(VENV)/coverage/report.json
	@$(BIN)/python -m tests.coverage_floors $(VENV)/coverage/report.json

# One worker more than processors: these tests wait for servers, schedules and signals.
test-slow: $(VENV)/.dev ## run the tests marked slow
	@$(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) -m slow $$(grep -rl 'mark\.slow' tests --include='test_*.py')

check: $(VENV)/.dev format types imports audit ## format, lint, types, import rules, known vulnerabilities

format: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@$(BIN)/lint-imports

audit: $(VENV)/.dev
	@$(BIN)/pip-audit -r requirements.lock --disable-pip --progress-spinner off > $(VENV)/audit.txt 2>&1 \
		|| { cat $(VENV)/audit.txt; exit 1; }
	@echo "audit: no vulnerability reported; no answer for $$(grep -c 'could not be audited' $(VENV)/audit.txt) of $$(grep -c '==' requirements.lock) pinned packages"

docs: $(VENV)/.dev ## write the reference pages anew from the code
	@$(BIN)/python -m app.reference_pages

lock: $(VENV)/.dev ## resolve the pinned versions anew (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove what make made
	@rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
