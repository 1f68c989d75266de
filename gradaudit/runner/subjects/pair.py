"""What is audited when it is a pair of functions, the shape that it has most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradaudit.binding.agreement import check_upstreams
from gradaudit.binding.plan import by_position, call, uses
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects.lookup import Lookup
from gradaudit.runner.subjects.outputs import split
from gradaudit.runner.subjects.subject import Forwarded, Remarking, Returned, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gradaudit.binding.plan import Plan
    from gradaudit.runner.subjects.wiring import Wiring


@dataclass(frozen=True, eq=False)
class Pair(Remarking):
    """A forward and a backward function."""

    wiring: Wiring
    forward_function: Callable[..., Any]
    backward_function: Callable[..., Any]
    forward_plan: Plan
    backward_plan: Plan
    defaults: Mapping[str, Any] = field(default_factory=dict)
    bound: Collection[str] = ()

    @property
    def takes_upstream(self) -> bool | None:
        """Known from the signature, unless what comes back is a pullback."""
        return True if uses(self.backward_plan, "upstream") else None

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """Those of the backward function, unless ``bind=`` says so of them."""
        return by_position(self.backward_plan, self.bound)

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """Both functions."""
        return {"forward": self.forward_function, "backward": self.backward_function}

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the forward function."""
        del parameters
        lookup, outputs, cache = self.evaluated(values)
        check_upstreams(self.backward_function, self.backward_plan, len(outputs))

        def backward(upstreams: tuple[Any, ...]) -> Returned:
            returned = self.called(lookup.backward(outputs, cache, upstreams))
            return self.wiring.pull(returned, upstreams, contracted=uses(self.backward_plan, "upstream"))

        return Forwarded(outputs, backward, (cache, lookup.context))

    def evaluated(self, values: Values) -> tuple[Lookup, tuple[Any, ...], Any]:
        """The forward function's outputs and what it kept, with what its backward may look up."""
        lookup = Lookup(values, self.wiring, self.defaults)
        with audited_code("forward", values):
            result = call(self.forward_function, self.forward_plan, lookup)
        return lookup, *split(result, self.wiring.outputs, self.backward_function, self.backward_plan)

    def called(self, lookup: Lookup) -> Any:
        """What the backward function returns."""
        with audited_code("backward", lookup.values):
            return call(self.backward_function, self.backward_plan, lookup)
