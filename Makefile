# The two commands a newcomer needs are `make demo` and `make test`; `make` alone lists the rest.

VENV ?= .venv
READY := $(VENV)/.ready
# Two test processes a core: half of the tests' time is waiting for servers and commands they start
TEST_PROCESSES ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
# The first Python that is new enough; name another with PYTHON=…
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Passed to `puente demo` and `puente sandbox` when given: make demo PEOPLE=500 SEED=7
OPTIONS = $(if $(CRM),--crm $(CRM)) $(if $(PEOPLE),--people $(PEOPLE)) $(if $(SEED),--seed $(SEED))

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench docs package deploy sandbox cards lock

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with everything pinned in requirements/dev.txt

demo: $(READY) ## qualify invented people in a sandbox CRM and show what sales would see (CRM= PEOPLE= SEED=)
	@$(VENV)/bin/puente demo $(OPTIONS)

test: $(READY) ## run all tests
	$(VENV)/bin/python -m pytest -n $(TEST_PROCESSES)

check: $(READY) ## lint, format, types, import contracts, generated pages up to date
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	set -e; for page in docs/generate_*.py; do $(VENV)/bin/python $$page --check; done

bench: $(READY) ## run every benchmark; each prints ratios measured in one run
	set -e; for script in benchmarks/*.py; do echo "== $$script"; $(VENV)/bin/python $$script; done

docs: $(READY) ## write the generated pages of docs/reference again
	set -e; for page in docs/generate_*.py; do $(VENV)/bin/python $$page; done

package: $(READY) ## build the functions' artifacts into build/ from requirements/worker.txt and print their sizes
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(VENV)/bin/python -m webhooks.bundle

deploy: package node_modules/.package-lock.json ## package, and deploy to AWS with serverless.yml (STAGE= PARAMS="crm=hubspot alarmEmail=…")
	@npx osls deploy --stage $(or $(STAGE),prod) $(foreach param,$(PARAMS),--param=$(param))

node_modules/.package-lock.json: package-lock.json
	@command -v npm >/dev/null || { echo 'The deploy tool needs npm, which is not on the PATH: install Node 20 or newer.' >&2; exit 2; }
	@npm ci --no-audit --no-fund --prefer-offline --loglevel=error
	@touch $@

sandbox: $(READY) ## serve the sandbox CRM (CRM= PORT= PEOPLE= SEED=)
	@$(VENV)/bin/puente sandbox $(OPTIONS) $(if $(PORT),--port $(PORT))

CARDS := adapters/hubspot/card adapters/salesforce/component

cards: ## lint and test the cards on both CRMs' record pages (needs Node 20 or newer)
	@command -v npm >/dev/null || { echo 'The cards are tested with npm, which is not on the PATH: install Node 20 or newer.' >&2; exit 2; }
	set -e; for card in $(CARDS); do (cd $$card && npm ci --no-audit --no-fund && npm run lint && npm test); done

lock: $(READY) ## resolve pyproject.toml into requirements/dev.txt again (UPGRADE=1 renews every pin)
	$(VENV)/bin/python -m pip install --quiet 'uv>=0.9'
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal \
		--generate-hashes --python-version 3.11 --all-extras --group dev --group bench \
		$(if $(UPGRADE),--upgrade) --output-file requirements/dev.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal \
		--generate-hashes --python-version 3.11 --extra salesforce --constraint requirements/dev.txt \
		--output-file requirements/worker.txt

# Empty when it cannot be used. A half-made environment (no venv package on Debian, an interrupted run) is made anew.
$(READY): requirements/dev.txt pyproject.toml
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Puente needs Python 3.11 or newer; $(or $(PYTHON),what is on the PATH) is not.' >&2; \
		echo 'Install one, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12' >&2; exit 2; }
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo 'Installing the pinned packages into $(VENV) …'
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@
