"""How many gradients an expression returns, where the source leaves no doubt."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import called

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# What one array has and a tuple has not.
_OF_ONE = frozenset({
    "clone", "contiguous", "view", "reshape", "neg", "mul", "div", "to", "detach", "transpose", "t", "copy", "astype",
    "masked_fill", "expand", "permute", "squeeze", "unsqueeze", "clamp", "float", "double", "half", "sign",
})  # fmt: skip


def elements(value: ast.expr) -> list[ast.expr] | None:
    """The elements of a tuple that is written out, also as a sum or with a constant factor; None for the rest."""
    match value:
        case ast.Tuple(elts=found) if not any(isinstance(element, ast.Starred) for element in found):
            return found
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            before, behind = elements(left), elements(right)
            return None if before is None or behind is None else before + behind
        case ast.BinOp(left=repeated, op=ast.Mult(), right=ast.Constant(value=int(times))):
            found_once = elements(repeated)
            return None if found_once is None else found_once * times
    return None


def array_names(given: Collection[str], bound: Mapping[str, list[ast.expr | None]]) -> set[str]:
    """The names that stand for a single array.

    Args:
        given: Parameters that do, as long as nothing else is assigned to them.
        bound: What names are given.
    """
    arrays = {name for name in given if name not in bound}
    while more := {name for name, values in bound.items() if name not in arrays and _are_one(values, arrays)}:
        arrays |= more
    return arrays


def _are_one(values: Collection[ast.expr | None], arrays: Collection[str]) -> bool:
    return bool(values) and all(value is not None and is_one(value, arrays) for value in values)


def is_one(value: ast.expr, arrays: Collection[str]) -> bool:  # noqa: PLR0911 - a form a line
    """Whether an expression is a single array.

    Args:
        value: The expression.
        arrays: Names that stand for one: see `array_names`.
    """
    match value:
        case ast.Name(id=name):
            return name in arrays
        case ast.UnaryOp(op=ast.USub() | ast.Invert()):
            return True
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.Pow() | ast.MatMult()):
            return True
        case ast.BinOp(left=left, op=ast.Mult() | ast.Add(), right=right):
            return is_one(left, arrays) or is_one(right, arrays)
        case ast.Call(func=ast.Attribute(value=owner)):
            return called(value) in _OF_ONE and is_one(owner, arrays)
        case ast.Subscript(value=owner, slice=ast.Compare()):
            return is_one(owner, arrays)
    return False
