# Two commands: `make build`, then `make test`. They need Python 3.11 or newer and GNU make 3.81 or newer.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Tests and checks start Python many times: it must not compile pbmon anew each time, whatever the caller's shell says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help build quick test test-e2e programs validate prove mutate bench lint types check check-preview check-pythons promtool newer stack \
	stack-down stack-secrets lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(VENV)/pbmon promtool ## set up everything, render build/ and validate it
	$(BIN)/pbmon build
	$(BIN)/pbmon validate --app examples/pybase

quick: $(VENV)/pbmon ## run the tests that need no program, in less than a minute
	$(BIN)/python -m pytest -n auto -m 'not program and not slow' --hypothesis-profile quick

test: $(VENV)/pbmon ## run all tests but test-e2e; on Debian and Ubuntu it first installs the programs they need
	@if command -v apt-get >/dev/null 2>&1; then scripts/install-programs.sh || echo 'going on without them'; fi
	$(BIN)/python -m pytest -n auto -m 'not end_to_end'

test-e2e: $(VENV)/pbmon ## run the tests that start a whole stack; they take some minutes
	$(BIN)/python -m pytest -n 0 -m end_to_end

programs: ## install every program that a test asks for (Debian and Ubuntu)
	scripts/install-programs.sh

validate: $(VENV)/pbmon promtool ## promtool, amtool, JSON Schema and pbmon's own checks
	$(BIN)/pbmon validate --app examples/pybase

prove: $(VENV)/pbmon promtool ## run the rule tests that are derived from the definitions
	$(BIN)/pbmon prove

mutate: $(VENV)/pbmon promtool ## put faults into every rule; the derived tests have to notice
	$(BIN)/pbmon mutate

bench: $(VENV)/pbmon promtool ## measure speed, some minutes; with FULL=1 up to 1,000 services, an hour or more
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	$(BIN)/python benchmarks/ratios.py
	-$(BIN)/python benchmarks/proofs.py --runs $(if $(FULL),5,1)
	-$(BIN)/python benchmarks/build.py $(if $(FULL),,--quick)

lint: $(VENV)/pbmon ## style, format and the order of layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

types: $(VENV)/pbmon ## mypy --strict over the package and the definitions
	$(BIN)/mypy
	$(BIN)/mypy definitions

check: lint types promtool ## lint, types, and that build/ is what the definitions say
	$(BIN)/pbmon build --check
	$(BIN)/pbmon validate --app examples/pybase

check-pythons: ## build with every Python from 3.11 that is at hand; each has to give the bytes of build/
	scripts/check-pythons.sh

check-preview: ## build the script of `pbmon preview` anew (needs Node) and compare it with the one committed
	scripts/check-preview.sh

promtool: ## install promtool where it is missing
	@scripts/install-promtool.sh

newer: ## fetch newer promtool, Prometheus and Alertmanager for the tests (Debian only)
	scripts/install-newer.sh .cache/newer promtool prometheus prometheus-alertmanager

stack: $(VENV)/pbmon ## run PyBase and its monitoring on this machine; `make stack-down` ends it
	scripts/install-stack.sh
	$(BIN)/pbmon stack up --binaries .cache/newer/usr/bin

stack-down: $(VENV)/pbmon ## end what `make stack` started
	$(BIN)/pbmon stack down

stack-secrets: ## make the passwords that docker-compose.yml asks for
	@scripts/stack-secrets.sh

lock: ## pin the dependencies again (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group dev --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header \
		--output-file requirements.lock pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header \
		--output-file examples/pybase/requirements.lock examples/pybase/pyproject.toml

clean: ## remove what make and the tools left, except build/ and .cache/newer
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -type d -name __pycache__ -prune -exec rm -rf {} +

# The environment is made anew when the lock changes; pbmon itself is installed again when its metadata does.
$(VENV)/lock: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("pbmon needs Python 3.11 or newer; name one: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/pbmon: $(VENV)/lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
