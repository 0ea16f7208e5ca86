# SPDX-License-Identifier: Apache-2.0
# Ringfence. `make` alone says what there is.

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-fraud fuzz
SHELL := /bin/bash

# Warnings in our own code are errors here, but do not stop a newcomer whose compiler knows more of them.
check test: export RINGFENCE_STRICT := 1
# What `make fuzz` spends on all parsers together.
SECONDS := 60

help: ## say what there is
	@echo 'Ringfence: a business phone system that enforces and proves its own security.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  Missing Debian packages are installed, and named first. Swift 6.3 has to be there.'

run: ## build it and start a demo phone system in ./demo and a provider on 127.0.0.1 (Ctrl-C stops it)
	@Scripts/install-packages build phone provider
	@Scripts/check-versions --prepare
	swift build -c release --product ringfence
	@Scripts/demo

# Tests that compute take all processors there are, and those that speak to a server must not wait for them: two runs.
test: check ## everything that CI runs: check, all tests, calls between real phones (minutes)
	@Scripts/install-packages test
	@Scripts/lab
	@Scripts/swift-test --skip '^(Interop|ServerTests|CommandTests)\.'
	@Scripts/swift-test --filter '^(ServerTests|CommandTests)\.'
	@Scripts/number-plan --check
	@Scripts/number-plan-oracle
	@Scripts/interop

check: ## format, layers, conformance, versions, a build without warnings, a minute of fuzzing
	@Scripts/install-packages build
	@Scripts/check-versions --prepare
	swift format lint --strict --configuration .swift-format --recursive Package.swift Sources Tests Bench Fuzz
	@Scripts/check-layers-test
	@Scripts/check-layers
	@Scripts/conformance-test
	@Scripts/conformance --check
	@Scripts/bench-fraud --check
	swift build --build-tests
	@Scripts/check-versions
	@Scripts/fuzz 60

bench: ## measure, beside the servers and the limits in ../shared/bench
	@Scripts/install-packages build bench
	@Scripts/check-versions --prepare
	swift build -c release --product Bench
	swift build -c release --product ringfence
	.build/release/Bench
	Bench/bench-media
	Bench/bench-registration
	Bench/bench-calls
	Bench/bench-paid-calls
	Bench/bench-flood
	Bench/bench-businesses
	Bench/bench-hostile-logins --seconds 60
	Bench/bench-calls-under-flood

bench-fraud: ## what controls let an attacker spend, simulated (ARGUMENTS='--test' for the seeds of a release)
	@Scripts/install-packages build
	@Scripts/bench-fraud $(ARGUMENTS)

fuzz: ## fuzz the parsers of a stranger's bytes: make fuzz SECONDS=600
	@Scripts/install-packages build
	@Scripts/fuzz $(SECONDS)
