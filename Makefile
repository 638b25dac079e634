PYTHON ?= python3
BIN = .venv/bin

.PHONY: lab build test bench matrix checkers lock picture backends
lab:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python tools/lab.py

build:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/build.py $(ONLY)

test:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --max-worker-restart 0 --durations 15

bench:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/bench.py

matrix:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/matrix.py $(ONLY)

checkers:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/checkers.py $(ONLY)

lock:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/lock.py

picture:
	@$(PYTHON) tools/environment.py --dev
	@$(BIN)/python tools/picture.py

backends:
	@$(PYTHON) tools/environment.py
	@$(BIN)/python tools/backends.py $(WITH)
