"""Texts of templates. Jinja is imported where there is a text that is not known yet."""

from __future__ import annotations


def rendered(template: str, **values: object) -> str:
    """The template's text with these values."""
    from pbmon.render.jinja import environment

    return environment().get_template(template).render(**values)
