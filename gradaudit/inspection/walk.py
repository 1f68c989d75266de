"""The nodes below a part of a syntax tree, in the order of the source.

`ast.walk` goes through constants, contexts and operators too, which are most of a tree, and makes three generators for
each node: it took a third of the time of a run that looks at source alone.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LEAVES: frozenset[type] = frozenset({
    ast.Constant, ast.Load, ast.Store, ast.Del, ast.alias, *ast.operator.__subclasses__(),
    *ast.unaryop.__subclasses__(), *ast.cmpop.__subclasses__(), *ast.boolop.__subclasses__(),
    str, int, type(None),
})  # fmt: skip
"""What no rule looks for by itself, and what fields hold that are no nodes."""
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""What has names and a body of its own."""


def below(parts: Iterable[object], closed: Collection[type] = ()) -> list[ast.AST]:
    """The given nodes and all below them, but for `LEAVES`.

    Args:
        parts: The nodes, in the order of the source.
        closed: Kinds of nodes that are listed and not entered.

    >>> [type(node).__name__ for node in below(ast.parse("y = f(lambda: 1) + 2").body, SCOPES)]
    ['Assign', 'Name', 'BinOp', 'Call', 'Name', 'Lambda']
    """
    found: list[ast.AST] = []
    waiting = [*parts][::-1]
    while waiting:
        node = waiting.pop()
        if type(node) in LEAVES or not isinstance(node, ast.AST):
            continue
        found.append(node)
        if type(node) not in closed:
            waiting += children(node)[::-1]
    return found


def children(node: ast.AST) -> list[object]:
    """What the fields of a node hold, in their order: nodes, and names, numbers and nothing."""
    held: list[object] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            held += value
        else:
            held.append(value)
    return held
