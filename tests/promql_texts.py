"""Random PromQL of every kind, as text: all functions, operators, aggregations, names, `@`, offsets
and subqueries.
"""

from __future__ import annotations

from hypothesis import strategies as st
from pbmon.expr.nodes import COMPARISONS, Node, Series, SeriesType
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Argument, Operator, Signature
from pbmon.expr.syntax import nodes
from pbmon.labels import Label, MatchOp
from pbmon.patterns import compiled

LABELS = ("job", "instance", "room", "kind")
GAUGES = ("lamps", "doors", "windows")
COUNTERS = ("visits_total", "alarms_total")
BUCKETS = "stay_seconds_bucket"
_EVERY = (*GAUGES, *COUNTERS, BUCKETS)

_NUMBERS = ("0", "1", "2", "0.5", "-1", "3", "60", "100", "-0.25", "1e3", "NaN", "Inf", "-Inf", "7")
_WINDOWS = ("2m", "5m", "10m", "7m30s", "1h")
_TEXTS = ("team", "room", "job")
_MATCHERS = (
    'room="hall"',
    'room!="hall"',
    'room=~"h.*|kitchen"',
    'kind=""',
    'kind!=""',
    'job="house"',
    'instance!~"a.*"',
    'room="nowhere"',
    'room="hall",room="hall"',
    'room!="attic",room="hall"',
)
_ARITHMETIC = ("+", "-", "*", "/", "%", "^", "atan2")
_NOT_DRAWN = frozenset({"limitk", "limit_ratio"})


def resolved(text: str) -> Node:
    """The text's nodes; a name stands for series with all labels."""
    labels = tuple(Label(name, "Some.", max_values=1000) for name in (*LABELS, "le"))
    series = {name: Series(name, name, _type(name), labels) for name in _EVERY}
    series[BUCKETS] = Series(BUCKETS, "stay_seconds", "bucket", labels, bounds=(0.5, 1.0, 5.0))

    def find_all(matchers: tuple[tuple[MatchOp, str], ...]) -> tuple[Series, ...]:
        (_, pattern), *_rest = matchers
        return tuple(each for name, each in series.items() if compiled(pattern).fullmatch(name))

    return nodes(text, series.get, find_all)


def _type(name: str) -> SeriesType:
    return "counter" if name in COUNTERS else "gauge"


@st.composite
def texts(draw: st.DrawFn, major: int = 3) -> str:
    """An expression of up to three levels that this Prometheus reads."""
    return _Texts(draw, major).vector(draw(st.integers(0, 3)))


@st.composite
def calls(draw: st.DrawFn, name: str, major: int = 3) -> str:
    """A call of a function, or an aggregation, of anything simple."""
    made = _Texts(draw, major)
    return (
        made.call(SIGNATURES[name], 1)
        if name in SIGNATURES
        else made.aggregation(OPERATORS[name], 1)
    )


def names(major: int) -> list[str]:
    """Functions and aggregations that this Prometheus has and that give the same every time."""
    return [
        row.name
        for row in (*SIGNATURES.values(), *OPERATORS.values())
        if has(row, major) and row.name not in _NOT_DRAWN
    ]


