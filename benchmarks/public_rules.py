"""What pbmon says of rules that people run: which alerts it proves, and whether promtool agrees.

usage: python benchmarks/public_rules.py FOLDER... [--seconds 10] [--promtool PROGRAM]...
                                         [--json FILE] [--list VERDICT]...

Reads every rule file below the folders; the rules of a folder count as those of one Prometheus.
Prints a table; exits 1 where a proof is wrong or pbmon crashes. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pbmon.checks.programs.binaries import find_promtool, run, version
from pbmon.inference.rule_files import RuleFile, RuleText, files_below, read
from pbmon.inference.rule_set import RuleSet
from public_verdicts import (
    ALWAYS,
    CRASHED,
    NEVER,
    NOT_PROVEN,
    NOT_TYPED,
    PROVEN,
    WRONG_TEXT,
    Verdict,
    verdict,
)

_BUNDLE = 40
"""Files of tests in one call of promtool."""

_DETAIL = re.compile(r"[`'\"“(\d].*", re.DOTALL)


def main() -> int:
    options = _options()
    files: list[RuleFile] = []
    verdicts: list[Verdict] = []
    records: list[Verdict] = []
    for folder in map(Path, options.folders):
        of_folder = [
            read(path, str(path.relative_to(folder.parent))) for path in files_below([folder])
        ]
        files += of_folder
        for rule, of_rule in _verdicts(of_folder, options.seconds):
            (verdicts if rule.kind == "alert" else records).append(of_rule)
        print(f"{folder.name}: {len(verdicts)} alerts so far", file=sys.stderr)
    wrong: dict[str, set[str]] = {}
    for promtool in [] if options.unconfirmed else (options.promtool or [None]):
        program = find_promtool(promtool)
        number = ".".join(map(str, version(program)))
        wrong[number] = _wrong(verdicts, program)
    report = _report(files, verdicts, records, wrong)
    print(_table(report, options.list))
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2), "utf-8")
    return 1 if any(report["wrong"].values()) or report["verdicts"].get(CRASHED) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="of the processor, for one alert"
    )
    parser.add_argument(
        "--promtool", action="append", type=Path, default=[], help="several for versions"
    )
    parser.add_argument("--unconfirmed", action="store_true", help="without any promtool")
    parser.add_argument("--json", default="", help="file for the whole report")
    parser.add_argument("--list", action="append", default=[], help="a verdict to list in full")
    return parser.parse_args()


_rules: RuleSet | None = None
"""Of the folder at work; the processes of the pool are forked with it."""


def _one(number: int, seconds: float) -> Verdict:
    assert _rules is not None
    return verdict(_rules.rules[number], _rules, seconds)


def _verdicts(files: Sequence[RuleFile], seconds: float) -> Iterator[tuple[RuleText, Verdict]]:
    """Of each rule in the files."""
    global _rules  # noqa: PLW0603 - forked, not copied for every rule
    _rules = RuleSet([rule for file in files for rule in file.rules])
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        numbers = range(len(_rules.rules))
        verdicts = pool.map(partial(_one, seconds=seconds), numbers, chunksize=4)
        yield from zip(_rules.rules, verdicts, strict=True)


def _wrong(verdicts: Sequence[Verdict], promtool: Path) -> set[str]:
    """Proven rules whose tests fail, and rules that promtool reads and pbmon does not."""
    names: dict[str, str] = {}
    wrong: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(verdicts):
            for path, text in each.files.items():
                file = Path(folder, str(number), path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
                if not each.tests and run(promtool, ["check", "rules", str(file)]).code == 0:
                    wrong.add(each.rule)
            if each.tests:
                names[f"{number}/{each.tests}"] = each.rule
        tests = list(names)
        bundles = [tests[at : at + _BUNDLE] for at in range(0, len(tests), _BUNDLE)]
        with ThreadPoolExecutor(2) as workers:
            failing = workers.map(partial(_failing, promtool, Path(folder)), bundles)
            return wrong.union(names[file] for files in failing for file in files)


def _failing(promtool: Path, folder: Path, tests: Sequence[str]) -> set[str]:
    """Files of tests that fail, or at which promtool hangs. Halves of a bundle that does not pass
    are tried on their own: promtool 3 does not say which file it is at.
    """
    if run(promtool, ["test", "rules", *tests], folder=folder).code == 0:
        return set()
    if len(tests) == 1:
        return set(tests)
    half = len(tests) // 2
    return _failing(promtool, folder, tests[:half]) | _failing(promtool, folder, tests[half:])


def _report(
    files: Sequence[RuleFile],
    verdicts: Sequence[Verdict],
    records: Sequence[Verdict],
    wrong: Mapping[str, set[str]],
) -> dict[str, Any]:
    """All that is printed. wrong: by version of promtool."""
    every = [*verdicts, *records]
    return {
        "files": len(files),
        "rules": len(every),
        "records": len(records),
        "alerts": len(verdicts),
        "refused": [str(error) for file in files for error in file.refused],
        "typed": sum(each.verdict != NOT_TYPED for each in every),
        "verdicts": dict(Counter(each.verdict for each in verdicts)),
        "verdicts of records": dict(Counter(each.verdict for each in records)),
        "holes": sum(bool(each.holes) for each in verdicts),
        "wrong": {promtool: sorted(names) for promtool, names in wrong.items()},
        "reasons": {
            kind: dict(Counter(_kind(each.reason) for each in every if each.verdict == kind))
            for kind in (NOT_PROVEN, NOT_TYPED)
        },
        "each": [
            {key: value for key, value in asdict(each).items() if key not in {"files", "tests"}}
            for each in every
        ],
    }


def _kind(reason: str) -> str:
    """What reasons of one kind have in common."""
    return _DETAIL.sub("…", reason)[:100]


def _table(report: dict[str, Any], listed: Sequence[str]) -> str:
    total = report["alerts"] or 1
    lines = [
        f"{report['files']} files, {report['rules']} rules: {report['records']} records,"
        f" {report['alerts']} alerts; {report['typed']} typed, {report['holes']} print a label that"
        " is not there",
        "",
        "| verdict | alerts | share |",
        "|---|--:|--:|",
    ]
    for kind in (PROVEN, NEVER, ALWAYS, WRONG_TEXT, NOT_PROVEN, NOT_TYPED, CRASHED):
        count = report["verdicts"].get(kind, 0)
        lines.append(f"| {kind} | {count} | {count / total:.1%} |")
    for promtool, names in report["wrong"].items():
        count = len(names)
        lines.append(f"| wrong: promtool {promtool} disagrees | {count} | {count / total:.1%} |")
    lines += ["", *(f"refused: {error}" for error in report["refused"])]
    for kind, reasons in report["reasons"].items():
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
            lines.append(f"{kind}: {count} × {reason}")
    for promtool, names in report["wrong"].items():
        lines += [f"wrong in {promtool}: {name}" for name in names]
    for each in report["each"]:
        if each["verdict"] in {NEVER, ALWAYS, WRONG_TEXT, CRASHED, *listed}:
            lines += ["", f"{each['rule']}: {each['verdict']}", f"    {each['expr']}"]
            lines.append(f"    {each['reason']}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
