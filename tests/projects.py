"""Random projects as people would write them: a folder of definitions, source text by path, with texts that hurt.

Everything in them is accepted by pbmon and has no finding on its dashboards: units, descriptions and titles are there, whatever
else the texts hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from hypothesis import strategies as st

FRAGMENTS = (
    '"', "'", '"""', "'''", "\\", "\\n", "\\u0041", "\n", "\r\n", "\t", "\n\n", "{", "}", "{%", "%}", "{#", "#}", "%", "%s", " #", ": ",
    "- ", "---\n", "|", "`", "```", "*", "_", "[x](y)", "![", "<b>", "<!--", "-->", "&amp;", "~", "!", "?", ">", "@", "=", ",", "$", "$1",
    "null", "yes", "0x1F", "1e3", "1.", "+ ", "é", "😀", "統計", "\u202e", "\u2028", "\x85", "\xa0", "\ufeff", "\x1b", "\x7f", " ", "word ",
)  # fmt: skip
TEMPLATES = (
    "{{ $value | humanize }}", "{{$value}}", "{{ $labels.job }}", "{{ $labels.job | toUpper }}", "{{ if gt $value 1.0 }}>{{ end }}",
    '{{ "}" }}', '{{ printf "%.2f" $value }}',
)  # fmt: skip
LONG = "Ten thousand characters of help. " * 310
VALUES = ("a", "B", "GET", "", " ", '"', "\\", "a|b", "5..", "{x}", "new\nline", "é😀", "$1", "{{", "None", "true", "0", "'")
LABEL_NAMES = (
    "room",
    "kind",
    "Kind",
    "l",
    "from_",
    "class",
    "self",
    "key",
    "on",
    "by",
    "sum",
    "offset",
    "severity",
    "_private",
    "a1",
)
UNITS = ("s", "bytes", "percentunit", "reqps", "short", "suffix:things")
WINDOWS = ("1m", "5m", "1h30m")
BUCKETS = ("[0.005, 0.1, 1, 2.5, 10]", "[1]", "[1, 1000, 1e6, 2.5e7]", "[0.3, 0.7, 1]")
COLORS = ("red", "green", "#ff0000", "rgba(1, 2, 3, 0.5)")
IMPORTS = (
    "from pbmon import (\n    AUTO, Alert, BarGauge, Counter, Dashboard, Exporter, Gauge, GaugePanel, Heatmap, Histogram, Job, Label,\n"
    "    Panel, Project, Query, Receiver, Record, Row, RuleGroup, Service, Stat, StateTimeline, Summary, Table, Text, either, instance,\n"
    "    job, le, promql, ratio, up,\n)\n"
)

plain = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map(lambda parts: _closed("".join(parts)))
texts = st.one_of(plain, st.text(max_size=12).map(lambda text: _closed(text)), st.just("A plain sentence."))
helps = st.integers(0, 40).flatmap(lambda number: texts.map(lambda text: LONG if number == 40 else f"Help {text}"))
templated = st.lists(st.one_of(texts, st.sampled_from(TEMPLATES)), min_size=1, max_size=3).map(
    lambda parts: "It happens: " + " ".join(parts)
)


def _closed(text: str) -> str:
    """Without what would begin a template: an alert's text is one, so `{{` alone is the author's mistake."""
    while "{{" in text:
        text = text.replace("{{", "{ {")
    return text + " " if text.endswith("{") else text


