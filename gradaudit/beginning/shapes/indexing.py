"""What an index says about the shape of what it is taken of, and about its own."""

from __future__ import annotations

import ast

from gradaudit.beginning.shapes.relations import Item
from gradaudit.beginning.shapes.symbols import Size
from gradaudit.beginning.shapes.values import Argument, Array, Items, Number, ShapeOf, Table, form_of, number_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.beginning.shapes.expressions import Expressions
    from gradaudit.beginning.shapes.symbols import Form
    from gradaudit.beginning.shapes.values import Value

_UNKNOWN = object()


def subscript(expressions: Expressions, held: Value, index: ast.expr) -> Value:
    """``held[index]``."""
    match held, index:
        case (Argument(), ast.Constant(value=str(key))):
            return held.entry(key)
        case (Table(entries=entries), ast.Constant(value=str(key))):
            return entries.get(key)
        case (Items(values=values), _) if isinstance(index, (ast.Constant, ast.UnaryOp)):
            number = number_of(expressions.value(index))
            return values[number] if number is not None and -len(values) <= number < len(values) else None
        case (ShapeOf(form=form), _):
            number = number_of(expressions.value(index))
            return Number(form.axis(number)) if number is not None else None
    array = form_of(held)
    return item(expressions, array, tuple(_entries(expressions, array, index))) if array is not None else None


def _entries(expressions: Expressions, form: Form, index: ast.expr) -> list[object]:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    axis, entries = 0, list[object]()
    values = [None if isinstance(part, ast.Slice) else expressions.value(part) for part in parts]
    counted = any(isinstance(value, Array) and value.counts for value in values)
    for part, value in zip(parts, values, strict=True):
        entries.append(_entry(expressions, part, value, (form, axis), counted=counted))
        axis += entries[-1] is not None
    return entries


def _entry(  # noqa: PLR0911 - a kind of index a line
    expressions: Expressions, part: ast.expr, value: Value, place: tuple[Form, int], *, counted: bool
) -> object:
    form, axis = place
    match part:
        case ast.Slice():
            return _slice(expressions, part, form, axis)
        case ast.Constant(value=None) | ast.Attribute(attr="newaxis"):
            return None
        case ast.Constant(value=constant) if constant is ...:
            return ...
    match value:
        case Number(size=size):
            number = size.number if size is not None else None
            if number is not None:
                _at_least(form.axis(axis), number + 1 if number >= 0 else -number)
            return int
        case Argument():
            return _index(value, form.axis(axis), counted=counted)
        case Array(form=chosen):
            return chosen
    return _UNKNOWN


def _index(argument: Argument, size: Size, *, counted: bool) -> object:
    if argument.entries or "plain" in argument.domains:
        return _UNKNOWN
    argument.domains.add("index")
    argument.high = size
    size.known.role = "classes" if counted else size.known.role or "rows"
    return argument.form.use()


def _slice(expressions: Expressions, part: ast.Slice, form: Form, axis: int) -> Size:
    bounds = [expressions.value(bound) if bound is not None else None for bound in (part.lower, part.upper)]
    if part.lower is part.upper is None:
        whole = Size()
        whole.role = "all"
        return whole
    lower, upper = (number_of(bound) or 0 for bound in bounds)
    _at_least(form.axis(axis), max(lower + 1, -lower) + max(-upper, 0))
    return Size()


def item(expressions: Expressions, form: Form, entries: tuple[object, ...]) -> Value:
    """What an index with these parts is taken of an array; see `Item`."""
    return expressions.related(Item(form, entries)) if all(entry is not _UNKNOWN for entry in entries) else None


def _at_least(size: Size, number: int) -> None:
    known = size.known
    known.least = max(known.least, number)
