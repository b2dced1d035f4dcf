# Two commands first: `make run` serves the demonstration, `make test` runs every test. README.md tells more.
# Everything that is installed or cached stays inside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export npm_config_cache := $(CURDIR)/.cache/npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SCANNER := scanner_static/dist/index.html
PAPER_FONTS := app/typesetting/fonts/.fetched
SCANNER_SOURCES := $(wildcard scanner_static/src/*) $(wildcard scanner_static/*.json) $(wildcard scanner_static/*.mjs)

.PHONY: setup setup-dev run test check bench soak screens pictures bundle wheels clean

setup: $(VENV)/.runtime $(SCANNER) $(PAPER_FONTS) translations
setup-dev: setup $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet -r requirements-dev.txt
	@touch $@

# Without Node everything but the scanner page works.
$(SCANNER): $(SCANNER_SOURCES)
	@sh tools/build-scanner.sh

# Without Node the print view of papers works, PDFs wait for the fonts.
$(PAPER_FONTS): tools/fonts/package-lock.json
	@sh tools/fetch-fonts.sh

.PHONY: translations
translations: $(VENV)/.runtime
	@$(BIN)/python tools/compile_translations.py

run: setup
	@JCM_ENV=$${JCM_ENV:-demo} $(BIN)/flask --app wsgi serve

test: setup-dev
	@sh tools/test.sh

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app/templates --lint --quiet
	$(BIN)/deptry .
	$(BIN)/python tools/check_sizes.py

bench: setup-dev
	$(BIN)/python -m bench

# The long forms of what the tests try briefly (docs/faults.md); hours. Each part can be run by itself.
soak: setup-dev
	JCM_MUTATIONS=1000000 $(BIN)/pytest -n0 -q -s tests/unit/codes/test_properties.py -k mutated
	JCM_FAULTS=long JCM_KILLS=40 JCM_RACE_CODES=10000 JCM_HISTORIES=5000 $(BIN)/pytest -n0 -q -s tests/faults
	$(BIN)/python -m tests.faults.kills --application 100 --database 30 --pause 3
	$(BIN)/python -m tests.faults.failover --rounds 10
	if [ "$$(id -u)" = 0 ]; then $(BIN)/python -m tests.faults.full_disk; fi
	JCM_SHOWN_ON=postgresql $(BIN)/pytest -n0 -q tests/browser/test_accessibility.py

# sqlmap, wapiti and Schemathesis against a demonstration of its own: no hole, no 5xx, no answer that the API's document does not name. Ends by itself.
attack: setup
	@sh tools/attack.sh

screens: setup-dev
	$(BIN)/python tools/screens.py

# The pictures of the docs and guides, which the tests compare with the pages. Look at what changed before it is committed.
pictures: setup-dev
	$(BIN)/python tools/pictures.py

# One archive that installs without a network: make bundle, or make bundle PLATFORM=aarch64 PYTHON_VERSION=3.11
bundle: setup
	$(BIN)/python -m tools.bundle $(if $(PLATFORM),--platform $(PLATFORM)) $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

# Whether every package has wheels for x86-64 and aarch64; asks the package index.
wheels: setup
	$(BIN)/python -m tools.check_wheels

clean:
	rm -rf $(VENV) .cache node_modules scanner_static/node_modules scanner_static/dist dist tools/fonts/node_modules app/typesetting/fonts
