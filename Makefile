# Two commands matter: `make demo` and `make test`. Everything they need goes into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
SUDO   := $(if $(filter-out 0,$(shell id -u)),sudo)

# Publishers' documents are read where they lie, and only if they lie there.
ifneq ($(wildcard ../shared/corpus/MANIFEST.json),)
export TOCSIN_CORPUS ?= $(abspath ../shared/corpus)
endif

# Decided without touching anything outside, so every branch of theirs is tested; of the rest 90 in a hundred.
PURE := worker/text/*,worker/feeds/*,worker/stories/*,worker/watchlists/*,worker/alerts/*,worker/pipeline/*

.DEFAULT_GOAL := help
.PHONY: help setup demo tools test lint format lock licences release bench chaos clean

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## make the environment in .venv

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' \
		|| { echo "Tocsin needs Python 3.11 to 3.14; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## run the main job on a bundled newswire; stop it with Ctrl-C
	$(BIN)/tocsin up --demo $(ARGS)

# What the tests of deploy/systemd and of docs/OPERATING.md run; no service of systemd runs for that.
tools:
	@command -v systemd-analyze >/dev/null && command -v systemd-sysusers >/dev/null && command -v curl >/dev/null \
		|| $(MAKE) --no-print-directory fetch-tools

.PHONY: fetch-tools
fetch-tools:
	@command -v apt-get >/dev/null || { echo "The tests need systemd-analyze, systemd-sysusers, curl: install them."; exit 1; }
	@test "$$(id -u)" = 0 || command -v sudo >/dev/null \
		|| { echo "The tests need: as root, apt-get install --no-install-recommends systemd curl"; exit 1; }
	$(SUDO) apt-get update -qq
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends systemd curl

test: setup tools ## run every test, on real servers started for it
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=
	@$(BIN)/coverage report --skip-covered --show-missing --include='$(PURE)' --fail-under=100
	@$(BIN)/coverage report --format=total --omit='$(PURE)' --fail-under=90 >/dev/null \
		|| $(BIN)/coverage report --skip-covered --show-missing --omit='$(PURE)' --fail-under=90

lint: setup ## formatting, lint, types, import floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## resolve pyproject.toml anew into the lock files (needs uv)
	uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --only-binary :all: -o requirements.lock
	uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --only-binary :all: -c requirements.lock -o deploy/requirements.lock
	echo hatchling | uv pip compile --quiet - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --only-binary :all: -c requirements.lock -o deploy/build.lock

licences: setup ## write docs/LICENCES.md anew
	$(BIN)/python .ci/licences.py > docs/LICENCES.tmp && mv docs/LICENCES.tmp docs/LICENCES.md

release: setup ## build and check wheel and sdist in dist/; publishes nothing
	.ci/release

bench: setup ## print the measurements of docs/BENCHMARKS.md
	$(BIN)/python -m pytest -p no:xdist -s -q -o timeout=0 -o python_files="bench_*.py" tests/bench

chaos: setup ## kills and outages alone, at full length and aloud
	TOCSIN_TEST_LONG=1 $(BIN)/python -m pytest -p no:xdist -s -o timeout=0 tests/chaos tests/integration/test_outages.py

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
