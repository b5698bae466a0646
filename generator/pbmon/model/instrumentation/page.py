"""The page of an app that shows what it counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pbmon.arguments import checked
from pbmon.conventions import check_module_path
from pbmon.errors import DefinitionError
from pbmon.model.instrumentation.instrumentation import InstrumentationFile, check_port
from pbmon.model.metrics import Metric


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class MetricsEndpoint(InstrumentationFile):
    """The page that Prometheus scrapes, an ASGI app.

    settings: path of the generated module that reads the environment. prefix: what the app serves
    the page under; its URL is prefix + metrics_path, which a job of the service must scrape. port,
    metrics_path: defaults of the settings.
    """

    settings: str
    prefix: str = ""
    metrics_path: str = "/metrics"
    port: int = 9090

    def __post_init__(self) -> None:
        super().__post_init__()
        check_module_path(self.settings, "settings", self.source)
        for name, value in (("prefix", self.prefix), ("metrics_path", self.metrics_path)):
            if value != "" and not re.fullmatch(r"(/[\w.~-]+)+", value, re.ASCII):
                raise DefinitionError(
                    self.source,
                    f"{name} {value!r} is no path of a URL",
                    "it begins with / and does not end with one",
                )
        if not self.metrics_path:
            raise DefinitionError(
                self.source, "metrics_path is empty, so the page has no address", "as /metrics"
            )
        check_port(self, self.port)

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, self.settings)

    @property
    def url(self) -> str:
        """The path of the page's URL, with the default settings."""
        return self.prefix + self.metrics_path

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"metrics": (), "MetricsPage": (), "router": ()}
