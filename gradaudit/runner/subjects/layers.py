"""What is audited when it is an object that keeps its cache, its parameters and their gradients itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.binding.agreement import check_inputs, check_no_bind, check_upstreams
from gradaudit.binding.backward import bind_backward
from gradaudit.binding.forward import bind_forward, defaults_of
from gradaudit.binding.plan import Plan, by_position, call, uses
from gradaudit.errors import AuditError
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects import layer_words as words
from gradaudit.runner.subjects.lookup import Lookup
from gradaudit.runner.subjects.object_paths import assign, read, widen
from gradaudit.runner.subjects.outputs import split, split_value
from gradaudit.runner.subjects.parameters import RETURNED, STEP
from gradaudit.runner.subjects.subject import Forwarded, Remarking, Returned, Values
from gradaudit.runner.subjects.unchecked import Unchecked

if TYPE_CHECKING:
    from gradaudit.runner.subjects.wiring import Wiring

_ADDED = 1e-6
"""How far from twice the first the second gradient may be that adds up: between rounding and any other factor."""

_RESETTING = ("zero", "flush", "reset", "clear")
"""Parts of the names of such methods."""

_ABSENT = (AttributeError, KeyError, IndexError, TypeError)


@dataclass
class Seen:
    """What is only known of an object once it was called.

    Attributes:
        forward: Its bound forward method.
        backward: Its bound backward method.
        plan: How that was bound.
        unchecked: The parameters with gradients beside them that nothing names.
        given: The parameters that the last object was given.
        again: Calls the last object once more, and gives its parameters' gradients before and after.
    """

    forward: Callable[..., Any] | None = None
    backward: Callable[..., Any] | None = None
    plan: Plan = ()
    unchecked: Unchecked | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    again: Callable[[], tuple[dict[str, Any], dict[str, Any]]] | None = None


@dataclass(frozen=True)
class Layer(Remarking):
    """An object that keeps its cache, its parameters and their gradients itself.

    Attributes:
        build: Makes the object; the same one every time.
        forward_name: Name of its forward method; the audited method itself when that returns both.
        backward_name: Name of its backward method, None when the forward returns value and gradients.
        gradients: For each parameter's dotted path that of its gradient, or where else it is; see `parameters`.
    """

    wiring: Wiring
    build: Callable[[], Any]
    forward_name: str
    backward_name: str | None
    gradients: Mapping[str, str]
    bind: Mapping[str, str]
    inputs: Sequence[str]
    takes_open: bool = False
    seen: Seen = field(default_factory=Seen)

    @property
    def takes_upstream(self) -> bool | None:
        """Known from the object's method, once there is one; None where only what comes back can tell."""
        return True if uses(self.seen.plan, "upstream") else None

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """Those of the backward method, unless ``bind=`` says so of them."""
        return by_position(self.seen.plan, self.bind)

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """The methods, where there are two."""
        if self.seen.forward is None or self.seen.backward is None:
            return {}
        return {"forward": self.seen.forward, "backward": self.seen.backward}

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Build the object, set its parameters, evaluate its forward method."""
        layer = self.build()
        self.seen.given = parameters
        if self.seen.unchecked is None:
            self.seen.unchecked = Unchecked.of(layer, self.wiring.framework, self.gradients)
        with audited_code("setting the parameters"):
            for path, value in parameters.items():
                self._set(layer, path, value)
        return self._forwarded(layer, values)

    def _set(self, layer: Any, path: str, value: Any) -> None:
        held = self.wiring.framework.to_numpy(read(layer, path))
        assign(layer, path, value)
        if hasattr(value, "dtype") and self.gradients[path] not in {RETURNED, STEP}:
            widen(layer, self.gradients[path], held, value)

    def _forwarded(self, layer: Any, values: Values) -> Forwarded:
        """Evaluate the forward method of an object as it is."""
        forward = _method(layer, self.forward_name)
        plan = bind_forward(forward, self.inputs)
        defaults = defaults_of(forward, plan)
        lookup = Lookup(values, self.wiring, defaults)
        if self.backward_name is None:
            check_no_bind(forward, self.bind)
            check_inputs(forward, self.inputs, plan)
            with audited_code("forward", values):
                result = call(forward, plan, lookup)
            outputs, gradients = split_value(result, self.wiring, forward)
            return Forwarded(outputs, lambda upstreams: self._gathered(layer, values, {}, gradients, upstreams))
        backward = _method(layer, self.backward_name)
        back = self._bound(forward, backward, plan, tuple(defaults))
        check_inputs(forward, self.inputs, plan, back)
        before = self._stepping(layer)
        with audited_code("forward", values):
            result = call(forward, plan, lookup)
        if self.seen.unchecked is not None:
            self.seen.unchecked.look_between(layer)
        outputs, cache = split(result, self.wiring.outputs, backward, back)
        check_upstreams(backward, back, len(outputs))

        def run_backward(upstreams: tuple[Any, ...]) -> Returned:
            with audited_code("backward", values):
                returned = call(backward, back, lookup.backward(outputs, cache, upstreams))
            return self._gathered(layer, values, before, returned, upstreams)

        return Forwarded(outputs, run_backward)

    def _bound(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        plan: Plan,
        defaults: tuple[str, ...],
    ) -> Plan:
        back = bind_backward(
            backward, plan, self.inputs, self.bind, defaults=defaults, takes_upstream=not self.takes_open
        )
        self.seen.forward, self.seen.backward, self.seen.plan = forward, backward, back
        return back

    def _stepping(self, layer: Any) -> dict[str, Any]:
        """The parameters that a backward is said to take a step from, as they are before it."""
        to_numpy = self.wiring.framework.to_numpy
        return {name: np.array(to_numpy(read(layer, name))) for name, path in self.gradients.items() if path == STEP}

    def _gathered(
        self, layer: Any, values: Values, before: Mapping[str, Any], returned: Any, upstreams: tuple[Any, ...]
    ) -> Returned:
        """The gradients of inputs from what came back, those of parameters from the object."""
        try:
            result = self.wiring.pull(returned, upstreams, contracted=uses(self.seen.plan, "upstream"))
        except AuditError as error:
            remedy = words.among_returned(self.build(), returned, self.wiring) if error.code == "GA004" else ""
            raise AuditError(error.code, error.message, remedy or error.help, error.details) from None
        with audited_code("reading the gradients"):
            result.arrays.update(self._parameter_gradients(layer, before, returned))
            if self.seen.unchecked is not None:
                self.seen.unchecked.look(layer, values)
        self.seen.again = lambda: self._once_more(layer, values, upstreams)
        return result

    def _parameter_gradients(self, layer: Any, before: Mapping[str, Any], returned: Any) -> dict[str, Any]:
        found = {}
        for parameter, path in self.gradients.items():
            if path == STEP:
                found[parameter] = before[parameter] - self.wiring.framework.to_numpy(read(layer, parameter))
            elif path != RETURNED:
                gradient = self._parameter_gradient(layer, returned, parameter, path)
                found[parameter] = self.wiring.framework.to_numpy(gradient)
        return found

    def _parameter_gradient(self, layer: Any, returned: Any, parameter: str, path: str) -> Any:
        try:
            return read(layer, path)
        except _ABSENT:
            if isinstance(returned, Mapping) and path in returned:
                return returned[path]
            raise words.no_gradient(layer, self.seen.given.get(parameter), parameter, path, returned) from None

    def no_parameter(self, layer: Any, name: str) -> AuditError:
        """What is told of a parameter that an object does not hold when it is built."""
        return words.no_parameter(layer, name, self.wiring.framework.to_numpy)

    @property
    def remarks(self) -> list[str]:
        """Those of the wiring, and the parameters that nothing names."""
        unchecked = self.seen.unchecked
        return [*super().remarks, *(unchecked.remarks(self.gradients) if unchecked is not None else ())]

    def repeated(self) -> Sequence[str] | None:
        """What a second forward and backward of one object tells: that its gradients add up."""
        if self.seen.again is None or not set(self.gradients.values()) - {RETURNED, STEP} or self._resets():
            return None
        try:
            first, second = self.seen.again()
        except AuditError:  # an object that is made for one call
            return []
        adding = [name for name, array in first.items() if array is not None and _is_twice(second.get(name), array)]
        return [words.adds_up(adding)] if adding else []

    def _resets(self) -> bool:
        """Whether the object has a method that plainly resets gradients: they are meant to add up then."""
        owner = getattr(self.seen.backward, "__self__", None)
        return any(word in name.lower() for name in dir(owner) for word in _RESETTING if not name.startswith("__"))

    def _once_more(
        self, layer: Any, values: Values, upstreams: tuple[Any, ...]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        held = {name: path for name, path in self.gradients.items() if path not in {RETURNED, STEP}}
        with audited_code("backward", values):
            first = {name: _copied(self.wiring.framework.to_numpy(read(layer, path))) for name, path in held.items()}
            self._forwarded(layer, values).backward(upstreams)
            second = {name: self.wiring.framework.to_numpy(read(layer, path)) for name, path in held.items()}
        return first, second


def _copied(array: Any) -> Any:
    return None if array is None else np.array(array)


def _is_twice(second: Any, first: Any) -> bool:
    if second is None or second.shape != first.shape or not np.isfinite(first).all() or not first.any():
        return False
    return float(np.abs(second - 2 * first).max()) <= _ADDED * float(np.abs(first).max())


def _method(layer: Any, name: str) -> Callable[..., Any]:
    method = getattr(layer, name, None)
    if not callable(method):
        message = f"{type(layer).__name__} has no method {name!r}"
        raise AuditError("GA003", message, help="name the method with forward=, or let make= build the right object")
    return method  # type: ignore[no-any-return]  # the audited object's own
