#!/usr/bin/env bash
# What needs a processor and no server: every rule is proven, with both promtools; its tests notice every single fault; every
# Python gives the same bytes; so does the script of the preview; pbmon is about as fast as it has to be.
set -euo pipefail
cd "$(dirname "$0")/.."
make prove
.venv/bin/pbmon prove --promtool .cache/newer/usr/bin/promtool
make mutate
make check-pythons
make check-preview
.venv/bin/python benchmarks/ratios.py
