# Linli: two commands, `make run` and `make test`. `make help` lists the others.

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.boot/bin/uv)
export UV_PYTHON_DOWNLOADS := never
# Programs are compiled once, not at every start: the tests start dozens.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
# A mirror, where one is set: it must serve the files whose hashes uv.lock names.
MIRROR := $(PIP_INDEX_URL)

# Programs of others check ours where node is there; without it their tests are skipped, and say so.
PEERS := $(if $(and $(shell command -v node 2>/dev/null),$(shell command -v npm 2>/dev/null)),peers,no-peers)

.PHONY: help run test lint unit check bench accuracy train talks faults peers no-peers lock vendor wheel screenshots clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/.synced  ## serve the demo: phone page, console, everything
	@.venv/bin/linli demo $(ARGS)

test: .venv/.synced lint unit  ## lint, types, import contracts, all tests

lint: .venv/.synced  ## format, lint, types, import contracts, dependencies, intents
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/deptry .
	.venv/bin/linli check

unit: .venv/.synced $(PEERS)  ## all tests but `make faults`
	.venv/bin/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not kills"

peers: .peers/.installed tests/peers/node_modules/.installed  ## install programs of others that check ours

check: test

bench: .venv/.synced .peers/.installed  ## hold speed and memory against their targets, as ratios of one run
	.venv/bin/python bench/run.py
	.venv/bin/python bench/streams.py
	.venv/bin/python bench/deliveries.py
	.venv/bin/python bench/pages.py
	.venv/bin/python bench/gate.py
	.venv/bin/python bench/dispatch.py
	.venv/bin/python bench/campaigns.py
	.venv/bin/python bench/campaigns.py --postgres

accuracy: .venv/.synced  ## print how well and how fast messages are understood, by set; SMP=path adds public talk
	@.venv/bin/python bench/accuracy.py $(SMP)

train: .train/.installed  ## learn data/model.npz anew from data/corpus and the intents
	.train/bin/python bench/train.py

talks: .venv/.synced  ## print how many conversations go as they should, and why others do not
	@.venv/bin/python bench/talks.py $(ARGS)

faults: .venv/.synced  ## kill -9 two hundred times under load, the sender a hundred times more, count at WeChat's side (about 40 minutes)
	LINLI_FAULT_KILLS=200 LINLI_FAULT_SENDER_KILLS=100 .venv/bin/pytest -q -s -m kills tests/faults

lock: $(UV)  ## renew uv.lock and requirements.lock
	$(UV) lock
	$(UV) export --frozen --no-dev --no-emit-project --format requirements-txt -q -o requirements.lock

vendor:  ## bring the vendored front-end files anew from npm
	bot/console/static/vendor/fetch.sh

wheel: $(UV)  ## build the wheel into dist/
	$(UV) build --wheel -q

screenshots: .venv/.synced  ## renew the pictures of the README from the browser tests
	.venv/bin/pytest -q tests/acceptance/test_demo_in_browser.py tests/acceptance/test_living_demo_in_browser.py -k "visitor or figures_tell or all_that_may"
	cp artefacts/phone.png artefacts/figures.png docs/screenshots/
	cp artefacts/notice.png docs/screenshots/console.png

clean:  ## throw away what was made here
	rm -rf .venv .boot .peers .train tests/peers/node_modules var dist artefacts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.boot/bin/uv:
	@command -v python3 >/dev/null || { echo "make: python3 is missing; install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)" >&2; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$(python3 --version) is too old; Linli needs Python 3.11 or newer" >&2; exit 1; }
	@python3 -m venv .boot || { echo "make: python3 cannot make virtual environments; install venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@.boot/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION) || { echo "make: uv $(UV_VERSION) could not be installed; is the package registry reachable?" >&2; exit 1; }

no-peers:
	@echo "make: NO PEERS: node or npm is missing, so no independent program checks ours (Debian: apt-get install nodejs npm)" >&2

tests/peers/node_modules/.installed: tests/peers/package.json tests/peers/package-lock.json
	@cd tests/peers && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

.train/.installed: pyproject.toml uv.lock | $(UV)
	@$(UV) venv -q --allow-existing .train
	@$(UV) export --frozen --no-emit-project --group train -q -o .train/all.lock
	@$(UV) pip sync -q --require-hashes $(if $(MIRROR),--index-url $(MIRROR)) --python .train/bin/python .train/all.lock
	@touch $@

.peers/.installed: tests/peers/requirements.lock | $(UV)
	@$(UV) venv -q --allow-existing .peers
	@$(UV) pip sync -q --require-hashes $(if $(MIRROR),--index-url $(MIRROR)) --python .peers/bin/python tests/peers/requirements.lock
	@touch $@

.venv/.synced: pyproject.toml uv.lock | $(UV)
ifeq ($(MIRROR),)
	@$(UV) sync --frozen -q
else
	@$(UV) venv -q --allow-existing .venv
	@$(UV) export --frozen --no-emit-project -q -o .venv/all.lock
	@$(UV) pip sync -q --require-hashes --index-url $(MIRROR) .venv/all.lock
	@$(UV) pip install -q --no-deps --index-url $(MIRROR) --editable .
endif
	@touch $@
