"""The page as text: one file that needs nothing else, or a shell whose data a server has."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

_CLOSING = re.compile("</(script|style)", re.IGNORECASE)


def asset(name: str) -> str:
    """A file that `npm run build` made in preview/."""
    return resources.files("pbmon.preview").joinpath("assets", name).read_text("utf-8")


def page(title: str, data: Mapping[str, Any] | None = None) -> str:
    """The whole page. data: what it reads, by id; without it, it asks its server.

    It may run its own script alone, and reach nothing but that server.
    """
    script = _CLOSING.sub(r"<\\/\1", asset("preview.js"))
    digest = b64encode(sha256(script.encode()).digest()).decode()
    blocks = "".join(
        f'<script type="text/plain" id="{escape(f"data:{name}")}">{_packed(value)}</script>\n'
        for name, value in (data or {}).items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(digest, data is None)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>{asset('preview.css')}</style>\n</head>\n"
        f'<body>\n<div id="root"></div>\n{blocks}<script type="module">{script}</script>\n'
        "</body>\n</html>\n"
    )


def policy(digest: str, has_server: bool) -> str:
    """Its content security policy. digest: of its one script. Styles are made by Emotion while it
    runs, so they cannot be named.
    """
    reached = "'self'" if has_server else "'none'"
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline';"
        " img-src data:; font-src data:; base-uri 'none'; form-action 'none';"
        f" connect-src {reached}"
    )


def _packed(value: Any) -> str:
    """JSON, gzipped, as text; the same bytes in every run."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
