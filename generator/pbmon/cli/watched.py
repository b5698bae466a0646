"""One round of `pbmon watch`, in a process of its own: builds, validates, proves, and prints what
differs from the round before.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pbmon.cli.options import cache_file
from pbmon.cli.printing import counted, print_error, print_findings, printable, say, styled
from pbmon.cli.settling import known_checks, mistakes
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.finding import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Stage = Literal["definitions", "build", "checks", "proofs"]
"""Which part of a round says something. What a later one said stays until it runs again."""

Said = tuple[str, str, str]
"""Check, place and problem of a finding. The place is a file: in another line it is no other."""

State = dict[Stage, list[Said]]
"""What was found at last."""


@dataclass(frozen=True)
class Round:
    """What to build, with what to check it, and where to."""

    definitions: Path
    out: Path
    env: str
    promtool: Path
    amtool: Path | None


def prepare() -> None:
    """Imports what a round needs, so that each finds it there."""
    from importlib import import_module

    from pbmon.artifact import TARGETS
    from pbmon.render.jinja import compile_templates

    for name in (
        *("checks.validation", "live.checks", "output.write", "cache", "catalog.catalog"),
        *("proof.cases.alert", "proof.cases.record", "proof.cases.plain_cases"),  # what is derived
        *("proof.cases.history", "proof.cases.namesakes", "proof.cases.workers"),
        *("render.rule_test", "render.dashboards"),  # and rendered only where something changed
    ):
        import_module(f"pbmon.{name}")
    for target in TARGETS:
        import_module(f"pbmon.render.targets.{target}")
    compile_templates()


def begin(order: Round, state: State, writer: Connection) -> None:
    """Run the round in this process; send each stage and what it found."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, and ends this
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    report = _Report(state, writer)
    with suppress(BrokenPipeError):
        try:
            _run(order, report)
        except UsageError as error:
            report.say("build", [], error)
        except Exception as error:
            from pbmon.cli.ending import report_defect

            report_defect(error)


def _run(order: Round, report: _Report) -> None:
    from pbmon.acceptance import settle
    from pbmon.cache import opened
    from pbmon.catalog.catalog import load
    from pbmon.checks import validation
    from pbmon.checks.case import Case
    from pbmon.finding import id_of
    from pbmon.output.write import write
    from pbmon.plan.plan import resolve
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render

    try:
        plan = resolve(load(order.definitions, order.env))
    except DefinitionErrors as errors:
        report.say("definitions", mistakes(errors, order.definitions))
        return
    report.say("definitions", [])
    with opened(cache_file(order.definitions, None)) as cache:
        proofs = suite(plan, cache)
        artifacts = render(plan, proofs=proofs, cache=cache)
        result = write(artifacts, order.out, environment=order.env, definitions=order.definitions)
        report.say("build", [])
        report.note(f"{counted(result.written + result.removed, 'file')} changed")
        case = Case(plan, proofs, artifacts, None, order.promtool, order.amtool, cache)
        findings = validation.validate(case)
        ran = validation.ids_of(case)
        report.say("checks", settle(findings, plan.catalog, ran, known_checks).open)
        check = validation.PROVE_CHECKS[-1]
        findings = [*check(case)]
        left = settle(findings, plan.catalog, {id_of(check)}, known_checks)
        report.say("proofs", left.open)
        report.end()


class _Report:
    """Prints what differs from the round before, and sends what is found now."""

    def __init__(self, state: State, writer: Connection) -> None:
        self._state, self._writer = state, writer
        self._begin = time.monotonic()
        self._note = ""

    def say(
        self, stage: Stage, findings: Sequence[Finding], error: UsageError | None = None
    ) -> None:
        """What the stage found."""
        now = [_said(finding) for finding in findings]
        now += [("", "", error.problem)] if error else []
        before = Counter(self._state.get(stage, ()))
        after = Counter(now)
        new = after - before
        for said in (before - after).elements():
            say(f"{styled('mended', sys.stdout, fg='green')}: {printable(_line(said))}")
        for finding in findings:
            if new[_said(finding)]:
                new[_said(finding)] -= 1
                print_findings([finding], "text")
        if error and new[now[-1]]:
            print_error(error)
        self._state[stage] = now
        sys.stdout.flush()
        self._writer.send((stage, now))

    def note(self, text: str) -> None:
        """Something about this round."""
        self._note = text

    def end(self) -> None:
        """How long it took, and what is left."""
        left = counted(sum(map(len, self._state.values())), "finding")
        say(f"{self._note} in {time.monotonic() - self._begin:.1f} s; {left}")
        sys.stdout.flush()


def _said(finding: Finding) -> Said:
    return finding.check, finding.source.path, finding.problem


def _line(said: Said) -> str:
    check, place, problem = said
    return f"{place}: {problem} ({check})" if place else problem
