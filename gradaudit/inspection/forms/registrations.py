"""Rules handed to a framework: `custom_vjp`, `custom_jvp`, `custom_gradient`, `defvjp`, `register_autograd`."""

from __future__ import annotations

import ast

from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Call, Function, Module
    from gradaudit.inspection.repository import Repository

_DECORATORS = {
    "custom_vjp": "a jax.custom_vjp rule",
    "custom_jvp": "a jax.custom_jvp rule",
    "custom_gradient": "a custom_gradient rule",
}
_METHODS = {"defvjp", "defjvp", "defjvps", "def_vjp"}
# Functions of autograd, whose first argument is the primitive.
_DEFINITIONS = {"defvjp": "a rule of defvjp", "defgrad": "a rule of defgrad"}


def registrations(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that the module makes."""
    del repository
    rules = _rules_of_methods(module)
    for qualname, function in module.functions.items():
        kind = _decorated(function, module)
        if kind and function.is_written:
            yield _ruled(module, qualname, function, kind, rules.get(qualname, []))
    for call in module.calls:
        yield from _called(module, call, rules)


def _decorated(function: Function, module: Module) -> str:
    """What a decorator makes of a function: also one in ``partial(jax.custom_vjp, nondiff_argnums=...)``."""
    for decorator in function.node.decorator_list:
        for name in _names_of(decorator):
            path = module.path(name)
            last = path.rpartition(".")[2]
            if last in _DECORATORS and not path.startswith("."):
                return _DECORATORS[last]
    return ""


def _names_of(decorator: ast.expr) -> list[str]:
    if isinstance(decorator, ast.Call):
        return [dotted(decorator.func), *map(dotted, decorator.args)]
    return [dotted(decorator)]


def _rules_of_methods(module: Module) -> dict[str, list[str]]:
    """The functions that ``f.defvjp(f_fwd, f_bwd)`` names, by the name of f."""
    found: dict[str, list[str]] = {}
    for call in module.calls:
        owner, _, method = call.name.rpartition(".")
        if owner and method in _METHODS:
            given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
            found.setdefault(owner, []).extend(filter(None, map(dotted, given)))
    return found


def _called(module: Module, call: Call, rules: dict[str, list[str]]) -> Iterator[HandWritten]:
    path = module.path(call.name)
    last = path.rpartition(".")[2]
    first = dotted(call.node.args[0]) if call.node.args else ""
    others = [dotted(argument) for argument in call.node.args[1:]]
    if last in _DECORATORS and path != last and call.assigned and first:
        yield _ruled(module, call.assigned, call, _DECORATORS[last], [first, *rules.get(call.assigned, [])])
    elif last in _DEFINITIONS and "." not in call.name and first and others:
        yield _ruled(module, first, call, _DEFINITIONS[last], others)
    elif last == "register_autograd" and call.node.args:
        yield from _operator(module, call, path)


def _operator(module: Module, call: Call, path: str) -> Iterator[HandWritten]:
    """``op.register_autograd(backward)``, or ``torch.library.register_autograd("ns::op", backward)``."""
    first, *rest = call.node.args
    owner = call.name.rpartition(".")[0]
    if path.startswith("torch.") or isinstance(first, ast.Constant):
        operator = str(first.value) if isinstance(first, ast.Constant) else dotted(first)
        backward = dotted(rest[0]) if rest else ""
    else:
        operator, backward = owner, dotted(first)
    if operator:
        yield _ruled(module, operator, call, "a custom operator", [backward])


def _ruled(module: Module, qualname: str, what: Call | Function, kind: str, rules: list[str]) -> HandWritten:
    names = frozenset({qualname, *filter(None, rules)})
    backward = next((module.functions[name] for name in reversed(rules) if name in module.functions), None)
    forward = module.functions.get(qualname)
    return HandWritten(module, qualname, what.node, kind, names, what.cell, backward=backward, forward=forward)
