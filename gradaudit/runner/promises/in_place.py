"""Where the source of a function writes into one of its arguments, for a message that shows the line."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from gradaudit.notebooks import cell_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=", ast.Pow: "**=", ast.MatMult: "@=",
    ast.FloorDiv: "//=", ast.Mod: "%=",
}  # fmt: skip


def writing_statement(function: Callable[..., Any] | None, names: Collection[str] | None = None) -> str:
    """How and in which line a function writes to an argument, or to what it unpacks from one; empty if nothing shows.

    Args:
        function: The function; nothing is known of one without source.
        names: The arguments that are looked for; None for any.

    Example:
        >>> def backward(dout, mask):
        ...     dout *= mask
        >>> writing_statement(None)
        ''
    """
    try:
        lines, first = inspect.getsourcelines(inspect.unwrap(function))  # type: ignore[arg-type]  # None raises
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (TypeError, OSError, SyntaxError, ValueError):
        return ""
    definition = next((node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))), None)
    if definition is None:
        return ""
    handed = _arguments(definition) if names is None else set(names)
    handed |= {name for node in ast.walk(definition) for name in _unpacked(node, handed)}
    for node in sorted(ast.walk(definition), key=lambda n: getattr(n, "lineno", 0)):
        for written, how in _writes(node):
            if written in handed:
                line = first + node.lineno - 1  # type: ignore[attr-defined]  # statements have one
                return f", by {how} on line {line}{_of_cell(function)}"
    return ""


def _of_cell(function: Any) -> str:
    """Where its lines are counted, if that is a notebook's cell."""
    cell = cell_number(inspect.getsourcefile(inspect.unwrap(function)) or "")
    return "" if cell is None else f" of cell {cell}"


def _arguments(definition: ast.FunctionDef | ast.Lambda) -> set[str]:
    every = definition.args
    return {argument.arg for argument in (*every.posonlyargs, *every.args, *every.kwonlyargs)}


def _unpacked(node: ast.AST, handed: Collection[str]) -> Iterator[str]:
    """Names that are given parts of what was handed: ``x, w = cache`` or ``x = cache["x"]``."""
    if isinstance(node, ast.Assign) and _root(node.value) in handed:
        for target in node.targets:
            for inside in ast.walk(target):
                if isinstance(inside, ast.Name):
                    yield inside.id


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _writes(node: ast.AST) -> Iterator[tuple[str | None, str]]:
    match node:
        case ast.AugAssign(target=target, op=operator):
            yield _root(target), f"`{_OPERATORS.get(type(operator), '=')}`"
        case ast.Assign(targets=targets):
            yield from ((_root(each), "assignment to elements") for each in targets if isinstance(each, ast.Subscript))
        case ast.Call(func=called, keywords=keywords):
            yield from ((_root(each.value), "`out=`") for each in keywords if each.arg == "out")
            if isinstance(called, ast.Attribute) and called.attr in {"fill", "sort", "put", "partition", "resize"}:
                yield _root(called.value), f"`.{called.attr}()`"
