"""Expressions that are zero whatever the inputs are."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import called

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ZEROS = frozenset({"zeros", "zeros_like", "new_zeros", "Zero", "SymbolicZero", "symbolic_zeros"})
_EMPTY = ("empty", "new_empty")
"""How allocations without a value begin: what only says of which shape a gradient will be."""
_RESHAPES = frozenset({
    "transpose", "permute", "view", "reshape", "contiguous", "expand", "to", "detach", "t", "select", "chunk", "astype",
})  # fmt: skip
_MAPS = frozenset({"map", "tree_map"})


def is_zero_array(value: ast.expr | None) -> bool:
    """Whether it makes an array of zeros: ``np.zeros_like(x)``, ``x.new_zeros(n)``."""
    return value is not None and called(value) in _ZEROS


def zero_names(bound: Mapping[str, list[ast.expr | None]]) -> set[str]:
    """The names whose every value is zero, however they depend on each other.

    Args:
        bound: What names are given.
    """
    zeros = set(bound)
    while wrong := {name for name in zeros for value in bound[name] if value is None or not is_zero(value, zeros)}:
        zeros -= wrong
    return zeros


def is_zero(value: ast.expr | None, zeros: Collection[str]) -> bool:  # noqa: PLR0911 - a form a line
    """Whether it is None or zero, of no value at all, or consists of these.

    Args:
        value: The expression; None, the bare ``return``, is.
        zeros: The names that stand for such a value: see `zero_names`.
    """
    match value:
        case None | ast.Constant(value=None | 0 | False | ""):
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(is_zero(element, zeros) for element in elements)
        case ast.Starred(value=inner) | ast.UnaryOp(operand=inner) | ast.Subscript(value=inner):
            return is_zero(inner, zeros)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return is_zero(left, zeros) and is_zero(right, zeros)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return is_zero(left, zeros) or is_zero(right, zeros)
        case ast.IfExp(body=left, orelse=right):
            return is_zero(left, zeros) and is_zero(right, zeros)
        case ast.Name(id=name):
            return name in zeros
        case ast.Call():
            return is_zero_array(value) or _maps_to_zeros(value) or _is_empty(value, zeros)
    return False


def _is_empty(value: ast.Call, zeros: Collection[str]) -> bool:
    if called(value) in _RESHAPES and isinstance(value.func, ast.Attribute):
        return is_zero(value.func.value, zeros)
    return called(value).startswith(_EMPTY)


def _maps_to_zeros(value: ast.Call) -> bool:
    """``jax.tree.map(jnp.zeros_like, x)``."""
    return (
        called(value) in _MAPS
        and bool(value.args)
        and (getattr(value.args[0], "attr", "") in _ZEROS or getattr(value.args[0], "id", "") in _ZEROS)
    )
