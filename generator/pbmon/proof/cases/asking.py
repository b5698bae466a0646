"""What `query` in a text of an alert answers, from the series of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pbmon.expr.nodes import Selector
from pbmon.expr.syntax import nodes
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.texts.expand import Query
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.world.run import Run


def asks(run: Run, index: int) -> Query:
    """Answers at an evaluation. It knows the series that the alert reads: a case has no others."""
    known = {
        node.series.name: node.series
        for node in run.lineage.nodes(run.alert.expr)
        if isinstance(node, Selector)
    }

    def query(text: str) -> Sequence[tuple[Mapping[str, str], float]]:
        try:
            node = nodes(text, known.get, lambda _: ())
            result = run.engine.evaluate(node, run.time(index))
        except ValueError as error:
            raise FailedTemplate(f"query({text[:200]!r}) does not parse: {error}") from None
        except KeyError as unknown:
            raise UnknownTemplate(
                f"query() reads {unknown.args[0]}, which the alert itself does not"
            ) from None
        except UnknownSemantics as unknown:
            raise UnknownTemplate(f"query({text[:200]!r}) is not computed: {unknown}") from None
        if not isinstance(result, dict):
            return [({}, result)]
        return [(dict(labels), value) for labels, value in result.items()]

    return query
