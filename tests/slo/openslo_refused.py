"""Changes to an OpenSLO file that pbmon does not read: what is changed, the line of the message,
and what it says.
"""

from __future__ import annotations

REFUSED = {
    "an older version": (
        ("openslo/v1", "openslo/v1alpha"),
        1,
        "the document is of openslo/v1alpha, which pbmon does not read",
    ),
    "another kind": (("kind: SLO", "kind: AlertPolicy"), 2, "kind 'AlertPolicy' is not read"),
    "no name": (("  name: checkout\n", "  displayName: x\n"), 1, "the document has no name"),
    "a threshold": (
        ("ratioMetric:", "thresholdMetric:"),
        11,
        "a thresholdMetric has no events to weigh by",
    ),
    "a ratio already computed": (
        ("counter: true", "raw: {}"),
        12,
        "a raw ratio has no events to weigh by",
    ),
    "a query of another system": (
        ("type: Prometheus", "type: Datadog"),
        15,
        "metrics of Datadog are not read",
    ),
    "a query that does not parse": (
        ("sum by (job) (payments_total{job", "sum by (job (payments_total{job"),
        17,
        "does not parse",
    ),
    "a query of two metrics": (
        ('class=~"5.."})', 'class=~"5.."} + x)'),
        17,
        "counts something else than the series of one metric",
    ),
    "a query without a sum": (
        ('sum by (job) (payments_total{job="web",class=~"5.."})', "payments_total"),
        17,
        "is no sum over series",
    ),
    "a query of the past": (
        ('class=~"5.."})', 'class=~"5.."} offset 1h)'),
        17,
        "looks at another time than now",
    ),
    "sides that never meet": (
        ('sum by (job) (payments_total{job="web",', 'sum by (pod) (payments_total{job="web",'),
        13,
        "bad is kept by pod and total by job, so they never meet",
    ),
    "a gauge summed": (
        ("counter: true", "counter: false"),
        13,
        "the queries sum a gauge, whose samples are no events",
    ),
    "no query": (
        ('query: sum by (job) (payments_total{job="web"})', "promql: x"),
        19,
        "total has no query",
    ),
    "a window of the calendar": (
        ("isRolling: true", "isRolling: false"),
        24,
        "the window is aligned to the calendar",
    ),
    "a window of hours": (("30d", "30h"), 24, "window '30h' is no number of days"),
    "a window of a month": (("30d", "1M"), 24, "window '1M' is no number of days"),
    "time slices": (
        ("Occurrences", "Timeslices"),
        26,
        "budgetingMethod Timeslices counts time slices, which pbmon does not",
    ),
    "two objectives": (
        ("    - target: 0.999\n", "    - target: 0.999\n    - target: 0.9\n"),
        27,
        "checkout has 2 objectives",
    ),
    "no target": (
        ("target: 0.999", "displayName: x"),
        28,
        "the objective has not one number as its target",
    ),
    "a threshold to compare with": (
        ("target: 0.999", "op: lte"),
        28,
        "op is of thresholds and time slices",
    ),
    "alert policies": (
        ("objectives:", "alertPolicies: [{alertPolicyRef: x}]\n  objectives:"),
        27,
        "alert policies are not read",
    ),
    "text that is no YAML": (("kind: SLO", "kind: [SLO"), 3, "YAML cannot read this"),
    "an unknown indicator": (
        ("indicator:", "indicatorRef: other\n  other:"),
        8,
        "there is no SLI 'other' in this file",
    ),
    "a bucket of the bad": (('class=~"5.."', 'le="0.3"'), 13, "the queries pick a bucket"),
    "matchers joined by or": (
        ('class=~"5.."', 'class="500" or class="501"'),
        17,
        "joins matchers by `or`",
    ),
    "a rate over no rate": (
        ('payments_total{job="web"})', 'rate(payments_total{job="web"}[5m]))'),
        13,
        "is no share of events",
    ),
    "good and bad": (
        ("        total:", "        good: {metricSource: {}}\n        total:"),
        18,
        "good and bad are both given",
    ),
    "two indicators": (
        ("  indicator:", "  indicatorRef: x\n  indicator:"),
        8,
        "indicator and indicatorRef are both given",
    ),
    "an indicator of the objective": (
        ("0.999", "0.999\n      indicatorRef: x"),
        29,
        "key 'indicatorRef' is not read here",
    ),
    "a weight": (
        ("0.999", "0.999\n      compositeWeight: 1"),
        29,
        "key 'compositeWeight' is not read here",
    ),
    "a key of nobody's": (
        ("  service:", "  servcie: x\n  service:"),
        7,
        "key 'servcie' is not read here",
    ),
    "dimensions of a query": (
        ('5.."})', '5.."})\n              dimensions: [x]'),
        18,
        "key 'dimensions' is not read here",
    ),
    "a key twice": (
        ("kind: SLO", "kind: SLO\nkind: Service"),
        3,
        "key 'kind' stands here a second time",
    ),
    "a merged key": (
        ("  name: checkout", "  <<: {labels: {}}\n  name: checkout"),
        4,
        "'<<' takes keys from another mapping",
    ),
    "a key that is a list": (("kind: SLO", "? [a, b]\n: SLO"), 2, "a key is a list or a mapping"),
    "an alias of itself": (("spec:", "x: &x [*x]\nspec:"), 5, "key 'x' is not read here"),
    "a NUL": (
        ("Customers", "\0"),
        6,
        "YAML cannot read this: character U+0000 may not stand in it",
    ),
    "a control character": (
        ("Customers", "\a"),
        6,
        "YAML cannot read this: character U+0007 may not stand in it",
    ),
    "a name of signs": (
        ("name: checkout", "name: '!!!'"),
        4,
        "SLO name '!!!' cannot name a file on every system",
    ),
    "one event twice": (
        (',class=~"5.."', ""),
        13,
        "bad and total of SLO checkout select the same events",
    ),
    "a target of nothing": (
        ("0.999", "0"),
        28,
        "objective 0 of checkout is outside 1 to 100 per cent",
    ),
    "a target of everything": (
        ("0.999", "1"),
        28,
        "objective 100 of checkout is outside 1 to 100 per cent",
    ),
    "a target below zero": (
        ("0.999", "-0.5"),
        28,
        "objective -50.0 of checkout is outside 1 to 100 per cent",
    ),
    "a target in per cent": (
        ("0.999", "99.9"),
        28,
        "objective 9990.0 of checkout is outside 1 to 100 per cent",
    ),
    "a target that is no number": (
        ("0.999", "nan"),
        28,
        "objective 'NaN' of checkout is no decimal number",
    ),
    "a target without end": (
        ("0.999", "Infinity"),
        28,
        "objective 'Infinity' of checkout is no decimal number",
    ),
    "a target in YAML's words": (("0.999", ".inf"), 28, "target '.inf' is no decimal number"),
    "a target too large": (("0.999", "1e999999"), 28, "target '1e999999' is no decimal number"),
    "a window of a day": (
        ("30d", "1d"),
        24,
        "window '1d' of checkout is not a number of days or weeks of at least 7d",
    ),
    "a window of ages": (("30d", "99999999w"), 24, "window '99999999w' is no number of days"),
    "rolling, or not": (
        ("isRolling: true", "isRolling: maybe"),
        25,
        "isRolling is 'maybe', which is neither true nor false",
    ),
    "alerts, or not": (
        ("metadata:", "metadata:\n  annotations: {pbmon.burn-alerts: some}"),
        4,
        "which is neither true nor false",
    ),
    "traffic below nothing": (
        ("metadata:", "metadata:\n  annotations: {pbmon.minimum-traffic: -1}"),
        4,
        "minimum_traffic of",
    ),
    "traffic that is no number": (
        ("metadata:", "metadata:\n  annotations: {pbmon.minimum-traffic: NaN}"),
        4,
        "minimum_traffic 'NaN'",
    ),
}
