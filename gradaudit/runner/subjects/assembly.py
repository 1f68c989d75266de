"""Which kind of subject becomes of what was decorated, with every parameter bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradaudit.binding.agreement import check_inputs, check_no_bind
from gradaudit.binding.backward import bind_backward
from gradaudit.binding.forward import bind_forward, defaults_of
from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError
from gradaudit.runner.subjects.pair import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Rule
    from gradaudit.runner.subjects.resolve import Functions
    from gradaudit.runner.subjects.subject import Subject
    from gradaudit.runner.subjects.wiring import Wiring


def subject_of(  # noqa: PLR0913, PLR0917 - what a subject depends on
    functions: Functions,
    declaration: Declaration,
    wiring: Wiring,
    inputs: Sequence[str],
    layer: Callable[[], Any] | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Subject:
    """What a declaration audits, with every parameter bound.

    Args:
        functions: What was decorated.
        declaration: Its options.
        wiring: What is wanted, and the trial's random state.
        inputs: Names of all inputs.
        layer: Builds the object that is audited; None where there is none.
        parameters: Its parameters, and where the gradient of each is.

    Raises:
        AuditError: GA004, something can't be bound.
    """
    options = declaration.options
    if functions.rule is not None:
        return _ruled(functions.evaluated, functions.rule, wiring, inputs)
    bind: Mapping[str, str] = options.get("bind") or {}
    takes_upstream = options.get("returns") is None
    second = options.get("order") == 2
    if second and (functions.owner is not None or functions.forward is None):
        message = f"order=2 is for a function and its second derivative, not for {name_of(functions.evaluated)}"
        raise AuditError("GA004", message, help="name the scalar function by forward=, and audit a function beside it")
    if layer is not None:
        from gradaudit.runner.subjects.layers import Layer

        return Layer(
            wiring,
            layer,
            functions.forward_name,
            functions.backward_name,
            parameters or {},
            bind,
            inputs,
            takes_open=not takes_upstream,
        )
    if functions.forward is None or functions.backward is None:
        check_no_bind(functions.evaluated, bind)
        return _value_and_gradient(functions.evaluated, wiring, inputs)
    shares = _takes(functions.forward, "ctx") and _takes(functions.backward, "ctx")
    plan = bind_forward(functions.forward, inputs, shares_context=shares)
    defaults = defaults_of(functions.forward, plan)
    back = bind_backward(
        functions.backward, plan, inputs, bind, defaults=tuple(defaults), takes_upstream=takes_upstream
    )
    check_inputs(functions.forward, inputs, plan, back)
    kind = _second_derivative() if second else Pair
    return kind(wiring, functions.forward, functions.backward, plan, back, defaults, tuple(bind))


# What most audits are not is imported where there is one.


def _ruled(forward: Callable[..., Any], rule: Rule, wiring: Wiring, inputs: Sequence[str]) -> Subject:
    from gradaudit.runner.subjects.ruled import Ruled

    plan = bind_forward(forward, inputs)
    check_inputs(forward, inputs, plan)
    return Ruled(wiring, rule, plan)


def _value_and_gradient(function: Callable[..., Any], wiring: Wiring, inputs: Sequence[str]) -> Subject:
    from gradaudit.runner.subjects.ruled import Composed
    from gradaudit.runner.subjects.value_and_gradient import ValueAndGradient

    vjp = wiring.framework.differentiation()
    plan = bind_forward(function, inputs, alone=vjp is None)
    check_inputs(function, inputs, plan)
    return ValueAndGradient(wiring, function, plan, None if vjp is None else Composed(wiring, function, plan, vjp))


def _second_derivative() -> type[Pair]:
    from gradaudit.runner.subjects.second_derivative import SecondDerivative

    return SecondDerivative


def _takes(function: Callable[..., Any], name: str) -> bool:
    return name in getattr(signature_of(function), "parameters", ())
