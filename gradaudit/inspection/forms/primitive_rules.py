"""Rules of JAX primitives: ``ad.defjvp(p, rule)``, ``ad.primitive_transposes[p] = rule`` and the like."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.evidence import differentiates
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.launched import callees
from gradaudit.inspection.module import dotted
from gradaudit.inspection.written_rules import functions_in, is_nothing, is_written_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository

_MODULES = ("jax.interpreters.ad", "jax._src.interpreters.ad")
# Called with a primitive and its rules.
_DEFINITIONS = frozenset({"defjvp", "defjvp2", "deflinear", "deflinear2", "defbilinear"})
# Tables of rules by primitive.
_TANGENTS = frozenset({"primitive_jvps", "primitive_linearizations"})
_TABLES = frozenset({*_TANGENTS, "primitive_transposes", "fancy_transposes"})
# Rules of control flow, of compilation and the like go on into a program that JAX differentiates by itself, and those
# of extensible primitives to the rules of an object.
_ENGINE = frozenset({
    "jvp_jaxpr", "jvp_subtrace", "jvp_subtrace_2", "backward_pass", "backward_pass3", "closed_backward_pass",
    "linearize_jaxpr", "linearize_subtrace", "linearize_from_jvp", "fallback_linearize_rule", "call_transpose",
    "call_transpose_fancy", "vjp_fwd", "vjp_bwd",
})  # fmt: skip


@dataclass(frozen=True)
class _Registration:
    """A primitive and the rules that it is given in one place."""

    node: ast.Call | ast.Assign
    primitive: ast.expr
    rules: tuple[ast.expr, ...]
    function: str
    cell: int | None
    of_tangents: bool

    @property
    def place(self) -> tuple[int, int, int]:
        return self.cell or 0, self.node.lineno, self.node.col_offset


def primitive_rules(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """One for a primitive, at the first place where a derivative is written."""
    del repository
    found: dict[str, list[_Registration]] = {}
    for each in sorted((*_calls(module), *_assignments(module)), key=lambda each: each.place):
        if any(_says_derivative(rule, each, module) for rule in each.rules) and not _is_for_others(each, module):
            found.setdefault(dotted(each.primitive) or ast.unparse(each.primitive), []).append(each)
    for primitive, places in found.items():
        first, rules = places[0], [name for each in places for name in functions_in(each.rules, each.function, module)]
        backward = next((module.functions[name] for name in rules if name in module.functions), None)
        yield HandWritten(
            module, primitive, first.node, "a rule of a JAX primitive", frozenset({primitive, *rules}), first.cell,
            backward=backward,
        )  # fmt: skip


def _calls(module: Module) -> Iterator[_Registration]:
    for call in module.calls:
        owner, _, last = module.path(call.name).rpartition(".")
        if owner in _MODULES and last in _DEFINITIONS and len(call.node.args) > 1:
            primitive, *rules = call.node.args
            yield _Registration(call.node, primitive, tuple(rules), call.function, call.cell, of_tangents=False)


def _assignments(module: Module) -> Iterator[_Registration]:
    for each in module.stored:
        owner, _, last = module.path(each.name).rpartition(".")
        if owner in _MODULES and last in _TABLES:
            rules, is_of_tangents = (each.node.value,), last in _TANGENTS
            yield _Registration(each.node, each.key, rules, each.function, each.cell, of_tangents=is_of_tangents)


def _is_for_others(each: _Registration, module: Module) -> bool:
    """Whether a function registers rules for the primitive that it is given."""
    function = module.functions.get(each.function)
    taken = ast.walk(function.node.args) if function is not None else ()
    return isinstance(each.primitive, ast.Name) and each.primitive.id in {
        argument.arg for argument in taken if isinstance(argument, ast.arg)
    }


def _says_derivative(rule: ast.expr, each: _Registration, module: Module) -> bool:
    if not is_written_rule(rule, each.function, module):
        return False
    names = functions_in([rule], each.function, module)
    functions = [module.functions[name] for name in names if name in module.functions]
    if any(_is_recursion(function, module) for function in functions):
        return False
    return not (each.of_tangents and functions and all(_has_no_tangent(rule, module) for rule in functions))


def _is_recursion(function: Function, module: Module) -> bool:
    """Whether a rule, or what it calls in its module, has JAX differentiate the program that the primitive holds."""
    parts = [function]
    for part in parts:
        parts += (module.functions[name] for name in callees(part, module) if module.functions[name] not in parts)
    return any(differentiates(part, module) or _calls_engine(part) for part in parts)


def _calls_engine(function: Function) -> bool:
    calls = (node for node in function.nodes if isinstance(node, ast.Call))
    return any(dotted(call.func).rpartition(".")[2] in _ENGINE for call in calls)


def _has_no_tangent(rule: Function, module: Module) -> bool:
    """Whether the second of what a rule of tangents returns, ``(out, tangent)``, is never anything but zero."""
    values = [each.value for each in returned(rule)]
    return bool(values) and all(
        isinstance(value, ast.Tuple) and len(value.elts) > 1 and is_nothing(value.elts[1], module) for value in values
    )
