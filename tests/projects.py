"""Random projects as people would write them: a folder of definitions, source text by path, with
texts that hurt.

pbmon accepts each of them, and finds nothing on their dashboards: units, descriptions and titles
are there, whatever else the texts hold.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar, get_type_hints

import yaml
from hypothesis import strategies as st
from pbmon.arguments_texts import unpacked
from pbmon.model.panels import Chart
from pbmon.panels.kinds import KINDS

_T = TypeVar("_T")
Vector = tuple[str, tuple[str, ...]]
"""Python source of a vector, with WINDOW where a window belongs, and the labels it keeps."""

FRAGMENTS = (
    '"', "'", '"""', "'''", "\\", "\\n", "\\u0041", "\n", "\r\n", "\t", "\n\n", "{", "}", "{%",
    "%}", "{#", "#}", "%", "%s",
    " #", ": ", "- ", "---\n", "|", "`", "```", "*", "_", "[x](y)", "![", "<b>", "<!--", "-->",
    "&amp;", "~", "!", "?", ">", "@",
    "=", ",", "$", "$1", "null", "yes", "0x1F", "1e3", "1.", "+ ", "é", "😀", "統計", "\u202e",
    "\u2028", "\x85", "\xa0", "\ufeff",
    "\x1b", "\x7f", " ", "word ",
)  # fmt: skip
TEMPLATES = (
    "{{ $value | humanize }}", "{{$value}}", "{{ $labels.job }}", "{{ $labels.job | toUpper }}",
    '{{ "}" }}',
    "{{ if gt $value 1.0 }}>{{ end }}", '{{ printf "%.2f" $value }}',
)  # fmt: skip
LONG = "Ten thousand characters of help. " * 310
VALUES = (
    "a",
    "B",
    "GET",
    "",
    " ",
    '"',
    "\\",
    "a|b",
    "5..",
    "{x}",
    "new\nline",
    "é😀",
    "$1",
    "{{",
    "None",
    "true",
    "0",
    "'",
)
LABELS = (
    "room", "kind", "Kind", "l", "from_", "class", "self", "key", "on", "by", "sum", "offset",
    "level", "_private", "a1",
)  # fmt: skip
UNITS = ("s", "bytes", "percentunit", "reqps", "short", "suffix:things")
WINDOWS = ("1m", "5m", "1h30m")
BUCKETS = ("[0.005, 0.1, 1, 2.5, 10]", "[1]", "[1, 1000, 1e6, 2.5e7]", "[0.3, 0.7, 1]")
REQUIRED = ("by",)
COLORS = ("red", "green", "#ff0000", "rgba(1, 2, 3, 0.5)")
REDUCERS = ("'lastNotNull'", "'mean'", "'max'", "'min'", "'sum'")
LOOKS = {
    "accept": ("[]",),
    "bars": ("1", "30"),
    "combined": ("True", "False"),
    "decimals": ("None", "2"),
    "donut": ("True", "False"),
    "height": ("0", "5"),
    "limits": ("(0, None)", "(-1.5, 1e6)", "(None, None)"),
    "lines": ("[Line('/./', axis='right', mirrored=True, dashed=True, shape='bars')]", "[]"),
    "link": ("None", "('Go', '/d/x?var-a=${__field.name}')"),
    "links": ("[]", "[('Logs', '/explore'), ('Traces', 'https://example.com/t')]"),
    "raw": ("{}", "{'transparent': True, 'fieldConfig': {'defaults': {'noValue': '-'}}}"),
    "per_row": ("1", "3"),
    "reducer": REDUCERS,
    "repeat": ("None",),
    "stacked": ("True", "False"),
    "thresholds": ("{1: 'red'}", "{None: 'red', 0: 'orange', 0.5: '#00ff00'}", "None"),
    "width": ("0", "7"),
}
"""What an author may write for each argument of a panel that needs no text."""
ARGUMENTS = {*LOOKS, "by", "columns", "legend", "mappings", "overrides"}
"""Of panels, those that `Author._look` writes."""
PANELS = {kind.definition.__name__: kind.definition for kind in KINDS}
HEAD = f"""from pbmon import (
    AUTO, Alert, Counter, Dashboard, Exporter, Gauge, Histogram, Job, Label, Line, Override,
    Project, Query, Receiver, Record, Row, RuleGroup, Service, Summary, instance, job, le,
    promql, ratio, up,
    {", ".join(PANELS)},
)
"""


def closed(text: str) -> str:
    """Without what would begin a template: an alert's text is one, so `{{` alone is the author's
    mistake.
    """
    while "{{" in text:
        text = text.replace("{{", "{ {")
    return text + " " if text.endswith("{") else text


