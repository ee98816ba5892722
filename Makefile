# Needs make and Python 3.11 or later; with a C compiler pictures are drawn faster. `make help` lists what there is to say.

SHELL := /bin/sh
# Where it is set, each process compiles everything anew: half a second for a server, twice that for the tests.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --custom-compile-command "make lock"

# An environment of ours remembers where it was made, and the process that is at work in it. One that was moved or copied,
# has lost its Python, or in which an install broke off is made anew: pip takes half a package for a whole one.
# Where a compiler has come since, the install is done once more.
MADE := $(VENV)/.made-in
INSTALLING := $(VENV)/.installing
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
FUZZ := $(VENV)/.fuzz-installed
COMPILED := proxy/native/native.so
FUZZ_LOCK := benchmarks/fuzz/requirements.lock
SDKS := tests/conformance/node_modules
SDKS_INSTALLED := $(SDKS)/.package-lock.json
STATE := $(shell \
	if kill -0 `cat $(INSTALLING) 2>/dev/null` 2>/dev/null; then echo busy; \
	elif test -e $(INSTALLING) || ! test -x $(BIN)/python || test "`cat $(MADE) 2>/dev/null`" != "`pwd -P`"; then \
		rm -f $(MADE) $(RUNTIME) $(DEV) $(FUZZ); \
	elif ! test -e $(COMPILED) && command -v $${CC:-cc} >/dev/null; then rm -f $(RUNTIME); \
	fi)
ifeq ($(STATE),busy)
$(error Another make is installing into $(VENV): try again when it is done)
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make demo PYTHON=python3.12           with a Python of your choice, for a new environment"
	@echo "  make test ARGS='-k floors'            with arguments for pytest; so too with demo and serve"
	@echo "  make test ARGS='-n 0'                 in one process, to see what a test prints"
	@echo "  make fuzz ARGS='--minutes 2 --only url'   and make soak ARGS='--minutes 3 --seed 2'"
	@echo "  make bench FULL=1                     everything; ARGS='--only cold --check' for a part, as a test"
	@echo "  make lock ARGS=--upgrade              with newer versions"

.PHONY: demo
demo: $(RUNTIME) ## the proxy and a pretend Akeneo with sample pictures; prints URLs to click
	@$(BIN)/media-proxy demo $(ARGS)

.PHONY: serve
serve: $(RUNTIME) ## the proxy, with settings from the environment
	@$(BIN)/media-proxy serve $(ARGS)

.PHONY: test
test: $(DEV) $(SDKS_INSTALLED) ## the tests
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal $(ARGS)

.PHONY: fuzz
fuzz: $(FUZZ) ## random input for a few minutes: URLs, settings, headers, files and more; see benchmarks/README.md
	@$(BIN)/python -m benchmarks.fuzz $(ARGS)

.PHONY: soak
soak: $(DEV) ## full load for 15 minutes while one fault follows the other; see benchmarks/README.md
	@$(BIN)/python -m benchmarks.soak $(ARGS)

.PHONY: bench
bench: $(DEV) ## speed and memory beside thumbor, ipx and nginx, in a few minutes; see benchmarks/README.md
	@$(BIN)/python -m benchmarks.bench $(if $(FULL),--full) $(ARGS)

.PHONY: audit
audit: $(DEV) ## known weaknesses of the pinned packages; asks an advisory service on the network
	$(BIN)/uv tool run pip-audit --strict --requirement requirements.lock --disable-pip --require-hashes

.PHONY: check check-format check-lint check-types check-dockerfile check-shell
check: check-format check-lint check-types check-dockerfile check-shell ## format, lint and types

check-format: $(DEV)
	$(BIN)/ruff format --check .

check-lint: $(DEV)
	$(BIN)/ruff check .

check-types: $(DEV)
	$(BIN)/mypy

check-dockerfile: $(DEV)
	$(BIN)/hadolint Dockerfile

check-shell:
	bash -n .ci/run

