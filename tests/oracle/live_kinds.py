"""Alerts of the kinds that once were proven and silent, or refused though they fire, each with
series that somebody thought of. Quiet for 30 seconds, loud for 35, quiet again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

from oracle.scaling import Scaling
from oracle.traces import SCALE, Exposed, Labels, Trace
from oracle.trials import Expectation, Fires, Silent, Trial, trial
from pbmon.plan.plan import Plan
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import suite
from small_projects import SAID, plan_of

QUIET, LOUD, END = 30, 35, 100
DAY = 86_400.0

HEAD = f"""\
from pbmon import *

stalls = Job("stalls", ["s0:80", "s1:80", "s2:80"])
shop = Service("shop", jobs=[Job("shop", ["a:80", "b:80"]), stalls], module="shop.py")
SAID = dict({SAID})
"""

Course = tuple[float | None, float | None, float | None]
"""A level while it is quiet, loud, and quiet again."""


@dataclass(frozen=True)
class Kind:
    """body: definitions, one of them an alert. series: at a begin in seconds since 1970."""

    body: str
    series: Callable[[float], Iterable[Exposed]]
    labels: Labels = ()
    verdict: str = "proven"
    fires: bool = True
    kept: frozenset[str] = field(default=frozenset())

    @cached_property
    def plan(self) -> Plan:
        """What the definitions say."""
        return plan_of(self.body, head=HEAD)

    @cached_property
    def proof(self) -> Proof:
        """What pbmon says of the alert."""
        [proof] = [proof for file in suite(self.plan) for proof in file.alerts]
        return proof

    def trial(self, space: str, begin: float) -> Trial:
        """With clocks as they are: `time()` goes on from the trial's begin."""
        [alert] = self.plan.alerts
        scaling = Scaling(space, begin, begin, self.kept)
        shown = tuple(_spaced(space, self.series(begin)))
        severity = ("severity", "warning")
        labels = frozenset({tuple(sorted((*self.labels, severity)))})
        expected: Expectation = (
            Fires(QUIET, QUIET, QUIET + LOUD, END, labels) if self.fires else Silent(END)
        )
        return trial(self.plan, alert, scaling, shown, expected)


def _spaced(space: str, series: Iterable[Exposed]) -> Iterator[Exposed]:
    for one in series:
        name, kind = one.family
        yield Exposed(space + one.name, one.labels, (space + name, kind), one.trace)


def level(course: Course) -> Trace:
    """A gauge with these values."""
    quiet, loud, calm = course
    return Trace([quiet] * QUIET + [loud] * LOUD + [calm] * LOUD, [False] * (END + 1))


def growth(rates: tuple[float, float, float]) -> Trace:
    """A counter that grows by so much in a second of the proof."""
    quiet, loud, calm = (rate * SCALE for rate in rates)
    rises = [quiet] * QUIET + [loud] * LOUD + [calm] * (LOUD + 20)
    return Trace(list(accumulate(rises, initial=1000.0)), [True] * (len(rises) + 1))


def gauges(name: str, **courses: Course) -> Iterator[Exposed]:
    """Gauges of the job shop, by instance."""
    for instance, course in courses.items():
        yield Exposed(name, _shop(instance), (name, "gauge"), level(course))


def scraped(series: Iterable[Exposed]) -> Iterator[Exposed]:
    """As they are scraped, in one with series that come and go: what lasts has stamps of its own,
    up to a second before its scrape.
    """
    for one in series:
        values = [*one.trace.values, *[one.trace.values[-1]] * END, None]
        yield replace(one, trace=Trace(values, [False] * len(values)))


def buckets(
    name: str, job: str, *cells: tuple[str, tuple[float, float, float]]
) -> Iterator[Exposed]:
    """The buckets of a histogram and its count, by what falls into each."""
    labels = (("instance", "a:80"), ("job", job))
    total = (0.0, 0.0, 0.0)
    for le, cell in cells:
        total = (total[0] + cell[0], total[1] + cell[1], total[2] + cell[2])
        pairs = tuple(sorted((*labels, ("le", le))))
        yield Exposed(f"{name}_bucket", pairs, (name, "histogram"), growth(total))
    yield Exposed(f"{name}_count", labels, (name, "histogram"), growth(total))


def errors(trace: Trace) -> Iterator[Exposed]:
    """A counter of the job shop with one kind of error, beside another one that rests."""
    for kind, values in (("old", level((5, 5, 5))), ("new", trace)):
        labels = (*_shop("a"), ("kind", kind))
        yield Exposed("errors_total", labels, ("errors_total", "counter"), values)


def _shop(instance: str) -> Labels:
    return (("instance", f"{instance}:80"), ("job", "shop"))


def _alert(condition: str, more: str = "") -> str:
    return f"alert = Alert('Alert', {condition}, for_='1m', **SAID{more})"


