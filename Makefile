# Everything runs in .venv. `make run` and `make test` need only Python 3.11 and make.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
QUESTION ?= What are the themes and enablers of the 2022 National Procurement Strategy?

.PHONY: run test check format ingest evals serve setup lock clean

run: ingest ## set up, build the index from the shipped corpus, answer a question, serve the chat page
	@$(BIN)/python -m assistant "$(QUESTION)"
	@$(MAKE) --no-print-directory serve

setup: $(READY) ## install what is pinned, into .venv

# torch first and by itself: resolved with the rest it would bring several gigabytes of GPU libraries along.
$(READY): pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name it with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

ingest: setup ## build the index from the corpus
	$(BIN)/python -m ingest build

serve: setup ## serve the chat page and the API on 127.0.0.1
	$(BIN)/python -m api

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m ingest check

format: setup ## put the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: check ## check, then all tests
	$(BIN)/pytest -m "not alone" --numprocesses 2 --dist loadfile
	$(BIN)/pytest -m alone

evals: ingest ## ask every case, and hold the answers against the gate
	$(BIN)/python -m evals run --show 0
	$(BIN)/python -m evals gate

lock: setup ## resolve requirements.lock anew from pyproject.toml
	$(BIN)/pip install --quiet uv==0.13.9
	$(BIN)/uv pip compile pyproject.toml deploy/torch-needs.in --all-extras --python-version 3.11 --generate-hashes --override deploy/lock-overrides.txt \
		--no-header --no-annotate --output-file requirements.lock --upgrade

clean: ## delete what was built, not the documents a council added
	rm -rf .venv data/builds data/cache data/models data/current
