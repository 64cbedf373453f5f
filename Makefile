# Shortcuts for Linux and macOS; `python3 start.py` does the same everywhere.
.PHONY: app test lint models ci
app:
	python3 start.py
test:
	python3 start.py test
lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
models:
	.venv/bin/python -m patentprep.training
ci:
	bash .ci/run
