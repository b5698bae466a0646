#!/bin/sh
# Puts each prometheus_client that the generated modules are tested with into a folder of its own below the folder given:
#   scripts/install-prometheus-clients.sh .cache/prometheus-clients
# 0.19 is the oldest that they support; 0.25 is the first with collectors that name no metric beforehand. Needs PYTHON (python3).
set -eu
folder=${1:?the folder to install into}
for version in 0.19 0.22 0.25; do
    target=$folder/$version
    [ -e "$target/ready" ] && continue
    "${PYTHON:-python3}" -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
        --target "$target" "prometheus-client==$version.*"
    touch "$target/ready"
done
