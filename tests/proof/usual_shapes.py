"""The shapes of alert that people write."""

from __future__ import annotations

from pbmon.plan.plan import Plan
from small_projects import plan_of

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
visits = Counter("visits_total", "Visits.", labels=[room, kind])
thefts = Counter("thefts_total", "Thefts.", labels=[room])
stay = Histogram("stay_seconds", "How long visits last.", labels=[room], buckets=[0.5, 1, 5, 60])
pulse = Gauge("last_seen_timestamp_seconds", "When it was seen last.")
floor = Label("floor", "Floor.", max_values=5, other="other")
fuel = Gauge("fuel", "Fuel.", labels=[floor])
tank = Gauge("tanks", "Room for fuel.", labels=[floor])
hall = room.is_("hall")
per_room = Record("job_room:visits:rate5m", visits.rate("5m").sum(by=[job, room]))
share = Record("job:thefts:ratio_rate5m", ratio(thefts, visits, "5m"))
SAID = dict(severity="warning", impact="Users wait.", action="Look.")
"""

PROVEN = {
    "ratio": "ratio(visits.where(hall), visits, '5m') > 0.05",
    "ratio below": "ratio(visits.where(hall), visits, '5m') < 0.9",
    "ratio of different metrics": "ratio(thefts, visits, '10m') >= 0.2",
    "recorded ratio": "share > 0.03",
    "recorded, selected": "per_room.where(hall) > 250",
    "recorded, averaged over time": "share.avg_over_time('30m') > 0.03",
    "recorded, summed up": "per_room.sum(by=[job]) > 100",
    "rate": "visits.rate('5m') > 12",
    "rate below": "visits.rate('5m').sum(by=[job]) < 0.25",
    "small rate": "thefts.rate('5m').sum(by=[job]) > 0.0001",
    # true, too, while its window fills
    "large rate, at most": ("visits.rate('5m').sum(by=[job]) <= 1000000"),
    "large rate": "visits.rate('5m').sum(by=[job]) > 2500000",
    "increase": "thefts.increase('1h').sum(by=[job, room]) > 5",
    "increase above zero": "thefts.increase('10m') > 0",
    "quantile": "stay.quantile(0.95, '5m', by=[job]) > 2",
    "quantile below": "stay.quantile(0.5, '5m', by=[room]) < 4",
    "quantile near the top": "stay.quantile(0.99, '5m', by=[job]) > 59",
    "mean": "stay.mean('5m', by=[job]) > 3",
    "share of a histogram": "ratio(stay.at_most(1), stay.observations, '5m') < 0.95",
    "share of a histogram, the other way": (
        "1 - ratio(stay.at_most(5), stay.observations, '5m') > 0.05"
    ),
    "gauge above": "lamps > 7",
    "gauge below": "lamps < 2",
    "gauge below zero": "lamps < -4",
    "gauge at or above": "lamps.where(hall) >= 3",
    "gauge is zero": "lamps.max(by=[job]).equals(0)",
    "gauge differs": "lamps.differs(5)",
    "target is down": "up.where(job.is_('shop')).equals(0)",
    "targets of several jobs": "up.where(job.is_in('shop', 'annex')).equals(0)",
    "two expressions": "lamps > sockets",
    "two expressions, one scaled": "lamps.sum(by=[job]) > 0.8 * sockets.sum(by=[job])",
    "free space": "disk / size < 0.1",
    "used space": "1 - disk / size > 0.9",
    "and": "(lamps > 7).and_(sockets < 3)",
    "and of rates": (
        "(visits.rate('5m').sum(by=[job]) > 10).and_(visits.rate('1h').sum(by=[job]) > 10)"
    ),
    "and with traffic": (
        "(ratio(thefts, visits, '5m') > 0.1).and_(visits.rate('5m').sum(by=[job]) > 1)"
    ),
    "or": "(lamps > 7).or_(sockets > 9)",
    "unless": "(lamps > 7).unless(sockets > 100)",
    "unless it is there": "up.where(job.is_('shop')).equals(1).unless(disk.on(job, instance))",
    "absent": "disk.absent().equals(1)",
    "a job is not there": "up.where(job.is_('annex')).absent().equals(1)",
    "none of a job is up": """promql('absent(up{job="annex"} == 1)') > 0""",
    "largest over time": "lamps.max_over_time('10m') > 7",
    "smallest over time": "lamps.min_over_time('10m') > 7",
    "mean over time": "lamps.avg_over_time('15m') < 2",
    "mean over time of an expression": "(lamps / sockets).avg_over_time('10m', '1m') > 0.9",
    "predicted": "disk.predict_linear('1h', 4 * 3600) < 0",
    "delta": "lamps.delta('10m') > 4",
    "slope": "disk.deriv('10m') < -100",
    "day before": (
        "visits.rate('5m').sum(by=[job]) < 0.5 * visits.offset('1h').rate('5m').sum(by=[job])"
    ),
    "gauge an hour ago": "lamps - lamps.offset('1h') > 3",
    "group_left": "(lamps * owner.on(room, job, instance).group_left(kind)) > 6",
    "many label sets": "visits.rate('5m').sum(by=[job, room, kind]) > 4",
    "count": "(lamps > 0).count(by=[job]) > 0",
    "few targets": "up.where(job.is_('annex')).sum(by=[job]) < 1",
    "topk": "lamps.topk(1, by=[job]).sum(by=[job]) > 9",
    "resets": "visits.resets('15m') > 0",
    "changes": "lamps.changes('15m') > 2",
    "remainder": "promql('sum by (job) (visits_total) % 7') > 5",
    "count of a filter": "lamps.equals(0).count(by=[job])",
    "between two limits": "(lamps / (sockets > 0) > 0.9) < 1",
    "equal to one": "lamps.equals(1).sum(by=[job]) / sockets.sum(by=[job]) > 0.9",
    "two levels are one": "lamps.equals(1).unless(sockets.equals(1))",
    "pattern of an open label": "visits.where(kind.matches('5..')).rate('5m').sum(by=[job]) > 1",
    "what a pattern leaves out": (
        "visits.where(kind.not_matches('[a-z]+|other')).rate('5m').sum(by=[job]) > 1"
    ),
    "one target of an exporter": "up.where(instance.is_('https://example.com/')).equals(0)",
    "matcher on one side": "fuel.where(floor.is_('cellar')) / tank > 0.5",
    "several targets down": "up.count(by=[job]) - up.sum(by=[job]) > 1",
    "share of targets down": "100 * (up.equals(0).count(by=[job]) / up.count(by=[job])) > 10",
    "one against the mean": "lamps.max(by=[job]) / lamps.avg(by=[job]) > 1.5",
    "several kinds at once": "owner.count(by=[kind]).count() > 1",
    "restarted lately": "time() - pulse.max() < 300",
    "ends soon": "pulse.min() - time() < 14 * 86400",
    "ends soon, and has not ended": "((pulse - time()) < 86400).and_((pulse - time()) > 0)",
    "old, and known at all": "((time() - pulse) > 4 * 3600).and_(pulse > 0)",
    "ramp and level": "(disk.predict_linear('1h', 4 * 3600) < 0).and_(disk / size < 0.4)",
    "subquery without a step": "lamps.max(by=[job]).avg_over_time('10m') > 5",
    "clamp": "lamps.clamp(0, 10) > 8",
    "label_replace": "lamps.label_replace(team, '$1', job, '(.).*') > 6",
    "age": "time() - pulse.max(by=[job]).sum() > 600",
    "default": "thefts.rate('5m').sum().default(0) < 0.5",
}


def alerts(expressions: list[str], facts: str = "for_='2m'") -> Plan:
    lines = [  # a group each: promtool evaluates all rules of the files it is given
        f"g{number} = RuleGroup('g{number}', 'Own.')\na{number} = Alert('A{number}', {expression},"
        f" {facts}, summary='It is {shown(expression)}.', group=g{number}, **SAID)"
        for number, expression in enumerate(expressions)
    ]
    return plan_of(*lines, head=HEAD)


def shown(expression: str) -> str:
    """`$value` in all its digits, except for those that differ from Prometheus 2 to 3."""
    return "{{ $value | humanize }}" if "avg_over_time" in expression else "{{ $value }}"
