# Everything a person does with a clone. Each target sets up what it needs first; the second time that takes no time.

PYTHON ?= python3
bin := .venv/bin
run_packages := espeak-ng sox graphviz
test_packages := $(run_packages) sip-tester postgresql mariadb-server redis-server
tree_packages = $(shell [ -n "$$CALLCENTER_ASTERISK" ] || asterisk/provide --packages var/tree)

comma := ,
space := $(subst ,, )
cores := $(subst $(space),$(comma),$(strip acd/* ivr/flow/* ivr/flow/check/* ivr/walking/* ivr/walker.py \
    ivr/speaking/* ivr/drawing/* ivr/rehearsal/* \
    $(addprefix ivr/agi/,codec.py commands.py replies.py environment.py) $(addprefix cti/ami/,codec.py message.py) \
    $(addprefix recording/,account.py channels.py fold.py ledger.py offers.py visits.py)))
shells := acd/distributor.py,acd/clock.py,acd/timers.py,acd/waking.py

# Where Python is told to keep no compiled modules, each of the hundreds of processes of the tests would compile ours anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test coverage call bench soak stories lint style types tests setup machine python tree

run: packages = $(run_packages) $(tree_packages)
run: machine python tree
	@exec $(bin)/callcenter run

# In a second terminal: simulated callers and agents. N=20 places twenty calls.
call: packages = sip-tester
call: machine python
	@$(bin)/callcenter call $(if $(N),--count $(N))

# Types are checked beside the tests, which wait a good part of their time.
test: setup style
	@$(MAKE) --no-print-directory -j 2 types tests

# More processes than two cores: four of six begin on real parts, where they wait (tests/dealing.py). What they all load
# is compiled once before, and not by each of them at the same time.
tests: python
	@[ -d tests/unit/__pycache__ ] || $(bin)/pytest --collect-only -qq >/dev/null || true
	$(bin)/pytest -n 6 --dist worksteal

# Of the pure cores, by their own tests. Apart, because with it tests take more than twice as long.
coverage: python
	$(bin)/pytest -n 3 --dist worksteal --cov --cov-report= tests/unit
	@echo "The pure cores, which must be at 95 % at least:"
	$(bin)/coverage report --skip-covered --include='$(cores)' --omit='$(shells)' --fail-under=95

bench: setup
	@for bench in tests/load/bench_*.py; do $(bin)/python -m tests.load.$$(basename $$bench .py) || exit 1; done

# An hour of traffic in which everything is killed again and again, and nobody may be lost. MINUTES=10 is shorter.
soak: setup
	@$(bin)/python -m tests.load.soak $(if $(MINUTES),--minutes $(MINUTES))

# Random call stories on real telephones against their records. SEED=7 N=30 tells thirty, from the seventh on.
stories: setup
	@$(bin)/python -m tests.load.stories $(if $(SEED),--seed $(SEED)) $(if $(N),--count $(N))

lint: style types

style: python
	$(bin)/ruff format --check .
	$(bin)/ruff check .

types: python
	$(bin)/mypy

setup test bench soak stories: packages = $(test_packages) $(tree_packages)
setup: machine python tree

# What is missing comes all at once, so that who has no root is told one line.
machine:
	@PYTHON=$(PYTHON) .ci/packages $(if $(wildcard $(bin)/pip),,python3-venv) $(packages)

tree: machine
	@[ -n "$$CALLCENTER_ASTERISK" ] || asterisk/provide var/tree

python: .venv/complete

.venv/complete: requirements.lock requirements-test.lock pyproject.toml | machine
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@[ -x $(bin)/pip ] || $(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --disable-pip-version-check -r requirements.lock -r requirements-test.lock
	$(bin)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
