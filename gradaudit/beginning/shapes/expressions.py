"""Expressions with shapes in place of arrays."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradaudit.beginning.shapes.array_functions import ArrayCall
from gradaudit.beginning.shapes.indexing import subscript
from gradaudit.beginning.shapes.operations import Operations
from gradaudit.beginning.shapes.symbols import Size
from gradaudit.beginning.shapes.values import Argument, Items, Number, Table, Text, form_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.beginning.shapes.values import Value

_DRAWS = frozenset({"normal", "uniform", "randn", "rand", "random", "standard_normal"})
"""Methods of a generator that is an argument."""


@dataclass
class Expressions(Operations):
    """The expressions of one function."""

    def value(self, node: ast.expr) -> Value:  # noqa: C901, PLR0911, PLR0912 - a kind of expression a line
        """What an expression stands for."""
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int(number)):
                return Number(Size(number))
            case ast.Constant(value=float()):
                return Number()
            case ast.Constant(value=str(text)):
                return Text(text)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return Items(tuple(map(self.value, parts)))
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, map(self.value, values), strict=True)
                return Table({str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)})
            case ast.Attribute(value=holder, attr=name):
                return self.attribute(self.value(holder), name)
            case ast.Subscript(value=holder, slice=index):
                return subscript(self, self.value(holder), index)
            case ast.BinOp(left=left, op=operator, right=right):
                return self.operation(self.value(left), operator, self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negated(self.value(operand))
            case ast.Compare(left=left, comparators=others):
                return self.comparison(self.value(left), [self.value(other) for other in others])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.condition(test)
                other, found = self.value(orelse), self.value(body)
                return found if found is not None else other
            case ast.Call():
                return self._call(node)
        return None

    def _complement(self, node: ast.Call) -> None:
        """``log(1 - p)``, as it stands in a cross-entropy."""
        match node:
            case ast.Call(args=[ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=ast.Name(id=name))]):
                found = self.names.get(name)
                if isinstance(found, Argument):
                    found.domains.add("complement")

    def _call(self, node: ast.Call) -> Value:  # noqa: PLR0911 - a kind of call a line
        if getattr(node.func, "attr", getattr(node.func, "id", "")) == "log":
            self._complement(node)
        given = [self.value(argument) for argument in node.args]
        named = {keyword.arg: self.value(keyword.value) for keyword in node.keywords if keyword.arg}
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return None
        match node.func:
            case ast.Name(id="len") if given and (form := form_of(given[0])) is not None:
                return Number(form.axis(0))
            case ast.Name(id="float" | "int") if given:
                return given[0]
            case ast.Name(id="tuple" | "list") if given:
                return given[0]
            case ast.Name(id=name):
                own = self.interpreter.functions.get(name)
                return self.interpreter.called(own, given, named) if own else self._library(name, given, named)
            case ast.Attribute(value=holder, attr=name):
                return self._method(holder, name, given, named)
        return None

    def _method(self, holder: ast.expr, name: str, given: list[Value], named: dict[str, Value]) -> Value:
        held = self.value(holder)
        if isinstance(held, Argument) and name in {"get", "setdefault", "pop"} and given and isinstance(given[0], Text):
            return given[1] if len(given) > 1 else held.entry(given[0].text)
        if isinstance(held, Table):
            own = self.interpreter.functions.get(f"{self.interpreter.owner}.{name}")
            if own is not None and self.interpreter.owner:
                return self.interpreter.called(own, [held, *given], named)
        if held is not None:
            return self._library(name, [held, *given], named)
        if isinstance(holder, ast.Name) and holder.id in self.names:
            return self._library(name, given, named) if name in _DRAWS else None
        return self._library(name, given, named)

    def _library(self, name: str, given: Sequence[Value], named: Mapping[str, Value]) -> Value:
        return ArrayCall(name, given, named, self.interpreter).value()

    def plain(self, node: ast.expr) -> None:
        """An argument that decides or counts is neither drawn nor differentiated."""
        found = self.value(node)
        if isinstance(found, Argument) and not found.form.is_used:
            found.domains.add("plain")

    def condition(self, test: ast.expr) -> None:
        """What decides: an argument that does it by itself is none that is drawn."""
        match test:
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot()]):
                self.value(left)
            case ast.UnaryOp(operand=operand):
                self.condition(operand)
            case ast.BoolOp(values=values):
                for value in values:
                    self.condition(value)
            case ast.Name():
                self.plain(test)
            case _:
                self.value(test)
