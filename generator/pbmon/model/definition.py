"""What a name in a module of definitions can stand for: the kinds, once."""

from __future__ import annotations

from typing import get_args

from pbmon.model.dashboards import Dashboard
from pbmon.model.instrumentation.kinds import InstrumentationKind
from pbmon.model.metrics import Metric
from pbmon.model.project import Project
from pbmon.model.rule_test import RuleTest
from pbmon.model.rules import Alert, Record, RuleGroup
from pbmon.model.service import Service
from pbmon.model.slo import Slo

Definition = (
    Project
    | Service
    | Metric
    | Record
    | RuleGroup
    | Alert
    | Slo
    | RuleTest
    | Dashboard
    | InstrumentationKind
)
"""Each is itself only, whatever it says: two that are written alike are two, also as keys."""

KINDS: tuple[type[Definition], ...] = get_args(Definition)
