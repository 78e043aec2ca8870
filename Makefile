# Thin on purpose: every target sets up what it needs, then runs one tool. Needs Python 3.11+ and make.
PYTHON ?= python3
SETUP   = $(PYTHON) .ci/bootstrap.py
CODE    = freezecase tests $(wildcard examples docs) conftest.py .ci

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types docs bench oldest mutate lock clean

help:           ## what there is to make
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup:          ## build .venv, once; every other target does it by itself
	@$(SETUP)

demo:           ## one frozen account, from freeze to release
	@$(SETUP) --lock run freezecase demo

test:           ## every test, on a real PostgreSQL, every document, every branch
	@$(SETUP) pytest -n auto --cov --cov-report=term

lint:           ## style and layers
	@$(SETUP) ruff format --check
	@$(SETUP) ruff check
	@$(SETUP) lint-imports --no-logo

types:          ## mypy and pyright, both strict
	@$(SETUP) mypy $(CODE)
	@$(SETUP) pyright

docs:           ## the documentation into site/, strictly
	@$(SETUP) python -m docs.generate
	@$(SETUP) zensical build --strict

bench:          ## what it costs, beside the floor and the peer
	@$(SETUP) python -m tests.benchmarks

oldest:         ## the tests again, on the oldest versions that pyproject.toml allows
	@$(SETUP) --lock oldest --venv .venv-oldest pytest -n auto --ignore=tests/house/test_layers.py

mutate:         ## change core and policy line by line: does a test notice?
	@$(SETUP) mutmut run
	@$(SETUP) python -m tests.mutation_report

lock:           ## pin all dependencies anew (needs uv)
	@$(PYTHON) .ci/lock.py

clean:          ## back to a fresh checkout
	@rm -rf .venv .venv-oldest .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf __pycache__ .cache .coverage .coverage.* build dist mutants site
	@find freezecase tests .ci $(wildcard examples) -name __pycache__ -prune -exec rm -rf {} +
