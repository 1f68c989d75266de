"""Binding of a forward: its parameters are inputs, the context, the trial's random state, or left at their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.known_names import RANDOM_NAMES
from gradaudit.binding.passing import arguments_of, unfilled
from gradaudit.binding.plan import Argument, Plan, Source
from gradaudit.binding.signatures import signature_of

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Sequence


def bind_forward(
    forward: Callable[..., Any], inputs: Sequence[str], *, shares_context: bool = False, alone: bool = False
) -> Plan:
    """Bind the forward's parameters to the inputs.

    Args:
        forward: The forward pass.
        inputs: Names of the inputs, in the order of their declaration.
        shares_context: Whether forward and backward both take a context.
        alone: Whether it stands for both: where it can't be bound, it may be a backward whose forward is not named.

    Raises:
        AuditError: GA004, a parameter without a default is bound by nothing.

    Example:
        >>> [str(argument.source) for argument in bind_forward(lambda x, rng, eps=1e-5: x, ["x"])]
        ["input 'x'", "the trial's random state"]
    """
    signature = signature_of(forward)
    if signature is None:
        return tuple(Argument(name, Source("input", name)) for name in inputs)
    found = [
        (parameter, _forward_source(parameter, inputs, shares_context=shares_context))
        for parameter in signature.parameters.values()
    ]
    plan = arguments_of(found)
    missing = unfilled(found)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        named = {argument.parameter for argument in plan}
        plan.extend(Argument(name, Source("input", name), keyword=True) for name in inputs if name not in named)
    if missing:
        from gradaudit.binding.refusals import ALONE, NAME_FORWARD, misspelt, to_draw, unbound

        remedy = misspelt(missing, [name for name in inputs if name not in signature.parameters])
        if alone:
            remedy = f"{NAME_FORWARD}; else {remedy or f'write {to_draw(missing)}'}"
        role, why = ("", f"{ALONE}, and ") if alone else ("forward", "")
        raise unbound(forward, plan, missing, to_draw(missing), role, why, help=remedy)
    return tuple(plan)


def _forward_source(parameter: inspect.Parameter, inputs: Sequence[str], *, shares_context: bool) -> Source | None:
    name = parameter.name
    if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
        return None
    if name in inputs:
        return Source("input", name)
    if shares_context and name == "ctx":
        return Source("context")
    if name in RANDOM_NAMES and parameter.default in {parameter.empty, None}:
        return Source("random", name)
    return None


def defaults_of(forward: Callable[..., Any], plan: Plan) -> dict[str, Any]:
    """The forward's arguments that are left at their default values."""
    signature = signature_of(forward)
    bound = {argument.parameter for argument in plan if argument.source.kind != "own"}
    parameters = signature.parameters.values() if signature is not None else ()
    return {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.name not in bound and parameter.default is not parameter.empty
    }
