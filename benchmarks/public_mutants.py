"""Whether derived tests notice a fault: mutants of alerts that people run, against their tests.

usage: python benchmarks/public_mutants.py FOLDER... [--sample 100] [--seconds 6]
                                           [--promtool PROGRAM]

Takes so many of the alerts below the folders, at equal distances; of one that is not proven, the
next that is. Puts every fault of `pbmon mutate` into each. Prints a table by kind of fault and
every fault that no test noticed. Runs on Linux and macOS. That the tests pass for the rules as
they are is what public_rules.py shows.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from pbmon.checks.programs.binaries import find_promtool
from pbmon.checks.programs.mutation import Verdict, by_rule, judge
from pbmon.inference.rule_files import RuleText, files_below, read
from pbmon.inference.rule_set import RuleSet
from pbmon.proof.mutation.mutants import Trial
from pbmon.render.mutation import trials
from public_verdicts import proven

_AT_ONCE = 10
"""Alerts whose mutants promtool gets together: some thousand files at most."""


_alerts: list[tuple[RuleText, RuleSet]] = []
"""All that were read; the processes of the pool are forked with them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--sample", type=int, default=100, help="alerts")
    parser.add_argument(
        "--seconds", type=float, default=6.0, help="of the processor, for one alert"
    )
    parser.add_argument("--promtool", type=Path)
    options = parser.parse_args()
    promtool = find_promtool(options.promtool)
    _alerts.extend(_read(list(map(Path, options.folders))))
    bounds = [round(number * len(_alerts) / options.sample) for number in range(options.sample)]
    chunks = list(map(range, bounds, [*bounds[1:], len(_alerts)]))
    verdicts: list[Verdict] = []
    sampled = 0
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        pending: list[Trial] = []
        for of_alert in pool.map(_trials, chunks, [options.seconds] * len(chunks)):
            sampled += bool(of_alert)
            pending += of_alert
            if len(pending) > _AT_ONCE * 30:
                verdicts += judge(promtool, pending)
                pending = []
                print(f"{sampled} alerts, {len(verdicts)} mutants", file=sys.stderr)
        verdicts += judge(promtool, pending)
    print(_table(sampled, verdicts))


def _read(folders: Sequence[Path]) -> Iterator[tuple[RuleText, RuleSet]]:
    for folder in folders:
        files = [read(path, str(path.relative_to(folder.parent))) for path in files_below([folder])]
        rules = RuleSet([rule for file in files for rule in file.rules])
        yield from ((rule, rules) for rule in rules.rules if rule.kind == "alert")


def _trials(chunk: Sequence[int], seconds: float) -> list[Trial]:
    """Every mutant of the first alert that is proven, under a name that tells its file."""
    for rule, rules in (_alerts[number] for number in chunk):
        if derived := proven(rule, rules, seconds):
            plan, tests = derived
            return [_named(trial, f"{rule.source} {rule.name}") for trial in trials(plan, [tests])]
    return []


def _named(trial: Trial, name: str) -> Trial:
    rule = replace(trial.mutant.rule, name=name)
    return replace(trial, mutant=replace(trial.mutant, rule=rule))


def _table(sampled: int, verdicts: Sequence[Verdict]) -> str:
    tried = [verdict for verdict in verdicts if not verdict.mutant.equal]
    kinds = Counter(verdict.mutant.fault.kind for verdict in tried)
    killed = Counter(verdict.mutant.fault.kind for verdict in tried if verdict.killed)
    lines = [
        f"{sampled} alerts: {killed.total()} of {kinds.total()} mutants killed,"
        f" {len(verdicts) - len(tried)} equal beforehand",
        "",
        "| fault | killed | of |",
        "|---|--:|--:|",
    ]
    lines += [f"| {kind} | {killed[kind]} | {count} |" for kind, count in sorted(kinds.items())]
    lines.append("")
    lines += [
        f"{name}: {fault}" for name, _, _, survivors in by_rule(verdicts) for fault in survivors
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
