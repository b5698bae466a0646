#!/bin/sh
# Makes an environment for each older FastAPI that the generated middleware is tested with, in the folder given:
#   scripts/install-frameworks.sh .cache/frameworks
# 0.115 comes with Starlette 0.46; 0.137 is the first that includes routers without copying their routes. Needs PYTHON (python3) 3.11.
set -eu
folder=${1:?the folder to make the environments in}
for version in 0.115 0.136 0.137; do
    environment=$folder/fastapi-$version
    [ -e "$environment/ready" ] && continue
    "${PYTHON:-python3}" -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
        "fastapi==$version.*" 'prometheus-client>=0.26,<0.27'
    touch "$environment/ready"
done
