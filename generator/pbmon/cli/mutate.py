"""`pbmon mutate`."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from pbmon.cli.options import (
    DEFINITIONS,
    ENV,
    Definitions,
    Env,
    Promtool,
    UseCache,
    cache_file,
)
from pbmon.cli.printing import counted, print_findings, print_table, progress, say
from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.checks.programs.mutation import Verdict
    from pbmon.proof.cases.suite import TestFile
    from pbmon.proof.mutation.mutants import Rule


def mutate(
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
    promtool: Promtool = None,
    rule: Annotated[
        str, typer.Option("--rule", help="Only mutants of this alert or recording rule.")
    ] = "",
    use_cache: UseCache = None,
) -> None:
    """Show how strong the derived tests are: put faults into the rules, one at a time, and see
    whether a test notices.
    """
    from pbmon.cache import opened
    from pbmon.catalog.catalog import load
    from pbmon.catalog.reviewed import read_reviewed
    from pbmon.checks.case import Case
    from pbmon.checks.programs.binaries import find_promtool
    from pbmon.checks.programs.mutation import by_rule, judge
    from pbmon.checks.programs.proving import rules_pass_their_tests
    from pbmon.plan.plan import resolve
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render
    from pbmon.render.mutation import trials

    promtool_path = find_promtool(promtool)
    with progress("deriving proofs") as shown, opened(cache_file(definitions, use_cache)) as cache:
        plan = resolve(load(definitions, env))
        reviewed = read_reviewed(definitions)
        rules: tuple[Rule, ...] = (*plan.alerts, *plan.records)
        known = {each for planned in rules for each in _names(planned)}
        if rule and rule not in known:
            near = difflib.get_close_matches(rule, known, 3) or sorted(known)[:12]
            raise UsageError(
                f"there is no rule {rule!r}, so nothing can be mutated",
                f"near it: {', '.join(near)}",
            )
        files = suite(plan, cache, shown)
        if rule:
            files = tuple(_narrowed(file, rule) for file in files)
        artifacts = [*render(plan, "rules", files), *render(plan, "proofs", files)]
        unchanged = Case(plan, files, artifacts, promtool=promtool_path, cache=cache)
        findings = rules_pass_their_tests(unchanged)
        rule_trials = [] if findings else list(trials(plan, files))
    if findings:
        print_findings(findings, "text")
        say("a rule fails its own tests without any fault, so faults show nothing")
        raise typer.Exit(1)
    with progress(f"running promtool on {counted(len(rule_trials), 'mutant')}"):
        verdicts = judge(promtool_path, rule_trials)
    rows = [
        (name, f"{killed}/{total}", "; ".join(survivors))
        for name, killed, total, survivors in by_rule(verdicts)
    ]
    print_table(("rule", "killed", "survived"), rows)
    tried = [verdict for verdict in verdicts if not verdict.mutant.equal]
    survived = [verdict for verdict in tried if not verdict.killed]
    open_ones = [verdict for verdict in survived if _key(verdict) not in reviewed]
    stale = reviewed.keys() - {_key(verdict) for verdict in survived} if not rule else set()
    killed, looked_at = len(tried) - len(survived), len(survived) - len(open_ones)
    say(f"{killed} of {len(tried)} killed; {looked_at} reviewed and {len(open_ones)} open survived")
    for reason, count in sorted(
        Counter(verdict.mutant.equal for verdict in verdicts if verdict.mutant.equal).items()
    ):
        say(f"{counted(count, 'mutant')} equal beforehand: {reason}")
    for verdict in open_ones:
        say(
            f"{verdict.mutant.rule.source}: {verdict.mutant.rule.title} survives:"
            f" {verdict.mutant.fault}",
            sys.stdout,
        )
    for name, fault in sorted(stale):
        say(
            f"{reviewed[name, fault]}: {name} has no surviving mutant {fault!r}, so the entry"
            " excuses nothing",
            sys.stdout,
        )
    if open_ones or stale:
        raise typer.Exit(1)


def _narrowed(file: TestFile, rule: str) -> TestFile:
    """The file with the tests of this rule alone."""
    return replace(
        file,
        alerts=tuple(proof for proof in file.alerts if rule in _names(proof.alert)),
        records=tuple(proof for proof in file.records if rule in _names(proof.record)),
        by_hand=tuple(proof for proof in file.by_hand if rule in _names(proof.rule)),
    )


def _names(rule: Rule) -> set[str]:
    """What `--rule` may call the rule: one name may stand for alerts of several severities."""
    return {rule.name, rule.title}


def _key(verdict: Verdict) -> tuple[str, str]:
    return verdict.mutant.rule.title, str(verdict.mutant.fault)
