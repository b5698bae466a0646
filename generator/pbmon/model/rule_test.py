"""A proof written by hand, for a rule whose expression cannot be solved backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pbmon import durations
from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.model.acceptance import Accepted
from pbmon.model.rules import Alert, Record
from pbmon.source import Source, here


@checked
@dataclass(frozen=True, eq=False)
class RuleTest:
    """Scraped series that make an alert fire, and when; or that give a recorded series its value.

    given: samples by series, both in promtool's notation, one every `interval`:
    `{'lamps{job="house"}': "0x10 5x20"}`
    (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series).
    fires_at: time from the beginning at which the alert fires, silent_at: at which it does not.
    labels: of the firing alert, besides those the definition sets.
    value: `$value` then. annotations: texts that pbmon cannot expand itself. For a record: at
    fires_at it has just one series, with these labels and this value, and at silent_at none.
    Raises DefinitionError for anything but an alert or a record, and for a test without series.
    """

    rule: Alert | Record
    given: Mapping[str, str] = field(kw_only=True)
    fires_at: str = field(kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    value: float = field(default=1.0, kw_only=True)
    annotations: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    silent_at: str = field(default="0s", kw_only=True)
    interval: str = field(default="1m", kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        for name in ("fires_at", "silent_at", "interval"):
            durations.checked(
                getattr(self, name), name, zero=name == "silent_at", source=self.source
            )
        if not self.given:
            raise DefinitionError(
                self.source,
                f"the test of {self.rule.name} is given no series, so nothing happens in it",
                "given={...}",
            )
