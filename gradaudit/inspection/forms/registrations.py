"""Rules handed to a framework: `custom_vjp`, `custom_jvp`, `custom_gradient`, `defvjp`, `register_autograd`, ..."""

from __future__ import annotations

import ast

from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.module import dotted
from gradaudit.inspection.written_rules import functions_in, is_written_rule, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gradaudit.inspection.module import Call, Function, Module
    from gradaudit.inspection.repository import Repository

_DECORATORS = {
    "custom_vjp": "a jax.custom_vjp rule",
    "custom_jvp": "a jax.custom_jvp rule",
    "custom_gradient": "a custom_gradient rule",
}
# `f.defvjp(...)` completes a custom_vjp, or hands a rule to a primitive; the others complete a custom_jvp.
_METHODS = frozenset({"defvjp", "defjvp", "defjvps", "def_vjp"})
# Functions of autograd, whose first argument is the primitive.
_DEFINITIONS = {"defvjp": "a rule of defvjp", "defgrad": "a rule of defgrad"}
# So are these, of which the first is a method of JAX too, where it completes what a decorator has begun.
_EXTENSIONS = ("defjvp", "defjvp_argnum", "defjvp_argnums", "defvjp_argnum", "defvjp_argnums")
_OF_AUTOGRAD = {name: f"a rule of {name}" for name in _EXTENSIONS}
_AUTOGRAD = frozenset({"autograd", "extend", "core"})
_MAKERS = frozenset({*_DECORATORS, *_DEFINITIONS, *_OF_AUTOGRAD, "register_autograd"})


def registrations(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that the module makes."""
    del repository
    rules = _rules_of_methods(module)
    unwritten = _without_derivative(module)
    made = set()
    for qualname, function in module.functions.items():
        kind = _decorated(function, module)
        if kind and function.is_written and qualname not in unwritten:
            made.add(qualname)
            yield _ruled(module, qualname, function, kind, rules.get(qualname, []))
    for call in module.calls:
        for each in _called(module, call, rules, made):
            made.add(each.qualname)
            yield each


def _decorated(function: Function, module: Module) -> str:
    """What a decorator makes of a function: also one in ``partial(jax.custom_vjp, nondiff_argnums=...)``."""
    for decorator in function.node.decorator_list:
        for name in _names_of(decorator):
            path = module.path(name)
            last = path.rpartition(".")[2]
            if last in _DECORATORS:
                return _DECORATORS[last]
    return ""


def _names_of(decorator: ast.expr) -> list[str]:
    if isinstance(decorator, ast.Call):
        return [dotted(decorator.func), *map(dotted, decorator.args)]
    return [dotted(decorator)]


def _rules_of_methods(module: Module) -> dict[str, list[str]]:
    """The functions that ``f.defvjp(f_fwd, f_bwd)`` names, by the qualified name of f."""
    found: dict[str, list[str]] = {}
    for call in module.calls:
        owner, _, method = call.name.rpartition(".")
        if owner and method in _METHODS:
            named = functions_in(_arguments(call), call.function, module)
            found.setdefault(resolved(owner, call.function, module), []).extend(named)
    return found


def _without_derivative(module: Module) -> set[str]:
    """The qualified names of those whose every rule, in calls such as ``f.defjvp(...)``, writes no derivative."""
    written: dict[str, bool] = {}
    for call in module.calls:
        owner, _, method = call.name.rpartition(".")
        if owner and method in _METHODS:
            name = resolved(owner, call.function, module)
            written[name] = written.get(name, False) or _writes(_arguments(call), call, module)
    return {name for name, is_written in written.items() if not is_written}


def _writes(rules: Iterable[ast.expr], call: Call, module: Module) -> bool:
    return any(is_written_rule(rule, call.function, module) for rule in rules)


def _arguments(call: Call) -> list[ast.expr]:
    return [*call.node.args, *(keyword.value for keyword in call.node.keywords)]


def _called(module: Module, call: Call, rules: dict[str, list[str]], made: set[str]) -> Iterator[HandWritten]:
    path = module.path(call.name)
    owner, _, last = path.rpartition(".")
    if last not in _MAKERS or not call.node.args or _hands_on(call, module):
        return
    first, *others = call.node.args
    if last in _DECORATORS:
        if (owner or last in module.names) and call.assigned and dotted(first):
            made_of = [resolved(dotted(first), call.function, module), *rules.get(call.assigned, [])]
            yield _ruled(module, call.assigned, call, _DECORATORS[last], made_of)
    elif last == "register_autograd":
        yield from _operator(module, call, path)
    elif last in _OF_AUTOGRAD:
        if others and _is_autograd(owner) and _writes(others, call, module):
            yield from _primitive(module, call, _OF_AUTOGRAD[last], made)
    elif "." in call.name and not owner.startswith("autograd"):  # `f.defvjp(lambda g, ans, x: g * x)`
        name = call.name.rpartition(".")[0]
        is_decorated = resolved(name, call.function, module) in made  # of a custom_vjp it is the decorator that counts
        if not is_decorated and _writes(call.node.args, call, module):
            rules_of_it = functions_in(call.node.args, call.function, module)
            yield _ruled(module, name, call, _DEFINITIONS[last], rules_of_it)
    elif others and _writes(others, call, module):
        yield from _primitive(module, call, _DEFINITIONS[last])


def _is_autograd(owner: str) -> bool:
    """Whether functions of autograd come from there: from ``autograd.extend``, or ``.core`` inside of it."""
    return owner.startswith(("autograd", ".")) and owner.rpartition(".")[2] in _AUTOGRAD


def _primitive(module: Module, call: Call, kind: str, made: Collection[str] = ()) -> Iterator[HandWritten]:
    """A rule for the primitive that is the first argument, which is a name or not; but for those that have one."""
    first, *rules = call.node.args
    name = dotted(first) or ast.unparse(first)
    if name not in made:
        yield _ruled(module, name, call, kind, functions_in(rules, call.function, module))


def _hands_on(call: Call, module: Module) -> bool:
    """Whether a function registers for its caller what it is given: all it names are its own parameters."""
    function = module.functions.get(call.function)
    if function is None:
        return False
    own = {argument.arg for argument in ast.walk(function.node.args) if isinstance(argument, ast.arg)}
    arguments = [node.value if isinstance(node, ast.Starred) else node for node in _arguments(call)]
    return all(isinstance(node, ast.Name) and node.id in own for node in arguments)


def _operator(module: Module, call: Call, path: str) -> Iterator[HandWritten]:
    """``op.register_autograd(backward)``, or ``torch.library.register_autograd("ns::op", backward)``."""
    first, *rest = call.node.args
    owner = call.name.rpartition(".")[0]
    if path.startswith("torch.") or isinstance(first, ast.Constant):
        operator = str(first.value) if isinstance(first, ast.Constant) else dotted(first)
        backwards = rest[:1]
    else:
        operator, backwards = owner, [first]
    if operator:
        yield _ruled(module, operator, call, "a custom operator", functions_in(backwards, call.function, module))


def _ruled(module: Module, qualname: str, what: Call | Function, kind: str, rules: list[str]) -> HandWritten:
    names = frozenset({qualname, *filter(None, rules)})
    backward = next((module.functions[name] for name in reversed(rules) if name in module.functions), None)
    forward = module.functions.get(qualname)
    return HandWritten(module, qualname, what.node, kind, names, what.cell, backward=backward, forward=forward)
