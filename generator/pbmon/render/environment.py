"""The Jinja2 environment: undefined names are errors, scalars pass through the filters."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, FunctionLoader, StrictUndefined

from pbmon.render import filters


@cache
def environment() -> Environment:
    """One environment a process; templates lie beside this module in templates/."""
    templates = _templates()
    jinja = Environment(
        loader=FunctionLoader(lambda name: templates.joinpath(name).read_text("utf-8")),
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


def rendered(template: str, **values: object) -> str:
    """The template's text with these values."""
    return environment().get_template(template).render(**values)


def compile_templates() -> None:
    """Compiles every template, for a process whose copies render."""
    for template in _templates().iterdir():
        if template.name.endswith(".j2"):
            environment().get_template(template.name)


def _templates() -> Traversable:
    return files("pbmon.render").joinpath("templates")