LAMPS = "lamps = Gauge('lamps', 'Lamps on.')\n"
BORN = (
    "kind = Label('kind', 'Kind.', {values})\n"
    "errors = Counter('errors_total', 'Errors.', labels=[kind])\n"
    "alert = Alert('Alert', {condition}, for_='0s', **SAID)"
)
OPEN, CLOSED = "max_values=20, other='other'", "values=('old', 'new')"
NEW_ONES = (
    "((errors_total unless errors_total offset 5m) and on (instance, job) (up offset 5m == 1))"
)
FIRST = f"promql('{NEW_ONES} or increase(errors_total[5m])') > 0"
NEW = (*_shop("a"), ("kind", "new"))

KINDS = {
    "a certificate ends within two weeks": Kind(
        "cert = Gauge('cert_expiry_timestamp_seconds', 'When it ends.')\n"
        + _alert("(cert.min(by=[]) - time()) < 14 * 86400"),
        lambda begin: gauges(
            "cert_expiry_timestamp_seconds",
            a=(begin + 90 * DAY, begin + 10 * DAY, begin + 90 * DAY),
        ),
    ),
    "restarted a moment ago": Kind(
        _alert("(time() - process_start_time.where(job.is_('shop')).max(by=[])) < 300"),
        lambda begin: gauges(
            "process_start_time_seconds",
            a=(begin - DAY, begin + QUIET * SCALE, begin + QUIET * SCALE),
        ),
    ),
    "two of three targets are down": Kind(
        "of = up.where(job.is_('stalls'))\n" + _alert("of.count(by=[job]) - of.sum(by=[job]) > 1"),
        lambda _: iter(()),
        (("job", "stalls"),),
        kept=frozenset({"up"}),
    ),
    "one instance far above the average": Kind(
        LAMPS + _alert("lamps.max(by=[job]) / lamps.avg(by=[job]) > 1.5"),
        lambda _: gauges("lamps", a=(8, 8, 8), b=(9, 90, 9)),
        (("job", "shop"),),
    ),
    "a label that says the instance": Kind(
        LAMPS + _alert("lamps > 100", ", labels={'who': 'it is {{ $labels.instance }}'}"),
        lambda _: gauges("lamps", a=(8, 200, 8)),
        (*_shop("a"), ("who", "it is a:80")),
    ),
    "a recorded quantile beside one without observations": Kind(
        "stay = Histogram('stay_seconds', 'Stay.', buckets=[1, 5])\n"
        "p95 = Record('job:stay_seconds:p95_5m', stay.quantile(0.95, '5m', by=[job]))\n"
        + _alert("p95.sum() > 2"),
        lambda _: iter(
            [
                *buckets(
                    "stay_seconds",
                    "shop",
                    ("1.0", (1, 0, 1)),
                    ("5.0", (0, 1, 0)),
                    ("+Inf", (0, 0, 0)),
                ),
                *buckets(
                    "stay_seconds", "stalls", *((le, (0, 0, 0)) for le in ("1.0", "5.0", "+Inf"))
                ),
            ]
        ),
    ),
    "buckets as older clients write them": Kind(
        "size = Histogram('upload_size_bytes', 'Size.', buckets=[1e6, 1e9, 1e10, 1e12])\n"
        + _alert("ratio(size.at_most(1e10), size.observations, '5m', by=[job]) < 0.9"),
        lambda _: buckets(
            "upload_size_bytes",
            "shop",
            ("1e+06", (1, 1, 1)),
            ("1e+09", (0, 0, 0)),
            ("1e+010", (1, 0, 1)),
            ("1e+012", (0, 2, 0)),
            ("+Inf", (0, 0, 0)),
        ),
        (("job", "shop"),),
    ),
    "the first event of a kind that nobody knew": Kind(
        BORN.format(values=OPEN, condition="errors.increase('5m') > 0"),
        lambda _: errors(level((None, 1, 1))),
        verdict="not proven",
        fires=False,
    ),
    "the first event, with what is new": Kind(
        BORN.format(values=OPEN, condition=FIRST),
        lambda _: (*errors(level((None, 1, 1))), *scraped(gauges("up", a=(1, 1, 1)))),
        NEW,
    ),
    "what is new, after a target was down for long": Kind(
        BORN.format(values=OPEN, condition=FIRST),
        lambda _: (*errors(level((5, None, 5))), *scraped(gauges("up", a=(1, 0, 1)))),
        fires=False,
    ),
    "the first event of a kind that was 0 before": Kind(
        BORN.format(values=CLOSED, condition="errors.increase('5m') > 0"),
        lambda _: errors(level((0, 1, 1))),
        NEW,
    ),
}


def down(number: int) -> Trace:
    """Whether a stall answers: 1 or 0."""
    return level((1, 0, 1) if number else (1, 1, 1))
