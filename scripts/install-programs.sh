#!/bin/sh
# usage: scripts/install-programs.sh
#
# Brings every program that a test asks for, on Debian and Ubuntu: promtool, newer Prometheus and Alertmanager, PostgreSQL,
# Redis and the exporters, docker-compose, Chromium, each older FastAPI and prometheus_client. Installs as root or with sudo.
# Each part that cannot be brought is named, and the others go on. What is there already is left as it is.
# Exit code 2: a part is still missing.
set -u
cd "$(dirname "$0")/.."
absent=

bring() {
    what=$1
    shift
    "$@" || absent="$absent$what
"
}

docker_compose() {
    if docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null; then
        return 0
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        printf 'docker-compose is not there\n  help: install Docker with its compose plugin\n' >&2
        return 2
    fi
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes -qq --no-install-recommends docker-compose >/dev/null
}

chromium() {
    if [ -n "${PBMON_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null; then
        return 0
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        printf 'chromium is not there\n  help: install Chromium or Chrome\n' >&2
        return 2
    fi
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes -qq --no-install-recommends chromium >/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

bring promtool scripts/install-promtool.sh
bring 'newer promtool, Prometheus and Alertmanager' \
    scripts/install-newer.sh .cache/newer promtool prometheus prometheus-alertmanager
bring 'PostgreSQL, Redis, the exporters' scripts/install-stack.sh
bring docker-compose docker_compose
bring chromium chromium
bring 'older FastAPI' scripts/install-frameworks.sh .cache/frameworks
bring 'older prometheus_client' scripts/install-prometheus-clients.sh .cache/prometheus-clients

if [ -n "$absent" ]; then
    printf 'these could not be brought, so tests that need them are left out:\n%s' "$absent" | sed '2,$s/^/  /' >&2
    exit 2
fi