@dataclass
class Module:
    """A service's module in the making. series: (Python expression of a vector, its labels without `instance`) by name."""

    draw: st.DrawFn
    service: str
    lines: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    rates: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    histograms: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    records: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    def some(self, of: tuple[str, ...] | list[str], least: int = 0, most: int = 3) -> list[str]:
        """Some of these, none twice, in any order."""
        return self.draw(st.lists(st.sampled_from(of), min_size=min(least, len(of)), max_size=most, unique=True)) if of else []

    def one(self, of: tuple[str, ...] | list[str]) -> str:
        return self.draw(st.sampled_from(of))

    def add_service(self, observed: bool) -> None:
        jobs = []
        for number in range(self.draw(st.integers(1, 2))):
            name = f"{self.service}{self.one(('', '-job', '.x', ' y', '/1'))}-{number}"
            labels = {name: self.draw(texts) for name in self.some(("service", "component", "team"))}
            targets = [f"{self.service}-{i}:80" for i in range(self.draw(st.integers(0 if number else 1, 2)))]
            jobs.append(f"Job({name!r}, {targets!r}, path={self.one(('/metrics', '/x?y=%20&z'))!r}, labels={labels!r})")
        how = (
            'exporter=Exporter("an exporter", "1.2", flags=["--a=\\"b\\" | c"])'
            if observed
            else f'module="src/{self.service}/metrics.py"'
        )
        told = f"{self.draw(helps)!r}, owner={self.draw(texts)!r}"
        self.lines.append(f"service = Service({self.service!r}, {told}, jobs=[{', '.join(jobs)}], {how})")

    def add_labels(self) -> None:
        for name in self.some(LABEL_NAMES, most=4):
            values = tuple(self.some(VALUES, least=1, most=4))
            bound = self.one((f"values={values!r}", f"values={values!r}, other='other'", "max_values=5, other='other'"))
            self.labels[name] = f"l_{name}"
            self.lines.append(f"l_{name} = Label({name!r}, {self.draw(helps)!r}, {bound})")

    def add_metric(self, number: int, observed: bool) -> None:
        name, python = f"{self.service.replace('-', '_')}_m{number}", f"m{number}"
        own = self.some(list(self.labels), most=2)
        told = f"{self.draw(helps)!r}, labels=[{', '.join(self.labels[label] for label in own)}]"
        told += ", observed=service.exporter" if observed else ""
        kind = self.one(("counter", "gauge", "histogram", "summary") if observed else ("counter", "gauge", "histogram"))
        by = tuple(sorted({"job", *self.some(own)}))
        grouped = f"by=[{self._names(by)}]"
        if kind == "counter":
            self.lines.append(f"{python} = Counter({name + self.one(('_total', '_seconds_total'))!r}, {told})")
            self.rates += [(f"{python}{self._where(own)}.rate(WINDOW).sum({grouped})", by)]
            self.rates += [(f"{python}.increase(WINDOW).sum({grouped})", by)] if self.draw(st.booleans()) else []
        elif kind == "gauge":
            mode = "" if observed else f", multiprocess_mode={self.one(('livesum', 'max', 'mostrecent'))!r}"
            self.lines.append(f"{python} = Gauge({name + self.one(('', '_bytes', '_ratio'))!r}, {told}{mode})")
            self.rates.append((f"{python}{self._where(own)}.max({grouped})", by))
        elif kind == "histogram":
            self.lines.append(f"{python} = Histogram({name + '_seconds'!r}, {told}, buckets={self.one(BUCKETS)})")
            self.histograms.append((python, by))
            self.rates.append((f"{python}.quantile(0.95, WINDOW, by=[{self._names(by)}])", by))
        else:
            self.lines.append(f"{python} = Summary({name + '_seconds'!r}, {told}, quantiles=('0.5', '0.99'))")
            self.rates.append((f"{python}.observations.rate(WINDOW).sum({grouped})", by))

    def add_record(self, number: int) -> None:
        expr, labels = self.one(self.rates)  # type: ignore[arg-type]
        name = f"{'_'.join(labels)}:{self.service.replace('-', '_')}_r{number}:x"
        self.lines.append(f"r{number} = Record({name!r}, {self._ruled(expr)}, {self.draw(texts)!r}, unit={self.one(UNITS)!r})")
        self.records.append((f"r{number}", labels))

    def add_alert(self, number: int) -> None:
        expr, labels = self.one(self.rates + self.records)  # type: ignore[arg-type]
        condition = f"{self._ruled(expr)} {self.one(('>', '<', '>=', '<='))} {self.one(('0.05', '1e6', '-3', '0.'))}{number + 1}"
        other = self.one(["", *(f"r{i}" for i in range(len(self.records)))])
        condition = f"({condition}).and_(({other} > 0).on(job))" if other and "job" in labels else condition
        condition = self.one(
            (condition, condition, f"up.where(job.is_(service.jobs[0].name), instance.is_not({self.one(VALUES)!r})).equals(0)")
        )
        name = f"{self.service.title().replace('-', '')}A{number}"
        facts = [f"{fact}={self.draw(templated)!r}" for fact in ("summary", "impact", "action", *self.some(["description"]))]
        facts += [f"labels={ {'team': self.draw(texts)}!r}"] if self.draw(st.booleans()) else []
        facts += [f"silences=[{', '.join(self.some(self.alerts, most=2))}]"] if self.alerts else []
        facts += ["keep_firing_for='10m'"] * self.draw(st.booleans()) + ["group=group"] * self.draw(st.booleans())
        severity = self.one(("critical", "warning", "info"))
        self.lines.append(
            f"a{number} = Alert({name!r}, {condition}, for_={self.one(('0s', *WINDOWS))!r}, severity={severity!r}, {', '.join(facts)})"
        )
        self.alerts.append(f"a{number}")

    def add_dashboard(self) -> None:
        shown = self.some(self.alerts)
        panels = [self._panel(number, shown if not number else []) for number in range(self.draw(st.integers(1, 6)))]
        panels += [
            f"Panel('Alert {alert} shows', up, alerts=[{alert}], unit='bool', description='Up.')" for alert in shown if not panels
        ]
        cut = self.draw(st.integers(1, len(panels)))
        rows = [part for part in (panels[:cut], panels[cut:]) if part]
        made = [f"Row({_undollared(self.draw(texts))!r}, {', '.join(row)}, collapsed={self.draw(st.booleans())})" for row in rows]
        facts = f"uid='{self.service}-uid', file='{self.service}', description={self.draw(helps)!r}, rows=[{', '.join(made)}]"
        self.lines.append(f"dashboard = Dashboard({self.service.title() + ' ' + self.draw(texts)!r}, {facts})")

    def _panel(self, number: int, alerts: list[str]) -> str:
        kind = self.one(("Panel", "Stat", "GaugePanel", "BarGauge", "Table", "Heatmap", "StateTimeline", "Text"))
        title = f"{number} {_undollared(self.draw(texts))}".rstrip() if number else f"{_undollared(self.draw(texts)).strip()} first"
        if kind == "Text":
            return f"Text({title!r}, {_undollared(self.draw(helps))!r})"
        facts = f"description={self.draw(helps)!r}, unit={self.one(UNITS)!r}, alerts=[{', '.join(alerts)}]"
        if kind == "Heatmap" and self.histograms:
            return f"Heatmap({title!r}, {self.one(self.histograms)[0]}.bucket_counts.rate(AUTO).sum(by=[le]), {facts})"  # type: ignore[arg-type]
        kind = "Panel" if kind == "Heatmap" else kind
        chosen = [self.one(self.rates + self.records) for _ in range(self.draw(st.integers(1, 2)))]  # type: ignore[arg-type]
        legend = f"{_undollared(self.draw(texts))}{{{{job}}}}"
        queries = ", ".join(f"Query({expr.replace('WINDOW', 'AUTO')}, {legend!r})" for expr, _ in chosen)
        if kind == "Table":
            facts += f", columns={{job: {self.draw(texts)!r}, 'Value': {self.draw(texts)!r}}}"
        if kind in {"StateTimeline", "Stat"}:
            facts += f", mappings={ {0: (self.draw(texts), self.one(COLORS)), 1.5: ('up', 'green')}!r}"
        facts += self.one(
            ("", ", limits=(0, None)", ", limits=(-1.5, 1e6), decimals=2", ", stacked=True, width=7", ", reducer='max', height=5")
        )
        facts += self.one(("", f", link=({'Go ' + _undollared(self.draw(texts))!r}, '/d/x?var-a=${{__field.labels.job}}')"))
        return f"{kind}({title!r}, {queries}, {facts})"

    def _names(self, labels: tuple[str, ...]) -> str:
        return ", ".join(self.labels.get(label, label) for label in labels)

    def _where(self, own: list[str]) -> str:
        """Matchers on values that need escaping; `is_not` on open labels only, where any value is possible."""
        open_ones = [label for label in own if "max_values" in next(line for line in self.lines if line.startswith(f"l_{label} "))]
        return "".join(f".where(l_{label}.is_not({self.draw(texts)!r}))" for label in open_ones)

    def _ruled(self, expr: str) -> str:
        return expr.replace("WINDOW", repr(self.one(WINDOWS)))


