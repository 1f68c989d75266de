"""Rules that are handed to a framework: which functions they are, and whether somebody wrote a derivative there."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.checks.zeros import is_zero
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.inspection.module import Function, Module

# A symbolic zero of a primal's kind.
_SYMBOLS = frozenset({"p2tz"})
# `jax.jvp` and its kin: a rule that is one of these, or nothing but a call of one, has the derivative made for it.
_DIFFERENTIATION = frozenset({
    "jvp", "vjp", "grad", "jacfwd", "jacrev", "linearize", "linear_transpose", "linear_jvp", "zero_jvp",
})  # fmt: skip
# Of autograd, and called so wherever they come from: it wraps them in every module.
_MAKERS = frozenset({"make_vjp", "make_jvp"})


def resolved(name: str, function: str, module: Module) -> str:
    """The qualified name that a name has in a function: that of the innermost scope around it which defines it.

    Args:
        name: As it is written.
        function: The qualified name of the function in which it is; empty at module level.
        module: Whose functions they are.
    """
    scope = function
    while scope:
        if f"{scope}.{name}" in module.functions:
            return f"{scope}.{name}"
        scope = scope.rpartition(".")[0]
    return name


def functions_in(arguments: Iterable[ast.expr], function: str, module: Module) -> list[str]:
    """The qualified names of the functions that arguments name: also of the one in ``partial(f_bwd, n)``."""
    names = [dotted(node.args[0] if isinstance(node, ast.Call) and node.args else node) for node in arguments]
    return [resolved(name, function, module) for name in names if name]


def is_written_rule(node: ast.expr, function: str, module: Module) -> bool:
    """Whether a rule says what the derivative is.

    None says that there is none, ``"same"`` that the function is linear, and ``partial(jax.jvp, f)`` leaves it to
    automatic differentiation.

    Args:
        node: The rule, as it is given.
        function: The qualified name of the function in which it is given; empty at module level.
        module: Where.
    """
    match node:
        case ast.Constant():
            return False
        case ast.Lambda(body=body):
            return not is_nothing(body, module)
        case ast.Call(args=[rule, *_]) if dotted(node.func).rpartition(".")[2] == "partial":
            return is_written_rule(rule, function, module)
    name = resolved(dotted(node), function, module)
    if name in module.functions:
        return _is_written_function(module.functions[name], module)
    return not _is_differentiation(name, module)


def is_nothing(value: ast.expr | None, module: Module) -> bool:
    """Whether what a rule gives back is zero, or is made by automatic differentiation and nothing else."""
    match value:
        case ast.Lambda(body=inner) | ast.ListComp(elt=inner):
            return is_nothing(inner, module)
        case ast.Call(func=function) if _is_differentiation(dotted(function), module):
            return True
        case ast.Subscript(value=inner) | ast.Call(func=ast.Call() | ast.Subscript() as inner):  # `make_vjp(f)(x)[0]`
            return is_nothing(inner, module)
        case ast.Call(func=function):
            return dotted(function).rpartition(".")[2] in _SYMBOLS or is_zero(value, ())
    return is_zero(value, ())


def _is_written_function(function: Function, module: Module) -> bool:
    values = [each.value for each in returned(function)]
    return function.is_written and not (values and all(is_nothing(value, module) for value in values))


def _is_differentiation(name: str, module: Module) -> bool:
    """Whether a name stands for a function that differentiates, imported from wherever."""
    if name in module.functions:
        return False
    is_imported, last = name.partition(".")[0] in module.names, module.path(name).rpartition(".")[2]
    return last in _MAKERS or (is_imported and last in _DIFFERENTIATION)


def body_of(function: Function) -> list[ast.stmt]:
    """Its statements without the docstring."""
    body = function.node.body
    return body[1:] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body
