PYTHON ?= python3
BIN = .venv/bin

.PHONY: lab copies reset build lint test bench matrix checkers messages claims times measure lock picture
lab:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python tools/lab.py $(if $(ONLY),--only "$(ONLY)") $(ARGS)

copies:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python tools/lab.py --copies

reset:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python tools/lab.py --reset "$(ONLY)"

build:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.build $(ONLY)

lint:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/ruff format --check --quiet helpers tools tests
	@$(BIN)/ruff check --quiet helpers tools tests sources
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

test: lint
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --max-worker-restart 0 --durations 15

bench:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.bench

matrix:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.matrix $(ONLY)

checkers:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.checkers --banks tests/banks --blind tests/blind $(ONLY)

claims:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.claims $(if $(ONLY),--only $(ONLY))

times:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.times $(ONLY)

messages:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tests/message_pages.py $(ONLY)

measure:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python -m tools.measure $(ONLY)

lock:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.lock

picture:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m tools.picture
