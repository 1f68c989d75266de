"""What is audited when one function returns its value and its gradients, or its value alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradaudit.binding.plan import call
from gradaudit.binding.signatures import name_of
from gradaudit.errors import AuditError
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects.lookup import Lookup
from gradaudit.runner.subjects.outputs import split_value
from gradaudit.runner.subjects.subject import Forwarded, Remarking, Returned, Subject, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.binding.plan import Plan
    from gradaudit.runner.subjects.wiring import Wiring


@dataclass
class Told:
    """What is only known of a function once it has returned."""

    returns_outputs_alone: bool = False


@dataclass(frozen=True)
class ValueAndGradient(Remarking):
    """One function that returns ``(value, gradients)`` or ``(value, pullback)``.

    One that returns its output alone may use rules that its framework applies: `composed` is what it is then.
    """

    wiring: Wiring
    function: Callable[..., Any]
    plan: Plan
    composed: Subject | None = None
    told: Told = field(default_factory=Told)

    @property
    def takes_upstream(self) -> bool | None:
        """Only what comes back can tell."""
        return self.told.returns_outputs_alone or None

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the function; its backward is what it returned beside the value, or made by its framework."""
        if self.composed is not None and self.told.returns_outputs_alone:
            return self.composed.forward(values, parameters)
        with audited_code("forward", values):
            result = call(self.function, self.plan, Lookup(values, self.wiring))
        if self.composed is not None and self._is_outputs_alone(result):
            self.told.returns_outputs_alone = True
            self.wiring.framework.seed_global(self.wiring.seed)
            return self.composed.forward(values, parameters)
        outputs, gradients = split_value(result, self.wiring, self.function)

        def backward(upstreams: tuple[Any, ...]) -> Returned:
            try:
                return self.wiring.pull(gradients, upstreams, contracted=False)
            except AuditError as error:
                if error.code != "GA004":
                    raise
                from gradaudit.binding.refusals import ALONE, NAME_FORWARD

                name = name_of(self.function)
                message = f"{name}: {ALONE}; {error.message}"
                raise AuditError("GA004", message, f"{NAME_FORWARD}; else {error.help}") from None

        return Forwarded(outputs, backward)

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """Those of the function, alone or with gradients beside them."""
        if self.composed is not None and self.told.returns_outputs_alone:
            return self.composed.outputs_at(values, parameters)
        return super().outputs_at(values, parameters)

    def _is_outputs_alone(self, result: Any) -> bool:
        """Whether there is nothing beside the outputs: an array, or a tuple of as many as ``outputs=`` says."""
        if isinstance(result, tuple):
            return len(result) == self.wiring.outputs
        return self.wiring.framework.is_native(result)
