"""What pbmon says of one rule that somebody else wrote, and the files with which promtool says
whether that is so.
"""

from __future__ import annotations

import re
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import yaml
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Selector
from pbmon.expr.walk import walk
from pbmon.inference.planning import NoPartner, planned, printed
from pbmon.inference.rule_files import RuleText
from pbmon.inference.rule_set import NotLoaded, RuleSet
from pbmon.plan.paths import RULE_TESTS
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.alert import prove
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import TestFile
from pbmon.proof.promql.samples import Clock
from pbmon.proof.world.clock import clock_for
from pbmon.render.rule_tests import render

PROVEN = "proven"
NEVER = "never fires"
ALWAYS = "always fires"
NOT_PROVEN = "not proven"
WRONG_TEXT = "wrong text"
NOT_TYPED = "not typed"
TYPED = "typed"
CRASHED = "crashed"

_UNREAD = "unread.yml"
_WHOLE_BOUND = re.compile(r'le=\\"(\d+)\.0\\"')


@dataclass(frozen=True)
class Verdict:
    """rule: `file:line name`. reason: of a verdict that is not proven. holes: labels that the texts
    print and the expression does not keep.

    files: texts by path, for promtool. tests: the path of the rule tests among them, which pass;
    empty where promtool refuses the only file.
    """

    rule: str
    expr: str
    verdict: str
    reason: str = ""
    holes: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    tests: str = ""


class OutOfTime(BaseException):
    """No exception that the engine could take for one of its own."""


def verdict(rule: RuleText, rules: RuleSet, seconds: float) -> Verdict:
    """Of an alert; of a record, whether it is read. seconds: of the processor, after which nothing
    more is tried.
    """
    name = f"{rule.source} {rule.name}"
    try:
        with _limited(seconds):
            return _verdict(name, rule, rules)
    except OutOfTime:
        return Verdict(name, rule.expr, NOT_PROVEN, f"it takes more than {seconds:g} seconds")
    except DefinitionError as error:
        if isinstance(error, NotLoaded):
            files = {_UNREAD: _rule_file(_UNREAD, [rule])}
            return Verdict(name, rule.expr, NEVER, error.problem, files=files)
        kind = NEVER if isinstance(error, NoPartner) else NOT_TYPED
        return Verdict(name, rule.expr, kind, error.problem)
    except Exception:
        return Verdict(name, rule.expr, CRASHED, traceback.format_exc(limit=-6))


def _verdict(name: str, rule: RuleText, rules: RuleSet) -> Verdict:
    plan = planned(rule, rules)
    if rule.kind == "record":
        return Verdict(name, rule.expr, TYPED)
    (alert,) = plan.alerts
    holes = tuple(sorted(printed(rule) - set(alert.result_labels)))
    proof = prove(alert, plan.lineage, plan.jobs, _clock(alert, plan))
    if not proof.reason:
        tests = _tests(plan, proof)
        files = dict(_files(plan, tests, rule, rules))
        return Verdict(name, rule.expr, PROVEN, "", holes, files, tests.path)
    return Verdict(name, rule.expr, proof.verdict, proof.reason, holes)


def proven(rule: RuleText, rules: RuleSet, seconds: float) -> tuple[Plan, TestFile] | None:
    """The plan of an alert and its derived tests, which name the rule files that the plan renders;
    None where it is not proven in so many seconds of the processor.
    """
    try:
        with _limited(seconds):
            plan = planned(rule, rules)
            (alert,) = plan.alerts
            proof = prove(alert, plan.lineage, plan.jobs, _clock(alert, plan))
    except (OutOfTime, DefinitionError):
        return None
    return None if proof.reason else (plan, _tests(plan, proof))


def _tests(plan: Plan, proof: Proof) -> TestFile:
    """Of the plan's one alert."""
    group = plan.alerting[0]
    groups = (*plan.recording, group)
    return TestFile(
        f"{RULE_TESTS}/{group.name}.yml",
        group.file,
        _clock(proof.alert, plan),
        tuple(each.file for each in groups),
        tuple(each.name for each in groups),
        (proof,),
    )


def _clock(alert: PlannedAlert, plan: Plan) -> Clock:
    return clock_for(alert.expr, plan.lineage, alert.for_)


def _files(
    plan: Plan, tests: TestFile, rule: RuleText, rules: RuleSet
) -> Iterator[tuple[str, str]]:
    """(path, text) of the tests, and of the rules as they were written."""
    wholes = _whole_bounds(plan)
    for artifact in render([tests]):
        yield (
            artifact.path,
            _WHOLE_BOUND.sub(
                lambda match: f'le=\\"{match[1]}\\"' if match[1] in wholes else match[0],
                artifact.text,
            ),
        )
    for group in plan.recording:
        yield group.file, _rule_file(group.name, rules.recording(group.rules[0].name))
    yield plan.alerting[0].file, _rule_file(plan.alerting[0].name, [rule])


def _rule_file(group: str, rules: Sequence[RuleText]) -> str:
    written = []
    for rule in rules:
        fields: dict[str, object] = {rule.kind: rule.name, "expr": rule.expr}
        if rule.kind == "alert":
            fields["for"] = rule.for_
            if rule.keep_firing_for:
                fields["keep_firing_for"] = rule.keep_firing_for
            fields["annotations"] = dict(rule.annotations)
        written.append({**fields, "labels": dict(rule.labels)})
    return yaml.safe_dump({"groups": [{"name": group, "rules": written}]})


def _whole_bounds(plan: Plan) -> set[str]:
    """Bounds of buckets that rules write without `.0`: the series are written like this, too."""
    return {
        matcher.value.removesuffix(r"(\.0)?")
        for group in (*plan.recording, *plan.alerting)
        for rule in group.rules
        for node in walk(rule.expr)
        if isinstance(node, Selector)
        for matcher in node.matchers
        if matcher.label.name == "le" and matcher.value.endswith(r"(\.0)?")
    }


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
