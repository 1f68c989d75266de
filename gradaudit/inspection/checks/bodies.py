"""What the body of one function holds, without the functions that are defined in it."""

from __future__ import annotations

import ast

from gradaudit.inspection.module import dotted
from gradaudit.inspection.walk import SCOPES, below, children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradaudit.inspection.module import Function

_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""What other statements are, or hold."""


def expressions(statement: ast.stmt) -> list[ast.AST]:
    """The nodes of a statement that belong to no statement inside of it: of a loop its header."""
    return below([part for part in children(statement) if not isinstance(part, _BLOCKS)], SCOPES)


def returned(function: Function) -> list[ast.Return]:
    """Its return statements; none of a generator."""
    found = function.own_nodes
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in found):
        return []
    return [node for node in found if isinstance(node, ast.Return)]


def bindings(function: Function, *, augmented: bool = True) -> dict[str, list[ast.expr | None]]:
    """What each name is given, in order; None for what is no plain assignment: loops, unpacking, ``+=``.

    Args:
        function: Where.
        augmented: Whether ``+=`` counts: an array stays the same.
    """
    found: dict[str, list[ast.expr | None]] = {}
    plain: set[ast.AST] = set()
    for node in function.own_nodes:
        if isinstance(node, ast.AugAssign) and not augmented:
            plain.add(node.target)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name, value in (pair for target in targets for pair in _pairs(target, node.value)):
                if isinstance(name, ast.Name):
                    plain.add(name)
                    found.setdefault(name.id, []).append(value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)) and node not in plain:
            found.setdefault(node.id, []).append(None)
    return found


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Which value goes to which target in ``dx, dw = None, None``."""
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return [(target, value)]
    is_starred = any(isinstance(element, ast.Starred) for element in (*target.elts, *value.elts))
    return [(target, value)] if is_starred else list(zip(target.elts, value.elts, strict=True))


def only_value(name: str, bound: Mapping[str, list[ast.expr | None]]) -> ast.expr | None:
    """What a name stands for where it is assigned once; None for other names."""
    values = bound.get(name, [])
    return values[0] if len(values) == 1 else None


def last_part(name: str) -> str:
    """``zeros_like`` of ``np.zeros_like``."""
    return name.rpartition(".")[2]


def called(node: ast.AST) -> str:
    """The last part of the name of what is called: also of a method of an expression, as in ``x.sum(0).reshape(n)``."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else last_part(dotted(node.func))
