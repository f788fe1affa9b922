# Everything a person does with this project. A first `make run` or `make test` sets up .venv;
# later ones find it ready.

PYTHON := .venv/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test check bench soak screenshots real audit faults mutations lock

run: .venv/runtime.stamp
	$(PYTHON) -m mindspa serve --demo

test: .venv/development.stamp .venv/browser.stamp
	$(PYTHON) -m pytest --numprocesses 2 --dist worksteal

check: .venv/development.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv/development.stamp .venv/browser.stamp
	$(PYTHON) -m benchmarks

# An hour, with a line a minute.
soak: .venv/development.stamp
	$(PYTHON) -m benchmarks.soak

screenshots: .venv/development.stamp .venv/browser.stamp
	$(PYTHON) -m benchmarks.screenshots docs/pictures

real: .venv/development.stamp
	@test -d "$(DATA)" || { echo "Say where the data sets are: make real DATA=folder" >&2; exit 2; }
	$(PYTHON) -m tests.real "$(DATA)"

# Whole servers, killed while people send check-ins: takes about a quarter of an hour.
faults: .venv/development.stamp
	$(PYTHON) -m tests.faults

# In a copy, without one mend at a time: takes about half an hour.
mutations: .venv/development.stamp .venv/browser.stamp
	$(PYTHON) -m tests.mutations

# Asks the package index: ends with 0 only where every pinned version was looked up and none has a
# known weakness, with an error where one has or could not be looked up.
audit: .venv/development.stamp
	.venv/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict \
	  --progress-spinner off

# After a version in requirements*.txt changed.
lock: .venv/development.stamp
	$(PYTHON) -m pip freeze --disable-pip-version-check --exclude setuptools > constraints.txt

.venv/runtime.stamp: requirements.txt constraints.txt | $(PYTHON)
	@echo "Installing what the program needs; the first time this takes a few minutes."
	$(INSTALL) --requirement requirements.txt
	@touch $@

.venv/development.stamp: requirements.txt requirements-dev.txt constraints.txt | $(PYTHON)
	@echo "Installing what the tests need; the first time this takes a few minutes."
	$(INSTALL) --requirement requirements-dev.txt
	@touch $@ .venv/runtime.stamp

# The system's Chromium where there is one, else Debian's package, else Playwright's own build
# (Ubuntu's package is a snap, which a container cannot run).
.venv/browser.stamp: | .venv/development.stamp
	@if command -v chromium >/dev/null; then \
	  true; \
	elif grep -qs '^ID=debian' /etc/os-release && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	elif [ "$$(uname)" = Linux ] && { [ "$$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then \
	  $(PYTHON) -m playwright install --with-deps chromium; \
	else \
	  $(PYTHON) -m playwright install chromium; \
	fi
	@touch $@

$(PYTHON):
	@usable() { "$$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	find_python() { \
	  for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
	    if usable $$candidate; then echo $$candidate; return; fi; \
	  done; \
	}; \
	python=$$(find_python); \
	if [ -z "$$python" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  python=$$(find_python); \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer with its venv module is needed: install python3-venv" \
	    "(Debian, Ubuntu) or python@3.12 (macOS, with Homebrew), then try again." >&2; \
	  exit 1; \
	fi; \
	$$python -m venv .venv