.PHONY: docs
docs: $(DEV) ## write what of the documentation is made from the code, and build its site into build/site
	@$(BIN)/python -m tests.documentation
	@$(BIN)/python -m tests.documentation_site

.PHONY: lock
lock: $(DEV) ## write the lock files anew from pyproject.toml
	$(COMPILE) $(ARGS) --extra sync --output-file requirements.lock pyproject.toml
	$(COMPILE) $(ARGS) --output-file requirements-build.lock --group build --constraint requirements.lock
	$(COMPILE) $(ARGS) --output-file requirements-otel.lock --extra otel --extra sync --constraint requirements.lock pyproject.toml
	$(COMPILE) $(ARGS) --extra sync --output-file requirements-dev.lock --group dev pyproject.toml \
		--constraint requirements.lock --constraint requirements-build.lock --constraint requirements-otel.lock
	$(COMPILE) $(ARGS) --output-file $(FUZZ_LOCK) --group fuzz

.PHONY: clean
clean: ## remove the environment and everything else that can be made again
	rm -rf $(VENV) $(SDKS) .cache/fuzz .cache/bench .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	rm -f $(COMPILED)
	find proxy tests -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamps are written last, when an install is whole.
# The development environment grows out of the runtime one, never beside it: `make -j` runs one pip at a time.

$(MADE):
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		found=`$$python -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null` || continue; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old="$$old $$python is $$found."; continue; }; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || { bare="$$bare $$python"; continue; }; \
		echo "Making $(VENV) with Python $$found"; \
		$$python -m venv --clear $(VENV) && pwd -P >$@; exit; \
	done; \
	if [ -n "$$bare" ]; then \
		echo "Python's venv module is missing or incomplete ($${bare# }); on Debian: apt-get install python3-venv" >&2; \
	else \
		echo "Python 3.11 or later is needed, and none was found.$$old" \
			"If it has another name: make PYTHON=/path/to/python3.11" >&2; \
	fi; \
	exit 1

$(RUNTIME): $(MADE) requirements.lock requirements-build.lock pyproject.toml hatch_build.py $(wildcard proxy/native/*.[ch])
	@echo "Installing what the proxy needs"
	@echo $$$$ >$(INSTALLING) \
		&& $(INSTALL) -r requirements.lock -r requirements-build.lock \
		&& PIP_REQUIRE_HASHES= $(PIP) install --no-deps --no-index --no-build-isolation --editable . \
		&& rm $(INSTALLING) && touch $@
	@# pip says nothing of it, as long as it is quiet.
	@test -e $(COMPILED) || \
		echo "proxy/native is not compiled: pictures are drawn more slowly. On Debian: apt-get install gcc libc6-dev" >&2

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing what its developers need"
	@echo $$$$ >$(INSTALLING) \
		&& $(INSTALL) -r requirements-dev.lock \
		&& rm $(INSTALLING) && touch $@

# The fuzzer has no wheels for some platforms; without it seeds are spoiled blindly.
$(FUZZ): $(DEV) $(FUZZ_LOCK)
	@echo "Installing the fuzzer"
	@echo $$$$ >$(INSTALLING) \
		&& { $(INSTALL) -r $(FUZZ_LOCK) || echo "The fuzzer cannot be installed here: inputs will be random alone" >&2; } \
		&& rm $(INSTALLING) && touch $@

# ImageKit's SDKs for JavaScript. Without npm, or a registry that it can reach, the tests that ask them for URLs skip.
# npm writes the file last.
$(SDKS_INSTALLED): tests/conformance/package-lock.json
	@if ! command -v npm >/dev/null; then \
		echo "There is no npm: the tests that need ImageKit's SDKs for JavaScript will skip"; \
	else \
		echo "Installing ImageKit's SDKs for JavaScript"; \
		(cd tests/conformance && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
			--fetch-retry-mintimeout=1000 --fetch-timeout=60000 >/dev/null && touch node_modules/.package-lock.json) || \
			echo "npm could not install them: the tests that need them will skip"; \
	fi
