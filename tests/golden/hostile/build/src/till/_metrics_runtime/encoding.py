# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Texts that UTF-8 can hold: one that it cannot makes every later scrape fail."""

from __future__ import annotations

from prometheus_client.metrics_core import Metric

__all__ = ["encodable", "encodable_metric"]


def encodable(text: str) -> str:
    r"""The text, what UTF-8 cannot hold written out: a lone surrogate as `\ud800`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def encodable_metric(metric: Metric) -> Metric:
    """The metric with such texts."""
    metric.documentation = encodable(metric.documentation)
    for number, sample in enumerate(metric.samples):
        exemplar = sample.exemplar
        if exemplar:
            exemplar = exemplar._replace(labels=_encodable_labels(exemplar.labels))
        labels = _encodable_labels(sample.labels)
        metric.samples[number] = sample._replace(labels=labels, exemplar=exemplar)
    return metric


def _encodable_labels(labels: dict[str, str]) -> dict[str, str]:
    return {name: encodable(value) for name, value in labels.items()}
