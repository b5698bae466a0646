#!/bin/sh
# usage: scripts/check-preview.sh
#
# Builds the script of `pbmon preview` anew from preview/ and compares it with what is committed in
# generator/pbmon/preview/assets. Types and unit tests of preview/ run first. Needs Node 20.19 or newer with npm.
# Exit code 1: something differs, which then is in the work tree. Without such a Node nothing is checked, and it says so.
set -eu
cd "$(dirname "$0")/../preview"

enough='const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
if ! command -v npm >/dev/null 2>&1 || ! node -e "$enough"; then
    printf 'SKIPPED: the preview is not built anew\n  help: install Node 20.19 or newer, with npm\n' >&2
    exit 0
fi
npm ci --no-audit --no-fund --loglevel error
npm test
npm run build
if ! git diff --exit-code --stat -- ../generator/pbmon/preview/assets; then
    printf 'preview/ gives other assets than those committed\n  help: commit generator/pbmon/preview/assets\n' >&2
    exit 1
fi
