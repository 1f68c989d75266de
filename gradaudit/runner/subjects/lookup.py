"""The values behind the sources of a plan, for one evaluation of a forward and its backward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradaudit.binding.plan import Source
    from gradaudit.runner.subjects.subject import Values
    from gradaudit.runner.subjects.wiring import Wiring


class Lookup:
    """The values behind the sources of a plan, for one evaluation."""

    def __init__(self, values: Values, wiring: Wiring, defaults: Values | None = None) -> None:
        self.values = values
        self.wiring = wiring
        self.defaults = defaults or {}
        self.context = Context()
        self.outputs: tuple[Any, ...] = ()
        self.cache: Any = None
        self.upstreams: tuple[Any, ...] = ()

    def backward(self, outputs: tuple[Any, ...], cache: Any, upstreams: tuple[Any, ...]) -> Lookup:
        """The same for the backward that follows."""
        self.outputs, self.cache, self.upstreams = outputs, cache, upstreams
        return self

    def __call__(self, source: Source) -> Any:  # noqa: PLR0911 - a kind a line
        """The value that a source stands for."""
        match source.kind:
            case "input":
                return self.values[source.name]
            case "default":
                return self.defaults[source.name]
            case "cache":
                return self.cache
            case "context":
                return self.context
            case "output":
                return self.outputs[0] if len(self.outputs) == 1 else self.outputs
            case "random":
                return self.wiring.random(source.name)
            case "upstream":
                return self.upstreams if source.index is None else self.upstreams[source.index]


class Context:
    """The ``ctx`` that a forward and its backward share: attributes, and what was saved for the backward."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for the backward."""
        self.saved_tensors = values

    @property
    def saved_values(self) -> tuple[Any, ...]:
        """The same as ``saved_tensors``."""
        return self.saved_tensors
