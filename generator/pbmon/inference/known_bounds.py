"""Where the buckets of histograms end whose programs many people run, from the programs' sources.

A limit that lies beyond them is never exceeded: a quantile is at most the largest bound.
"""

from __future__ import annotations

from collections.abc import Mapping

_GO = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""DefBuckets of https://github.com/prometheus/client_golang, and of Kubernetes."""

KNOWN: Mapping[str, tuple[float, ...]] = {
    # https://github.com/argoproj/argo-cd: metrics/metrics.go of controller and reposerver
    "argocd_app_reconcile": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "argocd_git_request_duration_seconds": (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0),
    "argocd_redis_request_duration_seconds": (0.1, 0.25, 0.5, 1.0, 2.0),
    # https://gitlab.com/gitlab-org/gitlab: lib/gitlab/ci/pipeline/metrics.rb
    "gitlab_ci_pipeline_creation_duration_seconds": (
        0.01,
        0.05,
        0.1,
        0.5,
        1.0,
        2.0,
        5.0,
        20.0,
        50.0,
        240.0,
    ),
    # https://github.com/kubernetes/kubernetes: pkg/kubelet/metrics/metrics.go
    "kubelet_cgroup_manager_duration_seconds": _GO,
    "kubelet_pleg_relist_duration_seconds": _GO,
    "kubelet_pleg_relist_interval_seconds": _GO,
    "kubelet_pod_worker_duration_seconds": _GO,
    "kubelet_pod_worker_start_duration_seconds": _GO,
}
"""By the histogram's name: finite bounds, in its unit."""
