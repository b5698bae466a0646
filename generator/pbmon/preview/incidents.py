"""The series of an alert's proof, laid over those of a system where all is well.

First as part of that system: each class of series that the alert tells apart has the levels of the
proof from some moment on, shared out among the series there are. Where the alert does not fire so,
the proof's own series stand in place of the metrics that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pbmon import durations
from pbmon.expr.nodes import Selector
from pbmon.preview.series import Levels, Population, Series
from pbmon.preview.series import lines as lines_of
from pbmon.preview.timeline import END, HOUR, LENGTHS, Timeline, fitting
from pbmon.proof.cases.case import Case
from pbmon.proof.promql.reach import reach
from pbmon.proof.promql.samples import Line, Segment
from pbmon.proof.world.atoms import Atom, selects
from pbmon.proof.world.levels import Phase, Point
from pbmon.proof.world.samples_of import series as series_of_atoms

_LINGERS = 1.7
"""An alert is shown for this many times the time that it takes to fire."""
_FILLED = 1.1
"""So many times the length of its windows has to pass before they are full, and it is seen."""
_RESTLESS = frozenset({"age", "slope", "turns"})

Lines = dict[str, list[Line]]


@dataclass(frozen=True)
class Incident:
    """A case of an alert's proof. selectors: of scraped series below its condition. brief: whether
    what is shown ends soon after the alert fires, since one about a change resolves by itself.
    """

    case: Case
    selectors: Sequence[Selector]
    brief: bool = False

    @property
    def loud(self) -> int:
        """Number of the phase that makes it fire."""
        first = next(moment.index for moment in self.case.moments if moment.firing)
        run = self.case.run
        return max(n for n in range(len(run.phases)) if run.begin(n) <= first)

    @property
    def lasts(self) -> int:
        """Seconds from the change that sets it off to the end of what is shown: the proof's series
        are just within the limit before, those of a system where all is well far from it.
        """
        run = self.case.run
        first = next(moment.index for moment in self.case.moments if moment.firing)
        delay = run.time(first) - run.time(run.begin(self.loud))
        full = reach(run.alert.expr, run.lineage) + durations.seconds(run.alert.for_)
        if self.brief:
            return max(600, round(delay * _LINGERS))
        return max(900, round(delay * _LINGERS), min(LENGTHS[-1] // 2, round(full * _FILLED)))

    @property
    def length(self) -> int:
        """Seconds to show, so that the time before is seen, too."""
        return fitting(max(HOUR, self.lasts * 1.6))

    @property
    def metrics(self) -> set[str]:
        """Names of the metrics whose series change."""
        return {atom.metric for atom in self.case.run.atoms}

    def begin(self, timeline: Timeline) -> int:
        """The moment of the change."""
        return timeline.fitting(END - self.lasts)

    def alone(self, timeline: Timeline, *, fires: bool = True) -> Lines:
        """The proof's own series. fires: not while nothing has changed yet."""
        run, clock = self.case.run, timeline.clock
        start, begin = timeline.index(timeline.moments[0]), timeline.index(self.begin(timeline))
        end = timeline.index(END) + 1
        old = run.clock.evaluation / clock.evaluation
        between = [
            replace(phase, steps=round(phase.steps * old)) for phase in run.phases[1 : self.loud]
        ]
        before = begin - start - sum(phase.steps for phase in between)
        phases = [replace(run.phases[0], steps=before), *between]
        phases.append(replace(run.phases[self.loud], steps=end - begin))
        if not fires or self.loud == 0:
            phases = [Phase(run.phases[0].point, end - start)]
        ages = {atom.metric for atom in run.atoms if atom.kind == "age"}
        lines: Lines = {}
        for name, labels, segments in series_of_atoms(list(run.atoms), phases, clock):
            since = float(start * clock.sample) if name in ages else 0.0
            shifted = [
                each if each.first is None else replace(each, first=each.first + since)
                for each in segments
            ]
            line = Line(labels, [Segment(None, 0.0, start), *shifted])
            lines.setdefault(name, []).append(line)
        return lines

    def among(self, population: Population, timeline: Timeline, *, scaled: bool) -> Lines | None:
        """The series of a system where all was well. scaled: with as many events as that has; the
        alert still fires if it compares ratios. None where the proof's series cannot be laid so.
        """
        run = self.case.run
        if any(atom.kind in _RESTLESS for atom in run.atoms) or self.loud == 0:
            return None
        classes = {
            metric: _classes(metric, run.atoms, population.of.get(metric, []), self.selectors)
            for metric in self.metrics
        }
        point, begin = run.phases[self.loud].point, self.begin(timeline)
        factor = self._factor(classes, point, begin) if scaled else 1.0
        lines: Lines = {}
        for metric, of_metric in classes.items():
            taken = {id(series) for _, members in of_metric for series in members}
            others = [each for each in population.of.get(metric, []) if id(each) not in taken]
            if any(
                atom.kind == "histogram" and not _same(atom, members) for atom, members in of_metric
            ):
                return None
            every = [(series, _usual(series, timeline)) for series in others]
            for atom, members in of_metric:
                every += _of_class(atom, members, point, begin, timeline, factor)
            for series, levels in every:
                for name, line in lines_of(series, levels, timeline):
                    lines.setdefault(name, []).append(line)
        return lines

    def _factor(
        self, classes: dict[str, list[tuple[Atom, list[Series]]]], point: Point, begin: int
    ) -> float:
        """How many more events there are at the change than in the proof."""
        usual = loud = 0.0
        for of_metric in classes.values():
            for atom, members in of_metric:
                if atom.kind != "gauge":
                    usual += sum(sum(series.levels(begin)) for series in members)
                    loud += sum(point.get(key) or 0.0 for key in atom.keys)
        return usual / loud if usual and loud else 1.0


def _same(atom: Atom, members: Sequence[Series]) -> bool:
    return bool(members) and all(series.bounds == atom.bounds for series in members)


def _usual(series: Series, timeline: Timeline) -> Levels:
    return [series.levels(moment) for moment in timeline.moments]


def _classes(
    metric: str, atoms: Sequence[Atom], population: Sequence[Series], selectors: Sequence[Selector]
) -> list[tuple[Atom, list[Series]]]:
    """The atoms of a metric, and the series that the alert's selectors treat like each."""
    asked = [selector for selector in selectors if selector.series.metric == metric]

    def kind(labels: dict[str, str]) -> tuple[bool, ...]:
        return tuple(selects(selector, labels) for selector in asked)

    by_kind: dict[tuple[bool, ...], list[Series]] = {}
    for series in population:
        by_kind.setdefault(kind(dict(series.labels)), []).append(series)
    classes: list[tuple[Atom, list[Series]]] = []
    for atom in atoms:
        if atom.metric == metric:
            members = by_kind.pop(kind(dict(atom.labels)), [])
            classes.append((atom, members))
    return classes


def _of_class(
    atom: Atom,
    members: Sequence[Series],
    point: Point,
    begin: int,
    timeline: Timeline,
    factor: float,
) -> Iterator[tuple[Series, Levels]]:
    loud = [point.get(key) for key in atom.keys]
    present = [level for level in loud if level is not None]
    whole = sum(sum(series.usual) for series in members)
    for series in members:
        part = sum(series.usual) / whole if whole else 1 / len(members)
        share = 1.0 if atom.kind == "gauge" else part * factor
        levels = tuple(level * share for level in present) if len(present) == len(loud) else None
        usual = _usual(series, timeline)
        yield (
            series,
            [
                levels if moment >= begin else before
                for moment, before in zip(timeline.moments, usual, strict=True)
            ],
        )
