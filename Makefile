# The project's commands. `make run` and `make test` are the two that matter; `make help` lists the rest.
# Everything goes into .venv and var/; a bare machine needs Python 3.11 and make.

SHELL  := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN    := .venv/bin
JOBS   ?= 2
UV     := uv==0.13.9
LOCK   := pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 --group install pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test check lint format types prove bench bench-peers screenshots docs programs lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.runtime: requirements.txt pyproject.toml
	@$(PYTHON) scripts/environment.py requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt requirements.txt pyproject.toml
	@$(PYTHON) scripts/environment.py requirements-dev.txt
	@touch .venv/.runtime $@

run: .venv/.runtime  ## the platform and a CRM with made-up data, on free ports
	@$(BIN)/connect demo --serve

test: .venv/.development programs  ## every test, on SQLite and on PostgreSQL, and in Chromium
	@$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

check: lint types test  ## format, lint, strict types, import contracts, words, then every test

lint: .venv/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet connect examples
	$(BIN)/codespell

types: .venv/.development
	$(BIN)/mypy

format: .venv/.development  ## put the code into the house form
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

prove: .venv/.development programs  ## the proofs at full size: hours, not minutes
	$(BIN)/pytest -n 0 -m prove $(ARGS)

bench: .venv/.development  ## speed on both databases, medians of 3
	@$(BIN)/python -m tests.support.programs --install wrk postgres
	@$(BIN)/python -m bench $(ARGS)

bench-peers: .venv/.development build/peers/.installed  ## token requests beside other servers', on one PostgreSQL
	@$(BIN)/python -m tests.support.programs --install wrk postgres
	@$(BIN)/python -m bench.peers $(ARGS)

build/peers/.installed: bench/peers/toolkit/requirements.txt bench/peers/node/package-lock.json
	@$(BIN)/python -m tests.support.programs --install node
	@$(PYTHON) -m venv build/peers/toolkit
	@build/peers/toolkit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@npm ci --silent --prefix bench/peers/node
	@touch $@

screenshots: .venv/.development  ## the pictures of the README, taken from the running demo
	@$(BIN)/python -m tests.support.programs --install chromium
	@$(BIN)/python -m scripts.screenshots

docs: .venv/.development  ## pages that are made from the code
	@$(BIN)/python -m scripts.reference

programs: .venv/.development
	@$(BIN)/python -m tests.support.programs --install

lock:  ## requirements.txt and requirements-dev.txt anew, from pyproject.toml
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet $(UV)
	build/lock/bin/uv $(LOCK) --output-file requirements.txt
	build/lock/bin/uv $(LOCK) --group dev --output-file requirements-dev.txt
	build/lock/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --output-file bench/peers/toolkit/requirements.txt bench/peers/toolkit/requirements.in

clean:  ## remove what the commands above made
	rm -rf .venv build var tests/clients/node/node_modules bench/peers/node/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