def undollared(text: str) -> str:
    """Without what Grafana would take for one of its variables."""
    return text.replace("$", "S").replace("[[", "[ [")


fragments = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join)
texts = st.one_of(fragments, st.text(max_size=12), st.just("A plain sentence.")).map(closed)
helps = st.integers(0, 40).flatmap(
    lambda number: texts.map(lambda text: LONG if number == 40 else f"Help {text}")
)
shown = texts.map(undollared)
parts = st.lists(st.one_of(texts, st.sampled_from(TEMPLATES)), min_size=1, max_size=3)
templates = parts.map(lambda some: "It happens: " + " ".join(some))


@dataclass
class Author:
    """Writes the module of a service. What is bound so far: labels with their values, vectors,
    histograms, records, alerts.
    """

    draw: st.DrawFn
    service: str
    lines: list[str] = field(default_factory=list)
    labels: dict[str, Sequence[str]] = field(default_factory=dict)
    vectors: list[Vector] = field(
        default_factory=lambda: [("promql('sum by (job) (up)', labels=[job], uses=[up])", ("job",))]
    )
    histograms: list[str] = field(default_factory=list)
    records: list[Vector] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    # or both others: a panel that draws limits of both kinds wants them in order
    operators: tuple[str, ...] = (
        ">",
        ">=",
    )

    def one(self, of: Sequence[_T]) -> _T:
        return self.draw(st.sampled_from(of))

    def some(self, of: Sequence[_T], least: int = 0, most: int = 3) -> list[_T]:
        return (
            self.draw(st.lists(st.sampled_from(of), min_size=least, max_size=most, unique=True))
            if of
            else []
        )

    def often(self) -> bool:
        return self.draw(st.booleans())

    def text(self, of: st.SearchStrategy[str] = texts) -> str:
        """A text as Python writes it."""
        return repr(self.draw(of))

    @property
    def snake(self) -> str:
        return self.service.replace("-", "_")

    @property
    def camel(self) -> str:
        return self.service.title().replace("-", "")

    def write_service(self, observed: bool) -> None:
        jobs = []
        for number in range(self.draw(st.integers(1, 2))):
            name = f"{self.service}{self.one(('', '-job', '.x', ' y', '/1'))}-{number}"
            targets = [f"{self.service}-{i}:80" for i in range(self.draw(st.integers(1, 2)))]
            labels = {
                label: self.draw(texts) for label in self.some(("service", "component", "team"))
            }
            jobs.append(
                f"Job({name!r}, {targets}, path={self.one(('/metrics', '/x/y=%20&z'))!r},"
                f" labels={labels!r})"
            )
        emitted = f"module='src/{self.service.replace('-', '_')}/metrics.py'"
        emitted = (
            "exporter=Exporter('an exporter', '1.2', flags=['--a=\"b\" | c', '`'])"
            if observed
            else emitted
        )
        told = f"{self.text(helps)}, owner={self.text()}"
        self.lines.append(
            f"service = Service({self.service!r}, {told}, jobs=[{', '.join(jobs)}], {emitted})"
        )
        self.lines.append(
            f"group = RuleGroup('{self.service}-group', {self.text(helps)},"
            f" interval={self.one(('', '30s'))!r})"
        )

    def drop_empty_group(self) -> None:
        if not any("group=group" in line for line in self.lines):
            self.lines = [line for line in self.lines if not line.startswith("group = ")]

    def write_labels(self) -> None:
        for name in self.some(LABELS, most=4):
            values = tuple(self.some(VALUES, least=1, most=4)) if self.one((0, 1, 2)) else ()
            bound = f"values={values!r}" if values else "max_values=5"
            bound += ", other='other'" if not values or self.often() else ""
            self.labels[name] = values
            self.lines.append(f"l_{name} = Label({name!r}, {self.text(helps)}, {bound})")

    def write_metric(self, number: int, observed: bool) -> None:
        symbol, name, own = (
            f"m{number}",
            f"{self.snake}_m{number}",
            self.some(list(self.labels), most=2),
        )
        told = (
            f"{self.text(helps)}, labels=[{', '.join(f'l_{label}' for label in own)}]"
            + ", observed=service.exporter" * observed
        )
        kept = tuple(sorted({"job", *self.some(own)}))
        by = f"by=[{', '.join(f'l_{label}' if label in own else label for label in kept)}]"
        selected = symbol + "".join(
            f".where({self._matcher(label)})" for label in own if self.often()
        )
        match self.one(("counter", "gauge", "histogram", *["summary"] * observed)):
            case "counter":
                made = f"Counter({name + self.one(('_total', '_seconds_total'))!r}, {told})"
                vectors = [
                    f"{selected}.rate(WINDOW).sum({by})",
                    f"ratio({selected}, {symbol}, WINDOW, {by})",
                ]
            case "gauge":
                mode = (
                    ""
                    if observed
                    else f", multiprocess_mode={self.one(('livesum', 'max', 'mostrecent'))!r}"
                )
                made = f"Gauge({name + self.one(('', '_bytes', '_ratio'))!r}, {told}{mode})"
                vectors = [f"{selected}.max({by})", f"{selected}.delta(WINDOW).sum({by})"]
            case "histogram":
                made = f"Histogram('{name}_seconds', {told}, buckets={self.one(BUCKETS)})"
                vectors = [
                    f"{selected}.quantile(0.95, WINDOW, {by})",
                    f"{selected}.at_most(1).rate(WINDOW).sum({by})",
                ]
                self.histograms.append(selected)
            case _:
                made = f"Summary('{name}_seconds', {told}, quantiles=('0.5', '0.99'))"
                vectors = [f"{symbol}.observations.rate(WINDOW).sum({by})"]
        self.lines.append(f"{symbol} = {made}")
        self.vectors += [(vector, kept) for vector in vectors]

    def _matcher(self, label: str) -> str:
        """A condition on any text where the label is open, else on its values."""
        if not self.labels[label]:
            return f"l_{label}.{self.one(('is_', 'is_not', 'is_in'))}({self.text(shown)})"
        return f"l_{label}.is_in({', '.join(map(repr, self.some(self.labels[label], least=1)))})"

    def write_record(self, number: int) -> None:
        expr, kept = self.one(self.vectors)
        name = f"{'_'.join(kept)}:{self.snake}_r{number}:x"
        self.lines.append(
            f"r{number} = Record({name!r}, {self._ruled(expr)}, {self.text()},"
            f" unit={self.one(UNITS)!r})"
        )
        self.records.append((f"r{number}", kept))

    def write_alert(self, number: int) -> None:
        expr, _ = self.one([*self.vectors, *self.records])
        condition = (
            f"{self._ruled(expr)} {self.one(self.operators)} {self.one(('0.05', '1e6', '-3', '0'))}"
        )
        condition = (
            f"({condition}).and_(({self.one(self.records)[0]} > 0).on(job))"
            if self.records and self.often()
            else condition
        )
        down = (
            "up.where(job.is_(service.jobs[0].name),"
            f" instance.is_not({self.one(VALUES)!r})).equals(0)"
        )
        facts = [
            f"{fact}={self.text(templates)}"
            for fact in ("summary", "impact", "action", *["description"] * self.often())
        ]
        facts += [
            f"severity={self.one(('critical', 'warning', 'info'))!r}",
            f"for_={self.one(('0s', *WINDOWS))!r}",
        ]
        facts += [f"labels={{'team': {self.text()}}}"] * self.often() + [
            "group=group"
        ] * self.often()
        facts += [f"silences=[{', '.join(self.some(self.alerts))}]"] + [
            "keep_firing_for='10m'"
        ] * self.often()
        self.lines.append(
            f"a{number} = Alert('{self.camel}A{number}', {self.one((condition, condition, down))},"
            f" {', '.join(facts)})"
        )
        self.alerts.append(f"a{number}")

    def _ruled(self, expr: str) -> str:
        return expr.replace("WINDOW", repr(self.one(WINDOWS)))

    def write_dashboard(self) -> None:
        panels = [self._panel(number) for number in range(self.draw(st.integers(1, 6)))]
        cut = self.draw(st.integers(1, len(panels)))
        rows = [", ".join(row) for row in (panels[:cut], panels[cut:]) if row]
        made = [f"Row({self.text(shown)}, {row}, collapsed={self.often()})" for row in rows]
        facts = (
            f"uid='{self.service}-uid', file='{self.service}', description={self.text(helps)},"
            f" rows=[{', '.join(made)}]"
        )
        title = f"{self.service}: {self.draw(helps)}"  # no other dashboard's
        self.lines.append(f"dashboard = Dashboard({title!r}, {facts})")

    def _panel(self, number: int) -> str:
        title = repr(f"{number} {self.draw(shown)}")
        name = self.one(tuple(PANELS))
        if name == "Heatmap" and not self.histograms:
            name = "Panel"
        kind = PANELS[name]
        if not issubclass(kind, Chart):
            return f"{name}({title}, {self.text(helps.map(undollared))})"
        facts = {
            "description": self.text(helps),
            "unit": repr(self.one(UNITS)),
            "alerts": f"[{', '.join(self.some(self.alerts))}]",
        }
        signature = unpacked(inspect.signature(kind), get_type_hints(kind.__init__))
        arguments = [
            parameter.name
            for parameter in signature.parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY
        ]
        for argument in arguments:
            if argument not in facts and (argument in REQUIRED or self.often()):
                facts[argument] = self._look(argument)
        queries = [self._query(name, letter) for letter in self.some("AB", least=1)]
        if name == "Table":
            values = ["Value"] if len(queries) == 1 else ["Value #A", "Value #B"]
            columns = ", ".join(f"{value!r}: {self.text()}" for value in values)
            facts["columns"] = f"{{job: {self.text()}, {columns}}}"
        written = ", ".join(f"{argument}={value}" for argument, value in facts.items())
        return f"{name}({title}, {', '.join(queries)}, {written})"

    def _look(self, argument: str) -> str:
        """What an author writes for an argument. Raises KeyError for one that nobody told of."""
        match argument:
            case "accept":
                return "[]"  # nothing about these panels is a finding
            case "by":
                return "job"
            case "columns":
                return "{}"
            case "legend":
                return self.text(shown.map(lambda text: text + "{{job}}"))
            case "mappings":
                color = repr(self.one(COLORS))
                text = self.text(shown.map(lambda text: f"it {text}"))
                return (
                    f"{{0: ({text}, {color}), 1.5: ('up', 'green'), (2, None): ({text}, {color}),"
                    f" '/^a+/': ({text}, {color}), None: ({text}, {color})}}"
                )
            case "overrides":
                unit = self.one(UNITS)
                return (
                    f"[Override('/./', unit={unit!r}, decimals=2, mappings={{1: ('up', 'green')}})]"
                )
            case _:
                return self.one(LOOKS[argument])

    def _query(self, kind: str, letter: str) -> str:
        if kind == "Heatmap":
            return f"{self.one(self.histograms)}.bucket_counts.rate(AUTO).sum(by=[le])"
        expr, _ = self.one([*self.vectors, *self.records])
        expr = expr.replace("WINDOW", "AUTO")
        if kind == "Table":
            return expr
        if kind == "BarChart":
            return f"Query(({expr}).sum(by=[job]), {letter + self.draw(shown)!r})"
        return f"Query({expr}, {self.draw(shown) + '{{job}}'!r})"


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """The files of a definitions folder, text by path."""
    files = {"project.py": _project(draw)}
    alerts = []
    for service in draw(
        st.lists(st.sampled_from(("api", "web-2", "db", "x")), min_size=1, max_size=3, unique=True)
    ):
        author, observed = Author(draw, service, [HEAD]), draw(st.integers(0, 3)) == 0
        author.write_service(observed)
        author.write_labels()
        for number in range(draw(st.integers(1, 4))):
            author.write_metric(number, observed)
        for number in range(draw(st.integers(0, 2))):
            author.write_record(number)
        author.operators = draw(st.sampled_from(((">", ">="), ("<", "<="))))
        for number in range(draw(st.integers(0, 3))):
            author.write_alert(number)
        author.write_dashboard()
        author.drop_empty_group()
        files[f"{author.snake}.py"] = "\n".join(author.lines) + "\n"
        alerts += [f"{author.camel}{name.upper()}" for name in author.alerts]
    if draw(st.booleans()):
        files["environments/development.yaml"] = _environment(draw, alerts)
    return files


