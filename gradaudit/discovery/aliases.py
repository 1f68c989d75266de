"""What the names of a module stand for, as far as `audited_backward` goes: imports, aliases, partials, shadows."""

from __future__ import annotations

import ast
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "audited_backward"


class Meaning(NamedTuple):
    """What a name stands for: a dotted import path, and the options that ``functools.partial`` has set."""

    path: str
    preset: tuple[ast.keyword, ...] = ()

    @property
    def is_decorator(self) -> bool:
        """Whether it is the decorator, wherever it comes from: a project may hand it on from a module of its own."""
        return self.path.endswith(f".{NAME}")


class Scope(NamedTuple):
    """Where the traversal is. `names` is written to as statements bind names, the rest never changes."""

    names: dict[str, Meaning]
    prefix: str = ""
    repeats: bool = False
    unreachable: str = ""
    within: str = ""

    def resolve(self, node: ast.expr) -> Meaning | None:
        """What a name or a dotted name stands for; None when it was not imported."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value)
            return Meaning(f"{base.path}.{node.attr}") if base else None
        return None

    def decorator(self, node: ast.expr) -> Meaning | None:
        """The same, if it stands for the decorator."""
        meaning = self.resolve(node)
        return meaning if meaning and meaning.is_decorator else None


def bind(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    """Give the names that an import binds their meanings; a star takes none from what has one and may know more."""
    is_star = node.names[0].name == "*"
    for name, meaning in imported(node):
        if not is_star or name not in scope.names:
            scope.names[name] = meaning


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Meaning]]:
    """The names that an import binds."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, Meaning(alias.name if alias.asname else bound)
        return
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            yield alias.asname or alias.name, Meaning(f"{module}.{alias.name}")
        else:  # of a file that has the name and imports all of a module, that may be where it comes from
            yield NAME, Meaning(f"{module}.{NAME}")


def function_scope(arguments: ast.arguments, scope: Scope, function: str = "") -> Scope:
    """The scope of a function's body: its parameters hide names, and it runs when it is called, maybe several times.

    Args:
        arguments: The function's.
        scope: What it is in.
        function: Its qualified name; empty for a lambda, which may be called wherever it stands.
    """
    shadowed = {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
    names = {name: meaning for name, meaning in scope.names.items() if name not in shadowed}
    unreachable = scope.unreachable or (f"inside the function {function}" if function else "")
    within = scope.within or ("" if scope.unreachable else function.partition(".")[0])
    return scope._replace(names=names, repeats=True, unreachable=unreachable, within=within)


def forget(target: ast.expr, scope: Scope) -> None:
    """Drop the names that an assignment to `target` binds anew."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope.names.pop(node.id, None)


def partial(value: ast.expr, scope: Scope) -> Meaning | None:
    """What ``functools.partial(audited_backward, ...)`` stands for."""
    if not isinstance(value, ast.Call) or len(value.args) != 1:
        return None
    function, meaning = scope.resolve(value.func), scope.decorator(value.args[0])
    if meaning is None or function is None or function.path != "functools.partial":
        return None
    return Meaning(meaning.path, (*meaning.preset, *value.keywords))
