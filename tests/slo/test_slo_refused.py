"""A mistake in an objective is told at its line, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.errors import DefinitionErrors
from slo.shop import PROJECT, RATIO, plan

REFUSED = {
    "a share where per cent belong": (
        'slo = Slo("sales", bad=failed, total=requests, objective="0.999")',
        "objective 0.999 of sales is outside 1 to 100 per cent",
    ),
    "nothing may fail": (
        'slo = Slo("sales", bad=failed, total=requests, objective="100")',
        "objective 100 of sales is outside 1 to 100 per cent, so there is no error budget to keep",
    ),
    "a budget too small to compute": (
        (
            'slo = Slo("sales", bad=failed, total=requests,'
            ' objective="99.999999999999999999999999999999")'
        ),
        "is outside 1 to 100 per cent, so there is no error budget to keep",
    ),
    "a window of ages": (
        'slo = Slo("sales", bad=failed, total=requests, objective="99", window="99999999w")',
        "window '99999999w' of sales is not a number of days or weeks of at least 7d",
    ),
    "no number": (
        'slo = Slo("sales", bad=failed, total=requests, objective="many")',
        "objective 'many' of sales is no decimal",
    ),
    "a window of hours": (
        'slo = Slo("sales", bad=failed, total=requests, objective="99", window="12h")',
        "window '12h' of sales is not a number of days or weeks of at least 7d",
    ),
    "a window of a day": (
        'slo = Slo("sales", bad=failed, total=requests, objective="99", window="1d")',
        "window '1d' of sales is not a number of days or weeks of at least 7d",
    ),
    "good and bad": (
        'slo = Slo("sales", good=failed, bad=failed, total=requests, objective="99")',
        "SLO sales has good and bad and total, which does not say which events are good",
    ),
    "no total": (
        'slo = Slo("sales", bad=failed, objective="99")',
        "SLO sales has bad, which does not say",
    ),
    "no events": ('slo = Slo("sales", objective="99")', "SLO sales has no events"),
    "a counter without a total": (
        'slo = Slo("sales", good=requests, objective="99")',
        "good of SLO sales is a Counter",
    ),
    "a histogram instead of a bucket": (
        'slo = Slo("sales", good=latency, objective="99")',
        "good of Slo 'sales' is a Histogram",
    ),
    "a gauge as a total": (
        'slo = Slo("sales", bad=failed, total=healthy, objective="99")',
        "total of Slo 'sales' is a Gauge",
    ),
    "a bound without a bucket": (
        'slo = Slo("sales", good=latency.at_most(0.5), objective="99")',
        "answer_seconds has no bucket that ends at 0.5",
    ),
    "a label that the events lack": (
        'slo = Slo("sales", good=latency.at_most(0.3), objective="99", by=[status])',
        "answer_seconds has no label 'status'",
    ),
    "traffic of a gauge": (
        'slo = Slo("sales", good=healthy, objective="99", minimum_traffic="1")',
        "minimum_traffic of sales is no number of events per second that could be missing",
    ),
    "a name that begins with a digit": (
        'slo = Slo("24-hours", bad=failed, total=requests, objective="99")',
        "SLO 24-hours begins with a digit",
    ),
    "a text with a label that the events lack": (
        (
            'slo = Slo("sales", bad=failed, total=requests, objective="99", impact="{{ $labels.path'
            ' }} fails.")'
        ),
        "SalesBudgetBurn3d prints $labels.path, which its expression does not keep",
    ),
    "two of one name": (
        (
            'a = Slo("sales", bad=failed, total=requests, objective="99")\nb = Slo("sales",'
            ' good=healthy, objective="99")'
        ),
        "SLO sales is defined a second time",
    ),
    "a record of the same name": (
        RATIO.format("")
        + 'taken = Record("job:slo_sales_errors:ratio_1h", failed.rate("1h").sum(by=[job]))',
        "metric job:slo_sales_errors:ratio_1h is defined a second time",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, case: str) -> None:
    text, problem = REFUSED[case]
    with pytest.raises(DefinitionErrors) as caught:
        plan(tmp_path, text + "\n")
    (error,) = caught.value.errors
    assert problem in error.problem
    lines = range(PROJECT.count("\n") + 1, PROJECT.count("\n") + text.count("\n") + 2)
    assert str(error.source) in {f"definitions/shop.py:{line}" for line in lines}
