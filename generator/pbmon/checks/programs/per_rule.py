"""Files of rule tests, cut into one for each rule, with only the rules and samples it reads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, inf
from typing import Any

import yaml

from pbmon.artifact import Artifact
from pbmon.checks.programs.needed import Need
from pbmon.checks.programs.unit_tests import UnitTest
from pbmon.proof.promql.samples import Line, Segment
from pbmon.source import Source

_TESTS = re.compile(r"^(?=  - name:)", re.MULTILINE)
_EVALUATION = re.compile(r"^evaluation_interval: (\d+)s$", re.MULTILINE)
_INTERVAL = re.compile(r"^    interval: (\d+)s$", re.MULTILINE)
_VALUES = re.compile(r'^(        values: ")([^"]*)"$', re.MULTILINE)
_RUN = re.compile(r"(?P<first>-?[\d.]+|NaN|_|stale)(?P<growth>[+-][\d.]+)?(?:x(?P<more>\d+))?")


@dataclass(frozen=True)
class RuleTests:
    """The tests of one rule. file: the whole file that they stand in; number: of their first."""

    file: Artifact
    number: int
    unit: UnitTest

    @property
    def author(self) -> Source:
        """The line of the rule; of the file as a whole, where that is not known."""
        return self.file.author(("tests", self.number))


class RuleFiles:
    """Rule files by path, read once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._read: dict[str, Any] = {}

    def only(self, path: str, names: Collection[str] | None) -> str:
        """The file with the rules of these names only; None for every rule."""
        if names is None:
            return self._texts[path]
        if path not in self._read:
            self._read[path] = yaml.load(self._texts[path], yaml.CSafeLoader)
        content = self._read[path]
        rules = (
            (group, [rule for rule in group["rules"] if _name(rule) in names])
            for group in content["groups"]
        )
        groups = [{**group, "rules": kept} for group, kept in rules if kept]
        return yaml.dump({**content, "groups": groups}, Dumper=yaml.CSafeDumper, sort_keys=False)


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule.get("alert") or rule.get("record"))


def per_rule(file: Artifact, needs: Sequence[Need], rule_files: RuleFiles) -> Iterator[RuleTests]:
    """The tests of each rule; all in one where the text is not as pbmon renders it."""
    head, *tests = _TESTS.split(file.text)
    if sum(need.tests for need in needs) != len(tests):
        needs = [Need(len(tests), None)]
    read = yaml.load(head, yaml.CSafeLoader) or {}
    folder = posixpath.dirname(file.path)
    paths = [posixpath.normpath(posixpath.join(folder, name)) for name in read["rule_files"]]
    number = 0
    for need in needs:
        if need.tests:
            text = head + "".join(tests[number : number + need.tests])
            texts = {path: rule_files.only(path, need.rules) for path in paths}
            unit = UnitTest(file.path, {**texts, file.path: thinned(text, need.reach)})
            yield RuleTests(file, number, unit)
        number += need.tests


def thinned(text: str, reach: float) -> str:
    """The tests without the samples that no evaluation reads: of a record over 30 days these are
    all but one in a thousand.

    reach: seconds before each evaluation in which samples are read; twice as many are kept, so that
    a rule that was edited by hand finds its samples, too.
    """
    evaluation = _EVALUATION.search(text)
    samples = {int(seconds) for seconds in _INTERVAL.findall(text)}
    if evaluation is None or len(samples) != 1 or reach == inf:
        return text
    (sample,) = samples
    period, kept = int(evaluation[1]) // sample, ceil(2 * reach / sample)
    if 2 * kept >= period:
        return text
    return _VALUES.sub(lambda line: f'{line[1]}{_thin(line[2], period, kept)}"', text)


def _thin(values: str, period: int, kept: int) -> str:
    """The values whose number is a multiple of the period, and so many before each."""
    parts: list[str] = []
    begin = written = 0
    for run in _RUN.finditer(values):
        end = begin + _count(run)
        if run["first"] != "_":
            stands = _stands(run)
            for first, last in _read(begin, end, period, kept):
                parts += _absent(first - written)
                parts.append(stands(first - begin, last - first))
                written = last
        begin = end
    return " ".join([*parts, *_absent(begin - written)])


def _count(run: re.Match[str]) -> int:
    """How many values it stands for: `_x3` are three, and `1x3` are four."""
    more = run["more"]
    return 1 if more is None else int(more) + (run["first"] != "_")


def _read(begin: int, end: int, period: int, kept: int) -> Iterator[tuple[int, int]]:
    """The parts of [begin, end) that are kept, as numbers of a first value and behind a last."""
    for evaluation in range(ceil(begin / period) * period, end + kept, period):
        first, last = max(begin, evaluation - kept), min(end, evaluation + 1)
        if first < last:
            yield first, last


def _absent(count: int) -> list[str]:
    return [f"_x{count}"] if count else []


def _stands(run: re.Match[str]) -> Callable[[int, int], str]:
    """Writes so many of the values from a number on."""
    first, growth = run["first"], run["growth"]
    if growth is None:
        return lambda _, count: first if count == 1 else f"{first}x{count - 1}"
    line = Line((), [Segment(float(first), float(growth), _count(run))])

    def written(number: int, count: int) -> str:
        text = format(Decimal(repr(line.value(number))), "f").removesuffix(".0")
        return text if count == 1 else f"{text}{growth}x{count - 1}"

    return written
