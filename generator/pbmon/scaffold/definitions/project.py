"""What holds for everything."""

from pbmon import Project, Receiver

project = Project(
    name="shop",
    title="Shop",
    runbook_url="https://example.com/shop/docs/runbooks",
    receivers=[
        Receiver(name="pager", severities=["critical"], repeat_interval="1h"),
        Receiver(name="chat", severities=["warning", "info"]),
    ],
)
