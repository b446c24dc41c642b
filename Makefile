# Every target makes or mends .venv first (.ci/environment) and takes seconds where nothing changed.

# What is compiled once is kept, whatever the shell says: each of the many short processes would compile it again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?=
MODEL ?= ussr
OUT ?= out/
PAGE := $(patsubst %/,%,$(OUT))/report.html

.PHONY: help env report test study bench signatures calibrate agreement notebook lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

env:  ## find or get Python 3.13, make .venv, install the pins of requirements.lock
	@PYTHON="$(PYTHON)" sh .ci/environment

report: env $(PAGE)  ## the report of the case MODEL (ussr) into OUT (out/); nothing to do where nothing changed
	@echo "$(PAGE) is the report of $(MODEL)"

# What a report is made from: the case, the code, the pins; and the name of the case, so that another one is another page.
$(PAGE): $(PAGE).of $(wildcard models/*.yaml priors/*.yaml priors/*.csv) $(shell find causal -name '*.py' -o -path '*/templates/*')
	.venv/bin/causal report $(MODEL) --out $(dir $(PAGE))

.always:  # never there, so what hangs on it is always looked at

$(PAGE).of: .always
	@mkdir -p $(dir $@)
	@echo "$(MODEL) $$(cksum < requirements.lock)" | cmp -s - $@ || echo "$(MODEL) $$(cksum < requirements.lock)" > $@


test: env  ## lint, types, and every test: doctests, README and notebooks too
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/python -m pytest

study: env  ## the tests that take long: ten thousand random questions, PyMC on every model known exactly
	.venv/bin/python -m pytest -m long

bench: env  ## every benchmarks/bench_*.py in turn on one thread, its figures on stdout
	@export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1; \
	for script in benchmarks/bench_*.py; do echo "# $$script"; .venv/bin/python "$$script" || exit; done

signatures: env  ## docs/signatures.md: what the debate behind ussr implies, at the medians and over draws
	.venv/bin/python docs/signatures.py

calibrate: env  ## docs/calibration.md: simulation-based calibration, minutes; what is simulated is kept in the store
	.venv/bin/python docs/calibration.py

agreement: env  ## docs/agreement.md: draws beside expectations that are known exactly, minutes
	.venv/bin/python docs/agreement.py

notebook: env  ## the notebooks in JupyterLab (make test has run them)
	.venv/bin/jupyter lab notebooks/

lock: env  ## pin what .venv holds now, after an upgrade in it, into requirements.lock
	.venv/bin/python .ci/lock.py

clean:  ## remove what was made: reports, builds, caches, .venv
	rm -rf out dist .venv .bootstrap .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
