#!/bin/sh
# usage: scripts/check-preview.sh
#
# Builds the script of `pbmon preview` anew from preview/ and compares it with what is committed in
# generator/pbmon/preview/assets. Types and unit tests of preview/ run first. Needs Node 20.19 or newer with npm.
# Exit code 1: something differs, which then is in the work tree. 2: there is no Node; 0 then, if CI is not true.
set -eu
cd "$(dirname "$0")/../preview"

if ! command -v npm >/dev/null 2>&1; then
    printf 'npm is not there, so the preview is not built anew\n  help: install Node 20.19 or newer\n' >&2
    [ "${CI:-}" = true ] && exit 2
    exit 0
fi
npm ci --no-audit --no-fund --loglevel error
npm test
npm run build
if ! git diff --exit-code --stat -- ../generator/pbmon/preview/assets; then
    printf 'preview/ gives other assets than those committed\n  help: commit generator/pbmon/preview/assets\n' >&2
    exit 1
fi
