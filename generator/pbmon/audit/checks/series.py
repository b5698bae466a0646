"""Checks that what is read is exposed."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.audit.case import Case, Use
from pbmon.audit.checks.grouping import findings
from pbmon.audit.lacks import Lack
from pbmon.audit.rules import Rule
from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector
from pbmon.expr.text import promql
from pbmon.expr.walk import children
from pbmon.finding import Finding, Level


def series_exists(case: Case) -> Iterator[Finding]:
    """Every series that is read has a name that is exposed, or recorded.

    A renamed metric leaves rules and panels behind that are empty, which looks like health. It is
    an error where a Prometheus was asked, or where an exposition has the same name with another
    ending (`_total`); else a warning: another machine may expose more, as its temperatures, and the
    exposition of an exporter may not have been given.

    To fix it: take the name that is near, or drop what reads it.
    """
    return _lacking(case, "series-exists")


def job_exists(case: Case) -> Iterator[Finding]:
    """Every job that a selector asks for is a scrape job of the prometheus.yml that was given.

    `job="worker"` finds nothing where the job is called `celery-worker`. Jobs in files that were
    not read, and jobs whose targets say themselves what job they are, switch this off.

    To fix it: take the name that the configuration has.
    """
    return _lacking(case, "job-exists")


def label_exists(case: Case) -> Iterator[Finding]:
    """Every label that a selector asks for is one that the series has.

    Labels of targets are known where a Prometheus was asked, or where the prometheus.yml that was
    given has static targets only; else any label may be one of them, and nothing is said.

    To fix it: take a label that the message lists.
    """
    return _lacking(case, "label-exists")


def value_exists(case: Case) -> Iterator[Finding]:
    """Every value that a selector asks for is one that a series has.

    `status="failed"` finds nothing where the app counts `failure`. Only what is exposed now is
    known, so it is a warning: a value may come with its first event. One that is there in other
    letters, `GET` for `get`, is an error.

    To fix it: take a value that the message lists.
    """
    return _lacking(case, "value-exists")


def bucket_exists(case: Case) -> Iterator[Finding]:
    """Every bucket that is selected by its bound is exposed.

    A histogram has its buckets from the beginning, so one that is not there now never comes.

    To fix it: take a bound that the message lists.
    """
    return _lacking(case, "bucket-exists")


def histogram_is_read_by_its_parts(case: Case) -> Iterator[Finding]:
    """A histogram is read by its buckets, sum and count.

    A classic histogram `x` has the series `x_bucket`, `x_sum` and `x_count`, and none called `x`.

    To fix it: `x_bucket` for quantiles, `x_sum / x_count` for the mean.
    """
    return _lacking(case, "histogram-is-read-by-its-parts")


def sides_can_meet(case: Case) -> Iterator[Finding]:
    """The two sides of an operation have series with the same values of the labels they are matched
    on.

    `a / b` pairs series whose labels are all equal. Where one side has a label that the other has
    not, no series finds a partner, and the result is empty, without a message.

    To fix it: aggregate both to the same labels, or say which to match: `on (instance)`.
    """
    yield from _lacking(case, "sides-can-meet")
    faults = [
        (use, Lack("sides-can-meet", f"it never has a value: {reason}"))
        for use, reason in case.obstacles.items()
        if not (isinstance(use.owner, Rule) and use.owner.is_alert)
    ]
    yield from findings(faults, lambda _: "")


def match_has_one_partner(case: Case) -> Iterator[Finding]:
    """Where series are matched one to one, none has several partners.

    Prometheus refuses the whole expression in the moment in which there are two: the panel shows an
    error, the alert is not evaluated, often long after somebody wrote it. It is an error where the
    series that are exposed show it, and a warning where the expression groups by a label that it
    does not match.

    To fix it: `group_left`, or match on that label, too.
    """
    certain: list[tuple[Use, Lack]] = []
    for use, node in case.read:
        for inner in _below(node):
            if inner in case.supply.several:
                certain.append((use, _several(inner, case.supply.several[inner], "error")))
            elif isinstance(inner, Binary) and (side := _grouped_further(inner)):
                certain.append((use, _several(inner, side, "warning")))
    yield from findings(certain, lambda _: "")


def threshold_is_below_the_top_bucket(case: Case) -> Iterator[Finding]:
    """A quantile is compared with a value below the histogram's largest finite bucket.

    `histogram_quantile()` never returns more than the largest finite bound, so `> bound` can never
    be true. The bounds are those of the exposition.

    To fix it: add a bucket above the threshold, or lower the threshold.
    """
    bounds = case.exposed.bounds if case.exposed else {}
    faults: list[tuple[Use, Lack]] = []
    for use, node in case.read:
        for inner in () if _never_fires(case, use) else _below(node):
            for name in _quantile_of(inner):
                limit = _limit(inner)
                if name in bounds and limit is not None:
                    top = bounds[name][-1]
                    if limit > top or (limit == top and _is_strict(inner)):
                        problem = (
                            f"it waits for more than {limit:g}, but the largest bucket of"
                            f" {name} ends at {top:g}, so that is never true"
                        )
                        help = "add a bucket above the threshold, or lower the threshold"
                        faults.append(
                            (use, Lack("threshold-is-below-the-top-bucket", problem, help))
                        )
    yield from findings(faults, lambda _: "")


def _lacking(case: Case, check: str) -> Iterator[Finding]:
    faults = [
        (use, lack)
        for use, _ in case.read
        if check != "sides-can-meet" or not _never_fires(case, use)
        for lack in case.lacking[use]
        if lack.check == check
    ]
    yield from findings(faults, lambda use: _consequence(case, use))


def _never_fires(case: Case, use: Use) -> bool:
    """Whether `alert-can-fire` says so already."""
    rule = use.owner
    verdict = case.verdicts.get(rule) if isinstance(rule, Rule) else None
    return verdict is not None and verdict.kind == "never fires"


def _consequence(case: Case, use: Use) -> str:
    return ", so it is empty" if case.supplied[use].is_empty else ", so that part of it is empty"


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _below(child)


def _several(node: Node, side: str, level: Level) -> Lack:
    assert isinstance(node, Binary)
    other = "right" if side == "left" else "left"
    where = f"on the {side} of `{node.operator}`"
    matching = node.matching
    how = f"{matching.kind} ({', '.join(matching.labels)})" if matching else "all labels"
    when = "" if level == "error" else "once "
    return Lack(
        "match-has-one-partner",
        f"{when}several series {where} meet one on the {other}, matched by {how}: Prometheus"
        f" refuses {promql(node)[:160]}",
        f"group_{side}, or match on more labels",
        level,
    )


def _grouped_further(node: Binary) -> str:
    """The side that may have one series only, and is grouped by a label that is not matched."""
    matching = node.matching
    if node.operator in {"and", "or", "unless"} or matching is None or matching.kind != "on":
        return ""
    if is_scalar(node.left) or is_scalar(node.right):
        return ""
    for side, operand in (("left", node.left), ("right", node.right)):
        if (
            matching.group != f"group_{side}"
            and isinstance(operand, Aggregate)
            and operand.grouping == "by"
            and set(operand.labels) - {*matching.labels, *matching.include}
        ):
            return side
    return ""


def _quantile_of(node: Node) -> Iterator[str]:
    """The histogram of a quantile that is compared with a number from below."""
    if not isinstance(node, Binary) or node.operator not in {">", ">="}:
        return
    compared = node.left
    while isinstance(compared, Aggregate) and compared.operator in {"max", "min", "avg", "topk"}:
        compared = compared.operand
    if isinstance(compared, Call) and compared.function == "histogram_quantile":
        for inner in _below(compared.arguments[-1]):
            if isinstance(inner, Selector):
                yield inner.series.name.removesuffix("_bucket")


def _limit(node: Node) -> float | None:
    right = node.right if isinstance(node, Binary) else None
    return float(right.value) if isinstance(right, Number) else None


def _is_strict(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator == ">"
