# Quorate. `make` alone lists what can be done. ARGS passes options on: make test ARGS="--only sqlite".
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON_IN := .venv/bin/python
EXPORT := uv export --quiet --frozen --no-emit-project --no-annotate --no-header

.PHONY: help run test lint format bench bench-overlap bench-aggregation bench-tools coverage mutate lock wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

run: ## install, prepare and start Quorate with demo content (needs Python 3.11 to 3.13, nothing else)
	@sh scripts/environment.sh run
	@exec $(PYTHON_IN) -m quorate up --demo $(ARGS)

test: ## run all checks and tests, on SQLite, on PostgreSQL with Redis, and in a browser
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) scripts/test.py $(ARGS)

lint: ## run the checks alone: style, types, layers, migrations
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) scripts/test.py --only lint

format: ## format the code and fix what can be fixed
	@sh scripts/environment.sh dev
	@$(PYTHON_IN) -m ruff format .
	@$(PYTHON_IN) -m ruff check --fix .

bench: ## measure, and write docs/benchmarks.md
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) benchmarks/run.py $(ARGS)

bench-overlap: ## replays of rules of overlap, with their curves
	@$(MAKE) --no-print-directory bench ARGS="overlap $(ARGS)"

bench-aggregation: ## the same for aggregation beside its peers, in an environment of their own
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) benchmarks/run.py aggregation- $(ARGS)

bench-tools: ## the same for the worker's page, in Chromium
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) benchmarks/run.py tools $(ARGS)

coverage: ## how much of the aggregation its tests run; fails below 95 %
	@sh scripts/environment.sh dev
	@$(PYTHON_IN) -m coverage run --branch --source aggregation -m pytest -q tests/aggregation $(ARGS)
	@$(PYTHON_IN) -m coverage report --show-missing --skip-covered --fail-under 95

mutate: ## break the core of EM on purpose, and see whether the tests notice
	@sh scripts/environment.sh dev
	@exec $(PYTHON_IN) scripts/mutate.py $(ARGS)

lock: ## resolve the dependencies anew and write the hashed requirements (needs uv)
	@uv lock
	@$(EXPORT) --no-dev --output-file requirements.txt
	@$(EXPORT) --no-dev --extra s3 --output-file requirements-s3.txt
	@$(EXPORT) --only-group build --output-file requirements-build.txt
	@$(EXPORT) --all-groups --output-file requirements-dev.txt

wheel: ## build dist/quorate-*.whl
	@sh scripts/environment.sh dev
	@$(PYTHON_IN) -m hatchling build -t wheel -d dist

clean: ## remove what can be made again; the data stay
	@rm -rf .venv .venv-peers dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-artifacts
	@find platform tasks_app aggregation tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
