"""Check of the YAML files that tell Grafana its data sources and where dashboards are."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.dashboards.schema import misfits
from pbmon.finding import Finding
from pbmon.plan.paths import PROVISIONING
from pbmon.source import Source

SCHEMAS = {
    "datasources": "provisioning-datasources.json",
    "providers": "provisioning-dashboards.json",
}
"""Key that tells the kind of a file → its schema."""


def provisioning_fits_its_schema(case: Case) -> Iterator[Finding]:
    """A provisioning file of Grafana has the settings that Grafana reads, and no others.

    Grafana ignores a misspelt setting (`updateIntervalSecond`) without a message, and does not
    start with a value of the wrong type.

    To fix it: the message names the setting, and what it may be.
    """
    for file in case.artifacts:
        if file.path.startswith(f"{PROVISIONING}/"):
            yield from _misfits(file)


def _misfits(file: Artifact) -> Iterator[Finding]:
    try:
        document = yaml.safe_load(file.text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = f"the file is not YAML, so Grafana does not start: {error.problem}"
        yield Finding(
            "provisioning-fits-its-schema", Source(file.path, line), problem, "render it again"
        )
        return
    kinds = [key for key in SCHEMAS if isinstance(document, dict) and key in document]
    if kinds:
        schema = SCHEMAS[kinds[0]]
        yield from misfits(
            "provisioning-fits-its-schema", file.author(), "the file", schema, document
        )
    else:
        problem = "the file sets up neither data sources nor dashboards, so Grafana passes over it"
        help = f"it has {' or '.join(SCHEMAS)}"
        yield Finding("provisioning-fits-its-schema", file.author(), problem, help)
