#!/bin/sh
# usage: scripts/install-stack.sh [FOLDER]
#
# Installs what `pbmon stack up` needs, on Debian and Ubuntu: PostgreSQL, Redis, Prometheus and Alertmanager as packages, none of
# them started; newer Prometheus and Alertmanager, and the exporters, unpacked in FOLDER (.cache/newer).
# Elsewhere it says what to install. Does nothing where everything is there.
# Exit code 2: nothing here can install it; the message says what does.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.cache/newer}

if ! command -v apt-get >/dev/null 2>&1; then
    cat >&2 <<'END'
only Debian's and Ubuntu's packages can be installed by this script, so the stack's programs have to come from elsewhere
  help: with Homebrew: brew install postgresql@17 redis prometheus node_exporter
        from their makers, each archive held against the sha256sums.txt beside it:
          https://github.com/prometheus/prometheus/releases                       v3.5.3
          https://github.com/prometheus/alertmanager/releases                     v0.33.1
          https://github.com/prometheus/node_exporter/releases                    v1.11.1
          https://github.com/prometheus-community/postgres_exporter/releases      v0.19.1
          https://github.com/oliver006/redis_exporter/releases                    v1.86.0
        then name the folder that holds them: pbmon stack up --binaries FOLDER
        or run docker-compose.yml, which needs none of them (docs/stack.md)
END
    exit 2
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Only the programs are wanted: no server may start, neither now nor at the next boot.
install() {
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        printf 'missing: %s\n  help: run as root: apt-get install --no-install-recommends %s\n' "$*" "$*" >&2
        exit 2
    fi
    echo "installing $* with apt-get"
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    get "$@" || { as_root apt-get update -qq && get "$@"; }
    if [ -d /run/systemd/system ]; then
        for package; do
            as_root systemctl disable --quiet "$package.service" 2>/dev/null || true
        done
    fi
}

get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends "$@" >/dev/null
}

# A file of the package shows that it is installed; a program on PATH may come from elsewhere.
# Alertmanager: the newer one reads its templates from the folder that the package makes.
missing=
for pair in /usr/share/postgresql-common:postgresql /usr/bin/redis-server:redis-server /usr/bin/prometheus:prometheus \
    /usr/share/prometheus/alertmanager/default.tmpl:prometheus-alertmanager; do
    if [ ! -e "${pair%%:*}" ]; then missing="$missing ${pair#*:}"; fi
done
# shellcheck disable=SC2086 # package names hold no spaces
if [ -n "$missing" ]; then install $missing; fi

exporters='prometheus-postgres-exporter prometheus-redis-exporter prometheus-node-exporter'
# shellcheck disable=SC2086
if ! scripts/install-newer.sh "$folder" prometheus prometheus-alertmanager $exporters; then
    echo 'taking the exporters of this release instead; theirs may be older metrics than definitions/ name'
    mkdir -p "$folder/usr/bin"
    for package in $exporters; do
        if [ ! -e "/usr/bin/$package" ]; then install "$package"; fi
    done
fi
