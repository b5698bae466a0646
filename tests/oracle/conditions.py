"""Conditions as people write them, drawn from a seed: the same ones every time.

Whether one is proven, or can never fire, is for pbmon to say and for Prometheus to show: nothing
here knows it.
"""

from __future__ import annotations

from random import Random

HEAD = """\
from pbmon import *

room = Label("room", "Room.", values=("kitchen", "hall"))
kind = Label("kind", "Kind.", max_values=5, other="other")
team = Label("team", "Team.", max_values=5)
service = Service("shop", jobs=[Job("shop", ["shop:80"]), Job("annex", ["annex:80", "annex:81"])], \
module="shop.py")
lamps = Gauge("lamps", "Lamps on.", labels=[room])
sockets = Gauge("sockets", "Lamps that fit.", labels=[room])
owner = Gauge("owner_info", "Who looks after a room.", labels=[room, kind], key=[room])
disk = Gauge("disk_free_bytes", "Bytes free.")
size = Gauge("disk_size_bytes", "Bytes there are.")
visits = Counter("visits_total", "Visits.", labels=[room])
thefts = Counter("thefts_total", "Thefts.", labels=[room])
stay = Histogram("stay_seconds", "How long visits last.", labels=[room], buckets=[0.5, 1, 5, 60])
pulse = Gauge("last_seen_timestamp_seconds", "When it was seen last.")
hall = room.is_("hall")
per_room = Record("job_room:visits:rate5m", visits.rate("5m").sum(by=[job, room]))
share = Record("job:thefts:ratio_rate5m", ratio(thefts, visits, "5m"))
SAID = dict(severity="warning", impact="Users wait.", action="Look.")
"""

VALUES = (
    # what has a value, and numbers that it may be compared with
    ("lamps{where}{over}", (1.5, 7, 40)),
    ("sockets{where}", (2, 9, 0.25)),
    ("lamps{where}.delta('{window}')", (2, 4.5)),
    ("disk / size", (0.1, 0.05, 0.3)),
    ("1 - disk / size", (0.9, 0.75)),
    ("disk.predict_linear('{window}', 4 * 3600)", (0, 1000)),
    ("visits{where}.rate('{window}')", (0.2, 12, 500)),
    ("thefts{where}.increase('{window}')", (0, 3, 60)),
    ("ratio(thefts, visits, '{window}')", (0.02, 0.3)),
    ("ratio(visits.where(hall), visits, '{window}')", (0.05, 0.6)),
    ("ratio(stay.at_most(1), stay.observations, '{window}')", (0.4, 0.95)),
    ("stay{where}.quantile(0.95, '{window}', by=[job])", (0.7, 2, 30)),
    ("stay{where}.quantile(0.5, '{window}', by=[room])", (0.3, 3)),
    ("stay.mean('{window}', by=[job])", (0.8, 3)),
    ("per_room{where}", (20, 250)),
    ("share", (0.03, 0.5)),
    ("share.avg_over_time('2m')", (0.03,)),
    ("lamps.clamp(0, 10)", (4,)),
    ("(lamps > {least}).count(by=[job])", (0, 1)),
    ("up.where(job.is_('annex')).sum(by=[job])", (1, 2)),
    ("lamps.topk(1, by=[job]).sum(by=[job])", (9, 30)),
    ("thefts.rate('{window}').sum().default(0)", (0.5, 4)),
    ("lamps * owner.on(room, job, instance).group_left(kind)", (6,)),
    ("lamps.label_replace(team, '$1', job, '(.).*')", (5,)),
    ("time() - pulse.max(by=[job]).sum()", (120, 200)),
    ("(lamps / sockets).max_over_time('{window}', '30s')", (0.9,)),
    ("lamps{where}.quantile_over_time(0.9, '{window}')", (6,)),
    ("lamps{where}.stddev(by=[job])", (2,)),
    ("visits{where}.irate('{window}')", (3, 90)),
    ("promql('abs(lamps - sockets)')", (4,)),
    ("promql('sum by (job) (lamps % 7)')", (5,)),
    ("promql('count by (job) (lamps > bool 3)')", (0,)),
)
ALONE = (
    # conditions about change, and limits at which a value ends
    ("lamps - lamps.offset('{window}')", (3,)),
    ("disk.deriv('{window}')", (50, 2000)),
    ("ratio(visits.where(hall), visits, '{window}')", (1, 1.44)),
    ("ratio(stay.at_most(1), stay.observations, '{window}')", (1,)),
    ("stay{where}.quantile(0.95, '{window}', by=[job])", (60, 61)),
    ("lamps.clamp(0, 10)", (10,)),
    ("lamps.count(by=[job])", (1,)),
    ("up.where(job.is_('shop'))", (0, 1)),
)


