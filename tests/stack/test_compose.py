"""docker-compose.yml runs the same parts as the definitions say, and gives nothing away."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from pbmon.plan.plan import Plan
from programs import missing

from .conftest import PROJECT

FILE = PROJECT / "docker-compose.yml"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services, anchors resolved."""
    return dict(yaml.safe_load(FILE.read_text("utf-8"))["services"])


@pytest.fixture(scope="module")
def docker_compose() -> list[str]:
    """The one at hand; it needs no engine to read a file."""
    asked = [["docker", "compose"], ["docker-compose"]]
    found = next(
        (
            command
            for command in asked
            if shutil.which(command[0]) and run(*command, "version").returncode == 0
        ),
        None,
    )
    return found or missing(
        "docker-compose", "apt-get install --no-install-recommends docker-compose"
    )


def test_docker_compose_accepts_the_file(docker_compose: list[str]) -> None:
    done = run(*docker_compose, "--file", str(FILE), "config", "--quiet")
    assert done.returncode == 0, done.stderr


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_every_scrape_target_is_a_service_of_the_file(
    plan: Plan, services: dict[str, dict[str, Any]]
) -> None:
    hosts = {
        target.rpartition(":")[0]
        for job in plan.jobs
        for target in job.targets
        if job.name != "prometheus"
    }
    assert hosts <= services.keys()
    assert {
        address.rpartition(":")[0] for address in plan.settings.alertmanagers
    } <= services.keys()


def test_every_exporter_runs_in_the_version_and_with_the_flags_of_the_definitions(
    plan: Plan, services: dict[str, Any]
) -> None:
    exporters = [
        service.exporter
        for service in plan.catalog.services
        if service.exporter and service.name != "prometheus"
    ]
    for exporter in exporters:
        (service,) = (
            one
            for one in services.values()
            if exporter.name in one.get("image", "").replace("-", "_")
        )
        assert f":v{exporter.version}" in service["image"]
        assert set(exporter.flags) <= set(service.get("command", []))


def test_every_port_is_published_on_the_loopback_address_only(
    services: dict[str, dict[str, Any]],
) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_image_is_pinned_to_a_whole_version(services: dict[str, dict[str, Any]]) -> None:
    images = [service["image"] for service in services.values()]
    images += re.findall(
        r"^FROM (\S+)", (PROJECT / "examples/pybase/Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    assert [
        image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)*$", image)
    ] == []


def test_every_service_runs_without_rights_and_within_limits(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert str(service["user"]).partition(":")[0] not in {"", "0", "root"}, name
        assert {"mem_limit", "cpus", "pids_limit", "healthcheck"} <= service.keys(), name


def test_no_password_stands_in_the_file() -> None:
    """Each comes from a file that `make stack-secrets` makes and git ignores."""
    secrets = yaml.safe_load(FILE.read_text("utf-8"))["secrets"]
    assert all(secret["file"].startswith(".secrets/") for secret in secrets.values())
    assert ".secrets/" in (PROJECT / ".gitignore").read_text("utf-8").splitlines()
    variables = re.findall(r"^\s+\w*PASSWORD\w*:\s*(\S+)", FILE.read_text("utf-8"), re.MULTILINE)
    assert variables
    assert all(value.startswith("/run/secrets/") for value in variables)


def test_whatever_is_mounted_from_the_project_is_read_only(
    services: dict[str, dict[str, Any]],
) -> None:
    volumes = [
        volume
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume.startswith(("./", "/"))
    ]
    assert volumes
    assert all(":ro" in volume for volume in volumes)
