"""Which part of what a forward returned are its outputs, and what the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.plan import takes_tuple, upstream_count, uses
from gradaudit.binding.signatures import name_of
from gradaudit.errors import AuditError
from gradaudit.frameworks.belonging import foreign

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.binding.plan import Plan
    from gradaudit.runner.subjects.wiring import Wiring


def split(result: Any, declared: int | None, backward: Callable[..., Any], plan: Plan) -> tuple[tuple[Any, ...], Any]:
    """Part what a forward returned into its outputs and what it kept for the backward.

    Raises:
        AuditError: GA004, the declaration leaves open which elements of a tuple are outputs, or there is no cache.
    """
    keeps = uses(plan, "cache")
    name = name_of(backward)
    if not isinstance(result, tuple):
        if keeps:
            message = f"{name} takes what the forward kept, but the forward returns no tuple (output, cache)"
            raise AuditError("GA004", message, help="return (output, cache), or say by bind= what the parameter is")
        if declared not in {None, 1}:
            raise AuditError(
                "GA004", f"outputs={declared}, but the forward returns no tuple", help="leave outputs= out"
            )
        return (result,), None
    if declared is not None:
        if not 1 <= declared <= len(result) - keeps:
            message = f"outputs={declared}, but the forward returns a tuple of {len(result)}"
            raise AuditError("GA004", message, help=f"give a number from 1 to {max(1, len(result) - keeps)}")
        return result[:declared], result[-1] if keeps else None
    if keeps:
        return result[:-1], result[-1]
    taken = upstream_count(plan)
    if taken == len(result) or len(result) == 1 or takes_tuple(plan):
        return result, None
    from gradaudit.binding.refusals import all_upstreams

    message = (
        f"the forward returns a tuple of {len(result)}, and {name} takes no cache: which of them are outputs is open"
    )
    names = [argument.parameter for argument in plan if argument.source.kind == "upstream" and not argument.starred]
    remedy = f"write outputs={taken or 1}" + (f", or {all_upstreams(names)}".rstrip(", ") if names else "")
    raise AuditError("GA004", message, help=remedy)


def split_value(result: Any, wiring: Wiring, function: Callable[..., Any]) -> tuple[tuple[Any, ...], Any]:
    """Part ``(value, gradients)``; several gradients may follow the value one by one.

    Raises:
        AuditError: GA004, it is no such tuple.
    """
    outputs = wiring.outputs or 1
    if not isinstance(result, tuple) or len(result) <= outputs:
        name, kind = name_of(function), type(result).__name__
        message = f"{name} stands alone, so it must return (value, gradients); it returned a {kind}"
        both = "name by forward= the function whose gradient it is, or return (value, gradients)"
        other = foreign(result, wiring.framework.name)
        raise AuditError(
            "GA004", message, help=f"{other}, and its rules give the gradient; or {both}" if other else both
        )
    rest = result[outputs:]
    return result[:outputs], rest[0] if len(rest) == 1 else rest


def leading(result: Any, outputs: int | None) -> Any:
    """The outputs among what a forward returned.

    Raises:
        AuditError: GA004, there are not as many as ``outputs=`` says.
    """
    if outputs is None or (outputs == 1 and not isinstance(result, tuple)):
        return result
    if not isinstance(result, tuple) or len(result) < outputs:
        count = f"a tuple of {len(result)}" if isinstance(result, tuple) else "no tuple"
        raise AuditError("GA004", f"outputs={outputs}, but the forward returns {count}", help="leave outputs= out")
    return result[:outputs]
