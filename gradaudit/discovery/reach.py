"""Which functions importing a module may run, by the names that its own top level leads to."""

from __future__ import annotations

import ast

from gradaudit.discovery.expressions import is_main_guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def run_on_import(trees: Iterable[ast.Module]) -> frozenset[str]:
    r"""The names of functions and classes at the top level that may be called while the module is imported.

    A name counts once it is read by what runs for certain, or by the body of a function that counts: a call may be
    hidden in many ways. A function that nothing reads is not run, unless a decorator of it does that.

    Args:
        trees: Of the module, or of the cells of a notebook.

    >>> tree = ast.parse("def used(): inner()\ndef inner(): ...\ndef idle(): ...\nused()")
    >>> sorted(run_on_import([tree]))
    ['inner', 'used']
    """
    top = _Top()
    for tree in trees:
        for statement in tree.body:
            top.visit(statement)
    reached: set[str] = set()
    waiting = [*top.read]
    while waiting:
        name = waiting.pop()
        if name not in reached and name in top.bodies:
            reached.add(name)
            waiting += [name for node in top.bodies[name] for name in _read_in(node)]
    return frozenset(reached)


def _read_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


class _Top(ast.NodeVisitor):
    """What runs for certain: the top level with its branches and class bodies, without the bodies of functions.

    Attributes:
        read: The names that it reads.
        bodies: The statements of each function at the top level, and of the methods of each class there, by its name.
    """

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.bodies: dict[str, list[ast.stmt]] = {}
        self._owner = ""

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read.add(node.id)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        for statement in (*(() if is_main_guard(node.test) else node.body), *node.orelse):
            self.visit(statement)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        name = self._owner or node.name
        self.bodies.setdefault(name, []).extend(node.body)
        if node.decorator_list and not self._owner:  # which may call it
            self.read.add(name)
        for each in (*node.decorator_list, node.args):
            self.visit(each)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        above, self._owner = self._owner, self._owner or node.name
        self.bodies.setdefault(self._owner, [])
        if node.decorator_list:  # which may make one of it
            self.read.add(self._owner)
        self.generic_visit(node)
        self._owner = above
