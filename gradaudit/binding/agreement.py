"""Whether a finished plan agrees with what there is: as many outputs, every input, nothing bound in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.plan import Plan, upstream_count
from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError
from gradaudit.near_names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def check_upstreams(backward: Callable[..., Any], plan: Plan, outputs: int) -> None:
    """Hold the number of upstream gradients that a backward takes against the number of outputs there are.

    Raises:
        AuditError: GA004, it takes some, and not as many as there are outputs.
    """
    taken = upstream_count(plan)
    if taken in {None, 0, outputs}:
        _check_indices(backward, plan, outputs)
        return
    from gradaudit.binding.refusals import all_upstreams, suggestion, unbound

    names = [argument.parameter for argument in plan if argument.source.kind == "upstream"]
    bound = [argument for argument in plan if argument.source.kind != "upstream"]
    if len(names) > outputs:
        counted = "one output" if outputs == 1 else f"{outputs} outputs"
        raise unbound(backward, bound, names, suggestion(names), "backward", f"the forward has {counted}; ")
    remedy = f"outputs={len(names)} if the others are no outputs, {all_upstreams(names)}"
    remedy += "or a parameter for each upstream gradient"
    raise unbound(backward, plan, [], remedy, "backward", f"the forward has {outputs} outputs; ")


def _check_indices(backward: Callable[..., Any], plan: Plan, outputs: int) -> None:
    for argument in plan:
        source = argument.source
        if source.kind == "upstream" and source.index is not None and source.index >= outputs:
            message = f"bind={{{argument.parameter!r}: 'upstream.{source.index}'}} of {name_of(backward)}: "
            message += f"the forward has {'one output' if outputs == 1 else f'{outputs} outputs'}"
            raise AuditError("GA004", message, help=f"upstream gradients are upstream.0 to upstream.{outputs - 1}")


def check_inputs(forward: Callable[..., Any], inputs: Sequence[str], plan: Plan, back: Plan = ()) -> None:
    """See that every input goes somewhere, by its name.

    Raises:
        AuditError: GA004, an input is misspelt, or can't be handed on to a forward that takes ``*args``.
    """
    parameters = getattr(signature_of(forward), "parameters", {})
    starred = next((name for name, parameter in parameters.items() if parameter.kind is parameter.VAR_POSITIONAL), None)
    taken = {argument.source.name for argument in plan if argument.source.kind == "input"}
    if starred is None:
        taken |= {argument.source.name for argument in back if argument.source.kind == "input"}
    for name in inputs:
        if name in taken:
            continue
        message = f"inputs has {name!r}, which {name_of(forward)} does not take"
        remedy = nearest(name, parameters) if parameters else "leave it out"
        if starred is not None:
            message += f" by name: it has *{starred}"
            remedy = (
                f"audit a function with named arguments: forward=lambda {', '.join(inputs)}: {name_of(forward)}(...)"
            )
        raise AuditError("GA004", message, help=remedy)


def check_no_bind(function: Callable[..., Any], bind: Mapping[str, str]) -> None:
    """See that nothing is bound where there is no backward.

    Raises:
        AuditError: GA004, something is.
    """
    if bind:
        message = f"bind names {next(iter(bind))!r}, but {name_of(function)} returns its gradients itself"
        raise AuditError("GA004", message, help="leave bind= out, or name the forward by forward=")