def _project(draw: st.DrawFn) -> str:
    file = draw(st.sampled_from(("", "/etc/a b")))
    receivers = [
        f"Receiver(name={name + draw(texts)!r}, severities={severities}, webhook_url_file={file!r})"
        for name, severities in draw(
            st.sampled_from(((), (("pager", ["critical"]), ("chat", ["warning", "info"]))))
        )
    ]
    labels = {"environment": draw(texts), "cluster": "é 1"} if draw(st.booleans()) else {}
    url = f"https://example.com/{draw(st.sampled_from(('a', 'a b', 'ä?x=1#y/')))}"
    facts = (
        f"title={draw(helps)!r}, runbook_url={url!r}, external_labels={labels!r},"
        f" receivers=[{', '.join(receivers)}]"
    )
    return f"{HEAD}\nproject = Project(name='p1', {facts})\n"


def _environment(draw: st.DrawFn, alerts: list[str]) -> str:
    changes = {
        name: {"for": draw(st.sampled_from(("0s", "7m")))} for name in alerts if draw(st.booleans())
    }
    settings = {
        "scrape_interval": "10s",
        "external_labels": {"environment": draw(texts)},
        "alertmanagers": [],
        "alerts": changes,
    }
    return yaml.safe_dump(
        {key: value for key, value in settings.items() if draw(st.booleans())},
        allow_unicode=draw(st.booleans()),
    )
