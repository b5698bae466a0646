#!/bin/sh
# Makes the passwords that docker-compose.yml asks for, in .secrets/: random ones, and only those that are missing.
# The folder is yours alone; the files can be read by the containers' users, into which they are mounted one by one.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p .secrets
for name in admin app monitor grafana; do
    if [ -e ".secrets/$name" ]; then continue; fi
    head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >".secrets/$name.new"
    chmod 444 ".secrets/$name.new"
    mv ".secrets/$name.new" ".secrets/$name"
    echo "made .secrets/$name"
done
