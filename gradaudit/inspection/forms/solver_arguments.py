"""Derivatives that a solver is given by keyword, as in ``minimize(cost, x0, jac=cost_slope)``."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.evidence import differentiates
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.launched import callees
from gradaudit.inspection.module import dotted
from gradaudit.inspection.written_rules import body_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Call, Function, Module
    from gradaudit.inspection.repository import Repository

# What solvers of scipy.optimize, and those that are called like them, take beside the function.
_FIRST = frozenset({"jac", "fprime", "Dfun"})
_SECOND = frozenset({"hess", "hessp", "fhess", "fhess_p", "fprime2"})
_OF_CONSTRAINTS = {"fprime_eqcons": "f_eqcons", "fprime_ieqcons": "f_ieqcons"}
_FUNCTIONS = frozenset({"fun", "func", "f"})


@dataclass(frozen=True)
class _Given:
    """A derivative among the arguments of a call, and the function whose derivative it is."""

    keyword: str
    derivative: Function
    forward: Function | None
    shown: str


def solver_arguments(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that are written in the module, each where it is given first."""
    del repository
    seen = set()
    for call in module.calls:
        for each in _given(call, module):
            derivative = each.derivative
            if derivative.qualname in seen or not _is_written(derivative, module):
                continue
            seen.add(derivative.qualname)
            order = 2 if each.keyword in _SECOND else 1
            what, solver = "second derivative" if order == 2 else "derivative", call.name.rpartition(".")[2]
            kind = f"the {what} of {each.shown}, given to {solver} as {each.keyword}"
            yield HandWritten(
                module, derivative.qualname, derivative.node, kind, frozenset({derivative.qualname}), derivative.cell,
                backward=derivative, forward=each.forward, order=order,
            )  # fmt: skip


def _given(call: Call, module: Module) -> Iterator[_Given]:
    keywords = {keyword.arg: keyword.value for keyword in call.node.keywords if keyword.arg is not None}
    for name, value in keywords.items():
        if name not in _FIRST | _SECOND | _OF_CONSTRAINTS.keys():
            continue
        of = keywords.get(_OF_CONSTRAINTS[name]) if name in _OF_CONSTRAINTS else _function_of(call, keywords)
        derivative, forward = _named(value, call.function, module), _named(of, call.function, module)
        if derivative is not None and (forward is not None or isinstance(of, ast.Lambda)):
            inner = _followed(derivative, module)
            of_inner = forward and (_followed(forward, module) or forward)
            if inner is not None:
                yield _Given(name, inner, of_inner, of_inner.name if of_inner is not None else "a lambda")


def _function_of(call: Call, keywords: dict[str, ast.expr]) -> ast.expr | None:
    given = [keywords[name] for name in _FUNCTIONS if name in keywords]
    return next(iter([*call.node.args[:1], *given]), None)


def _named(node: ast.expr | None, function: str, module: Module) -> Function | None:
    """The function of the module that a name, or ``self.name``, stands for in a function; None for its own values."""
    if isinstance(node, ast.Attribute):
        return _method(dotted(node), function, module)
    if not isinstance(node, ast.Name):
        return None
    scope = function
    while scope:
        around = module.functions.get(scope)
        if around is not None and f"{scope}.{node.id}" in module.functions:
            return module.functions[f"{scope}.{node.id}"]
        if around is None and scope not in module.classes:  # a lambda, whose arguments are its own
            return None
        if around is not None and node.id in _own_names(around):
            return None
        scope = scope.rpartition(".")[0]
    return module.functions.get(node.id)


def _method(name: str, function: str, module: Module) -> Function | None:
    """The method that ``self.name`` is, of the innermost class around a function."""
    owner, _, method = name.partition(".")
    scope = function
    while scope and scope not in module.classes:
        scope = scope.rpartition(".")[0]
    return module.functions.get(f"{scope}.{method}") if owner == "self" and scope else None


def _own_names(function: Function) -> set[str]:
    """Its parameters, and the names that it gives values to."""
    return {
        node.arg if isinstance(node, ast.arg) else node.id
        for node in function.nodes
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }


def _followed(function: Function, module: Module) -> Function | None:
    """It, or the function that it hands its arguments to: ``return -self.score(x)``; None where that is not here."""
    call = _only_call(function)
    if call is None or not all(isinstance(each, (ast.Name, ast.Starred, ast.Constant)) for each in call.args):
        return function
    name = dotted(call.func)
    named = _named(call.func, function.qualname, module)
    if named is not None or not name:
        return named
    head, is_method, _ = name.partition(".")
    is_own = head in function.parameters or (bool(is_method) and head in module.names)
    return function if is_own else None


def _only_call(function: Function) -> ast.Call | None:
    """The call that is all that a function returns, but for its sign."""
    match body_of(function):
        case [ast.Return(value=ast.Call() as call)] | [ast.Return(value=ast.UnaryOp(operand=ast.Call() as call))]:
            return call
    return None


def _is_written(derivative: Function, module: Module) -> bool:
    """Whether it returns more than it holds, and neither it nor what it calls differentiates."""
    values = [each.value for each in returned(derivative)]
    parts = [derivative, *(module.functions[name] for name in callees(derivative, module))]
    return (
        derivative.is_written
        and not any(differentiates(part, module) for part in parts)
        and not all(value is None or isinstance(value, (ast.Attribute, ast.Constant)) for value in values)
    )
