"""Windows that a loop moves over an array: whether one may overlap the next."""

from __future__ import annotations

import ast
from collections import Counter

from gradaudit.inspection.checks.polynomials import difference, polynomial, product, slope
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.inspection.checks.polynomials import Polynomial


def overlapping(
    index: ast.expr, loops: Sequence[ast.For], bound: Mapping[str, list[ast.expr | None]]
) -> ast.Slice | None:
    """The slice of an index that may overlap with itself from one turn of a loop to the next.

    Args:
        index: Of ``dx[index]``.
        loops: Those around the statement.
        bound: What names are given in the function.
    """
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    places = [part for part in parts if not isinstance(part, ast.Slice)]
    fixed = {node.id for place in places for node in ast.walk(place) if isinstance(node, ast.Name)}
    for part in parts:
        if isinstance(part, ast.Slice) and part.step is None:
            for loop in loops:
                if getattr(loop.target, "id", "") not in fixed and _overlaps(part, loop, bound):
                    return part
    return None


def _overlaps(window: ast.Slice, loop: ast.For, bound: Mapping[str, list[ast.expr | None]]) -> bool:
    """Whether a window is wider than it moves, or nothing says that it is not: a stride and a size of two names."""
    step = _step(loop, bound)
    if step is None or window.upper is None or window.lower is None or not isinstance(loop.target, ast.Name):
        return False
    lower, upper = polynomial(window.lower, bound), polynomial(window.upper, bound)
    if lower is None or upper is None:
        return False
    width, moves = difference(upper, lower), slope(lower, loop.target.id)
    if not moves or any(loop.target.id in terms for terms in width):
        return False
    moves = product(moves, step)
    if set(width) | set(moves) <= {()}:
        return width[()] > abs(moves[()])
    return width != moves


def _step(loop: ast.For, bound: Mapping[str, list[ast.expr | None]]) -> Polynomial | None:
    """By what the variable of a loop over a range grows."""
    match loop.iter:
        case ast.Call(func=function, args=arguments) if dotted(function) in {"range", "prange", "numba.prange"}:
            return polynomial(arguments[2], bound) if len(arguments) == 3 else Counter({(): 1})
    return None
