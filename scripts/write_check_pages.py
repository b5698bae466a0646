"""Writes docs/checks/: one page a check, from the docstring of the function that makes the check.

python scripts/write_check_pages.py          writes the pages, and removes those of former checks
python scripts/write_check_pages.py --check  writes nothing; exit code 1 where a page differs
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pbmon.acceptance import acceptance_accepts_something
from pbmon.audit.checks import CHECKS as AUDIT_CHECKS
from pbmon.catalog.environment import read_environment
from pbmon.checks import validation
from pbmon.checks.programs.proving import rules_pass_their_tests
from pbmon.finding import id_of

FOLDER = Path(__file__).parent.parent / "docs/checks"

OUTPUT_IS_CURRENT = """The files in the output folder are those that the definitions render to.

A file that was edited by hand, or rendered before the last change of a definition, runs as
something else than what was checked. The next `pbmon build` overwrites it, and the edit is lost.

To fix it: put the change into the definition, run `pbmon build`, and commit the result.
"""


@dataclass(frozen=True)
class Page:
    """The page of a check: its id, its docstring without arguments, and the file it is in."""

    id: str
    text: str
    made_in: str


def page(check: Callable[..., Any]) -> Page:
    """The page of a check. Paragraphs about the function's arguments are left out."""
    arguments = tuple(f"{name}: " for name in inspect.signature(check).parameters)
    paragraphs = (inspect.getdoc(check) or "").split("\n\n")
    texts = [
        text
        for text in paragraphs
        if not text.startswith(arguments) and not text.startswith("Raises ")
    ]
    return Page(id_of(check), "\n\n".join(texts), check.__module__.replace(".", "/") + ".py")


def definition() -> Page:
    """What --format json and github call a mistake that stops the reading of the definitions."""
    text = (
        "The definitions can be read, and name only what exists.\n\nA mistake here has the author's"
        " file and line, what is wrong and what exists; nothing is rendered, and the exit\ncode is"
        " 2. With `--format json` or `github` it is printed as a finding of this name."
    )
    return Page("definition", text, "pbmon/catalog/loader.py")


def environment() -> Page:
    """The page about overlays: every key of their schema."""
    schema = json.loads(
        files("pbmon.catalog").joinpath("environment.schema.json").read_text("utf-8")
    )
    rows = "".join(
        f"| `{key}` | {value['description']} |\n" for key, value in schema["properties"].items()
    )
    text = (
        "An overlay in `definitions/environments/` names only what exists, in values of the right"
        f" kind.\n\n{schema['description']} A key that is misspelt, an alert, job or receiver that"
        " is gone, or a key that is there twice would change nothing without any message. These"
        " mistakes end the run, as those of definitions do.\n\n"
        f"| key | value |\n|---|---|\n{rows}"
    )
    return Page("environment", text.rstrip(), read_environment.__module__.replace(".", "/") + ".py")


def shelf(shelf: validation.Shelf) -> tuple[str, tuple[Page, ...]]:
    """A shelf of checks as a group of pages."""
    return shelf.heading, tuple(map(page, shelf.checks))


_OWN: tuple[tuple[str, tuple[Page, ...]], ...] = (
    ("Definitions, as they are read", (definition(), environment())),
    (
        validation.DEFINITIONS.heading,
        tuple(map(page, (acceptance_accepts_something, *validation.DEFINITIONS.checks))),
    ),
    (
        validation.PROOFS.heading,
        tuple(map(page, (*validation.PROOFS.checks, rules_pass_their_tests))),
    ),
    shelf(validation.DASHBOARDS),
    shelf(validation.PROGRAMS),
    shelf(validation.APP),
    (
        "The output folder",
        (Page("output-is-current", OUTPUT_IS_CURRENT.rstrip(), "pbmon/cli/validate.py"),),
    ),
)

GROUPS = (
    *_OWN,
    (
        "Files of others, with `pbmon audit`",
        tuple(
            audited
            for audited in map(page, AUDIT_CHECKS)
            if audited.id not in {each.id for _, group in _OWN for each in group}
        ),
    ),
)
"""Heading of the index, and the checks under it. What `audit` checks as `validate` does has one
page.
"""


def pages() -> dict[str, str]:
    """Text of every page by its file name."""
    written = {
        f"{page.id}.md": (
            f"# {page.id}\n\n{page.text}\n\nMade in `generator/{page.made_in}`. [All"
            " checks](README.md)\n"
        )
        for _, group in GROUPS
        for page in group
    }
    parts = [
        "# Checks\n\nWhat `pbmon validate`, `pbmon prove` and `pbmon audit` check, by the id that"
        " stands behind each finding. Written by `scripts/write_check_pages.py` from the"
        " docstrings of the checks; edit those. What `pbmon verify` checks on running systems is in"
        " [verify.md](../verify.md).\n"
    ]
    for heading, group in GROUPS:
        rows = "".join(
            f"| [{page.id}]({page.id}.md) | {_first(page)} |\n"
            for page in sorted(group, key=lambda page: page.id)
        )
        parts.append(f"## {heading}\n\n| check | what must hold |\n|---|---|\n{rows}")
    return {**written, "README.md": "\n".join(parts)}


def _first(page: Page) -> str:
    """The sentence that must hold, on one line."""
    return " ".join(page.text.split("\n\n")[0].split()).replace("|", "\\|")


def differences() -> list[str]:
    """Names of pages that are missing, differ, or belong to no check."""
    rendered = pages()
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    return sorted(
        name for name in rendered.keys() | there.keys() if rendered.get(name) != there.get(name)
    )


def main(arguments: list[str]) -> int:
    """Write or compare; the exit code."""
    stale = differences()
    if arguments == ["--check"]:
        for name in stale:
            print(
                f"docs/checks/{name} is not what the docstrings say; run python"
                " scripts/write_check_pages.py"
            )
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    rendered = pages()
    for name in stale:
        if name in rendered:
            (FOLDER / name).write_text(rendered[name], "utf-8", newline="\n")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