def _undollared(text: str) -> str:
    """Without what Grafana would take for one of its variables."""
    return text.replace("$", "S").replace("[[", "[ [")


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """The files of a definitions folder, text by path."""
    services = draw(st.lists(st.sampled_from(("api", "web-2", "db", "x")), min_size=1, max_size=3, unique=True))
    files = {"project.py": _project(draw)}
    alerts, jobs = [], []
    for service in services:
        module = Module(draw, service)
        observed = draw(st.integers(0, 3)) == 0
        module.lines += [IMPORTS, f"group = RuleGroup('{service}-group', {draw(helps)!r}, interval={module.one(('', '30s'))!r})"]
        module.add_service(observed)
        module.add_labels()
        for number in range(draw(st.integers(1, 4))):
            module.add_metric(number, observed)
        for number in range(draw(st.integers(0, 2))):
            module.add_record(number)
        for number in range(draw(st.integers(0, 3))):
            module.add_alert(number)
        module.add_dashboard()
        files[f"{service.replace('-', '_')}.py"] = "\n".join(module.lines) + "\n"
        alerts += [f"{service.title().replace('-', '')}{name.upper()}" for name in module.alerts]
        jobs += [line for line in module.lines if line.startswith("service = ")]
    if draw(st.booleans()):
        files["environments/development.yaml"] = _environment(draw, alerts)
    return files


def _project(draw: st.DrawFn) -> str:
    receivers = [
        f"Receiver(name={draw(texts) + name!r}, severities={severities!r}, webhook_url_file={draw(st.sampled_from(('', '/etc/a b')))!r})"
        for name, severities in draw(st.sampled_from(((), (("pager", ["critical"]), ("chat", ["warning", "info"])))))
    ]
    labels = {"environment": draw(texts), "cluster": "é 1"} if draw(st.booleans()) else {}
    facts = f"title={draw(helps)!r}, runbook_url='https://example.com/{draw(st.sampled_from(('a', 'a b', 'ä?x=1#y/')))}'"
    return f"{IMPORTS}\nproject = Project(name='p1', {facts}, external_labels={labels!r}, receivers=[{', '.join(receivers)}])\n"


def _environment(draw: st.DrawFn, alerts: list[str]) -> str:
    changes = {name: {"for": draw(st.sampled_from(("0s", "7m")))} for name in alerts if draw(st.booleans())}
    settings = {"scrape_interval": "10s", "external_labels": {"environment": draw(texts)}, "alertmanagers": [], "alerts": changes}
    return yaml.safe_dump({key: value for key, value in settings.items() if draw(st.booleans())}, allow_unicode=draw(st.booleans()))
