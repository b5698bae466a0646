"""Reads pipelines: what stands in an action's braces."""

from __future__ import annotations

import difflib

from pbmon.go_template.constants import character, number, unquoted
from pbmon.go_template.functions import FUNCTIONS, NEWER
from pbmon.go_template.lexer import Kind, Token
from pbmon.go_template.nodes import (
    Chain,
    Command,
    Constant,
    Dot,
    Field,
    Function,
    Nil,
    Operand,
    Pipeline,
    TemplateMistake,
    Variable,
)

MOST_NESTED = 60
"""Brackets and branches within each other."""


class Commands:
    """Tokens with a place in them. variables: those that are known at the place."""

    def __init__(self, tokens: list[Token], length: int, variables: list[str]) -> None:
        self._tokens, self._length, self._place = tokens, length, 0
        self.variables = variables
        self.depth = 0

    @property
    def more(self) -> bool:
        return self._place < len(self._tokens)

    def next(self) -> Token:
        """The next token."""
        if not self.more:
            raise TemplateMistake("an action is not closed", self._length)
        self._place += 1
        return self._tokens[self._place - 1]

    def next_solid(self) -> Token:
        """The next token that is no white space."""
        self.peek()
        return self.next()

    def peek(self) -> Token:
        """The next token that is no white space, which stays; the white space is read."""
        while self.more and self._tokens[self._place].kind == "space":
            self._place += 1
        return self._tokens[self._place] if self.more else Token("text", "", self._length)

    def word_ahead(self) -> str:
        """The word that the action here begins with; empty for another."""
        ahead = [
            token for token in self._tokens[self._place : self._place + 3] if token.kind != "space"
        ]
        return ahead[1].text if ahead[0].kind == "open" and ahead[1].kind == "word" else ""

    def expect(self, kind: Kind) -> Token:
        """The next token, of this kind."""
        token = self.next_solid()
        if token.kind != kind:
            raise TemplateMistake(f"{token.text!r} is not expected here", token.position)
        return token

    def string(self) -> str:
        """A quoted text."""
        return unquoted(self.expect("string"))

    def mistake(self, problem: str, help: str = "") -> TemplateMistake:
        """A mistake at the token that was read last."""
        return TemplateMistake(problem, self._tokens[max(0, self._place - 1)].position, help)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.mistake(f"it nests more than {MOST_NESTED} deep")

    def pipeline(self, end: Kind, *, ranges: bool = False) -> Pipeline:
        """A pipeline up to the token that ends it, which is read too."""
        declares, assigns = self._declarations(ranges)
        commands: list[Command] = []
        while self.peek().kind != end:
            command = self._command()
            if commands and isinstance(command.operands[0], Constant | Nil | Dot):
                raise TemplateMistake(
                    f"stage {len(commands) + 1} of a pipeline is no function", command.position
                )
            commands.append(command)
        if not commands:
            raise self.mistake("an action is empty", "{{ $value }} or {{ $labels.name }}")
        self.next()
        return Pipeline(tuple(commands), declares, assigns)

    def _declarations(self, ranges: bool) -> tuple[tuple[str, ...], bool]:
        declares: list[str] = []
        while self.peek().kind == "variable":
            before = self._place
            name = self.next().text
            sign = self.peek().kind
            if sign in {":=", "="}:
                self.next()
                declares.append(name)
                if sign == "=":
                    self._check_variable(name)
                self.variables.append(name)
                return tuple(declares), sign == "="
            if sign != ",":
                self._place = before
                break
            self.next()
            if not ranges or declares or self.peek().kind != "variable":
                raise self.mistake("only range takes two variables", "range $name, $value := …")
            declares.append(name)
            self.variables.append(name)
        if declares:
            raise self.mistake("range takes its variables with :=", "range $name, $value := …")
        return (), False

    def _command(self) -> Command:
        position = self.peek().position
        operands: list[Operand] = []
        while True:
            if (operand := self._operand()) is not None:
                operands.append(operand)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in {"close", ")"}:
                self._place -= 1
            elif token.kind != "|":
                raise TemplateMistake(f"{token.text!r} is not expected here", token.position)
            break
        if not operands:
            raise TemplateMistake("a stage of a pipeline is empty", position)
        return Command(tuple(operands), position)

    def _operand(self) -> Operand | None:
        operand = self._term()
        if operand is None:
            return None
        fields: list[str] = []
        while self.more and self._tokens[self._place].kind == "field":
            fields.append(self.next().text[1:])
        if not fields:
            return operand
        match operand:
            case Field():
                return Field((*operand.names, *fields))
            case Variable():
                return Variable(operand.name, (*operand.fields, *fields))
            case Constant() | Nil() | Dot():
                raise self.mistake("a constant has no fields")
            case _:
                return Chain(operand, tuple(fields))

    def _term(self) -> Operand | None:
        token = self.peek()
        self._place += 1
        match token.kind:
            case "word":
                return self._word(token)
            case "dot":
                return Dot()
            case "field":
                return Field((token.text[1:],))
            case "variable":
                self._check_variable(token.text)
                return Variable(token.text)
            case "string":
                return Constant(unquoted(token))
            case "number":
                return Constant(number(token))
            case "char":
                return Constant(character(token))
            case "(":
                self.deeper()
                inside = self.pipeline(")")
                self.depth -= 1
                return inside
        self._place -= 1
        return None

    def _word(self, token: Token) -> Operand:
        if token.text in {"true", "false"}:
            return Constant(token.text == "true")
        if token.text == "nil":
            return Nil()
        if token.text in FUNCTIONS:
            return Function(token.text)
        if token.text in NEWER:
            problem = f"{token.text}() exists since Prometheus {NEWER[token.text]}, not in 2.42"
        else:
            problem = f"there is no function {token.text}"
        near = difflib.get_close_matches(token.text, FUNCTIONS, 3)
        raise TemplateMistake(
            problem, token.position, f"functions: {', '.join(near or sorted(FUNCTIONS))}"
        )

    def _check_variable(self, name: str) -> None:
        if name not in self.variables:
            raise self.mistake(
                f"there is no variable {name}", f"variables: {', '.join(self.variables)}"
            )
