"""Which route of the app answered a request.

The router writes into the request's scope which route it took. Where it does not, as
a middleware answered itself or handed on a copy of the scope, the route is the first
one of the app that the path fits; what stands in a Host then fits under every host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping
from functools import cache
from typing import Any, Final, NamedTuple

__all__ = ["Templates"]

Scope = MutableMapping[str, Any]

_MAX_ROOTS: Final = 8
"""Root paths to tell apart; some proxies let the client choose it."""

_MAX_UNKNOWN: Final = 100
"""Endpoints and routes to look for in vain; an app may make one for every request."""


class _Route(NamedTuple):
    """Where an endpoint is served. pattern: regular expression of the whole path."""

    itself: object
    endpoint: object
    template: str
    pattern: str
    methods: frozenset[str]


class Templates:
    """Finds the template of the route that answered: the one that has its endpoint.

    All versions of Starlette and FastAPI leave the endpoint in the scope, while what
    else is there, and whether it has the prefixes of routers and mounts, differs. Of
    an endpoint's routes it is the one in the scope; where there is none (Starlette
    0.46, Starlette's routes in FastAPI), one added later needs its own endpoint.
    """

    def __init__(self) -> None:
        self._routes: dict[int, list[_Route]] = {}
        self._seen: dict[int, object] = {}  # kept, so that an id stays its object's own
        self._unknown = 0
        self._all: list[_Route] = []
        self._number = 0
        self._roots: set[str] = {""}

    def find(self, scope: Scope, root: str) -> tuple[str | None, bool]:
        """The whole template if any; whether route and endpoint have no other one."""
        if root not in self._roots and len(self._roots) <= _MAX_ROOTS:
            self._roots.add(root)
        if root not in self._roots:
            return None, False
        root = root.rstrip("/")
        route, endpoint = scope.get("route"), scope.get("endpoint")
        self._look_for(route, scope)
        self._look_for(endpoint, scope)
        routes = self._routes.get(id(endpoint), [])
        routes = [each for each in routes if each.itself is route] or routes
        if len(routes) == 1:
            return root + routes[0].template, route is None or id(route) in self._seen
        if not routes and "router" not in scope:
            routes = self._of_app(scope.get("app"))
        template = _matching(routes, scope, root)
        return None if template is None else root + template, False

    def _look_for(self, asked: object, scope: Scope) -> None:
        """Reads the routes anew where it is unknown: some may have been added since."""
        if asked is None or id(asked) in self._seen or self._unknown >= _MAX_UNKNOWN:
            return
        routes: dict[int, list[_Route]] = {}
        for route in _routes(getattr(scope.get("router"), "routes", ())):
            routes.setdefault(id(route.endpoint), []).append(route)
            self._seen[id(route.itself)] = route.itself
            self._seen[id(route.endpoint)] = route.endpoint
        for same in routes.values():
            if len({route.template for route in same}) == 1:  # for several methods
                del same[1:]
        self._routes.update(routes)
        if id(asked) not in self._seen:
            self._seen[id(asked)] = asked
            self._unknown += 1

    def _of_app(self, app: Any) -> list[_Route]:
        """All routes of the app; read anew when their number changes."""
        routes = getattr(app, "routes", ())
        if len(routes) != self._number:
            self._number = len(routes)
            self._all = list(_routes(routes))
        return self._all


def _routes(
    routes: Iterable[Any], template: str = "", pattern: str = ""
) -> Iterator[_Route]:
    """Every route and those in mounts, in the order in which they are tried."""
    for route in routes:
        included = getattr(route, "effective_route_contexts", None)
        if included is not None:  # a router in FastAPI 0.137 and later
            contexts = included()
            own = [getattr(each, "starlette_route", None) or each for each in contexts]
            yield from _routes(own, template, pattern)
            continue
        regex = getattr(getattr(route, "path_regex", None), "pattern", "^$")
        regex = re.sub(r"\(\?P<\w+>", "(?:", regex).removeprefix("^")
        path = template + getattr(route, "path", "")
        inner = getattr(route, "routes", None)
        if inner is not None:
            regex = regex.removesuffix("/(?:.*)$") if hasattr(route, "path") else ""
            yield from _routes(inner, path, pattern + regex)
        elif getattr(route, "endpoint", None) is not None:
            methods = frozenset(getattr(route, "methods", None) or ())
            itself = getattr(route, "original_route", route)
            yield _Route(itself, route.endpoint, path, pattern + regex, methods)


def _matching(routes: list[_Route], scope: Scope, root: str) -> str | None:
    """The template of the first of the routes that the request fits, if it fits one."""
    path = scope["path"]
    if root and path.startswith(root + "/"):
        path = path[len(root) :]
    first = None
    for route in routes:
        if _compiled(route.pattern).match(path):
            if not route.methods or scope["method"] in route.methods:
                return route.template
            first = route.template if first is None else first
    return first


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Unlike re's own cache, with room for all routes of an app."""
    return re.compile(pattern)
