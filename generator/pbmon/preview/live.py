"""The same dashboards with what a running Prometheus has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pbmon import durations
from pbmon.live.panels_asked import STEPS
from pbmon.live.seen import Samples
from pbmon.live.servers.prometheus import Prometheus
from pbmon.live.variables import variables
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from pbmon.preview.answers import failed, queries, success, text_of
from pbmon.preview.pages import contents
from pbmon.preview.timeline import Span
from pbmon.preview.view import View

Json = dict[str, Any]
_POINTS = 240
_FIRING = 'group by (alertname) (ALERTS{alertstate="firing"})'


@dataclass
class Live:
    """A subject of the page. address: of the Prometheus, as a page may show it."""

    plan: Plan
    prometheus: Prometheus
    address: str

    @property
    def title(self) -> str:
        """Of the page."""
        return self.plan.catalog.project.title

    @cached_property
    def _dashboards(self) -> dict[str, PlannedDashboard]:
        return {dashboard.uid: dashboard for dashboard in self.plan.dashboards}

    def contents(self) -> Json:
        """All but the answers; proofs and their charts are left out."""
        return contents(self.plan, []) | {"scenarios": [], "now": 0, "live": self.address}

    def shown(self, view: View) -> Json:
        """One dashboard. KeyError for none of that name, UsageError where Prometheus cannot be
        asked.
        """
        dashboard = self._dashboards[view.uid]
        span = self._span(view, dashboard)

        def values_of(label: str, selector: str) -> list[str]:
            return self.prometheus.label_values(label, selector, span.begin, span.end)

        offer = variables(dashboard.variables, view.chosen, values_of)
        answers = {
            at: self._answer(text, span, instant=instant)
            for at, text, instant in queries(dashboard, self.plan, span, offer)
        }
        return {
            "begin": span.begin,
            "end": span.end,
            "step": span.step,
            "partial": False,
            "offered": offer.offered,
            "answers": answers,
            "firing": self._firing(span.end),
        }

    def budgets(self, scenario: str) -> Json:  # noqa: ARG002 - there is one situation
        """Of every objective, what is left of each of its budgets and how fast it burns."""
        now = self.prometheus.now()
        budgets: Json = {}
        for slo in self.plan.catalog.slos:
            left = self._instant(slo.budget_left.node.series.name, now)
            burning = self._instant(slo.burn_rate.node.series.name, now)
            budgets[slo.name] = [
                {"labels": dict(labels), "left": value, "burns": burning.get(labels)}
                for labels, value in sorted(left.items())
            ]
        return budgets

    def _instant(self, query: str, now: float) -> dict[tuple[tuple[str, str], ...], float]:
        series, _ = self.prometheus.samples(query, now, now, 0)
        return {
            tuple(sorted((k, v) for k, v in each.labels.items() if k != "__name__")): value
            for each in series
            for _, value in each.values[-1:]
        }

    def _firing(self, now: float) -> list[str]:
        series, _ = self.prometheus.samples(_FIRING, now, now, 0)
        firing = {each.labels.get("alertname", "") for each in series}
        return [alert.title for alert in self.plan.alerts if alert.name in firing]

    def _span(self, view: View, dashboard: PlannedDashboard) -> Span:
        end = int(self.prometheus.now()) if view.end is None else view.end
        begin = end - (view.last or int(dashboard.length))
        if view.begin is not None and not view.last:
            begin = min(view.begin, end - 1)
        least = durations.seconds(self.plan.settings.scrape_interval)
        step = min((s for s in STEPS if s >= (end - begin) / _POINTS), default=STEPS[-1])
        return Span(begin, end, round(max(step, least)))

    def _answer(self, expr: str, span: Span, *, instant: bool) -> Json:
        series, refused = self.prometheus.samples(
            expr, span.begin, span.end, 0 if instant else span.step
        )
        if refused:
            return failed(refused)
        if instant:
            return success(
                "vector",
                [{"metric": dict(each.labels), "value": _pair(each, -1)} for each in series],
            )
        return success(
            "matrix",
            [
                {
                    "metric": dict(each.labels),
                    "values": [_pair(each, place) for place in range(len(each.values))],
                }
                for each in series
            ],
        )


def _pair(series: Samples, place: int) -> tuple[float, str]:
    moment, value = series.values[place]
    return moment, text_of(value)
