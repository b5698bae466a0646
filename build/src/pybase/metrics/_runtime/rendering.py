# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""The text of a registry: that of one's own series is prepared once, but for numbers.

What stands before the number of a series is taken from prometheus_client's encoder, so
each of its versions and formats is rendered as it renders it. Metrics of others, and
series with an exemplar, it renders itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from prometheus_client import CollectorRegistry, metrics
from prometheus_client.metrics_core import Metric
from prometheus_client.utils import floatToGoString

from .series import CounterSeries, GaugeSeries, HistogramSeries
from .slots import Slot

__all__ = ["Collected", "rendered"]

Encode = Callable[[Any], bytes]

_MAX_FORMATS: Final = 4
"""Of which text is kept; a client may ask for any version of a format."""

_MILLION: Final = 1e6
"""From here on Go writes a number otherwise than Python does."""

_formats: Final[set[str]] = set()


class Collected:
    """Metrics as prometheus_client's encoders want them."""

    def __init__(self, collected: Iterable[Metric]) -> None:
        self._metrics = collected

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def rendered(registry: Any, encode: Encode, content_type: str) -> bytes:
    """All of the registry, as the encoder of this content type renders it.

    Raises UnicodeEncodeError for a text that UTF-8 cannot hold.
    """
    if (
        type(registry) is not CollectorRegistry
        or registry.get_target_info()
        or getattr(metrics, "_use_created", True)
        or (content_type not in _formats and len(_formats) >= _MAX_FORMATS)
    ):
        return encode(Collected(list(registry.collect())))
    _formats.add(content_type)
    with registry._lock:
        collectors = list(registry._collector_to_names)
    text = _Text(encode, content_type)
    for collector in collectors:
        text.add(collector)
    return text.whole()


class _Text:
    """A page, while it is put together."""

    def __init__(self, encode: Encode, content_type: str) -> None:
        self._encode = encode
        self._format = content_type
        self._end = encode(Collected([])).decode()
        self._parts: list[str] = []
        self._others: list[Metric] = []

    def whole(self) -> bytes:
        self._add_others()
        return "".join([*self._parts, self._end]).encode()

    def _encoded(self, collected: list[Metric]) -> str:
        return self._encode(Collected(collected)).decode().removesuffix(self._end)

    def _add_others(self) -> None:
        if self._others:
            self._parts.append(self._encoded(self._others))
            self._others = []

    def add(self, collector: Any) -> None:
        """Everything that the collector tells now."""
        lines = _LINES.get(type(collector))
        if lines is None:
            self._others += collector.collect()
            return
        self._add_others()
        if collector._labelnames:
            with collector._lock:
                children = list(collector._metrics.values())
        else:
            children = [collector]
        try:
            prepared = [child._texts[self._format] for child in children]
            head = collector._head[self._format]
        except (AttributeError, KeyError):
            self._prepare(collector, children)
            prepared = [child._texts[self._format] for child in children]
            head = collector._head[self._format]
        self._parts.append(head)
        if self._end and any(map(_has_exemplar, children)):
            for child, texts in zip(children, prepared, strict=True):
                if _has_exemplar(child):
                    whole = self._encoded([_metric(collector, [child])])
                    self._parts.append(whole[len(head) :])
                else:
                    self._parts += lines([child], [texts])
        else:
            self._parts += lines(children, prepared)

    def _prepare(self, collector: Any, children: list[Any]) -> None:
        """Keeps what stands before the numbers of these series."""
        form = self._format
        head = self._encoded([_metric(collector, [])])
        collector.__dict__.setdefault("_head", {})[form] = head
        new = [
            child for child in children if form not in child.__dict__.get("_texts", ())
        ]
        metric = _metric(collector, new)
        metric.samples = [
            each._replace(value=0.0, exemplar=None) for each in metric.samples
        ]
        # Only "\n" ends a line: other separators may stand in a label.
        encoded = self._encoded([metric])[len(head) :].split("\n")
        texts = iter([line.removesuffix("0.0") for line in encoded])
        for child in new:
            own = tuple(next(texts) for _ in child._child_samples())
            child.__dict__.setdefault("_texts", {})[form] = _kept(child, own)


def _metric(collector: Any, children: Iterable[Any]) -> Metric:
    """The metric with the samples of these series alone."""
    metric: Metric = collector._get_metric()
    for child in children:
        labels = dict(zip(collector._labelnames, child._labelvalues, strict=True))
        for sample in child._child_samples():
            name = metric.name + sample.name
            metric.samples.append(
                sample._replace(name=name, labels={**labels, **sample.labels})
            )
    return metric


def _has_exemplar(child: Any) -> bool:
    if type(child) is HistogramSeries:
        return any(bucket.get_exemplar() is not None for bucket in child._buckets)
    return type(child) is CounterSeries and child._value.get_exemplar() is not None


def _kept(child: Any, texts: tuple[str, ...]) -> Any:
    """What is kept of a series: a text, or of a histogram what `%` fills in."""
    if type(child) is not HistogramSeries:
        return texts[0]
    return "".join(text.replace("%", "%%") + "%s\n" for text in texts)


def _number(value: float) -> str:
    text: str = floatToGoString(value)  # type: ignore[no-untyped-call]
    return text


def _counters(children: list[Any], texts: list[str]) -> Iterator[str]:
    for child, text in zip(children, texts, strict=True):
        slot = child._value
        value = slot.value if type(slot) is Slot else slot.get()
        if value < _MILLION:
            yield f"{text}{value!r}\n"
        else:  # also NaN
            yield f"{text}{_number(value)}\n"


def _gauges(children: list[Any], texts: list[str]) -> Iterator[str]:
    for child, text in zip(children, texts, strict=True):
        (sample,) = child._child_samples()
        yield f"{text}{_number(sample.value)}\n"


def _histograms(children: list[Any], texts: list[str]) -> Iterator[str]:
    for child, text in zip(children, texts, strict=True):
        total, number = 0.0, "0.0"
        numbers = []
        for bucket in child._buckets:
            value = bucket.value if type(bucket) is Slot else bucket.get()
            if value:
                total += value
                number = repr(total) if total < _MILLION else _number(total)
            numbers.append(number)
        numbers.append(number)
        if child._upper_bounds[0] >= 0:
            numbers.append(_number(child._sum.get()))
        yield text % tuple(numbers)


_LINES: Final[dict[type, Callable[[list[Any], list[Any]], Iterator[str]]]] = {
    CounterSeries: _counters,
    GaugeSeries: _gauges,
    HistogramSeries: _histograms,
}
