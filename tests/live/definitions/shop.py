"""The shop: one process with its metrics, its rules and its dashboard."""

from __future__ import annotations

from pbmon import (
    AUTO,
    Alert,
    BarGauge,
    Counter,
    Dashboard,
    Gauge,
    Heatmap,
    Histogram,
    Job,
    Label,
    Panel,
    Query,
    Record,
    Row,
    RuleGroup,
    Service,
    Stat,
    Table,
    Text,
    job,
    le,
    ratio,
)

service = Service(
    "shop", module="shop_metrics.py", jobs=[Job("shop", ["shop:8000"], labels={"component": "web"})]
)

method = Label("method", "HTTP method.", values=("GET", "POST"), other="OTHER")
page = Label("page", "Route template.", max_values=3, other="<unmatched>")
outcome = Label("outcome", "How the order ended.", values=("paid", "failed"))
reason = Label("reason", "Why money went back.", max_values=5, other="other")

requests = Counter("shop_requests_total", "Requests answered.", labels=[method, page])
latency = Histogram("shop_latency_seconds", "Time to answer.", labels=[method], buckets=[0.1, 1, 5])
orders = Counter("shop_orders_total", "Orders ended.", labels=[outcome])
refunds = Counter("shop_refunds_total", "Orders paid back.", labels=[reason])
baskets = Gauge("shop_baskets", "Baskets that are not empty.", unit="short")
staff = Gauge("shop_staff", "People at work.", unit="short")

request_rate = Record("job:shop_requests:rate1m", requests.rate("1m").sum(by=[job]), unit="reqps")
failed = Record(
    "job:shop_orders_failed:ratio_rate1m", ratio(orders.where(outcome.is_("failed")), orders, "1m")
)

group = RuleGroup("shop", "Alerts of the shop.")
many_baskets = Alert(
    "ManyBaskets",
    baskets > 100,
    severity="critical",
    group=group,
    summary="{{ $labels.instance }} holds many baskets.",
    impact="Pages are slow.",
    action="Start another instance.",
)
orders_fail = Alert(
    "OrdersFail",
    failed > 0.5,
    for_="5m",
    severity="warning",
    group=group,
    summary="Half of the orders fail.",
    impact="Customers leave.",
    action="See what the payment service says.",
    silences=[many_baskets],
)
shop_absent = Alert(
    "ShopAbsent",
    staff.absent(),
    for_="5m",
    severity="warning",
    group=group,
    summary="Nobody counts the staff.",
    impact="Nobody is paid.",
    action="See whether the shop runs.",
)

shop = Dashboard(
    "Shop",
    uid="shop",
    file="shop",
    rows=[
        Row(
            "Now",
            Panel("Requests", requests.rate(AUTO).sum(by=[page]), unit="reqps"),
            Panel("Latency", Query(latency.quantile(0.9, AUTO, by=[method]) >= 0, "{{method}}")),
            Heatmap("Latencies", latency.bucket_counts.rate(AUTO).sum(by=[le]), unit="s"),
            Stat("Baskets", baskets.sum(), alerts=[many_baskets]),
            Panel("Failing orders", failed, alerts=[orders_fail]),
            Table(
                "Pages",
                requests.rate(AUTO).sum(by=[page]).topk(3),
                columns={page: "Page", "Value": "per second"},
            ),
            Panel(
                "Instances with too many baskets", baskets > 1_000_000, description="Empty is well."
            ),
            BarGauge("Refunds", refunds.rate("5m").sum(by=[reason]), unit="ops"),
            Stat("Staff", staff.sum(), alerts=[shop_absent]),
            Text("About", "All of the shop."),
        )
    ],
)
