#!/usr/bin/env bash
# What needs a processor and no server: the slow tests; every rule is proven, with both promtools; its tests notice every single fault; every
# Python gives the same bytes; so does the script of the preview.
set -euo pipefail
cd "$(dirname "$0")/.."
# Started with `&`, a script ignores SIGINT, and so would all that tests interrupt.
env --default-signal=INT .venv/bin/python -m pytest -n auto -m 'slow and not end_to_end'
make prove
.venv/bin/pbmon prove --promtool .cache/newer/usr/bin/promtool
make mutate
make check-pythons
make check-preview
