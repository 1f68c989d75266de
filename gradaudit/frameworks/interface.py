"""What an adapter for an array framework can do; the only border at which its arrays meet NumPy's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import contextlib
    import inspect

    import numpy as np

Natives: TypeAlias = Mapping[str, Any]
"""Arrays of the framework's own, by the dotted name of what they stand for."""

Pullback: TypeAlias = Callable[[Sequence[Any]], Mapping[str, Any]]
"""Takes an upstream gradient for each output, and gives for each leaf its gradient or None."""

Differentiate: TypeAlias = Callable[[Callable[[Natives], Any], Natives], tuple[Sequence[Any], Pullback]]
"""Evaluates a function, which gives its outputs, in containers or not, from the arrays that are differentiated, at some
of these. Gives the outputs that have a gradient, in order, and the pullback, which the framework makes."""


class Rule(Protocol):
    """Something with a gradient rule written by hand that its framework applies, rather than the audit.

    Attributes:
        signature: Of its forward, without what the framework hands on by itself; None where inputs go by position.
        sources: The functions whose source shows what the ``forward`` and the ``backward`` do, as far as known.
        upstream_names: What the rule's backward calls the upstream gradients, as far as known.
        parameters: Arrays of its own that have a gradient, by dotted name.
        is_built: Whether a class of this kind is called to have an object, rather than itself.

    One may have ``breaches``, findings by code and gradient, and ``remarks``: what it noticed while it ran.
    """

    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]]
    upstream_names: tuple[str, ...]
    parameters: Natives
    is_built: bool

    def built(self, make: Callable[[], Any] | None) -> Rule:
        """The rule for one trial, where it is a class of objects or an object with a state of its own.

        Args:
            make: Builds the object, as ``make=`` says; None where it says nothing.
        """
        ...

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Evaluate it.

        Args:
            arguments: Positional ones.
            parameters: In place of its own.
            keywords: Those that go by name.
        """
        ...

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """Evaluate a function that calls this rule, and give the pullback; see `Differentiate`."""
        ...


class Framework(Protocol):
    """How the arrays of one framework are made, read and seeded, and what it differentiates by rules of its users.

    An adapter may have two methods more. ``batched(function, over)``, of a function of named arrays, gives that of the
    same arrays with a new first axis for the names in `over`, evaluated at once. ``flattened(outputs)`` gives the
    floating arrays in what a forward returned, and a function that puts upstream gradients in their places.

    Attributes:
        name: The framework's, which is that of its top-level package too.
    """

    name: str

    def session(self, dtype: str) -> contextlib.AbstractContextManager[None]:
        """What is in force while audited code runs, and put back afterwards.

        Args:
            dtype: The floating dtype that the code is to compute in where it does not say so itself.
        """
        ...

    def is_native(self, value: Any) -> bool:
        """Whether a value is an array of the framework's own that is none of NumPy's."""
        ...

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """A NumPy array as the framework's own: of the same shape, sharing memory where it can.

        Args:
            array: The array.
            dtype: Another floating dtype than the array's, such as ``"bfloat16"``, which NumPy does not have.
        """
        ...

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """A value of the audited code as a NumPy array, sharing memory where it can; None when it is no array.

        What NumPy has no dtype for comes in the next wider one that it has.
        """
        ...

    def random_state(self, parameter: str, seed: int) -> Any:
        """What a parameter called ``rng``, ``generator``, ``key`` or ``seed`` is given; the same state for one seed."""
        ...

    def seed_global(self, seed: int) -> None:
        """Set the framework's global random state."""
        ...

    def rule(self, audited: Any) -> Rule | None:
        """What is known of an object with a rule that this framework applies; None for everything else."""
        ...

    def differentiation(self) -> Differentiate | None:
        """How the framework differentiates by the rules that it finds in a function; None if it differentiates none."""
        ...
