"""Asks many routes of a FastAPI and a Starlette app and prints which were counted wrongly, as JSON.

Runs in each framework's own Python; PYTHONPATH: the generated package and tests/.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, FastAPI
from instrumentation.asgi import asked, counted, scope_of
from pybase.middleware.prometheus_middleware import PrometheusMiddleware
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router


async def text(request: Any) -> PlainTextResponse:
    return PlainTextResponse("x")


async def opaque(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("x")(scope, receive, send)


class Copying:
    """A middleware that hands on a copy of the scope, so that the router's entries do not come
    back.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(dict(scope), receive, send)


class Things(HTTPEndpoint):
    async def get(self, request: Any) -> PlainTextResponse:
        return await text(request)


def fastapi_app(**options: Any) -> FastAPI:
    app, sub = FastAPI(**options), FastAPI()
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/tenants/{tenant}")
    inner.add_api_route("/items/{item}", lambda item: item)
    inner.add_api_route("/files/{path:path}", lambda path: path)
    outer.include_router(inner)
    shared = lambda tenant: tenant  # noqa: E731
    outer.add_api_route("/shared", shared)
    outer.add_api_route("/shared/{one}", shared)
    outer.add_api_route("/posted", lambda tenant: tenant, methods=["POST"])
    outer.add_api_route("/posted", lambda tenant: tenant, methods=["PUT"])
    app.include_router(outer, prefix="/api")
    app.include_router(outer, prefix="/v2")
    app.add_api_route("/users/me", lambda: 1)
    app.add_api_route("/users/{user}", lambda user: user)
    app.add_route("/plain/{a}", text)
    app.mount("/sub", sub)
    app.mount("/of/{owner}/sub", sub)
    app.mount("/opaque", opaque)
    sub.include_router(inner)
    sub.add_route("/plain", Things)
    return app


def starlette_app(**options: Any) -> Starlette:
    own = [
        Route("/", text),
        Route("/things/{thing:int}", Things),
        Mount("/deeper/{level}", routes=[Route("/end", text)]),
    ]
    hosted = Router(routes=[Route("/hosted/{a}", text)])
    return Starlette(
        routes=[
            Host("{name}.example.org", app=hosted),
            Mount("/m", routes=own),
            *own,
            Mount("/opaque", app=opaque),
        ]
    )


FASTAPI = {
    "/api/tenants/1/inner/items/2": "/api/tenants/{tenant}/inner/items/{item}",
    "/v2/tenants/1/inner/items/2": "/v2/tenants/{tenant}/inner/items/{item}",
    "/v2/tenants/1/inner/files/a/b/c": "/v2/tenants/{tenant}/inner/files/{path:path}",
    "/api/tenants/1/shared": "/api/tenants/{tenant}/shared",
    "/api/tenants/1/shared/2": "/api/tenants/{tenant}/shared/{one}",
    "/v2/tenants/1/shared/2": "/v2/tenants/{tenant}/shared/{one}",
    "/api/tenants/1/posted": "/api/tenants/{tenant}/posted",
    "/users/me": "/users/me",
    "/users/you": "/users/{user}",
    "/plain/1": "/plain/{a}",
    "/sub/inner/items/1": "/sub/inner/items/{item}",
    "/of/me/sub/inner/items/1": "/of/{owner}/sub/inner/items/{item}",
    "/of/me/sub/plain": "/of/{owner}/sub/plain",
    "/openapi.json": "/openapi.json",
    **dict.fromkeys(
        (
            "/sub/none",
            "/opaque/1",
            "/opaque",
            "/none",
            "/users/me/",
            "/users/",
            "/api/tenants/1/shared/2/",
        ),
        "<unmatched>",
    ),
}
STARLETTE = {
    "/": "/",
    "/things/1": "/things/{thing:int}",
    "/m/": "/m/",
    "/m/things/1": "/m/things/{thing:int}",
    "/m/deeper/1/end": "/m/deeper/{level}/end",
    "/deeper/1/end": "/deeper/{level}/end",
    "http://a.example.org/hosted/1": "/hosted/{a}",
    **dict.fromkeys(
        (
            "/m",
            "/m/things/x",
            "/deeper/1",
            "/opaque/x",
            "/things/1/",
            "http://evil.example/hosted/1",
        ),
        "<unmatched>",
    ),
}


def wrong(
    app: Any, expected: dict[str, str], root: str = "", cut: bool = False, **scope: Any
) -> dict[str, list[str]]:
    """Paths whose request counted elsewhere than expected, once when the routes are unknown and
    once when they are known.

    cut: whether a proxy took the root path out of the request's.
    """
    found = {}
    for path, template in [*expected.items(), *expected.items()]:
        before = counted()
        host, _, rest = (
            path.removeprefix("http://").partition("/")
            if "://" in path
            else ("localhost", "", path[1:])
        )
        facts = {**scope, "path": f"{'' if cut else root}/{rest}"}
        asyncio.run(asked(app, {**scope_of("GET", path, {"host": host}), **facts}))
        new = [
            endpoint
            for (endpoint, *_), value in (
                (key, value) for key, value in counted().items() if value != before.get(key)
            )
        ]
        wanted = template if template.startswith("<") else root + template
        if new != [wanted]:
            found[f"{type(app).__name__} {root} {path}"] = [wanted, *new]
    return found


def main() -> None:
    faults: dict[str, list[str]] = {}
    for make, expected in ((fastapi_app, FASTAPI), (starlette_app, STARLETTE)):
        inside = make()
        inside.add_middleware(PrometheusMiddleware)
        faults |= wrong(inside, expected)
        faults |= wrong(PrometheusMiddleware(make()), expected)
        copying = make()
        copying.add_middleware(Copying)
        copying.add_middleware(PrometheusMiddleware)
        faults |= wrong(
            copying, {path: template for path, template in expected.items() if "evil" not in path}
        )
        faults |= wrong(copying, {"/none": "<unmatched>"}, "/root", root_path="/root")
        faults |= wrong(PrometheusMiddleware(make()), expected, "/root", root_path="/root")
    faults |= wrong(PrometheusMiddleware(fastapi_app(root_path="/proxy")), FASTAPI, "/proxy")
    # which Starlette does not find
    unmounted = {path: template for path, template in FASTAPI.items() if "/sub" not in template}
    faults |= wrong(
        PrometheusMiddleware(fastapi_app(root_path="/proxy")), unmounted, "/proxy", cut=True
    )
    late = fastapi_app()
    late.add_middleware(PrometheusMiddleware)
    faults |= wrong(late, {"/users/me": "/users/me"})
    late.add_api_route("/late/{a}", lambda a: a)
    faults |= wrong(late, {"/late/1": "/late/{a}"})
    same = lambda a: a  # noqa: E731
    late.add_api_route("/one/{a}", same)
    faults |= wrong(late, {"/one/1": "/one/{a}"})
    late.add_api_route("/two/{a}", same)
    faults |= wrong(late, {"/two/1": "/two/{a}", "/one/1": "/one/{a}"})
    print(json.dumps(faults))


if __name__ == "__main__":
    main()
