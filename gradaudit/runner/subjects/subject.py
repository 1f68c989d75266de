"""What every subject of an audit has: a forward evaluation, and from it one backward.

A backward always follows a forward of its own, so that caches which are consumed, and layers which add to their
gradients, work as they do in training. Subjects are a `pair` of functions, a `second_derivative`, one function in
`value_and_gradient`, an object in `layers`, and what a framework applies in `ruled`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from gradaudit.records.finding import Finding
    from gradaudit.runner.subjects.wiring import Wiring

Values: TypeAlias = Mapping[str, Any]


class Returned(NamedTuple):
    """What a backward returned: for each leaf its array or None, and whether the upstream gradient is in it already."""

    arrays: dict[str, Any]
    contracted: bool


class Forwarded(NamedTuple):
    """One forward evaluation.

    Attributes:
        outputs: What it returned.
        backward: The backward that belongs to it.
        kept: What it keeps for that backward, where it hands it on.
        given: The arrays that it was handed, by dotted name.
        constants: What else it was handed, copies of its own.
    """

    outputs: tuple[Any, ...]
    backward: Callable[[tuple[Any, ...]], Returned]
    kept: tuple[Any, ...] = ()
    given: Mapping[str, Any] = MappingProxyType({})
    constants: tuple[Any, ...] = ()


class Subject(Protocol):
    """Something with a forward and a backward."""

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate at the given inputs, and the given parameters of a layer."""
        ...

    @property
    def takes_upstream(self) -> bool | None:
        """Whether the backward is given an upstream gradient; None when only what it returns can tell."""
        ...

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """The backward's parameters that are given upstream gradients by their position, as far as they are known."""
        ...

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """The functions whose source shows what the forward and the backward do, as far as they are known."""
        ...

    @property
    def remarks(self) -> list[str]:
        """What a reader of the verdict should know, found while it ran."""
        ...

    @property
    def breaches(self) -> Sequence[Finding]:
        """What a rule was seen to break beside the values of its gradients."""
        ...

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """What is differentiated, alone: arrays in any containers."""
        ...

    def repeated(self) -> Sequence[str] | None:
        """What a reader should know of one more call, where something is kept for it; None where none was made."""
        ...


class Remarking:
    """What all subjects say of themselves unless they know better."""

    wiring: Wiring

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """None are known."""
        return ()

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """None are known."""
        return {}

    @property
    def remarks(self) -> list[str]:
        """Those of the wiring, each once."""
        return list(dict.fromkeys(self.wiring.remarks))

    @property
    def breaches(self) -> Sequence[Finding]:
        """None: what is called by the audit is looked at by it."""
        return ()

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate it."""
        raise NotImplementedError

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """Those of a forward."""
        return self.forward(values, parameters).outputs

    def repeated(self) -> Sequence[str] | None:
        """Nothing is kept from one call to the next."""
        return None