class _Texts:
    def __init__(self, draw: st.DrawFn, major: int) -> None:
        self._draw = draw
        self._functions = [row for row in SIGNATURES.values() if has(row, major)]
        self._operators = [
            row for row in OPERATORS.values() if has(row, major) and row.name not in _NOT_DRAWN
        ]

    def _one(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))

    def _some(self, *choices: str) -> list[str]:
        return self._draw(st.lists(st.sampled_from(choices), unique=True, max_size=3))

    def _often(self) -> bool:
        return self._draw(st.integers(0, 3)) > 0

    def vector(self, depth: int) -> str:
        if depth <= 0:
            return self._selector("", "")
        kind = self._one("function", "function", "aggregation", "binary", "binary", "negation")
        if kind == "function":
            rows = [row for row in self._functions if row.result == "instant vector"]
            return self.call(self._draw(st.sampled_from(rows)), depth - 1)
        if kind == "aggregation":
            return self.aggregation(self._draw(st.sampled_from(self._operators)), depth - 1)
        if kind == "negation":
            return f"-({self.vector(depth - 1)})"
        return self._binary(depth - 1)

    def _selector(self, window: str, prefer: str) -> str:
        name = prefer or self._one(*GAUGES, *COUNTERS, *GAUGES, "pattern")
        matchers = "" if self._often() else self._one(*_MATCHERS)
        if name == "pattern":
            pattern = self._one("lamps|doors", "lamps|alarms_total", "lamps|windows", "windows")
            matchers = f'__name__=~"{pattern}"' + ("," if matchers else "") + matchers
            name = ""
        return f"{name}{{{matchers}}}{window}{self._shift()}"

    def _shift(self) -> str:
        if self._often():
            return ""
        at = self._one("", "", " @ end()", " @ start()", " @ 3000", " @ 1234.5")
        return self._one("", " offset 10m", " offset -5m", " offset 90s", " offset 1500ms") + at

    def _range(self, depth: int, prefer: str = "") -> str:
        window = self._one(*_WINDOWS)
        if depth <= 0 or self._often():
            return self._selector(f"[{window}]", prefer)
        step = self._one("", "1m", "30s", "5m", "13s")
        return f"({self.vector(depth - 1)})[{window}:{step}]{self._shift()}"

    def scalar(self, depth: int) -> str:
        if depth <= 0 or self._often():
            return self._one(*_NUMBERS)
        inner = depth - 1
        return self._draw(
            st.sampled_from(
                (
                    lambda: "time()",
                    lambda: "pi()",
                    lambda: f"scalar({self.vector(inner)})",
                    lambda: f"scalar(sum({self.vector(inner)}))",
                    lambda: f"-(1 * ({self.scalar(inner)}))",
                    lambda: (
                        f"({self.scalar(inner)}) {self._one(*_ARITHMETIC)} ({self.scalar(inner)})"
                    ),
                    lambda: (
                        f"({self.scalar(inner)}) {self._one(*sorted(COMPARISONS))}"
                        f" bool ({self.scalar(inner)})"
                    ),
                )
            )
        )()

    def call(self, row: Signature, depth: int) -> str:
        arguments: list[str] = []
        for type in row.arguments:
            prefer = BUCKETS if row.name in {"histogram_quantile", "histogram_fraction"} else ""
            if row.name in {"holt_winters", "double_exponential_smoothing"} and type == "scalar":
                arguments.append(self._one("0.5", "0.1", "0.9", "0.3", "1"))
            else:
                arguments.append(self._argument(type, depth, prefer))
        if row.name == "label_replace":
            target, source = self._one(*_TEXTS), self._one(*LABELS)
            by, of = self._one("$1", "${1}x$2", "$1x", "", "$$"), self._one("(.).*", "(h.*)", ".*")
            arguments[1:] = [f'"{each}"' for each in (target, by, source, of)]
        elif row.name == "label_join":
            sources = [f'"{name}"' for name in self._some(*LABELS)]
            arguments[1:] = [f'"{self._one(*_TEXTS)}"', '"-"', *sources]
        elif row.optional and self._draw(st.booleans()):
            arguments = arguments[: -row.optional]
        return f"{row.name}({', '.join(arguments)})"

    def _argument(self, type: Argument, depth: int, prefer: str) -> str:
        if type == "scalar":
            return self.scalar(depth)
        if type == "string":
            return f'"{self._one(*_TEXTS)}"'
        if type == "range vector":
            return self._range(depth)
        if prefer and self._often():
            return self._one(prefer, f"rate({prefer}[10m])", f"sum by (le, room) ({prefer})")
        return self.vector(depth)

    def aggregation(self, row: Operator, depth: int) -> str:
        grouping = ""
        if self._often():
            by = self._one("by", "by", "without")
            grouping = f" {by} ({', '.join(self._some(*LABELS, '__name__', 'le'))})"
        parameter = ""
        if row.parameter == "string":
            parameter = f'"{self._one(*_TEXTS)}", '
        elif row.name == "quantile":
            parameter = f"{self.scalar(depth)}, "
        elif row.parameter:
            parameter = f"{self._one('1', '2', '0', '-1', '100', '3')}, "
        # the last digit of what is computed would be part of a label
        operand = self.vector(0 if row.name == "count_values" else depth)
        return f"{row.name}{grouping} ({parameter}{operand})"

    def _binary(self, depth: int) -> str:
        if self._draw(st.integers(0, 2)) == 0:
            sides = [self.vector(depth), f"({self.scalar(depth)})"]
            left, right = self._draw(st.permutations(sides))
            return f"({left}) {self._operator()} ({right})"
        left, right = self.vector(depth), self.vector(depth)
        if self._draw(st.booleans()):  # whose series have one partner each
            by = ", ".join(self._some(*LABELS))
            left, right = f"sum by ({by}) ({left})", f"max by ({by}) ({right})"
        operator = self._operator("and", "or", "unless")
        matching = ""
        if self._draw(st.booleans()):
            kind = self._one("on", "ignoring")
            matching = f" {kind} ({', '.join(self._some(*LABELS))})"
            if operator not in {"and", "or", "unless"}:
                matching += self._one(
                    "",
                    "",
                    " group_left ()",
                    " group_right ()",
                    " group_left (team)",
                    " group_right (team)",
                )
        return f"({left}) {operator}{matching} ({right})"

    def _operator(self, *more: str) -> str:
        operator = self._one(*_ARITHMETIC, *sorted(COMPARISONS), *more, *more)
        bool = operator in COMPARISONS and self._draw(st.booleans())
        return f"{operator} bool" if bool else operator


def has(row: Signature | Operator, major: int) -> bool:
    """Whether Prometheus 2.42 or 3.5 has it."""
    version = (2, 42) if major == 2 else (3, 5)
    until = row.until if isinstance(row, Signature) else ""
    return _number(row.since) <= version and (not until or version < _number(until))


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
