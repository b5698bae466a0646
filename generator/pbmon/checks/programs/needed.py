"""The rules that a file of rule tests needs, for promtool evaluates every rule that it is given at
every step.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

import yaml

from pbmon.expr.walk import selectors
from pbmon.model.builtin import alerts
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.suite import TestFile


def needed_rules(files: Iterable[TestFile], lineage: Lineage) -> Mapping[str, Collection[str]]:
    """Names of the rules that each file's tests are about, and of the records below them, by the
    file's path. Files whose rules read alerts are left out: these need every rule.
    """
    needed = {}
    for file in files:
        rules: Sequence[PlannedAlert | PlannedRecord] = [
            *(proof.alert for proof in file.alerts),
            *(proof.record for proof in file.records),
            *(proof.rule for proof in file.by_hand),
        ]
        below = set(chain.from_iterable(lineage.records(rule.expr) for rule in rules))
        expressions = [*(rule.expr for rule in rules), *(lineage.recorded[name] for name in below)]
        read = {each.series.name for expr in expressions for each in selectors(expr)}
        if alerts.name not in read:
            needed[file.path] = {rule.name for rule in rules} | below
    return needed


def trimmed(
    tests: str, path: str, texts: Mapping[str, str], names: Collection[str]
) -> dict[str, str]:
    """The rule files that the text of a file of tests names, with the rules of these names only.

    path: of the file of tests. texts: of the rule files, by path.
    """
    listed = (yaml.load(tests, yaml.CSafeLoader) or {}).get("rule_files", ())
    kept = {}
    for relative in listed:
        rule_file = posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))
        content = yaml.load(texts[rule_file], yaml.CSafeLoader)
        for group in content["groups"]:
            group["rules"] = [
                rule
                for rule in group["rules"]
                if rule.get("alert") in names or rule.get("record") in names
            ]
        kept[rule_file] = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False)
    return kept
