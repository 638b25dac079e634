PYTHON ?= python3
BIN = .venv/bin

.PHONY: lab build test bench lock
lab:
	@$(PYTHON) tools/environment.py
	@$(BIN)/jupyter lab notebooks/01_counting_weights.ipynb

build:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/build.py $(ONLY)

test:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg tests notebooks solutions

bench:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/bench.py

lock:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/lock.py
