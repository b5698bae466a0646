"""The Jinja2 environment: undefined names are errors, scalars pass through the filters."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, __version__
from jinja2.bccache import Bucket, BytecodeCache

from pbmon.cache import digest_of
from pbmon.render import filters

_TEMPLATES = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """Compiled templates beside the compiled modules of pbmon, as Python keeps those."""

    def get_source_checksum(self, source: str) -> str:
        """Filters of constants are computed when a template is compiled, so all of pbmon counts."""
        return digest_of("template", __version__, source).hex()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return cache_from_source(str(_TEMPLATES / (filename or name)))

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            bucket.bytecode_from_string(Path(bucket.key).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """In one step, since other processes read it."""
        if sys.dont_write_bytecode:
            return
        file = Path(bucket.key)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(bucket.bytecode_to_string())
            new.replace(file)


@cache
def environment() -> Environment:
    """One environment a process; templates lie beside this module in templates/."""
    jinja = Environment(
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text("utf-8")),
        bytecode_cache=_Compiled(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML is rendered; filters quote for YAML, Python, Markdown and XML
    )
    jinja.filters.update(
        yaml=filters.yaml,
        yaml_block=filters.yaml_block,
        markdown=filters.markdown,
        mermaid=filters.mermaid,
        mermaid_text=filters.mermaid_text,
        xml=filters.xml,
        plain_template=filters.plain_template,
        markdown_code=filters.markdown_code,
        markdown_cell=filters.markdown_cell,
    )
    return jinja


def compile_templates() -> None:
    """Compiles every template, for a process whose copies render."""
    for template in _TEMPLATES.glob("*.j2"):
        environment().get_template(template.name)
