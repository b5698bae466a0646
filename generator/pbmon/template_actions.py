"""The actions in a Go template: the parts in `{{ }}`."""

from __future__ import annotations

from collections.abc import Iterator


def actions(text: str) -> Iterator[tuple[str, str | None]]:
    """(text before an action, what stands in its braces) of each action, then the rest and None.

    An action ends at the first `}}` behind its `{{`. Each character is looked at once, however many
    braces there are.
    """
    begin = 0
    while (opened := text.find("{{", begin)) >= 0 and (closed := text.find("}}", opened + 2)) >= 0:
        yield text[begin:opened], text[opened + 2 : closed]
        begin = closed + 2
    yield text[begin:], None
