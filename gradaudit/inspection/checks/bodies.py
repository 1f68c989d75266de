"""What the body of one function holds, without the functions that are defined in it."""

from __future__ import annotations

import ast

from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gradaudit.inspection.module import AnyFunction

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def nodes(function: AnyFunction | ast.Lambda) -> Iterator[ast.AST]:
    """Every node of its body, in the order of the source."""
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    yield from _below(body)


def _below(parts: Iterable[ast.AST]) -> Iterator[ast.AST]:
    waiting = [*parts][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += [*ast.iter_child_nodes(node)][::-1]


def expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement that belong to no statement inside of it: of a loop its header."""
    parts = [child for child in ast.iter_child_nodes(statement) if not isinstance(child, (ast.stmt, *_SCOPES))]
    for node in parts:
        if isinstance(node, (ast.ExceptHandler, getattr(ast, "match_case", ast.ExceptHandler))):
            continue
        yield node
        yield from _below(child for child in ast.iter_child_nodes(node) if not isinstance(child, _SCOPES))


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement, those inside others included, in the order of the source."""
    for statement in body:
        yield statement
        if not isinstance(statement, _SCOPES):
            yield from statements(_inside(statement))


def _inside(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, (ast.ExceptHandler, getattr(ast, "match_case", ast.ExceptHandler))):
            yield from _inside(child)


def returned(function: AnyFunction) -> list[ast.Return]:
    """Its return statements; none of a generator."""
    found = list(nodes(function))
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in found):
        return []
    return [node for node in found if isinstance(node, ast.Return)]


def bindings(function: AnyFunction, *, augmented: bool = True) -> dict[str, list[ast.expr | None]]:
    """What each name is given, in order; None for what is no plain assignment: loops, unpacking, ``+=``.

    Args:
        function: Where.
        augmented: Whether ``+=`` counts: an array stays the same.
    """
    found: dict[str, list[ast.expr | None]] = {}
    plain: set[ast.AST] = set()
    for node in nodes(function):
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
