#!/bin/sh
# Installs promtool with the system's package manager; does nothing where there is one (PBMON_PROMTOOL, else on PATH).
# Exit code 2: nothing here can install it; the message says what does.
set -eu

if command -v "${PBMON_PROMTOOL:-promtool}" >/dev/null 2>&1; then
    exit 0
fi

stop() {
    printf 'promtool is not there, so rules and configuration cannot be checked\n  help: %s\n' "$1" >&2
    exit 2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

known() {
    apt-cache show "$1" >/dev/null 2>&1
}

install() {
    get "$1" || { as_root apt-get update -qq && get "$1"; }
}

get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends "$1" >/dev/null
}

install_with_apt() {
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        stop 'run as root: apt-get install --no-install-recommends prometheus'
    fi
    known promtool || known prometheus || as_root apt-get update -qq
    # Debian 12 has promtool inside the server's package; later releases have it apart.
    package=prometheus
    if known promtool; then package=promtool; fi
    echo "installing $package with apt-get"
    if [ "$package" = prometheus ] && [ -d /run/systemd/system ]; then
        # Only the tool is wanted: the server must not start, neither now nor at the next boot.
        as_root systemctl mask --runtime --quiet prometheus.service
        trap 'as_root systemctl unmask --runtime --quiet prometheus.service' EXIT
        install "$package"
        as_root systemctl disable --quiet prometheus.service
    else
        install "$package"
    fi
}

if command -v apt-get >/dev/null 2>&1; then
    install_with_apt
elif command -v brew >/dev/null 2>&1; then
    echo 'installing prometheus with brew'
    brew install --quiet prometheus
else
    stop 'install Prometheus (Windows: scoop install prometheus; Fedora, Arch, Alpine: the package prometheus), or set PBMON_PROMTOOL'
fi
promtool --version | head -n 1
