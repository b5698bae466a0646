"""The definitions of a stack: a copy, with an environment that has the addresses of its parts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

NAME = "stack"


def overlay(
    definitions: Path,
    env: str,
    above: Path,
    addresses: Mapping[str, str],
    alertmanager: str,
    prometheus: str,
) -> Path:
    """Copies the definitions below `above` and returns the copy.

    The copy has an environment `stack`. It equals environment `env`, except for targets (by scrape
    job), Alertmanager and Prometheus. It has no receivers: nobody may be paged because of a trial.
    """
    source = definitions.resolve()
    copy = above / source.name
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = source / "environments" / f"{env}.yaml"
    data: dict[str, Any] = (yaml.safe_load(file.read_text("utf-8")) or {}) if file.is_file() else {}
    data.pop("receivers", None)
    data["targets"] = {job: [address] for job, address in addresses.items()}
    data["alertmanagers"] = [alertmanager]
    data["prometheus_url"] = f"http://{prometheus}"
    (copy / "environments").mkdir(exist_ok=True)
    (copy / "environments" / f"{NAME}.yaml").write_text(
        yaml.safe_dump(data, sort_keys=True), "utf-8"
    )
    return copy
