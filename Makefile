# Everything here sets itself up: it needs make and Python 3.11 or newer with its venv module.
# PYTHON names that Python, ARGS is handed on: make demo ARGS=--no-serve

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/locked
READY := $(VENV)/ready
PYTEST := $(BIN)/python -m pytest

# Two test workers share two cores: each does its linear algebra on one thread.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo serve test check style types rules spark lock format clean
.DELETE_ON_ERROR:

help:  ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: $(READY)  ## Simulate a shop, train, publish, write a list and serve it
	$(BIN)/huitou demo $(ARGS)

serve: $(READY)  ## Serve the published snapshot of a shop
	$(BIN)/huitou serve $(ARGS)

# Files keep their order: the long ones have few tests, and would otherwise all come last, on one worker.
test: $(READY)  ## Run all tests on two workers
	$(ONE_THREAD) $(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: style types rules  ## Style, types, the lock, the rules of the house, documents against the code

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

rules: $(READY)
	$(BIN)/python -m scripts.lock check
	$(PYTEST) --quiet tests/test_house.py tests/test_documentation.py tests/test_lock.py

format: $(READY)  ## Put the code in its usual form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

spark: $(READY)  ## Add Spark to the environment, for shops on a cluster; it needs Java 17 or newer
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--require-hashes -r requirements-spark.lock

lock: $(READY)  ## Write requirements.lock and requirements-spark.lock from pyproject.toml; ARGS=--upgrade takes new versions
	$(BIN)/python -m scripts.lock make $(ARGS)

clean:  ## Remove the environment and all caches, never a shop
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment holds exactly what the lock says: a new lock makes a new environment.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Huitou needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Say: make PYTHON=python3.11")'
	@echo "Making $(VENV) and installing the pinned libraries (a minute or two) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -c 'import lightgbm' || { echo "LightGBM cannot start: install its thread library with" \
		"'apt install libgomp1' (Debian, Ubuntu), 'dnf install libgomp' or 'brew install libomp'."; exit 1; }
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
