from pbmon import Alert, Gauge, Job, Project, Receiver, Service

project = Project(
    name="shop",
    title="Shop",
    runbook_url="https://example.com",
    receivers=[Receiver(name="pager", severities=["critical"])],
)
service = Service(
    "shop", jobs=[Job("shop", ["shop:80"]), Job("stall", ["stall:80"])], module="shop.py"
)
lamps = Gauge("lamps", "Lamps on.")
too_many = Alert(
    "TooManyLamps",
    lamps > 5,
    severity="warning",
    summary="Too many lamps.",
    impact="It costs money.",
    action="Turn them off.",
)
none = Alert(
    "NoLamp",
    lamps.equals(0),
    severity="warning",
    summary="It is dark.",
    impact="Nobody sees.",
    action="Turn one on.",
)
