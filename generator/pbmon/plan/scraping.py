"""How much one scrape may bring, so that a target that runs wild does not fill Prometheus's memory.

A scrape above its limit fails as a whole: the target is down, and all that its job watches with it.
So the limit stands far above what a healthy target exposes, declared or not, and the check
`series-fit-the-budget` of `pbmon verify` tells much earlier.
"""

from __future__ import annotations

from pbmon.catalog.catalog import Catalog
from pbmon.model.service import Job, Service

_LEAST = 100_000
"""Samples. The largest exporters in common use expose some ten thousand."""
_MOST = 10**9
"""Samples. A larger number protects nothing, and Prometheus refuses one of 20 digits."""
_BYTES = 1024
"""Bytes of a sample with its labels, and its part of HELP and TYPE; they are usually below 300."""


def sample_limit(catalog: Catalog, service: Service, job: Job) -> int:
    """Samples that Prometheus takes from one target of the job in one scrape; 0 for any number.

    Without a limit of the job's own: twice the series that the service's metrics may have on one
    target, and `metric_cardinality_limit` for what no definition names; at least 100,000.
    """
    if job.sample_limit is not None:
        return job.sample_limit
    declared = sum(metric.cardinality for metric in catalog.metrics_of[service])
    limit = 2 * declared + catalog.project.metric_cardinality_limit
    return min(max(limit, _LEAST), _MOST)


def body_size_limit(samples: int) -> int:
    """MiB of one uncompressed answer that holds so many samples, at least 1; 0 for any number."""
    return -(-samples * _BYTES // 2**20)