def _alone(value: str) -> bool:
    """Whether it has no label `job`."""
    return any(word in value for word in ("time()", "default", "by=[room]"))


PER_JOB = tuple(value for value in VALUES if not _alone(value[0]))
SELECTIONS = (
    "",
    "",
    ".where(hall)",
    ".where(room.is_not('kitchen'))",
    ".where(room.matches('h.*'))",
)
AGGREGATIONS = ("sum", "max", "min", "avg")
WINDOWS = ("1m", "2m", "5m", "5m")
OVER = ("", "", ".max_over_time('{window}')", ".min_over_time('{window}')")
WAITS = ("0s", "0s", "1m", "2m", "3m")
BESIDE = (
    "disk.absent().equals(1)",
    "up.where(job.is_('annex')).absent().equals(1)",
    "visits.rate('5m').sum(by=[job]) < 0.5 * visits.offset('2m').rate('5m').sum(by=[job])",
    "lamps > sockets",
    "lamps.sum(by=[job]) > 0.8 * sockets.sum(by=[job])",
    "lamps.differs(5)",
    "lamps.max(by=[job]).equals(0)",
    "up.where(job.is_('shop')).equals(1).unless(disk.on(job, instance))",
    "(lamps > 5).or_(lamps <= 5)",
    "(lamps > 5).unless(lamps > 1)",
    "lamps.equals(3).and_(lamps.equals(4))",
    "visits.rate('1m').sum(by=[job]) > -1",
    "lamps.count(by=[job]) >= 1",
    "up.where(job.is_('shop')).differs(2)",
    "visits.rate('2m').sum(by=[job]) < 0",
    "up.equals(0).count(by=[job]) / up.count(by=[job]) > 1",
    "per_room.where(hall).sum(by=[job]) / per_room.sum(by=[job]) > 5",
    "-1 * ratio(visits.where(hall), visits, '5m') > 0",
    "stay.quantile(0.99, '2m', by=[job]) > 0.2",
    "ratio(visits.where(hall), visits, '1m') >= 0",
)
"""Some that no draw makes."""


def conditions(count: int, seed: int) -> list[tuple[str, str]]:
    """(condition, `for`) as Python writes them, each once: those of BESIDE first."""
    random = Random(seed)
    drawn: dict[str, str] = {condition: random.choice(WAITS) for condition in BESIDE}
    while len(drawn) < count:
        drawn.setdefault(_condition(random), random.choice(WAITS))
    return list(drawn.items())


def module(drawn: list[tuple[str, str]]) -> str:
    """Their alerts, each in a group of its own."""
    return "\n".join(
        f"g{number} = RuleGroup('g{number}', 'Own.')\n"
        f"a{number} = Alert('A{number}', {condition}, for_={wait!r}, summary='It is so.',"
        f" group=g{number}, **SAID)"
        for number, (condition, wait) in enumerate(drawn)
    )


def _condition(random: Random) -> str:
    kind = random.choice(("one", "one", "one", "one", "and_", "or_", "unless"))
    if kind == "one":
        return _comparison(random, *_value(random))
    left, right = (_comparison(random, *_value(random, "sum")) for _ in range(2))
    return f"({left}).{kind}({right})"


def _comparison(random: Random, value: str, limit: float) -> str:
    return f"({value}) {random.choice(('>', '>', '>', '<', '>=', '<='))} {limit:g}"


def _value(random: Random, aggregation: str = "") -> tuple[str, float]:
    """A value and a limit. aggregation: to a job, so that two values meet."""
    text, limits = random.choice(PER_JOB if aggregation else (*VALUES, *ALONE))
    chosen = {
        "where": random.choice(SELECTIONS),
        "over": random.choice(OVER),
        "least": random.choice((0, 3)),
    }
    for _ in range(2):  # what is filled in may hold a window
        text = text.format(**chosen, window=random.choice(WINDOWS))
    if (has_job := not _alone(text)) and not aggregation:
        aggregation = random.choice(("", "", *AGGREGATIONS))
    if aggregation and has_job:
        text = f"({text}).{aggregation}(by=[job])"
    return text, random.choice(limits)
