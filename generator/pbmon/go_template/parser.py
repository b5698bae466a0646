"""Reads a template: text to syntax. It refuses what Prometheus refuses when it loads a rule."""

from __future__ import annotations

from functools import lru_cache

from pbmon.go_template.commands import Commands
from pbmon.go_template.lexer import Token, tokens
from pbmon.go_template.nodes import (
    Branch,
    Include,
    Leave,
    Node,
    Pipeline,
    Print,
    Template,
    TemplateMistake,
    Text,
)

MOST_CHARACTERS = 200_000
"""In one template."""
VARIABLES = ("$", "$labels", "$externalLabels", "$externalURL", "$value")
"""Variables that Prometheus declares for every text of an alert."""
_WORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range",
                    "template", "with"})  # fmt: skip


@lru_cache(maxsize=4096)  # each text is looked at when it is written, planned and checked
def parsed(text: str) -> Template:
    """The syntax of an alert's text. Raises TemplateMistake."""
    if len(text) > MOST_CHARACTERS:
        raise TemplateMistake(
            f"it has {len(text)} characters, and pbmon reads {MOST_CHARACTERS}", MOST_CHARACTERS
        )
    return _Parser(list(tokens(text)), len(text)).template()


class _Parser(Commands):
    """Reads lists of nodes. end: how the last list ended, `end` or `else`."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        super().__init__(tokens, length, list(VARIABLES))
        self._defined: dict[str, tuple[Node, ...]] = {}
        self._ranges = 0

    def template(self) -> Template:
        nodes: list[Node] = []
        while self.more:
            if self.word_ahead() == "define":
                self._define()
            else:
                node = self._node()
                if isinstance(node, str):
                    raise self.mistake(f"{{{{ {node} }}}} ends nothing")
                nodes.append(node)
        return Template(tuple(nodes), self._defined)

    def _node(self) -> Node | str:
        """The next node, or `end` or `else`, whose action is then read; of `else if` only up to
        `if`.
        """
        token = self.next()
        if token.kind == "text":
            return Text(token.text)
        word = self.peek().text if self.peek().kind == "word" else ""
        if word not in _WORDS:
            return Print(self.pipeline("close"))
        self.next()
        if word in {"end", "else"}:
            if word == "end" or self.peek().text != "if":
                self.expect("close")
            return word
        if word in {"if", "with", "range"}:
            return self._branch(word)
        if word in {"break", "continue"}:
            self.expect("close")
            if not self._ranges:
                raise self.mistake(f"{{{{ {word} }}}} stands outside of a range")
            return Leave("break" if word == "break" else "continue")
        if word == "template":
            return self._include()
        if word == "block":
            name = self.string()
            pipeline = self.pipeline("close")
            self._define_as(name)
            return Include(name, pipeline)
        raise self.mistake("{{ define }} stands inside of something")

    def _branch(self, kind: str) -> Branch:
        self.deeper()
        known = len(self.variables)
        pipeline = self.pipeline("close", ranges=kind == "range")
        self._ranges += kind == "range"
        body, end = self._list()
        self._ranges -= kind == "range"
        otherwise: tuple[Node, ...] | None = None
        if end == "else":
            if self.peek().text == "if":
                if kind != "if":
                    raise self.mistake(
                        f"{kind} has no `else if`", "{{ else }}{{ if … }}…{{ end }}{{ end }}"
                    )
                self.next()
                otherwise = (self._branch("if"),)
            else:
                otherwise, end = self._list()
                if end != "end":
                    raise self.mistake("a second {{ else }}")
        del self.variables[known:]
        self.depth -= 1
        return Branch(
            "if" if kind == "if" else "with" if kind == "with" else "range",
            pipeline,
            body,
            otherwise,
        )

    def _list(self) -> tuple[tuple[Node, ...], str]:
        nodes: list[Node] = []
        while self.more:
            node = self._node()
            if isinstance(node, str):
                return tuple(nodes), node
            nodes.append(node)
        raise self.mistake("{{ end }} is missing")

    def _include(self) -> Include:
        name = self.string()
        pipeline: Pipeline | None = None
        if self.peek().kind == "close":
            self.next()
        else:
            pipeline = self.pipeline("close")
        return Include(name, pipeline)

    def _define(self) -> None:
        self.next()
        self.next_solid()
        name = self.string()
        self.expect("close")
        self._define_as(name)

    def _define_as(self, name: str) -> None:
        """The nodes up to `end` under a name. It knows no variable but `$`."""
        outside, self.variables, ranges, self._ranges = self.variables, ["$"], self._ranges, 0
        nodes, end = self._list()
        if end != "end":
            raise self.mistake("{{ else }} stands in a definition")
        self.variables, self._ranges = outside, ranges
        if any(map(_is_something, nodes)):
            if any(map(_is_something, self._defined.get(name, ()))):
                raise self.mistake(f"template {name!r} is defined a second time")
            self._defined[name] = nodes
        self._defined.setdefault(name, nodes)


def _is_something(node: Node) -> bool:
    """Whether the node is more than white space: only such templates replace others."""
    return not isinstance(node, Text) or bool(node.text.strip())
