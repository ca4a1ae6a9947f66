# make demo    a synthetic district, from sealed files to explained leads, in OUT (default: demo)
# make test    everything that has to hold
# make bench   measurements against other programs (NAME=... for one)
# make docs    the manual as web pages, if mdbook is installed
# make lint    format, lints and warnings alone
# make codegen the files made from schema/
#
# CARGO_TARGET_DIR is respected. demo and test use one profile (release), so the second finds the query engine built.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs codegen clean

OUT ?= demo
SERVE ?= 1
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
	$(CARGO) build --release --locked --workspace --bins --test leads_schema
	$(TUTELA) demo --seed $(SEED) --out "$(OUT)"
	@if [ "$(SERVE)" != 0 ]; then \
	  if ! command -v node >/dev/null 2>&1; then echo "Node is not installed, and a workbench would need it to be built."; fi; \
	  echo "There is no workbench in this version, so nothing is served. SERVE=0 leaves this notice out."; \
	fi
	@echo "(tutela is $(TUTELA))"

# The wrapper makes clippy's warnings errors while the tests are compiled, instead of in a pass of its own.
test lint: export RUSTC_WORKSPACE_WRAPPER = $(CURDIR)/scripts/rustc-with-clippy

test:
	scripts/setup
	# File by file, because modules that a macro declares are not found by cargo fmt.
	git ls-files "*.rs" | xargs rustfmt --check --edition 2024
	$(CARGO) run --release --locked --quiet --package xtask -- tidy
	$(CARGO) test --release --locked --workspace

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

clean:
	$(CARGO) clean
	rm -rf demo docs/book
