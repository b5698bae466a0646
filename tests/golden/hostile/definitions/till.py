"""One service with every kind of metric, rule and panel."""

from pbmon import (
    AUTO,
    Alert,
    BarChart,
    BarGauge,
    Counter,
    Dashboard,
    Gauge,
    GaugePanel,
    Heatmap,
    Histogram,
    HistogramPanel,
    Job,
    Label,
    Panel,
    PieChart,
    Query,
    Record,
    Row,
    Service,
    Stat,
    StateTimeline,
    StatusHistory,
    Table,
    Text,
    job,
    le,
    ratio,
    up,
)

service = Service(
    "till",
    "Sells \"things\" | 'more' \\ less: `code`, [a](b), {braces}.\n\n# No heading\n- no list",
    owner="<team>",
    jobs=[Job("till/1", ["till:80"], path="/metrics/a=%20", labels={"service": "yes", "component": 'quo"ted\\'})],
    module="src/till/metrics.py",
)

paid = Label(
    "class", 'How: "cash" or {card}.', values=("cash", 'a"b', "back\\slash", "new\nline", "pipe|dot.", "", "é😀"), other="None"
)
item = Label("Item", "What was sold.", max_values=5, other="{{other}}")

sold = Counter("till_sold_total", 'Things """sold""": 100 % {sure}\\\nsecond line # no comment', labels=[paid, item])
weight = Histogram("till_weight_grams", "Weight, 'net'.", labels=[paid], buckets=[0.005, 1, 2.5, 1e6])
open_tills = Gauge("till_open", "Tills open — ‘now’ → later. \u202edesrever", symbol="open_tills")

odd = Record(
    "job_class:till_sold_odd:rate5m",
    sold.where(paid.is_in('a"b', "pipe|dot."), item.is_not('x"\\\n{}')).rate("5m").sum(by=[job, paid]),
    "Odd ones: `a|b`",
    unit="suffix:things",
)
share = Record("job:till_sold_odd:ratio_rate5m", ratio(sold.where(paid.is_("new\nline")), sold, "5m"), "Share of *odd* ones.")

many = Alert(
    "ManyOddThings",
    share > 0.05,
    for_="5m",
    severity="critical",
    summary="{{ $value | humanizePercentage }} odd: \"quoted\", 'single', back\\slash, 100 % # {brace} <b> *star* _under_",
    impact="- not a list\n# not a heading\n| not | a table |",
    action='Say {{ printf "%q" "hi }}" }} to {{ $labels.job }}; then `rm -rf "$HOME"` && read [this](that).',
    description="Trailing space \n\ttab, CR\r\nline, no-break\u00a0space, NEL\x85, 統計 😀.",
    labels={"team": "no", "empty": ""},
)
down = Alert(
    "TillDown",
    up.where(job.is_("till/1")).equals(0),
    severity="warning",
    summary="{{ $labels.instance }} is gone: really",
    impact="Nobody can pay anything.",
    action="Restart it, then look.",
    silences=[many],
)

dashboard = Dashboard(
    'Till "A" \\ B',
    uid="till",
    file="till",
    description='Line one\n"line" two\\',
    rows=[
        Row(
            "Row <1> & 'more'",
            Panel('Odd "things"', Query(odd, 'a "{{class}}" \\ b'), description="50 % of 'odd' → even", alerts=[], stacked=True),
            Stat("Share: 100 %", share, alerts=[many], mappings={0: ('no "odd"', "green"), 0.5: ("half", "#ff8800")}),
            GaugePanel("Open", open_tills.sum(), description="Open.", unit="short", limits=(0, 10)),
            BarGauge("By {class}", odd, description="By how.", legend="{{class}}"),
        ),
        Row(
            "Closed",
            Table("Table | of", odd, description="As a table.", columns={paid: 'How "paid"', "Value": "a | b"}),
            Heatmap("Weights", weight.bucket_counts.rate(AUTO).sum(by=[le]), description="By weight.", unit="massg"),
            StateTimeline("Up", Query(up, "{{instance}}"), description="Up.", mappings={0: ("down", "red"), 1: ("up", "green")}),
            StatusHistory("Up <now>", Query(up, '"{{instance}}" \\ {{job}}'), description="Up: #1.", mappings={0: ("it's down", "red")}),
            PieChart("Shares % of", odd, description="By class.", unit="short", legend="{{class}} & 'more'", donut=True),
            BarChart('Bars "by" class', Query(odd.sum(by=[paid]), 'odd "ones" | <all>'), by=paid, description="Bars.", unit="short", stacked=True),
            HistogramPanel("How often {open}", open_tills.sum(), description="Open: how often.", unit="short", bars=7),
            Text("Words", '# Heading\n\n<b>bold</b> `code` "quotes" \\ back', width=8),
            Panel(
                "Alive", up, description="1 while it answers.", alerts=[down], link=('Go "there"', "/d/x?a=${__field.labels.job}")
            ),
            collapsed=True,
        ),
    ],
)
