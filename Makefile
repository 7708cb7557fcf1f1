# Every target sets up what it needs; `make help` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PACKAGES := servicekit services/registration services/service-tracking services/evaluation gateway deploy/local deploy/demo
SUBGRAPHS := registration service-tracking evaluation
BIN := .venv/bin
CITY := $(BIN)/python -m huijia_local
# Examples in Markdown are laid out for reading.
FORMAT := $(BIN)/ruff format --exclude '*.md'
SUBJECT ?= developer
HOURS ?= 12
SCALE ?=
PYTEST_ARGS ?=

READY := .venv/.ready
$(READY): requirements.txt deploy/local/setup.sh $(PACKAGES:%=%/pyproject.toml)
	@deploy/local/setup.sh $(PACKAGES)
	@touch $@

.PHONY: help setup lock demo city up down status token test check fmt supergraph bench bench-gateway faults fuzz hive-gateway clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from the pinned, hashed dependencies; install RabbitMQ where it is missing and root may

lock: ## Pin the dependencies of requirements.in; UPGRADE=1 moves all of them to their newest versions
	@test -x .local/lock/bin/pip-compile || { python3.11 -m venv .local/lock && .local/lock/bin/pip install -q pip-tools; }
	@.local/lock/bin/pip-compile --quiet $(if $(UPGRADE),--upgrade) --allow-unsafe --generate-hashes --strip-extras --no-emit-find-links \
	  --no-emit-index-url --no-emit-trusted-host --output-file=requirements.txt requirements.in

demo: setup ## Play a demo city through the public endpoint and compare its bulletin (SCALE=0.05 for a small one)
	@$(BIN)/python -m huijia_demo $(if $(SCALE),--scale $(SCALE))

city: setup ## Play the whole city (SCALE=1): every published figure, and what it costs in seconds, events and memory
	@$(BIN)/python -m huijia_demo --costs --scale $(or $(SCALE),1)

up: setup ## Start the whole city on this machine
	@$(CITY) up

down: setup ## Stop it; its data stay
	@$(CITY) down

status: setup ## Show what runs where
	@$(CITY) status

token: setup ## Print a token: ROLE=HOST SCOPE=350802001001, or GRANTS="ROLE:SCOPE ..."; also SUBJECT=, HOURS=
	@$(CITY) token --subject "$(SUBJECT)" --hours "$(HOURS)" $(if $(GRANTS),$(GRANTS),"$(ROLE):$(SCOPE)")

test: check ## Check and run every test (PYTEST_ARGS="-k promise" for some)
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: setup ## Lint, formatting, types, import directions, declared dependencies, deployment files
	@$(BIN)/ruff check .
	@$(FORMAT) --check .
	@$(BIN)/mypy $(PACKAGES:%=%/src)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pip --disable-pip-version-check check
	@$(BIN)/pytest -q tests/deploy/test_manifests_*.py

fmt: setup ## Format and fix what can be fixed
	@$(BIN)/ruff check --fix .
	@$(FORMAT) .

supergraph: setup ## Write each service's schema.graphql and asyncapi.json; compose gateway/supergraph.graphql (needs Node 20 or newer)
	@command -v npm >/dev/null || { echo "Node is missing: sudo apt-get install nodejs npm (only for this target)" >&2; exit 1; }
	@for name in $(SUBGRAPHS); do \
	  module=$$(echo $$name | tr - _); \
	  $(BIN)/python -m $$module schema > .schema.draft && mv .schema.draft services/$$name/schema.graphql || exit 1; \
	  $(BIN)/python -m $$module asyncapi > .schema.draft && mv .schema.draft services/$$name/asyncapi.json || exit 1; \
	done
	@cd gateway/compose && npm ci --silent --no-audit --no-fund && node compose.mjs

bench: setup ## Measure throughput and latency, as ratios in one run
	@$(BIN)/python -m tests.load

bench-gateway: setup ## Compare our gateway with Hive Gateway (needs Node 20 or newer and npm): speed, CPU, memory
	@$(BIN)/python -m tests.load.gateway_bench

faults: setup ## Kill, stop, slow and cut a whole city under load, then compare: MINUTES=10 SEED=1; report in .local/faults
	@$(BIN)/python -m tests.faults --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

fuzz: setup ## Ask a small city generated operations as many kinds of people: OPERATIONS=20000 SEED=1
	@$(BIN)/python -m tests.fuzz --operations $(or $(OPERATIONS),20000) --seed $(or $(SEED),1)

hive-gateway: setup ## Install Hive Gateway under .local, to compare answers with it (needs Node 20 or newer and npm)
	@$(BIN)/python -m tests.load.gateway_hive

clean: ## Stop the city and remove its data, logs and keys, and all caches
	@if test -d .local; then $(MAKE) --no-print-directory down; fi
	@rm -rf .local .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
