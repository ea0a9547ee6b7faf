# Short names for dev.py, which does the work, also where there is no make.
#   make run FOLDER=~/my/project     make test ARGS="tests/domain -x"     make bench ARGS="core_overhead --quick"

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
DEV = $(or $(PYTHON),$(error Spark Desktop needs Python 3.11 or newer: install it, or name it with PYTHON=...)) dev.py

.PHONY: help setup run demo test check bench dist clean lock

help:
	@$(DEV) --help

run:
	@$(DEV) run $(if $(FOLDER),"$(FOLDER)")

setup demo clean check:
	@$(DEV) $@

test bench dist lock:
	@$(DEV) $@ $(ARGS)
