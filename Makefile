.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PARAMS ?= params/sample.yml
SEED ?= 2026
ONLY ?=

help: ## print this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	@echo "setting up the environment in $(VENV) (about a minute, 1.5 GB)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

report: $(READY) ## build the report of PARAMS (params/sample.yml): reports/<period>/index.html
	@$(BIN)/voc run $(PARAMS) --resume

test: export OPENBLAS_NUM_THREADS = 1 # as notebooks: two threads of small matrices fight when two tests run at once
test: $(READY) ## run all tests (needs Chromium for the pages)
	@$(BIN)/python -m pytest $(ONLY)

lab: $(READY) ## open JupyterLab on the notebooks
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/jupyter lab --notebook-dir=notebooks

truth: $(READY) ## what the notebooks find of what is planted in sample SEED, and what they find that is not there
	@$(BIN)/python tests/truth/score.py --seed $(SEED)

bench: $(READY) ## measure against the obvious alternatives, side by side
	@$(BIN)/python benchmarks/run.py

lint: $(READY) ## check style of library, tests and notebooks
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean: ## remove what is made: environment, work files, reports; what reports keep for later ones stays
	@rm -rf $(VENV) reports/.work .pytest_cache .ruff_cache .hypothesis
	@find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name kept -exec rm -rf {} +

.PHONY: help report test lab truth bench lint clean
