# make demo    a synthetic district, from sealed files to explained leads, in OUT (default: demo); then the workbench (SERVE=0: not)
# make test    everything that has to hold; WEB=0 leaves the workbench's tests out
# make bench   measurements against other programs (NAME=... for one)
# make docs    the manual as web pages, if mdbook is installed
# make conformance  exports, dossiers and the API before other people's validators (Python; its packages are fetched once)
# make lint    format, lints and warnings alone
# make codegen the files made from schema/ and from the API
#
# CARGO_TARGET_DIR is respected. demo and test use one profile (release), so the second finds the query engine built.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test conformance lint bench docs codegen clean

OUT ?= demo
SERVE ?= 1
WEB ?= 1
LISTEN ?= 127.0.0.1:8420
NAME ?=
SEED ?= 1
export CARGO_TARGET_DIR ?= target
CARGO ?= cargo
TUTELA = $(CARGO_TARGET_DIR)/release/tutela

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# Naming one small test makes cargo choose the dependencies' features as `make test` will; without it the tests' own
# dependencies change a feature of a hasher, and the query engine would be compiled a second time.
demo:
	@if [ "$(SERVE)" != 0 ]; then scripts/workbench || echo "Going on without the workbench; only its API will be served."; fi
	$(CARGO) build --release --locked --workspace --bins --test leads_schema
	$(TUTELA) demo --seed $(SEED) --out "$(OUT)"
	@echo "(tutela is $(TUTELA))"
	@if [ "$(SERVE)" != 0 ]; then exec $(TUTELA) serve "$(OUT)/case" --listen $(LISTEN); fi

# The wrapper makes clippy's warnings errors while the tests are compiled, instead of in a pass of its own.
test lint: export RUSTC_WORKSPACE_WRAPPER = $(CURDIR)/scripts/rustc-with-clippy

test:
	WEB=$(WEB) scripts/setup
	# File by file, because modules that a macro declares are not found by cargo fmt.
	git ls-files "*.rs" | xargs rustfmt --check --edition 2024
	$(CARGO) run --release --locked --quiet --package xtask -- tidy
	@if [ "$(WEB)" != 0 ]; then \
	  if scripts/workbench; then npm --prefix web run --silent check && npm --prefix web run --silent unit; \
	  elif [ $$? = 3 ]; then echo "The workbench's tests are left out."; \
	  else exit 1; fi; \
	fi
	$(CARGO) test --release --locked --workspace
	@if [ -x $(CARGO_TARGET_DIR)/conformance/bin/case_validate ]; then $(MAKE) --no-print-directory conformance; fi
	@if [ "$(WEB)" != 0 ] && scripts/workbench 2>/dev/null; then npm --prefix web run --silent e2e; fi

# A small case of its own. `make test` runs it where its Python environment is there already.
conformance:
	@mkdir -p $(CARGO_TARGET_DIR)/conformance-case
	@printf 'households: 80\ndays: 120\nreported_accounts: 25\nreported_connections: 4000\ninnocent_connections: 20000\n' > $(CARGO_TARGET_DIR)/conformance-case/world.yaml
	@$(TUTELA) demo --seed 9 --config $(CARGO_TARGET_DIR)/conformance-case/world.yaml --out $(CARGO_TARGET_DIR)/conformance-case/demo >/dev/null 2>&1
	TUTELA=$(TUTELA) scripts/conformance $(CARGO_TARGET_DIR)/conformance-case/demo/case || [ $$? = 3 ]
	bench/schemathesis || [ $$? = 3 ]

lint:
	# File by file, because modules that a macro declares are not found by cargo fmt.
	git ls-files "*.rs" | xargs rustfmt --check --edition 2024
	$(CARGO) build --release --locked --workspace --all-targets

bench:
	bench/run $(NAME)

docs:
	@command -v mdbook >/dev/null 2>&1 || { echo "mdbook is not installed; the manual reads well as Markdown from docs/src/SUMMARY.md"; exit 1; }
	mdbook build docs

codegen:
	$(CARGO) xtask codegen
	UPDATE=1 $(CARGO) test --release --quiet --package tutela-server --test openapi
	npm --prefix web run --silent types

clean:
	$(CARGO) clean
	rm -rf demo docs/book web/node_modules web/dist/workbench
