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
from pathlib import Path

from pbmon.checks.programs.binaries import find_promtool
from pbmon.checks.programs.mutation import Verdict, judge
from pbmon.inference.rule_files import RuleText, files_below, read
from pbmon.inference.rule_set import RuleSet
from pbmon.proof.mutation.trials import Trial
from pbmon.render.mutation import trials
from public_verdicts import proven

_AT_ONCE = 300
"""Mutants that are judged together."""


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
    alerts = list(_alerts(list(map(Path, options.folders))))
    bounds = [round(number * len(alerts) / options.sample) for number in range(options.sample)]
    verdicts: list[tuple[str, Verdict]] = []
    names: list[str] = []
    pending: list[Trial] = []
    sampled = 0
    for begin, end in zip(bounds, [*bounds[1:], len(alerts)], strict=True):
        name, of_alert = _trials(alerts[begin:end], options.seconds)
        sampled += bool(of_alert)
        names += [name] * len(of_alert)
        pending += of_alert
        if len(pending) > _AT_ONCE or end == len(alerts):
            verdicts += zip(names, judge(promtool, pending), strict=True)
            names, pending = [], []
            print(f"{sampled} alerts, {len(verdicts)} mutants", file=sys.stderr)
    print(_table(sampled, verdicts))


def _alerts(folders: Sequence[Path]) -> Iterator[tuple[RuleText, RuleSet]]:
    for folder in folders:
        files = [read(path, str(path.relative_to(folder.parent))) for path in files_below([folder])]
        rules = RuleSet([rule for file in files for rule in file.rules])
        yield from ((rule, rules) for rule in rules.rules if rule.kind == "alert")


def _trials(alerts: Sequence[tuple[RuleText, RuleSet]], seconds: float) -> tuple[str, list[Trial]]:
    """Name and every mutant of the first alert that is proven."""
    for rule, rules in alerts:
        if derived := proven(rule, rules, seconds):
            plan, tests = derived
            return f"{rule.source} {rule.name}", list(trials(plan, [tests]))
    return "", []


def _table(sampled: int, verdicts: Sequence[tuple[str, Verdict]]) -> str:
    tried = [(name, verdict) for name, verdict in verdicts if not verdict.mutant.equal]
    kinds = Counter(verdict.mutant.fault.kind for _, verdict in tried)
    killed = Counter(verdict.mutant.fault.kind for _, verdict in tried if verdict.killed)
    return "\n".join(
        [
            f"{sampled} alerts: {killed.total()} of {kinds.total()} mutants killed,"
            f" {len(verdicts) - len(tried)} equal beforehand",
            "",
            "| fault | killed | of |",
            "|---|--:|--:|",
            *(f"| {kind} | {killed[kind]} | {count} |" for kind, count in sorted(kinds.items())),
            "",
            *(f"{name}: {verdict.mutant.fault}" for name, verdict in tried if not verdict.killed),
        ]
    )


if __name__ == "__main__":
    main()
