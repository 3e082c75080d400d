# allot: `make nightly` runs the demo night, `make test` the tests. Both set up the environment once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out
AS_OF ?= 2026-11-20
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
# The demo's users are simulated: this key hides nobody. Use a secret of your own for real logs.
export ALLOT_PSEUDONYM_KEY ?= demo-key-for-simulated-users

.PHONY: help setup nightly test lint lint-types lint-rules format map clean
.PHONY: bench-agents bench-demo bench-training bench-evaluation bench-split bench-shops bench-spend bench-day bench-trials
.PHONY: bench-speed bench-decisions

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "allot needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

setup: $(READY)  ## make the virtual environment with pinned dependencies

nightly: $(READY)  ## simulate the demo logs and run the nightly flow on them
	@$(BIN)/allot simulate demo --out data/demo
	@$(BIN)/allot run flows/studies/demo.toml --as-of $(AS_OF) --out $(OUT)

test: $(READY)  ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench-agents: $(READY)  ## what every agent of the registry realises, into tests/benchmarks/agents.md
	$(BIN)/python -m tests.benchmarks.agents_scoreboard --resume

bench-demo: $(READY)  ## what the demo's policies really earn, into tests/benchmarks/demo_policies.md
	$(BIN)/python -m tests.benchmarks.agents_truth $(OUT)/demo/latest

bench-training: $(READY)  ## updates per second where there is a GPU, into tests/benchmarks/training_<device>.md
	$(BIN)/python -m tests.benchmarks.training_speed

bench-split: $(READY)  ## what every method's split really earns, into tests/benchmarks/split.md
	$(BIN)/python -m tests.benchmarks.split_scoreboard --personal 8 --impressions 2 --halves 4 --resume

bench-shops: $(READY)  ## intervals and verdicts on shops drawn at random, into tests/benchmarks/shops.md
	$(BIN)/python -m tests.benchmarks.shops_scoreboard --half published --both --resume

bench-spend: $(READY)  ## what personalised plans really spend, into tests/benchmarks/spend.md
	$(BIN)/python -m tests.benchmarks.spend_scoreboard --resume

bench-day: $(READY)  ## channels that meet on one day, against arithmetic truth, into tests/benchmarks/day.md
	$(BIN)/python -m tests.benchmarks.day_scoreboard --resume

bench-evaluation: $(READY)  ## every estimator against exact truth, into tests/benchmarks/evaluation.md
	$(BIN)/python -m tests.benchmarks.evaluation_scoreboard --resume
	$(BIN)/python -m tests.benchmarks.evaluation_scoreboard_d3rlpy

bench-trials: $(READY)  ## what is said of randomised tests with known truth, into tests/benchmarks/trials.md
	$(BIN)/python -m tests.benchmarks.trials_scoreboard --resume

bench-decisions: $(READY)  ## every preset and agent in its own small world, into tests/benchmarks/decisions.md
	$(BIN)/python -m tests.benchmarks.decisions_scoreboard

bench-speed: $(READY)  ## CPU seconds and memory beside peers', into tests/benchmarks/speed.md
	$(BIN)/python -m tests.benchmarks.speed_scoreboard

lint: $(READY) lint-types lint-rules  ## ruff, mypy, the layers, the house, sqlfluff

lint-types: $(READY)
	$(BIN)/mypy

lint-rules: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.check_house
	$(BIN)/sqlfluff lint sql

map: $(READY)  ## draw the rooms and their imports anew, into docs/architecture.md
	$(BIN)/python -m tests.house.draw_map

format: $(READY)  ## let ruff format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what was built; keeps outputs
	rm -rf $(VENV) data/demo
