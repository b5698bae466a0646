"""Small projects from source text, for tests of what pbmon decides about them."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from pbmon.catalog.catalog import Catalog, load
from pbmon.plan.plan import Plan, resolve

PROJECT = """\
from pbmon import Project, Receiver

pager = Receiver(name="pager", severities=["critical", "warning", "info"])
project = Project(name="shop", title="Shop", runbook_url="https://example.com/runbooks", \
receivers=[pager])
"""
SAID = (
    'severity="warning", summary="It is too many.", impact="Users wait long.", action="Look at it."'
)
"""What every alert must say, as arguments."""

SHOP = f"""\
from pbmon import *

room = Label("room", "Room.", values=("kitchen", "hall"))
service = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
lamps = Gauge("lamps", "Lamps on.", labels=[room])
visits = Counter("visits_total", "Visits.", labels=[room])
stay = Histogram("stay_seconds", "How long visits last.", buckets=[1, 5, 60])
SAID = dict({SAID})
"""
"""The beginning of a module: a service with one job, metrics of three types, and SAID."""


STORE = """\
from pbmon import *

store = Service("store", jobs=[Job("store", ["store:80"])], module="store.py")
boxes = Gauge("boxes", "Boxes.")
"""
"""A second module, of another service."""


def catalog_of(*bodies: str, environment: str = "", head: str = SHOP, **modules: str) -> Catalog:
    """The catalog of a module that begins with `head` and goes on with the bodies, of other modules
    by name, and an overlay.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "definitions"
        (folder / "environments").mkdir(parents=True)
        for module, text in {
            "project": PROJECT,
            "shop": head + "\n".join(bodies) + "\n",
            **modules,
        }.items():
            (folder / f"{module}.py").write_text(text, "utf-8")
        (folder / "environments/development.yaml").write_text(environment, "utf-8")
        return load(folder)


@lru_cache(maxsize=32)
def plan_of(*bodies: str, environment: str = "", head: str = SHOP, **modules: str) -> Plan:
    """The plan of what catalog_of() makes: the same one for tests that give the same text."""
    return resolve(catalog_of(*bodies, environment=environment, head=head, **modules))
