"""Which argument's gradient a name stands for: ``dx``, ``d_x``, ``grad_x``, ``x_grad``."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

_PREFIXES = ("d_", "grad_", "g_", "d", "grad", "g")
_SUFFIXES = ("_grad", "_gradient", "_bar")


def argument_of(name: str, arguments: Collection[str]) -> str:
    """The argument whose gradient it is by its name; empty for none.

    >>> argument_of("dW1", ["W1"]), argument_of("x_grad", ["x"]), argument_of("out", ["x"])
    ('W1', 'x', '')
    """
    stems = [name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)]
    stems += [name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)]
    return next((stem for stem in stems if stem in arguments), "")


def returned_names(function: ast.FunctionDef | ast.AsyncFunctionDef, place: int | None = None) -> list[str]:
    """The names of what a function returns; empty texts for what has none, ``"None"`` for None.

    Args:
        function: Its definition.
        place: Where a tuple is returned, which part of it is looked at; all of it by default.
    """
    value = returned(function)
    if place is not None:
        value = value.elts[place] if isinstance(value, ast.Tuple) and len(value.elts) > place else None
        value = _assigned(function, value)
    if value is None:
        return []
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    return [_name(part) for part in parts]


def returned_keys(function: ast.FunctionDef | ast.AsyncFunctionDef, place: int | None = None) -> list[str]:
    """The keys of the dictionary that a function returns: those that it is made with or gets; empty for none."""
    value = returned(function)
    if place is not None:
        value = value.elts[place] if isinstance(value, ast.Tuple) and len(value.elts) > place else None
    made = _assigned(function, value)
    keys = [key.value for key in made.keys if isinstance(key, ast.Constant)] if isinstance(made, ast.Dict) else []
    if isinstance(value, ast.Name):
        keys += [
            node.slice.value
            for node in ast.walk(function)
            if isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == value.id
            and isinstance(node.slice, ast.Constant)
        ]
    return [key for key in dict.fromkeys(keys) if isinstance(key, str)]


def returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """What a function's last ``return`` returns."""
    found = [node for node in _own_nodes(function) if isinstance(node, ast.Return)]
    return max(found, key=lambda node: node.lineno).value if found else None


def _own_nodes(function: ast.AST) -> list[ast.AST]:
    """What is in a function, but for what is in functions in it."""
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            found += [node, *_own_nodes(node)]
    return found


def _assigned(function: ast.AST, value: ast.expr | None) -> ast.expr | None:
    """What a name was last assigned, if that is a tuple, a list or a dictionary as it is written; else itself."""
    if not isinstance(value, ast.Name):
        return value
    written = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == value.id for target in node.targets)
        and isinstance(node.value, (ast.Tuple, ast.List, ast.Dict))
    ]
    return written[-1] if written else value


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=None):
            return "None"
    return ""
