# Every target works from a bare clone: it makes .venv and installs what it needs into it.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --quiet --disable-pip-version-check --no-input
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow lint bench clean

help:
	@echo "make demo       train on the English that every Python carries, and look at neighbours"
	@echo "make test       all quick tests"
	@echo "make test-slow  the proofs on real training too"
	@echo "make lint       ruff and mypy"
	@echo "make bench      measure against gensim"
	@echo "make clean      remove .venv and all caches"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and \
	  "kotovec needs Python 3.10 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.core $@

demo: $(VENV)/.core
	@$(VENV)/bin/kotovec demo

test: $(VENV)/.dev
	$(VENV)/bin/python -m pytest -q -n 2

test-slow: $(VENV)/.dev
	$(VENV)/bin/python -m pytest -q -n 2 -m 'slow or not slow'

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

bench: $(VENV)/.dev
	$(VENV)/bin/python bench/train.py $(BENCH)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
