# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""What the environment says about metrics: PROMETHEUS_ENABLED, _PORT, _PATH, _TOKEN."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

__all__ = ["MetricsSettings"]

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class MetricsSettings:
    """Settings of the metrics page. The token is never printed."""

    prometheus_enabled: bool = True
    prometheus_port: int = 9090
    prometheus_path: str = "/metrics"
    prometheus_token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads the variables; an empty one counts as not set.

        Raises ValueError for a value that is none, OSError for a token file that
        cannot be read: a page that should be protected must not open by mistake.
        """
        given = {name: value.strip() for name, value in environment.items()}
        enabled = given.get("PROMETHEUS_ENABLED") or "true"
        port = given.get("PROMETHEUS_PORT") or str(cls.prometheus_port)
        path = given.get("PROMETHEUS_PATH") or cls.prometheus_path
        return cls(_flag(enabled), _port(port), _path(path), _token(given))


def _flag(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise ValueError(f"PROMETHEUS_ENABLED is {text!r}, neither true nor false")
    return text.lower() in _YES


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"PROMETHEUS_PORT is {text!r}, no port from 1 to 65535")
    return int(text)


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError(f"PROMETHEUS_PATH is {text!r}, which does not begin with /")
    return text


def _token(given: Mapping[str, str]) -> str:
    file = given.get("PROMETHEUS_TOKEN_FILE")
    if not file:
        return given.get("PROMETHEUS_TOKEN", "")
    if given.get("PROMETHEUS_TOKEN"):
        raise ValueError("PROMETHEUS_TOKEN and PROMETHEUS_TOKEN_FILE are both set")
    token = Path(file).read_text("utf-8").strip()
    if not token:
        raise ValueError(f"PROMETHEUS_TOKEN_FILE {file!r} is empty")
    return token
