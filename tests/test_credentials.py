"""No user or password of an address gets into a file, a message or a line that is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.cli.excerpt import excerpt
from pbmon.cli.init import init
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.source import Source
from small_projects import PROJECT, SHOP, catalog_of

SECRET = "pass:w0rd"
ADDRESSES = [
    f"https://admin:{SECRET}@grafana.example.com",
    f"http://admin:{SECRET}@grafana:3000/path",
    f"https://{SECRET}@grafana",
    f"https://admin:{SECRET}/x?y#z@grafana",
    f"https://admin:{SECRET}@x@grafana",
    f"https://grafana:80:{SECRET}@x",
    f"admin:{SECRET}@grafana:3000",
    f"//admin:{SECRET}@grafana",
    f"ftp://admin:{SECRET}@grafana",
]
OPEN = [
    "https://example.com/@team/a@b",
    "https://example.com:8080/?who=a@b",
    "http://[::1]:3000/#a@b",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_init_takes_no_address_with_a_password_and_writes_nothing(
    address: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="holds a user or password") as raised:
        init(tmp_path / "shop", address)
    assert SECRET not in str(raised.value) and not (tmp_path / "shop").exists()


def refused(**modules: str) -> DefinitionErrors:
    with pytest.raises(DefinitionErrors) as raised:
        catalog_of(**modules)
    return raised.value


@pytest.mark.parametrize("field", ["runbook_url", "grafana_url", "prometheus_url"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_project_takes_no_address_with_a_password(field: str, address: str) -> None:
    project = (
        PROJECT.replace("https://example.com/runbooks", address)
        if field == "runbook_url"
        else PROJECT.replace("receivers=", f'{field}="{address}", receivers=')
    )
    said = str(refused(project=project))
    assert f"{field} holds a user or password" in said and SECRET not in said


@pytest.mark.parametrize(
    "body",
    [
        'x = Service("y", jobs=[Job("y", ["{}@host:80"])])',
        'x = Panel("P", up, link=("Logs", "https://{}@host/logs"))',
        'x = Project(name="y", title="Y", runbook_url="https://a", alertmanagers=["{}@host:80"])',
    ],
)
def test_targets_links_and_alertmanagers_take_none_either(body: str) -> None:
    said = str(refused(other=f"from pbmon import *\n{body.format('me:' + SECRET)}\n"))
    assert "holds a user or password" in said and SECRET not in said


@pytest.mark.parametrize(
    "overlay",
    [
        *[f"grafana_url: '{address}'" for address in ADDRESSES],
        f"alertmanagers: ['me:{SECRET}@host:80']",
        f"targets: {{shop: ['me:{SECRET}@host:80']}}",
        f"targets: {{nowhere: ['me:{SECRET}@host:80']}}\nx: 1",
    ],
)
def test_an_overlay_takes_none_either(overlay: str) -> None:
    said = str(refused(environment=overlay))
    assert said.startswith("definitions/environments/development.yaml:1: ")
    assert "holds a user or password" in said and SECRET not in said


@pytest.mark.parametrize("overlay", ["targets: &x {shop: *x}", "alertmanagers: &x [*x]"])
def test_an_overlay_that_holds_itself_is_read_to_an_end(overlay: str) -> None:
    assert str(refused(environment=overlay)).startswith("definitions/environments/")


@pytest.mark.parametrize("address", OPEN)
def test_an_at_sign_behind_the_host_is_no_password(address: str) -> None:
    project = PROJECT.replace("receivers=", f'grafana_url="{address}", receivers=')
    assert catalog_of(project=project).project.grafana_url == address
    assert catalog_of(environment=f"grafana_url: '{address}'").environment.settings
    for link in (address, "/explore?who=a@b", "${__field.labels.room}/a@b"):
        row = f'Row("R", Panel("P", lamps, link=("L", {link!r})))'
        assert catalog_of(f'b = Dashboard("D", uid="d", file="d", rows=[{row}])').dashboards


@pytest.mark.parametrize("address", ADDRESSES[:2])
def test_the_line_that_is_shown_has_stars_for_it(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("definitions")
    folder.mkdir()
    (folder / "project.py").write_text(PROJECT.replace("https://example.com/runbooks", address))
    (folder / "shop.py").write_text(SHOP)
    with pytest.raises(DefinitionErrors) as raised:
        load(folder)
    source = raised.value.errors[0].source
    assert isinstance(source, Source)
    line = excerpt(source)[0]
    assert "********" in line and SECRET not in line
