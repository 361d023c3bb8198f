# `make up` and `make test` are all that is needed; `make help` lists the rest.
#
# Everything is installed into .venv and node_modules. Stamp files say what is installed, so a second run starts at once.

VENV := .venv
BIN := $(VENV)/bin
# An own Python: make up PYTHON=/path/to/python3.12
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS ?= auto
# The tests that `make quick` runs.
QUICK ?= tests/contracts/routing tests/exchanges tests/pacts tests/mocks tests/changes tests/reports \
	tests/test_mermaid.py tests/test_peers.py tests/test_states.py tests/test_replacing.py
# The tests that `make coverage` runs.
PATHS ?= consumers providers tests

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PACT_DO_NOT_TRACK := true

.DEFAULT_GOAL := help
.PHONY: help up test everything quick check coverage bench docs dist changelog clean

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1 \t/p' Makefile | expand -t 18
	@test ! -f $(VENV)/.duration || echo "  The last \`make test\` took $$(cat $(VENV)/.duration)."

up: $(VENV)/.up ## Serve the demonstration service `world` as a mock, with docs, at http://127.0.0.1:9000
	@beep-mock up world

test: $(VENV)/.dev node_modules/.installed ## Everything that must hold; it takes minutes and says how many
	@start=$$(date +%s); status=0; $(MAKE) --no-print-directory everything || status=$$?; \
	seconds=$$(($$(date +%s) - start)); took="$$((seconds / 60)) min $$((seconds % 60)) s"; \
	if [ $$status = 0 ]; then echo "$$took" > $(VENV)/.duration; echo "make test: passed in $$took"; \
	else echo "make test: failed after $$took" >&2; fi; exit $$status

everything: $(VENV)/.dev node_modules/.installed
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	ci/consumer.sh -- -n $(JOBS)
	python -m pytest providers tests benchmarks demonstration -rs -n $(JOBS)
	ci/provider.sh
	ci/contract.sh
	python -m benchmarks.conformance --short

quick: $(VENV)/.dev ## The fast loop, under a minute: style, architecture and the tests of the core
	ruff check .
	ruff format --check .
	lint-imports
	python -m pytest -q $(QUICK) -n $(JOBS)

check: $(VENV)/.dev ## Style, types, architecture and contracts, without tests
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	beep-mock check

# Processes that the tests start are measured too: coverage's `patch` option in pyproject.toml.
coverage: $(VENV)/.dev ## What the tests reach: a table, and .coverage/html/index.html (PATHS=tests/pacts: one part)
	@rm -rf .coverage && mkdir .coverage
	coverage run -m pytest -q $(PATHS) -n $(JOBS)
	coverage combine --quiet
	coverage html --quiet
	coverage report

bench: $(VENV)/.dev node_modules/.installed ## Throughput, start-up, size and memory against yardsticks, Prism and WireMock
	@command -v wrk > /dev/null || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null \
		&& apt-get install -qq --yes --no-install-recommends wrk > /dev/null; } \
		|| echo "throughput is left out: install wrk (Debian, Ubuntu: apt-get install wrk)" >&2
	python -m benchmarks

docs: $(VENV)/.dev ## Build the documentation into build/site, offline; broken links fail
	NO_MKDOCS_2_WARNING=1 mkdocs build
	@echo "build/site is complete; read it with: python -m http.server --directory build/site --bind 127.0.0.1"

# The wheel is built from the sdist, so that the sdist is known to be complete.
dist: $(VENV)/.dev ## Build sdist and wheel, check both, run the tutorial from the wheel in an empty environment
	rm -rf dist
	python -m build
	twine check --strict dist/*
	check-wheel-contents dist/*.whl
	PYTHONPATH=. python .ci/check_dist.py dist

changelog: $(VENV)/.dev ## Move the fragments of changelog.d/ into CHANGELOG.md, for the version in src/beep_mock/__init__.py
	towncrier build --yes --version "$$(python -c 'import beep_mock; print(beep_mock.__version__)')"

clean: ## Remove all that was installed and cached
	rm -rf $(VENV) node_modules build dist .beep .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What `up` and the README's tour need. A full installation serves as well: it is the same package with more beside it.
$(VENV)/.up: pyproject.toml constraints.txt | $(VENV)/.made
	@echo "installing beep-mock into $(VENV)"
	@$(PIP) -c constraints.txt -e '.[docs,pact,services,verify]' pytest
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt requirements.txt | $(VENV)/.made
	@echo "installing beep-mock and its tests' tools into $(VENV)"
	@$(PIP) -r requirements.txt
	@touch $@ $(VENV)/.up

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: python3-venv)" >&2; exit 2; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Prism, the second engine. Without node its tests skip themselves; a CI server (CI=true) must have it.
node_modules/.installed: package.json package-lock.json
	@node -e 'const [a, b, c] = process.versions.node.split("."); process.exit(a * 1e4 + b * 100 + +c < 182001 ? 1 : 0)' \
		2> /dev/null \
	&& npm ci --no-audit --no-fund --loglevel=error < /dev/null && touch $@ || { \
		echo "no Prism: node 18.20.1 or newer and npm are needed; its tests are skipped" >&2; test "$$CI" != true; }
