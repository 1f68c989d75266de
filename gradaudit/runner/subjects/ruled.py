"""What is audited when its framework applies the gradient rule: an autograd function, a module, a custom operator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from gradaudit.binding.plan import call
from gradaudit.drawing import replaced
from gradaudit.matching import follow
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects.lookup import Lookup
from gradaudit.runner.subjects.outputs import leading
from gradaudit.runner.subjects.subject import Forwarded, Remarking, Returned, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.binding.plan import Plan
    from gradaudit.frameworks.interface import Differentiate, Natives, Pullback, Rule
    from gradaudit.records.finding import Finding
    from gradaudit.runner.subjects.wiring import Wiring


class RuledForward:
    """The forward of a rule as a function, with the signature that inputs are bound to."""

    def __init__(self, rule: Rule, name: str, parameters: Natives | None = None) -> None:
        self.__signature__ = rule.signature or ()  # what is no signature is none for `inspect`
        self.__qualname__ = name
        self._rule, self._parameters = rule, parameters or {}

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Evaluate the rule."""
        return self._rule(*arguments, parameters=self._parameters, keywords=keywords)


@dataclass(frozen=True)
class Ruled(Remarking):
    """A rule that its framework applies: the audit calls its forward, and the framework the backward."""

    wiring: Wiring
    rule: Rule
    plan: Plan

    @property
    def takes_upstream(self) -> bool | None:
        """The framework hands one on, whatever the rule does with it."""
        return True

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """Those of the rule's backward."""
        return self.rule.upstream_names

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """Those of the rule."""
        return self.rule.sources

    @property
    def remarks(self) -> list[str]:
        """Those of the rule too, where it makes any."""
        return [*super().remarks, *getattr(self.rule, "remarks", ())]

    @property
    def breaches(self) -> Sequence[Finding]:
        """Those of the rule, where it looks for any."""
        return tuple(getattr(self.rule, "breaches", {}).values())

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the rule."""
        return differentiated(self._outputs, self.rule.vjp, self.wiring, values, parameters)

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """Evaluate the rule and nothing else."""
        with audited_code("forward", values):
            return self._outputs(values, parameters)

    def _outputs(self, placed: Values, given: Natives) -> Any:
        forward = RuledForward(self.rule, "", given)
        return leading(call(forward, self.plan, Lookup(placed, self.wiring)), self.wiring.outputs)


@dataclass(frozen=True)
class Composed(Remarking):
    """A function that returns its outputs alone, because it uses rules that its framework applies."""

    wiring: Wiring
    function: Callable[..., Any]
    plan: Plan
    vjp: Differentiate

    @property
    def takes_upstream(self) -> bool | None:
        """The framework hands one on."""
        return True

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the function."""
        del parameters
        return differentiated(self._outputs, self.vjp, self.wiring, values, {})

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """Evaluate the function and nothing else."""
        with audited_code("forward", values):
            return self._outputs(values, parameters)

    def _outputs(self, placed: Values, _: Natives) -> Any:
        return leading(call(self.function, self.plan, Lookup(placed, self.wiring)), self.wiring.outputs)


def differentiated(
    evaluate: Callable[[Values, Natives], Any],
    vjp: Differentiate,
    wiring: Wiring,
    values: Values,
    parameters: Natives,
) -> Forwarded:
    """A forward evaluation with the pullback that a framework makes of it.

    Args:
        evaluate: Gives the outputs at other inputs, and other parameters of the rule's own.
        vjp: Differentiates.
        wiring: Names what is wanted.
        values: The inputs.
        parameters: The rule's own that are differentiated.
    """
    paths = {leaf.name: leaf.path for leaf in wiring.wanted}
    leaves = {name: follow(values, path) for name, path in paths.items()} | dict(parameters)

    def function(given: Natives) -> Any:
        placed = replaced(values, {path: given[name] for name, path in paths.items()})
        return evaluate(placed, {name: given[name] for name in parameters})

    with audited_code("forward", values):
        outputs, pullback = vjp(function, leaves)
    return Forwarded(tuple(outputs), partial(_pulled, wiring, pullback, values))


def _pulled(wiring: Wiring, pullback: Pullback, values: Values, upstreams: Sequence[Any]) -> Returned:
    """The gradient of each leaf by a framework's pullback."""
    with audited_code("backward", values):
        gradients = pullback(upstreams)
        read = {name: None if each is None else wiring.framework.to_numpy(each) for name, each in gradients.items()}
    # A framework hands one array on as the gradient of several, or the upstream gradient itself, and adds up anew.
    return Returned({name: None if each is None else each.copy() for name, each in read.items()}, contracted=True)
