"""What is audited when it is an object that keeps its cache, its parameters and their gradients itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradaudit import binding
from gradaudit.errors import AuditError
from gradaudit.matching import follow
from gradaudit.runner.audited_code import audited_code, first_line
from gradaudit.runner.subjects import Forwarded, Lookup, Remarking, Returned, Values, Wiring, split, split_value


@dataclass(frozen=True)
class Layer(Remarking):
    """An object that keeps its cache, its parameters and their gradients itself.

    Attributes:
        build: Makes the object; the same one every time.
        forward_name: Name of its forward method; the audited method itself when that returns both.
        backward_name: Name of its backward method, None when the forward returns value and gradients.
        gradients: For each parameter's dotted path the dotted path of its gradient.
    """

    wiring: Wiring
    build: Callable[[], Any]
    forward_name: str
    backward_name: str | None
    gradients: Mapping[str, str]
    bind: Mapping[str, str]
    inputs: Sequence[str]
    takes_open: bool = False

    @property
    def takes_upstream(self) -> bool | None:
        """Only the object's methods can tell."""
        return None

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Build the object, set its parameters, evaluate its forward method."""
        with audited_code("make"):
            layer = self.build()
        with audited_code("setting the parameters"):
            for path, value in parameters.items():
                assign(layer, path, value)
        forward = _method(layer, self.forward_name)
        plan = binding.bind_forward(forward, self.inputs)
        defaults = binding.defaults_of(forward, plan)
        lookup = Lookup(values, self.wiring, defaults)
        back: binding.Plan = ()
        if self.backward_name is None:
            binding.check_no_bind(forward, self.bind)
        else:
            backward = _method(layer, self.backward_name)
            back = binding.bind_backward(
                backward,
                plan,
                self.inputs,
                self.bind,
                defaults=tuple(defaults),
                takes_upstream=not self.takes_open,
            )
        binding.check_inputs(forward, self.inputs, plan, back)
        with audited_code("forward", values):
            result = binding.call(forward, plan, lookup)
        if self.backward_name is None:
            outputs, gradients = split_value(result, self.wiring.outputs or 1, forward)
            return Forwarded(outputs, lambda upstreams: self._gather(layer, gradients, upstreams, contracted=False))
        outputs, cache = split(result, self.wiring.outputs, backward, back)
        binding.check_upstreams(backward, back, len(outputs))

        def run_backward(upstreams: tuple[Any, ...]) -> Returned:
            with audited_code("backward", values):
                returned = binding.call(backward, back, lookup.backward(outputs, cache, upstreams))
            return self._gather(layer, returned, upstreams, contracted=binding.uses(back, "upstream"))

        return Forwarded(outputs, run_backward)

    def _gather(self, layer: Any, returned: Any, upstreams: tuple[Any, ...], *, contracted: bool) -> Returned:
        """The gradients of inputs from what came back, those of parameters from the object."""
        result = self.wiring.pull(returned, upstreams, contracted=contracted)
        with audited_code("reading the gradients"):
            for parameter, path in self.gradients.items():
                gradient = self._parameter_gradient(layer, returned, path)
                result.arrays[parameter] = self.wiring.framework.to_numpy(gradient)
            self._notice_unchecked(layer)
        return result

    def _notice_unchecked(self, layer: Any) -> None:
        """A parameter with its gradient beside it that ``parameters=`` does not name is not checked: say so."""
        held = vars(layer) if hasattr(layer, "__dict__") else {}
        for name, value in held.items():
            beside = next((other for other in (f"d{name}", f"grad_{name}", f"{name}_grad") if other in held), None)
            if beside is None or name in self.gradients or beside in self.gradients.values():
                continue
            arrays = [self.wiring.framework.to_numpy(each) for each in (value, held[beside])]
            if all(array is not None and array.dtype.kind == "f" for array in arrays):
                self.wiring.remarks.append(f'{name} is not checked; write parameters={{"{name}": "{beside}"}}')

    def _parameter_gradient(self, layer: Any, returned: Any, path: str) -> Any:
        try:
            return read(layer, path)
        except (AttributeError, KeyError, IndexError, TypeError):
            if isinstance(returned, Mapping) and path in returned:
                return returned[path]
            message = f"the layer has no {path!r} after its backward, where parameters= says a gradient is"
            raise AuditError("GA004", message, help=f"its attributes are {', '.join(_attributes(layer))}") from None


def _method(layer: Any, name: str) -> Callable[..., Any]:
    method = getattr(layer, name, None)
    if not callable(method):
        message = f"{type(layer).__name__} has no method {name!r}"
        raise AuditError("GA003", message, help="name the method with forward=, or let make= build the right object")
    return method  # type: ignore[no-any-return]  # the audited object's own


def _attributes(layer: Any) -> list[str]:
    return [name for name in (vars(layer) if hasattr(layer, "__dict__") else dir(layer)) if not name.startswith("__")]


def read(layer: Any, path: str) -> Any:
    """The value at a dotted path of attributes, keys and indices.

    >>> from types import SimpleNamespace
    >>> read(SimpleNamespace(parameters={"W": 1.0}), "parameters.W")
    1.0
    """
    return follow(layer, _steps(path))


def _steps(path: str) -> list[Any]:
    return [int(step) if step.isdecimal() else step for step in path.split(".")]


def assign(layer: Any, path: str, value: Any) -> None:
    """Set the value at a dotted path.

    An array is written in place where it can be, as training does: the layer may hold it by other names too.

    Raises:
        AuditError: GA004, it can't be set.
    """
    *before, last = _steps(path)
    holder = follow(layer, before)
    if _written(holder, last, value):
        return
    try:
        if isinstance(last, int) or isinstance(holder, Mapping):
            holder[last] = value
        else:
            setattr(holder, last, value)
    except (AttributeError, TypeError, ValueError) as error:
        message = f"parameters= names {path!r}, which can't be set: {first_line(error)}"
        raise AuditError("GA004", message, help="name the attribute or the list that holds the array itself") from error


def _written(holder: Any, last: Any, value: Any) -> bool:
    """Whether the value could be written into the array that is there."""
    held = follow(holder, [last])
    is_writeable = getattr(getattr(held, "flags", None), "writeable", False)
    if not is_writeable or (held.shape, held.dtype) != (value.shape, value.dtype):
        return False
    held[...] = value
    return bool(follow(holder, [last]).tobytes() == value.tobytes())  # not so where a property makes copies
