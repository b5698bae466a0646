"""The output of `promtool check rules` and `check config`, read into (file, message) pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CHECKING = re.compile(r"^Checking (.+)$", re.MULTILINE)
_FAILED = re.compile(r"^ *FAILED:", re.MULTILINE)
_SUCCESS = re.compile(r"^ *SUCCESS:.*$", re.MULTILINE)
_DUPLICATE = re.compile(
    r"^Metric: (?P<metric>.*)\nLabel\(s\):(?P<labels>(?:\n\t.*)*)", re.MULTILINE
)


def verdicts(text: str) -> dict[str, list[str]]:
    """File to what is wrong with it, in promtool's words; an empty list is promtool's SUCCESS.

    text: stdout and stderr together. Each file is a section that starts with `Checking <file>`; a
    file that promtool names without a verdict is left out.
    """
    _, *parts = _CHECKING.split(text)
    answer: dict[str, list[str]] = {}
    for file, section in zip(parts[::2], parts[1::2], strict=True):
        failed = _FAILED.split(section)[1:]
        if failed or _SUCCESS.search(section):
            messages = [
                message
                for part in failed
                for message in _messages(file.strip(), _SUCCESS.sub("", part))
            ]
            answer.setdefault(file.strip().replace("\\", "/"), []).extend(dict.fromkeys(messages))
    return answer


def _messages(file: str, text: str) -> Iterator[str]:
    """Single messages; promtool puts the file before each, lists fields of YAML on lines of their
    own, and indents.
    """
    if duplicates := list(_DUPLICATE.finditer(text)):
        for duplicate in duplicates:
            labels = ", ".join(
                label.strip() for label in duplicate["labels"].splitlines() if label.strip()
            )
            which = f'"{duplicate["metric"]}" with {f"labels {labels}" if labels else "no labels"}'
            yield f"rule {which} is there twice; both write the same series"
        return
    for message in re.split(
        rf"^ *(?:parsing YAML file )?{re.escape(file)}: ", text.strip(), flags=re.MULTILINE
    ):
        heading, _, fields = message.strip().partition("yaml: unmarshal errors:\n")
        for line in fields.splitlines() if fields else [heading]:
            if line.strip():
                yield " ".join(line.split())
