# Needs a POSIX shell, make and Python 3.11 or newer; everything else goes into .venv, from the pinned, hashed requirements/*.txt,
# and into marsad/web/front/node_modules, from the pinned, hashed package-lock.json there.
# PYTHON=/path/to/python3 names the Python to use; ARGS="..." is handed to the demo, to pytest and to every benchmark.

PYTEST = .venv/bin/python -m pytest -n 2 --dist worksteal

.PHONY: help setup runtime demo test pytest check static bench pins clean

help:
	@echo "make demo     start Marsad here with a synthetic nation, and say where"
	@echo "make test     every test: lint, types, import contracts, pytest (browser tests included)"
	@echo "make check    the quick part of it: lint, format, types, import contracts, contract tests"
	@echo "make bench    run every benchmark in turn"
	@echo "make setup    only make .venv ready (the others do it themselves)"
	@echo "make pins     pin the newest versions that requirements/*.in allow, with hashes"
	@echo "make clean    remove .venv, caches, compiled translations and the built front end (var/ and marsad-out/ stay)"

setup:
	@sh bin/setup dev

runtime:
	@sh bin/setup runtime

demo: runtime
	@.venv/bin/marsad demo $(ARGS)

static: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check: static
	.venv/bin/python -m pytest -q tests/contracts $(ARGS)

# The checks run beside the tests, and use what these leave of the second core.
test: setup
	@$(MAKE) --no-print-directory -j 2 static pytest

# Each of the two processes begins with its half of the tests with a browser (tests/conftest.py).
pytest: setup
	@MARSAD_CHROMIUM=$$(sh bin/find-chromium --install) && export MARSAD_CHROMIUM && $(PYTEST) $(ARGS)

bench: setup
	@for script in benchmarks/*.py; do \
	    [ -e "$$script" ] || { echo "There is no benchmark yet."; continue; }; \
	    echo "== $$script"; \
	    .venv/bin/python "$$script" $(ARGS) || exit 1; \
	done

# base first: dev.in takes base.txt as its constraint, so both name the same versions.
pins: setup
	@for level in base dev node; do \
	    .venv/bin/uv pip compile --quiet --upgrade --generate-hashes --universal --no-header --python-version 3.11 \
	        requirements/$$level.in --output-file requirements/$$level.txt || exit 1; \
	done

clean:
	rm -rf .venv build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -f marsad/locale/*/LC_MESSAGES/*.mo
	rm -rf marsad/web/static marsad/web/front/node_modules
	find bin marsad tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || :
