"""What `query` in a text of an alert answers, from the series of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from pbmon.expr.nodes import Selector, Series
from pbmon.expr.syntax import nodes
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.world.run import Run


class Asks:
    """Answers at an evaluation. A case has the series that the alert reads, and no others: what is
    asked of those finds nothing. unread: the first of these that was asked for.
    """

    def __init__(self, run: Run, index: int) -> None:
        self._run = run
        self._index = index
        self.unread = ""

    def __call__(self, text: str) -> Sequence[tuple[Mapping[str, str], float]]:
        try:
            node = nodes(text, self._series, lambda _: ())
            result = self._run.engine.evaluate(node, self._run.time(self._index))
        except ValueError as error:
            raise FailedTemplate(f"query({text[:200]!r}) does not parse: {error}") from None
        except KeyError as unknown:
            raise UnknownTemplate(f"query({text[:200]!r}) reads {unknown.args[0]}") from None
        except UnknownSemantics as unknown:
            raise UnknownTemplate(f"query({text[:200]!r}) is not computed: {unknown}") from None
        if not isinstance(result, dict):
            return [({}, result)]
        return [(dict(labels), value) for labels, value in result.items()]

    @cached_property
    def _known(self) -> dict[str, Series]:
        """By name; most texts ask for none."""
        below = self._run.lineage.nodes(self._run.alert.expr)
        return {node.series.name: node.series for node in below if isinstance(node, Selector)}

    def _series(self, name: str) -> Series:
        if name not in self._known:
            self.unread = self.unread or name
        return self._known.get(name) or Series(name, name, "gauge", ())
