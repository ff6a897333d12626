# Every target sets up what it needs; a second call finds it done.
.DEFAULT_GOAL := help
.PHONY: help run test install check bench docs lock

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-development
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes
COMPILE := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# The first interpreter that is new enough; choose another with make PYTHON=...
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: $(RUNTIME) ## Serve, with everything embedded unless DATABASE_URL is set
	@exec $(BIN)/python -m app serve

test: $(DEVELOPMENT) ## Run the whole suite
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then \
		exec $(BIN)/python -m pytest -q -n 4 --dist worksteal; \
	elif [ -n "$$CI" ]; then \
		echo "No Chromium is installed, and the browser tests may not be left out here." >&2; exit 1; \
	else \
		echo "No Chromium is installed: leaving the browser tests out (Debian: apt install chromium chromium-driver)."; \
		exec $(BIN)/python -m pytest -q -n 4 --dist worksteal -m "not browser"; \
	fi

install: $(RUNTIME) ## Set up .venv with the locked dependencies

check: $(DEVELOPMENT) ## Lint, format, strict types, import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/contracts

bench: $(DEVELOPMENT) ## Run the benchmarks
	@exec $(BIN)/python -m bench

docs: $(DEVELOPMENT) ## Write the pages that come from the code
	@$(BIN)/python -m tests.docs.generated

lock: ## Lock the dependencies of pyproject.toml anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed, and none was found. Install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments. Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)

$(RUNTIME): requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies; this takes up to two minutes, once"
	@$(INSTALL) -r requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies and development tools; this takes up to two minutes, once"
	@$(INSTALL) -r requirements-dev.lock
	@touch $(RUNTIME) $@
