"""Check of the YAML files from which Grafana learns its data sources and where the
dashboards are.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from pbmon.checks.dashboards.schema import misfits
from pbmon.finding import Finding
from pbmon.source import Source

SCHEMAS = {
    "datasources": "provisioning-datasources.json",
    "providers": "provisioning-dashboards.json",
}
"""Key that tells the kind of a file → its schema."""


def provisioning_fits_its_schema(path: str, text: str) -> Iterator[Finding]:
    """A provisioning file of Grafana has the settings that Grafana reads, and no others.

    Grafana starts without a word about a misspelt setting (`updateIntervalSecond`), and does not
    start at all over a wrong type.

    To fix it: the message names the setting, and what it may be.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = f"the file is not YAML, so Grafana does not start: {error.problem}"
        yield Finding(
            "provisioning-fits-its-schema", Source(path, line), problem, "render it again"
        )
        return
    kinds = [key for key in SCHEMAS if isinstance(document, dict) and key in document]
    if kinds:
        yield from misfits(
            "provisioning-fits-its-schema",
            Source(path, 0),
            "the file",
            SCHEMAS[kinds[0]],
            document,
        )
    else:
        problem = "the file sets up neither data sources nor dashboards, so Grafana passes over it"
        yield Finding(
            "provisioning-fits-its-schema",
            Source(path, 0),
            problem,
            f"it has {' or '.join(SCHEMAS)}",
        )
