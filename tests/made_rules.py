"""Short ways to write rules of others."""

from pbmon.inference.rule_files import RuleText
from pbmon.source import Source


def alert(expr: str, name: str = "Something", **fields: object) -> RuleText:
    return RuleText("alert", name, expr, Source("rules.yml", 3), **fields)  # type: ignore[arg-type]


def record(name: str, expr: str, **labels: str) -> RuleText:
    return RuleText("record", name, expr, Source("rules.yml", 1), labels=labels)
