"""The one traversal of a tree, which collects all that the rules look at."""

from __future__ import annotations

import ast
from typing import NamedTuple

from gradaudit.inspection.module import Call, Class, Function, Stored, dotted
from gradaudit.inspection.walk import LEAVES, children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradaudit.inspection.module import AnyFunction, Loop, Module


def read_into(module: Module, tree: ast.Module, cell: int | None = None, source: bytes | str = "") -> None:
    """Collect what the rules look at.

    Args:
        module: What was collected from the earlier cells of the same notebook; an empty one for a file.
        tree: Of the file, or of a cell.
        cell: Its number.
        source: What the tree was parsed from.

    Raises:
        RecursionError: The tree is too deep.
    """
    module.sources[cell] = source
    _Reader(module, cell).statements(tree.body, _Place())


class _Place(NamedTuple):
    """Where the traversal is."""

    prefix: str = ""
    owner: str = ""
    function: str = ""
    loops: tuple[Loop, ...] = ()
    as_script: bool = False


class _Reader:
    """The traversal. Expressions are searched for calls alone."""

    def __init__(self, module: Module, cell: int | None) -> None:
        self._module, self._cell = module, cell

    def statements(self, body: Iterable[ast.stmt], place: _Place) -> None:
        for statement in body:
            self._statement(statement, place)

    def _statement(self, node: ast.stmt, place: _Place) -> None:
        match node:
            case ast.Expr():
                self._expression(node.value, place)
            case ast.Assign(targets=[target]):
                self._assignment(node, target, place)
            case ast.Return():
                self._return(node, place)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, place)
            case ast.ClassDef():
                self._class(node, place)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._parts(node, place._replace(loops=(*place.loops, node)))
            case ast.If() if _is_main_guard(node.test):
                self.statements(node.body, place._replace(as_script=True))
                self.statements(node.orelse, place)
            case _:
                self._parts(node, place)

    def _parts(self, node: ast.AST, place: _Place) -> None:
        """What a statement, or a part of one that holds statements, consists of."""
        for part in children(node):
            if isinstance(part, ast.stmt):
                self._statement(part, place)
            elif isinstance(part, ast.expr):
                self._expression(part, place)
            elif isinstance(part, ast.AST):  # a handler, a case, ...
                self._parts(part, place)

    def _expression(self, root: ast.AST, place: _Place, assigned: str = "") -> None:
        """Calls, and names that are given values; `assigned` is the name that the value of it all is assigned to."""
        waiting: list[object] = [root]
        while waiting:
            node = waiting.pop()
            if type(node) in LEAVES:
                continue
            if type(node) is ast.Name:  # every third node is one
                if type(node.ctx) is ast.Store:
                    self._module.bound.add(node.id)
                continue
            if type(node) is ast.Call and (name := dotted(node.func)):
                self._called(node, name, place, assigned if node is root else "")
            if type(node) is ast.Lambda:  # its body does not run where it stands
                self._expression(node.args, place)
                self._expression(node.body, _Place(place.prefix, place.owner, f"{place.prefix}<lambda>"))
            elif isinstance(node, ast.AST):
                waiting += children(node)[::-1]

    def _called(self, node: ast.Call, name: str, place: _Place, assigned: str) -> None:
        call = Call(node, name, place.function, assigned, place.loops, self._cell, place.as_script)
        self._module.calls.append(call)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for bound, path in _imported(node):
            if bound == "*":
                self._module.stars.append(path.removesuffix("*"))
            else:
                self._module.names[bound] = path

    def _assignment(self, node: ast.Assign, target: ast.expr, place: _Place) -> None:
        name = dotted(target)
        if name and not place.function and (other := dotted(node.value)):  # `Function = torch.autograd.Function`
            self._module.names.setdefault(name, self._module.path(other))
        elif isinstance(target, ast.Subscript) and (holder := dotted(target.value)):
            self._module.stored.append(Stored(node, holder, target.slice, place.function, self._cell))
        self._expression(target, place)
        self._expression(node.value, place, name)

    def _function(self, node: AnyFunction, place: _Place) -> None:
        qualname = place.prefix + node.name
        self._module.define(Function(node, qualname, place.owner, place.function, self._cell))
        for decorator in node.decorator_list:
            self._expression(decorator, place)
        self._expression(node.args, place)
        self.statements(node.body, _Place(f"{qualname}.", "", qualname))

    def _return(self, node: ast.Return, place: _Place) -> None:
        if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            self._module.pairs.setdefault(place.function, []).append(node.value)
        if node.value is not None:
            self._expression(node.value, place)

    def _class(self, node: ast.ClassDef, place: _Place) -> None:
        qualname = place.prefix + node.name
        bases = tuple(filter(None, map(dotted, map(_without_subscript, node.bases))))
        self._module.classes[qualname] = Class(node, qualname, place.function, bases, self._cell)
        for decorator in node.decorator_list:
            self._expression(decorator, place)
        self.statements(node.body, _Place(f"{qualname}.", qualname, place.function))


def _without_subscript(base: ast.expr) -> ast.expr:
    """``Layer`` of ``Layer[float]``."""
    return base.value if isinstance(base, ast.Subscript) else base


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, alias.name if alias.asname else bound
        return
    start = "." * node.level + (f"{node.module}." if node.module else "")
    for alias in node.names:
        yield alias.asname or alias.name, start + alias.name


def _is_main_guard(test: ast.expr) -> bool:
    """Whether it is ``__name__ == "__main__"``."""
    return isinstance(test, ast.Compare) and any(
        isinstance(node, ast.Constant) and node.value == "__main__" for node in (test.left, *test.comparators)
    )
