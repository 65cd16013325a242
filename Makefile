# Everything that is done to this project by hand or in CI. `make` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
DATA ?= data
IMAGE ?= bindeledd:0.1.0
BASE ?=
UV := $(BIN)/uv pip
PIP := $(BIN)/python -m pip
LOCKED := --quiet --require-hashes --only-binary :all: -r
LOCK := $(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--only-binary :all: --custom-compile-command "make lock"

.NOTPARALLEL: # the steps install into one environment

export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_SYSTEM_CERTS := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Or each of the many processes that tests start would compile all of its code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-ladder image deploy-test check fix bench bench-scale soak setup assets test-assets generate pictures lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMPS)/project assets ## Set up what is needed, then the demo on http://127.0.0.1:8000
	$(BIN)/bindeledd serve --demo --data $(DATA) --port 8000

test: $(STAMPS)/dev $(STAMPS)/project test-assets ## Set up what is needed, then rung 1 and a cut of 2 and 3
	@$(BIN)/python -m pytest -n 4 --dist loadgroup --no-loadscope-reorder -m 'not soak and not ladder'

test-ladder: $(STAMPS)/dev $(STAMPS)/project test-assets ## The rest of rungs 2 and 3, with 20 rounds of kills; CI runs it
	@BINDELEDD_ROUNDS=20 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m '(ladder or rounds) and not soak'

image: $(STAMPS)/project assets ## The container image, as IMAGE and on BASE; deploy/Dockerfile says what BASE must be
	$(BIN)/python tools/image.py dist/image
	docker build --file deploy/Dockerfile $(if $(BASE),--build-arg BASE=$(BASE)) --tag $(IMAGE) dist/image

deploy-test: $(STAMPS)/dev $(STAMPS)/project assets ## Where a Docker engine is: the image, and deploy/compose.yaml brought up and tried
	@$(BIN)/python -m tests.deploy.prove

check: $(STAMPS)/dev $(STAMPS)/project assets ## Format, lint, types, seams, schemas, generated code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bindeledd schemas check
	@echo "check: all held"

fix: $(STAMPS)/dev ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMPS)/dev $(STAMPS)/project assets ## Speed and memory, each figure beside its peer
	$(BIN)/python -m bench

bench-scale: $(STAMPS)/dev $(STAMPS)/project assets ## The same with millions of events in the log; takes many minutes
	$(BIN)/python -m bench scale kafka-scale avvik-scale

soak: $(STAMPS)/dev $(STAMPS)/project test-assets ## The long runs: many kills, many seeds, much data
	@BINDELEDD_ROUNDS=100 $(BIN)/python -m pytest -m 'soak or rounds' --timeout 3600 --hypothesis-profile soak

setup: $(STAMPS)/dev $(STAMPS)/project test-assets ## Only the set-up

generate: $(STAMPS)/project assets ## Write anew what is generated: event classes, docs/events.md, docs/api.md
	$(BIN)/bindeledd schemas generate
	$(BIN)/bindeledd docs docs

pictures: $(STAMPS)/dev $(STAMPS)/project test-assets ## Take the pictures in the tutorials anew, in docs/pictures
	@BINDELEDD_PICTURES=1 $(BIN)/python -m pytest tests/browser/test_veiledning.py

lock: $(STAMPS)/tools ## Choose versions anew and write requirements/*.txt
	$(LOCK) --upgrade pyproject.toml --output-file requirements/run.txt
	$(LOCK) --upgrade pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	$(LOCK) --upgrade --group setup --output-file requirements/setup.txt
	$(LOCK) --upgrade --group node --output-file requirements/node.txt

clean: ## Remove what set-up made; never the data folder
	rm -rf $(VENV) node_modules web/static/vendor dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(STAMPS)/venv:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install Python 3.11 or newer, or say make PYTHON=/path/to/it"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is too old: Bindeledd needs Python 3.11 or newer; make PYTHON=/path/to/it chooses another"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/tools: requirements/setup.txt $(STAMPS)/venv
	$(PIP) install $(LOCKED) $<
	@touch $@

# uv is quick; pip, which knows a machine's own pip settings, is the way out where uv reaches nothing.
$(STAMPS)/run: requirements/run.txt $(STAMPS)/tools
	$(UV) install $(LOCKED) $< || $(PIP) install $(LOCKED) $<
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	$(UV) install $(LOCKED) $< || $(PIP) install $(LOCKED) $<
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/run
	$(UV) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

assets: $(STAMPS)/venv ## Fetch the pages' style sheets and scripts (quick when they are there)
	@$(BIN)/python tools/assets.py

test-assets: $(STAMPS)/venv
	@$(BIN)/python tools/assets.py tests
