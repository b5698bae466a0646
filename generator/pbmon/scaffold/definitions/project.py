"""What holds for everything."""

from pbmon import Project, Receiver

project = Project(
    name="@name@",
    title="@title@",
    runbook_url="https://example.com/@name@/docs/runbooks",
    grafana_url="@grafana_url@",
    receivers=[
        Receiver(
            name="pager",
            severities=["critical"],
            repeat_interval="1h",
        ),
        Receiver(
            name="chat",
            severities=["warning", "info"],
        ),
    ],
)
