"""HIPS autograd: NumPy's arrays, and the rules of `defvjp`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from autograd.builtins import tuple as traced_tuple
from autograd.core import make_vjp, primitive_vjps

from gradaudit.errors import AuditError
from gradaudit.frameworks.numpy_arrays import NumpyArrays
from gradaudit.frameworks.ruled_functions import named_signature, refuse_make

if TYPE_CHECKING:
    import inspect

    from gradaudit.frameworks.interface import Differentiate, Natives, Pullback, Rule


class AutogradArrays(NumpyArrays):
    """The adapter for HIPS autograd, whose arrays are NumPy's."""

    name = "autograd"

    def __init__(self) -> None:
        """Know no seed yet."""
        self._seed = 0

    def is_native(self, value: Any) -> bool:
        """NumPy's arrays are its own."""
        return isinstance(value, (np.ndarray, np.generic, float))

    def seed_global(self, seed: int) -> None:
        """Seed NumPy and the standard library, and remember it for further evaluations of the same forward."""
        super().seed_global(seed)
        self._seed = seed

    def rule(self, audited: Any) -> Rule | None:
        """A primitive function with vector-Jacobian products of its own.

        Raises:
            AuditError: GA004, it has none.
        """
        if not getattr(audited, "_is_autograd_primitive", False):
            return None
        if audited not in primitive_vjps:
            message = f"the primitive {getattr(audited, '__name__', audited)} has no vector-Jacobian product"
            raise AuditError("GA004", message, help="declare the audit after its defvjp(function, ...)")
        return PrimitiveRule(audited, named_signature(audited.fun), {"forward": audited.fun}, vjp=self.vjp)

    def differentiation(self) -> Differentiate | None:
        """By autograd's reverse mode."""
        return self.vjp

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """Trace the function once for each leaf: the sum of several in one container would hide their shapes."""
        outputs = _flat(function(leaves))
        traced = {name: self._traced(function, leaves, name) for name in leaves}

        def pullback(upstreams: Sequence[Any]) -> Natives:
            handed = upstreams[0] if len(outputs) == 1 else tuple(upstreams)
            return {name: back(handed) for name, back in traced.items()}

        return outputs, pullback

    def _traced(self, function: Callable[[Natives], Any], leaves: Natives, name: str) -> Callable[[Any], Any]:
        """The pullback to one leaf; zero where the outputs do not depend on it, as autograd has it."""

        def of_one(value: Any) -> Any:
            outputs = _flat(function({**leaves, name: value}))
            return outputs[0] if len(outputs) == 1 else traced_tuple(outputs)

        self.seed_global(self._seed)
        back, _ = make_vjp(of_one, leaves[name])
        pull: Callable[[Any], Any] = back
        return pull


@dataclass
class PrimitiveRule:
    """A primitive function of autograd with the rule that `defvjp` gave it."""

    function: Callable[..., Any]
    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]]
    vjp: Differentiate
    upstream_names: tuple[str, ...] = ("g",)
    parameters: Natives = field(default_factory=dict)
    is_built: bool = False

    def built(self, make: Callable[[], Any] | None) -> PrimitiveRule:
        """Itself: a function has no state.

        Raises:
            AuditError: GA004, ``make=`` is given.
        """
        refuse_make(make, str(getattr(self.function, "__name__", "a primitive")))
        return self

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Call it."""
        del parameters
        return self.function(*arguments, **keywords)


def _flat(result: Any) -> list[Any]:
    """The outputs in order; those of containers one by one."""
    if isinstance(result, Mapping):
        return [part for each in result.values() for part in _flat(each)]
    if isinstance(result, (tuple, list)):
        return [part for each in result for part in _flat(each)]
    return [result]
