"""Checks of what the project says for all of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.finding import Finding
from pbmon.source import Source


def external_labels_are_plain(case: Case) -> Iterator[Finding]:
    """No external label holds a `$`.

    Prometheus 3 replaces `$name` and `${name}` in it by a variable of its own environment, and by
    nothing where there is none; Prometheus 2 does so only with a feature flag
    (https://prometheus.io/docs/prometheus/latest/migration/). So alerts would be routed by another
    value after an update. Write the value itself, in `environments/<name>.yaml` where it differs.
    """
    catalog, settings = case.plan.catalog, case.plan.settings
    laid_over = catalog.environment.settings.get("external_labels", {})
    for name, value in settings.external_labels:
        if "$" in value:
            source = catalog.project.source
            if name in laid_over:
                file = f"{catalog.folder}/environments/{settings.environment}.yaml"
                source = Source(file, 0)
            yield Finding(
                "external-labels-are-plain",
                source,
                f"external label {name!r} is {value!r}, whose $ Prometheus 3 expands and"
                " Prometheus 2 does not, so the two label alerts differently",
                f"write the value itself, or in environments/{settings.environment}.yaml",
            )
