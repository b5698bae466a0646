#!/usr/bin/env bash
# usage: scripts/check-pythons.sh
#
# Builds with every Python from 3.11 that is at hand (python3.N on PATH, ~/.pyenv/versions/*) and holds the outcome against
# build/: each has to give the same bytes. An environment for each is kept in .cache/pythons.
# Exit code 1: one of them gives other bytes, or cannot run pbmon.
set -euo pipefail
cd "$(dirname "$0")/.."

# One interpreter a version: path by version, such as 3.12.1.
declare -A pythons=()
for python in $(compgen -c python3. | sort -u) ~/.pyenv/versions/*/bin/python; do
    version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
    minor=${version#3.}
    if [[ $version == 3.* ]] && ((${minor%%.*} >= 11)); then pythons[$version]=$python; fi
done

failed=()
for version in "${!pythons[@]}"; do
    environment=.cache/pythons/$version
    if ! cmp --silent requirements.lock "$environment/lock"; then
        mkdir -p .cache/pythons
        "${pythons[$version]}" -m venv --clear "$environment"
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes --requirement requirements.lock
        cp requirements.lock "$environment/lock"
    fi
    printf 'Python %s: ' "$version"
    PYTHONPATH=generator "$environment/bin/python" -c 'import sys; sys.argv[0] = "pbmon"; from pbmon.cli import main; main()' \
        build --check || failed+=("$version")
done

if ((${#failed[@]})); then
    printf 'build/ differs under Python %s\n' "${failed[*]}" >&2
    exit 1
fi
printf 'the same bytes under %d versions of Python\n' "${#pythons[@]}"
