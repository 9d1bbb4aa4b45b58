# Rembuk's commands. `make help` lists them. HOST, PORT and INSTANCE_PATH in the environment are respected.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
# A stamp is named after the requirements that it stands for: unchanged requirements cost nothing, changed ones install.
RUN := .venv/.run-$(shell cat requirements.txt | sha256sum | cut -c1-16)
DEV := .venv/.dev-$(shell cat requirements.txt requirements-dev.txt | sha256sum | cut -c1-16)

.PHONY: help serve worker test test-browser test-faults bench check sure assets assets-check smoke translations clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

serve: $(RUN) ## Set everything up and serve on http://127.0.0.1:8000 (Ctrl-C stops)
	@exec $(FLASK) serve

worker: $(RUN) ## The background worker alone (`make serve` has its own)
	@exec $(FLASK) worker

test: $(DEV) ## The whole suite; with PostgreSQL and Chromium where there are any
	@exec $(BIN)/python -m scripts.run_tests

test-browser: $(DEV) ## The journeys in a real browser
	@exec $(BIN)/pytest -m browser

test-faults: $(DEV) ## Processes killed and things broken on purpose
	@exec $(BIN)/pytest -m faults

bench: $(DEV) ## Measure what must stay fast
	@exec $(BIN)/python -m tests.bench

check: $(DEV) ## Everything that can be checked without running the suite
	@exec $(BIN)/python -m scripts.check

sure: check test ## check + test

assets: ## Build static/dist from frontend/ (needs Node; the result is committed)
	npm ci --no-audit --no-fund
	npm run build

assets-check: ## Does static/dist match frontend/? (needs Node)
	npm ci --no-audit --no-fund
	npm run check

smoke: $(DEV) ## From a clean clone of the last commit: make serve, sign in, start again within 3 s
	@exec $(BIN)/python -m scripts.smoke

translations: $(DEV) ## Collect texts, update and compile the catalogues
	@exec $(BIN)/python -m scripts.translations --write

clean: ## Remove what was built, but never instance/
	rm -rf .venv node_modules artifacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@scripts/venv .venv

$(RUN): | $(BIN)/python
	@echo "Installing what Rembuk needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@rm -f .venv/.run-* && touch $@

$(DEV): | $(BIN)/python
	@echo "Installing what the tests and checks need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@rm -f .venv/.run-* .venv/.dev-* && touch $(RUN) $@
