# Two commands: `make up` and `make test`. Nothing is needed but git, make and Python 3.11 or newer.
# Options: PORT=8000 HOST=127.0.0.1 BRAID_VAR=<folder of the data> (docs/deploy.md lists them all).

export PORT HOST BRAID_VAR
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: up test test-forges test-prisma test-races lint types bench screenshots tour runtime development clean

up: runtime
	@exec $(RUN) -m braid.up

# One process more than there are cores: many tests wait for a server, a worker or a browser.
# Browser tests stay last in each process (tests/conftest.py says why).
test: development
	@$(RUN) -m pytest -n $$(( $$(nproc 2>/dev/null || echo 1) + 1 )) --dist loadfile --no-loadscope-reorder $(ARGS)

# What is sent to GitHub and read from it, held against programs from npm (docs/forges.md); these need Node 20.
ORACLES := tests/forges/oracles
test-forges: development $(ORACLES)/node_modules/.package-lock.json
	@$(RUN) -m pytest -p no:xdist -o python_files='oracle_*.py' $(ORACLES) $(ARGS)
	@$(RUN) -m tests.forges.demonstration

$(ORACLES)/node_modules/.package-lock.json: $(ORACLES)/package-lock.json
	@npm ci --prefix $(ORACLES)

# The commands that a merge commit tells teammates, run with the prisma command (docs/queue.md); it needs Node 20.
PRISMA := tests/worker/prisma
test-prisma: development $(PRISMA)/node_modules/.package-lock.json
	@$(RUN) -m pytest -p no:xdist -o python_files='oracle_*.py' $(PRISMA) $(ARGS)

# Without their scripts: they would download the programs that the tests do without.
$(PRISMA)/node_modules/.package-lock.json: $(PRISMA)/package-lock.json
	@npm ci --ignore-scripts --prefix $(PRISMA)

# Threads and killed workers against Postgres, many times (docs/queue.md): make test-races ROUNDS=300.
ROUNDS ?= 300
RACES := $(addprefix tests/apps/,forges/test_repeats.py \
	$(addprefix proposals/,test_resolving.py test_review_races.py test_threads.py test_queue_deaths.py))
test-races: development
	@BRAID_ROUNDS=$(ROUNDS) $(RUN) -m pytest -p no:xdist --durations=12 $(RACES) $(ARGS)

lint: development
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@PYTHONPATH=platform:. .venv/bin/lint-imports

types: development
	@$(RUN) -m mypy

# make bench BENCH=verdict ARGS="path/to/repository"; each file in bench/ says what it measures.
BENCH ?= start
bench: runtime
	@$(RUN) bench/$(BENCH).py $(ARGS)

# Of a running `make up`; they go to var/screenshots.
screenshots: development
	@$(RUN) -m tests.browser.screenshots $(ARGS)

# The pictures of docs/tour.md, taken while a test plays the story.
tour: development
	@BRAID_TOUR=docs/tour $(RUN) -m pytest --quiet -p no:xdist tests/browser/test_story.py

runtime development:
	@$(PYTHON) requirements/install.py $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
