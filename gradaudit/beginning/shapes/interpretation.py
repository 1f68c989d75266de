"""Follow a function's statements with shapes in place of arrays. Nothing is imported or run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from gradaudit.beginning.shapes.expressions import Expressions
from gradaudit.beginning.shapes.indexing import item
from gradaudit.beginning.shapes.symbols import Size
from gradaudit.beginning.shapes.values import (
    Array,
    Items,
    Number,
    ShapeOf,
    Table,
    form_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradaudit.beginning.shapes.relations import Relation
    from gradaudit.beginning.shapes.values import Value

_DEPTH = 4
"""How many calls of the file's own functions deep it is followed."""

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Interpreter:
    """One forward and its backward.

    Attributes:
        functions: Those of the file, by qualified name; calls of them are followed.
        relations: What was found to be related.
        owner: The name of the class whose methods ``self.f()`` calls, if any.
        usual: How many axes the operands of a product are taken to have where nothing says so.
    """

    functions: Mapping[str, AnyFunction]
    relations: list[Relation] = field(default_factory=list)
    owner: str = ""
    usual: tuple[int, int] = (2, 2)
    _depth: int = 0

    def run(self, function: AnyFunction, given: Mapping[str, Value]) -> Value:
        """What a function returns; where it does so at several places, at the last.

        Args:
            function: Its definition.
            given: Its arguments by name.

        Raises:
            RecursionError: It is nested too deeply.
        """
        body = _Body(self, dict(given))
        body.statements(function.body)
        return body.returned

    def called(self, function: AnyFunction, given: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """What a call of one of the file's own functions returns."""
        if self._depth >= _DEPTH:
            return None
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        self._depth += 1
        try:
            return self.run(function, {**dict(zip(names, given, strict=False)), **named})
        finally:
            self._depth -= 1


@dataclass
class _Body(Expressions):
    """The statements of one function, and what its names stand for."""

    returned: Value = None
    sizes: dict[str, Size] = field(default_factory=dict)

    def statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:  # noqa: C901 - a kind of statement a case
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self._assign(target, found)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self.value(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                before = self.value(target)
                changed = self.operation(before, operator, self.value(value))
                if isinstance(target, ast.Name):  # an array that is written to keeps its shape
                    self._assign(target, before if changed is None and isinstance(before, Array) else changed)
            case ast.Return(value=ast.expr() as value):
                self.returned = self.value(value)
            case ast.If(test=test, body=body, orelse=orelse):
                self.condition(test)
                self.statements([*orelse, *body])
            case ast.For(target=target, iter=iterated, body=body):
                self._loop(target, iterated)
                self.statements(body)
            case ast.While(test=test, body=body):
                self.condition(test)
                self.statements(body)
            case ast.With(body=body):
                self.statements(body)
            case ast.Try(body=body, orelse=orelse, finalbody=after):
                self.statements([*body, *orelse, *after])
            case ast.Expr(value=value):
                self.value(value)

    def _assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                if isinstance(value, Number) and value.size is not None and value.size.known.number is None:
                    value.size.known.names.append(name)
                self.names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpack(targets, value)
            case ast.Attribute(value=holder, attr=name):
                held = self.value(holder)
                if isinstance(held, Table):
                    held.entries[name] = value
            case ast.Subscript(value=holder, slice=ast.Constant(value=str(key))):
                held = self.value(holder)
                if isinstance(held, Table):
                    held.entries[key] = value

    def _unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        parts: Sequence[Value] = [None] * len(targets)
        if isinstance(value, ShapeOf) and not any(isinstance(target, ast.Starred) for target in targets):
            sizes = [self._named(target) for target in targets]
            value.form.settle(sizes)
            parts = [Number(size) for size in value.form.sizes or sizes]
        elif isinstance(value, Items) and len(value.values) == len(targets):
            parts = value.values
        for target, part in zip(targets, parts, strict=False):
            if isinstance(part, Number) and isinstance(target, ast.Name):
                self.names[target.id] = part
            else:
                self._assign(target, part)

    def _named(self, target: ast.expr) -> Size:
        """The size that a function calls by a name: by the same name the same one."""
        if not isinstance(target, ast.Name) or not target.id.strip("_"):
            return Size()
        return self.sizes.setdefault(target.id, Size(name=target.id))

    def _loop(self, target: ast.expr, iterated: ast.expr) -> None:
        match iterated:
            case ast.Call(func=ast.Name(id="range"), args=bounds):
                for bound in bounds:
                    self.plain(bound)
                self._assign(target, Number())
            case _:
                form = form_of(self.value(iterated))
                self._assign(target, item(self, form, (int,)) if form is not None else None)
