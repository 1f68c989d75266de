"""Uses of `audited_backward` in a syntax tree: decorators, calls, aliases; nothing is imported or run."""

from __future__ import annotations

import ast
from typing import NamedTuple

from gradaudit.discovery.aliases import NAME, Scope, bind, forget, function_scope, partial
from gradaudit.discovery.expressions import (
    dotted,
    is_main_guard,
    name_option,
    names_in,
    shown,
    timeout_option,
    unpacked,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_TRY = (ast.Try, getattr(ast, "TryStar", ast.Try))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAIN = 'under if __name__ == "__main__"'


class Use(NamedTuple):
    """One use of the decorator, as a `Target` but for what the file's name and its other uses add.

    Attributes:
        node: The ``audited_backward(...)`` call, or the name of a bare one.
        definition: The ``def`` or ``class`` that it decorates, else the use itself.
        qualname: The name under which it is found.
        name: The constant text of ``name=``.
        repeats: It stands in a loop, or is a call that is applied elsewhere.
        names_vary: ``name=`` is no constant text.
        unreachable: Why importing the module does not run it; empty if it does.
        within: The function or class at the top level that has it in a function's body; empty for none.
        timeout: The number given as ``timeout=``: it is needed before the code runs.
        audited: The names that what is audited consists of: its own, or those in a lambda.
        misused: What stands in ``@audited_backward(f)``, which calls ``f`` with the definition below; else empty.
    """

    node: ast.expr
    definition: Definition | ast.expr
    qualname: str
    name: str | None = None
    repeats: bool = False
    names_vary: bool = False
    unreachable: str = ""
    within: str = ""
    timeout: float | None = None
    audited: tuple[str, ...] = ()
    misused: str = ""

    @property
    def definition_line(self) -> int:
        """The line that a person would look for."""
        return self.definition.lineno


def uses(tree: ast.Module, scope: Scope) -> list[Use]:
    """All uses of the decorator, in the order of lines.

    Args:
        tree: What is read.
        scope: The module's, which the names that are bound in it are written to: a notebook's cells share one.

    Raises:
        RecursionError: The tree is too deep.
    """
    reader = _Reader()
    reader.block(tree.body, scope)
    return sorted(reader.uses, key=lambda use: (use.node.lineno, use.node.col_offset))


class _Reader:
    """One traversal; what it collects is in `uses`."""

    def __init__(self) -> None:
        self.uses: list[Use] = []

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bind(node, scope)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._definition(node, scope)
        elif isinstance(node, ast.Assign):
            self._assignment(node.targets, node.value, scope)
        elif isinstance(node, ast.AnnAssign):
            self._assignment([node.target], node.value, scope)
        elif isinstance(node, ast.If):
            self._condition(node, scope)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._loop(node, scope)
        elif isinstance(node, _TRY):
            self._branches([node.body + node.orelse, *(h.body for h in node.handlers)], scope)
            self.block(node.finalbody, scope)
        elif isinstance(node, ast.Match):
            self._expression(node.subject, scope)
            self._branches([case.body for case in node.cases], scope)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._children([item.context_expr for item in node.items], scope)
            self.block(node.body, scope)
        else:
            self._children(ast.iter_child_nodes(node), scope)

    def _branches(self, bodies: list[list[ast.stmt]], scope: Scope) -> None:
        """Read alternatives side by side: a stand-in for a missing gradaudit hides no import."""
        before = dict(scope.names)
        for body in bodies:
            branch = scope._replace(names=dict(before))
            self.block(body, branch)
            scope.names.update(branch.names)

    def _condition(self, node: ast.If, scope: Scope) -> None:
        self._expression(node.test, scope)
        if is_main_guard(node.test):
            self.block(node.body, scope._replace(names=dict(scope.names), unreachable=scope.unreachable or _MAIN))
            self.block(node.orelse, scope)
        else:
            self._branches([node.body, node.orelse], scope)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> None:
        inside = scope._replace(repeats=True)
        if isinstance(node, ast.While):
            self._expression(node.test, inside)
        else:
            self._expression(node.iter, scope)
            forget(node.target, scope)
        self.block(node.body, inside)
        self.block(node.orelse, scope)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope) -> None:
        for decorator in node.decorator_list:
            if misused := _misused(decorator, scope):
                qualname = scope.prefix + node.name
                self._use(decorator, (), scope, qualname, definition=node, audited=(qualname,), misused=misused)
                continue
            call = decorator if isinstance(decorator, ast.Call) and not decorator.args else None
            meaning = scope.decorator(call.func if call else decorator)
            if meaning:
                options = (*meaning.preset, *(call.keywords if call else ()))
                qualname = scope.prefix + node.name
                self._use(decorator, options, scope, qualname, definition=node, audited=(qualname,))
            self._children(ast.iter_child_nodes(decorator) if meaning else [decorator], scope)
        scope.names.pop(node.name, None)
        inside = scope._replace(names=dict(scope.names), prefix=f"{scope.prefix}{node.name}.")
        if isinstance(node, ast.ClassDef):
            self._children([*node.bases, *node.keywords], scope)
        else:
            self._expression(node.args, scope)
            inside = function_scope(node.args, inside, f"{scope.prefix}{node.name}")
        self.block(node.body, inside)

    def _assignment(self, targets: Sequence[ast.expr], value: ast.expr | None, scope: Scope) -> None:
        if value is None:
            return
        for target in targets:
            if pairs := unpacked(target, value):
                for left, right in pairs:
                    self._assignment([left], right, scope)
                return
        assigned = next(filter(None, map(dotted, targets)), None)
        self._expression(value, scope, assigned and scope.prefix + assigned)
        meaning = scope.decorator(value) or partial(value, scope)
        for target in targets:
            forget(target, scope)
            if meaning and isinstance(target, ast.Name):
                scope.names[target.id] = meaning

    def _expression(self, node: ast.AST, scope: Scope, assigned: str | None = None) -> None:
        """Read an expression; `assigned` is the name that its value is assigned to."""
        if isinstance(node, ast.Call):
            self._call(node, scope, assigned)
        elif isinstance(node, ast.Lambda):
            self._expression(node.args, scope)
            self._expression(node.body, function_scope(node.args, scope))
        elif isinstance(node, _COMPREHENSIONS):
            self._children(ast.iter_child_nodes(node), scope._replace(repeats=True), assigned)
        elif isinstance(node, ast.NamedExpr):
            self._assignment([node.target], node.value, scope)
        elif isinstance(node, ast.IfExp):
            self._children(ast.iter_child_nodes(node), scope, assigned)
        else:
            self._children(ast.iter_child_nodes(node), scope)

    def _children(
        self, nodes: Sequence[ast.AST] | Iterator[ast.AST], scope: Scope, assigned: str | None = None
    ) -> None:
        for node in nodes:
            self._expression(node, scope, assigned)

    def _call(self, node: ast.Call, scope: Scope, assigned: str | None) -> None:
        inner = node.func
        if isinstance(inner, ast.Call) and not inner.args and node.args and (meaning := scope.decorator(inner.func)):
            self._applied(inner, node.args[0], (*meaning.preset, *inner.keywords), scope, assigned)
            self._children([*inner.keywords, *node.args[1:], *node.keywords], scope)
        elif (meaning := scope.decorator(inner)) and node.args:
            self._applied(node, node.args[0], meaning.preset, scope, assigned)
        elif meaning:  # applied elsewhere, maybe several times
            options = (*meaning.preset, *node.keywords)
            self._use(node, options, scope._replace(repeats=True), assigned or scope.prefix + NAME)
            self._children(node.keywords, scope)
        else:
            self._expression(inner, scope)
            for argument in (*node.args, *node.keywords):
                self._expression(argument, scope, assigned if isinstance(argument, ast.GeneratorExp) else None)

    def _applied(
        self, node: ast.Call, audited: ast.expr, options: tuple[ast.keyword, ...], scope: Scope, assigned: str | None
    ) -> None:
        self._use(node, options, scope, assigned or scope.prefix + shown(audited), audited=names_in(audited))
        self._expression(audited, scope, assigned)  # which may be an audit again

    def _use(  # noqa: PLR0913 - what the source shows of it
        self,
        node: ast.expr,
        options: Sequence[ast.keyword],
        scope: Scope,
        qualname: str,
        *,
        definition: Definition | None = None,
        audited: tuple[str, ...] = (),
        misused: str = "",
    ) -> None:
        name, names_vary = name_option(options)
        at, timeout = definition or node, timeout_option(options)
        where = scope.unreachable, scope.within
        self.uses.append(Use(node, at, qualname, name, scope.repeats, names_vary, *where, timeout, audited, misused))


def _misused(decorator: ast.expr, scope: Scope) -> str:
    """What the decorator is given by position where it decorates something else; empty where it is not."""
    if not isinstance(decorator, ast.Call) or not decorator.args or not scope.decorator(decorator.func):
        return ""
    return shown(decorator.args[0])
