#!/bin/sh
# usage: scripts/install-newer.sh FOLDER PACKAGE...
#
# Unpacks newer Debian packages than the system's into FOLDER (FOLDER/usr/bin/promtool ...), without installing them and
# without root: from the first suite of $SUITES whose programs run here. What FOLDER has already is left as it is.
# The mirror is the one this machine's apt uses; its own lists and settings stay untouched.
# Exit code 2: there is no Debian mirror, or none of the suites has the packages.
set -eu

SUITES=${SUITES:-sid trixie}
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

if [ $# -lt 2 ]; then
    echo 'usage: scripts/install-newer.sh FOLDER PACKAGE...' >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

missing=
for package; do
    if [ ! -e "$folder/$package.suite" ]; then missing="$missing $package"; fi
done
if [ -z "$missing" ]; then
    exit 0
fi

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -n -e 's/^URIs:[[:space:]]*//p' \
        -e 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' |
    tr -s '[:space:]' '\n' | grep -E '/debian(/|\.list)?$' | head -n 1)
if [ -z "$mirror" ] || [ ! -e "$KEYS" ]; then
    echo 'no Debian mirror is set up on this machine, so there is no newer package to take' >&2
    exit 2
fi

work=$(mktemp -d "$folder/.apt.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

own_apt() {
    timeout 300 apt-get -qq \
        -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$work/preferences" \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root \
        -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@"
}

# All wanted packages of one suite, unpacked in $work/root, every program of theirs able to run on this system.
take_from() {
    rm -rf "$work/lists" "$work/cache" "$work/debs" "$work/root"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/root" "$work/preferences"
    echo "deb [signed-by=$KEYS] $mirror $1 main" >"$work/sources.list"
    own_apt update || return 1
    # shellcheck disable=SC2086 # package names hold no spaces
    (cd "$work/debs" && own_apt download $missing) || return 1
    for deb in "$work"/debs/*.deb; do
        dpkg -x "$deb" "$work/root" || return 1
    done
    for program in "$work"/root/usr/bin/*; do
        "$program" --version >/dev/null 2>&1 || return 1
    done
}

for suite in $SUITES; do
    echo "taking$missing from $suite"
    if take_from "$suite"; then
        cp -R "$work/root/." "$folder/"
        for package in $missing; do
            echo "$suite" >"$folder/$package.suite"
        done
        exit 0
    fi
done
echo "none of the suites $SUITES has$missing in a version that runs here" >&2
exit 2
