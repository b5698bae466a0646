"""A project whose texts hold what ends, opens or means something in YAML, JSON, Markdown, Python, PromQL and Go's templates."""

from pbmon import Project, Receiver

project = Project(
    name="hostile",
    title='Café "☕" & <b>friends</b>: *not* markup # nor a comment',
    runbook_url="https://example.com/r%20unbooks/?a=1&b=2",
    external_labels={"environment": "no", "cluster": "0x1F", "region": "a: b # c"},
    receivers=[Receiver(name="pager: {critical}", severities=["critical"], webhook_url_file="/etc/a b/'url'")],
)
