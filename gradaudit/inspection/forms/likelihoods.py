"""Scores and Hessians of likelihoods, as statistical models write them: ``score`` beside ``loglike`` in one class."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.evidence import differentiates
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.launched import callees
from gradaudit.inspection.module import dotted
from gradaudit.inspection.written_rules import body_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository

# The names of statsmodels. `score` alone says nothing: beside `log_likelihood` it may be the mean of that.
_SUMS = ("loglike", "nloglike")
_OF_OBSERVATIONS = ("loglikeobs", "loglike_obs", "nloglikeobs")
# Each derivative, the functions whose derivative it may be, and what it is.
_DERIVATIVES = {
    "score": ((*_SUMS, *_OF_OBSERVATIONS), "derivative"),
    "score_obs": ((*_OF_OBSERVATIONS, *_SUMS), "derivative"),
    "hessian": ((*_SUMS, *_OF_OBSERVATIONS), "second derivative"),
    "hessian_obs": ((*_OF_OBSERVATIONS, *_SUMS), "second derivative"),
}


def likelihoods(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that are written out, each with those that only add it up."""
    del repository
    for qualname in module.classes:
        methods = module.methods(qualname)
        written = {
            name: methods[name] for name in _DERIVATIVES if name in methods and _is_written(methods, name, module)
        }
        sums = {name: of for name, method in written.items() if (of := _added_up(method)) in _DERIVATIVES}
        for name, derivative in written.items():
            forward = _forward_of(name, methods)
            if forward is None or name in sums:
                continue
            names = {derivative.qualname, *(written[other].qualname for other, of in sums.items() if of == name)}
            yield HandWritten(
                module, derivative.qualname, derivative.node, f"the {_DERIVATIVES[name][1]} of {forward.name}",
                frozenset(names), derivative.cell, backward=derivative, forward=forward,
            )  # fmt: skip


def _forward_of(name: str, methods: Mapping[str, Function]) -> Function | None:
    """The likelihood of the same class that takes the same first argument, the parameters of the model."""
    at = methods[name].parameters[:1]
    candidates = (methods[each] for each in _DERIVATIVES[name][0] if each in methods)
    return next((each for each in candidates if at and each.parameters[:1] == at), None)


def _is_written(methods: Mapping[str, Function], name: str, module: Module) -> bool:
    """Whether neither it nor what it calls beside it has the derivative made by others."""
    method = methods[name]
    parts = [method, *(module.functions[each] for each in callees(method, module))]
    return (
        method.is_written
        and not any(differentiates(part, module) for part in parts)
        and not all(_is_inherited(each.value) for each in returned(method))
    )


def _is_inherited(value: ast.expr | None) -> bool:
    """Whether it is what the same method of a base class returns."""
    inner = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None
    return isinstance(inner, ast.Call) and dotted(inner.func) == "super"


def _added_up(method: Function) -> str:
    """``score_obs`` of a method that is nothing but ``return self.score_obs(params).sum(0)``; else empty."""
    body = body_of(method)
    if len(body) != 1:
        return ""
    calls = [dotted(node.func) for node in ast.walk(body[0]) if isinstance(node, ast.Call)]
    return next((name.removeprefix("self.") for name in calls if name.startswith("self.")), "")
