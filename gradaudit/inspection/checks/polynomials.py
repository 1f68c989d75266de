"""Integer expressions of names as polynomials: what tells the bounds of a window from those of the next one."""

from __future__ import annotations

import ast
from collections import Counter

from gradaudit.inspection.checks.bodies import only_value
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Polynomial: TypeAlias = Counter[tuple[str, ...]]
    """The coefficient of each product of names; that of the empty one is the constant."""


def polynomial(value: ast.expr | None, bound: Mapping[str, list[ast.expr | None]], depth: int = 4) -> Polynomial | None:
    """An expression as a polynomial in names; None where it is no sum of products of these.

    Args:
        value: The expression; None is 0, as a slice without a lower bound begins.
        bound: What names are given: one that is assigned once stands for its value.
        depth: How many more names are replaced by their values.
    """
    match value:
        case None:
            return Counter()
        case ast.Constant(value=int(number)):
            return Counter({(): number})
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub() | ast.Mult()) as operator, right=right):
            one, other = polynomial(left, bound, depth), polynomial(right, bound, depth)
            return None if one is None or other is None else _combined(one, operator, other)
        case ast.Name(id=name) if depth and isinstance(inner := only_value(name, bound), ast.BinOp):
            return polynomial(inner, bound, depth - 1) or Counter({(name,): 1})
        case ast.Name() | ast.Attribute() if name := dotted(value):
            return Counter({(name,): 1})
    return None


def _combined(one: Polynomial, operator: ast.operator, other: Polynomial) -> Polynomial:
    result: Polynomial = Counter()
    if isinstance(operator, ast.Mult):
        for left, factor in one.items():
            for right, other_factor in other.items():
                result[tuple(sorted(left + right))] += factor * other_factor
    else:
        sign = -1 if isinstance(operator, ast.Sub) else 1
        for terms, factor in one.items():
            result[terms] += factor
        for terms, factor in other.items():
            result[terms] += sign * factor
    return Counter({terms: factor for terms, factor in result.items() if factor})


def difference(upper: Polynomial, lower: Polynomial) -> Polynomial:
    """``upper - lower``."""
    return _combined(upper, ast.Sub(), lower)


def slope(of: Polynomial, name: str) -> Polynomial | None:
    """By what a polynomial grows when a name grows by one; None where that depends on the name."""
    grows: Polynomial = Counter()
    for terms, factor in of.items():
        if terms.count(name) > 1:
            return None
        if name in terms:
            rest = list(terms)
            rest.remove(name)
            grows[tuple(rest)] += factor
    return grows


def product(one: Polynomial, other: Polynomial) -> Polynomial:
    """``one * other``."""
    return _combined(one, ast.Mult(), other)
