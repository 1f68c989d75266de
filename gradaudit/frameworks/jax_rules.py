"""What JAX differentiates by a rule of its users: `jax.custom_vjp`, `jax.custom_jvp`, and these under `jax.jit`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from gradaudit.errors import AuditError
from gradaudit.frameworks.jax_derivatives import (
    floating_leaves,
    from_tangents,
    has_tangents,
    nonlinear_leaves,
    pulled,
    pushed,
)
from gradaudit.frameworks.jax_returned import Recording, check_constant, parted
from gradaudit.frameworks.ruled_functions import named_signature, refuse_make
from gradaudit.records.finding import Finding

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback, Rule


def rule_of(audited: Any) -> Rule | None:
    """What is known of an object that JAX differentiates by a rule of its own; None for other objects.

    Raises:
        AuditError: GA004, it has no rule yet.
    """
    rule = getattr(audited, "__wrapped__", None) if isinstance(audited, _JITTED) else audited
    if isinstance(rule, jax.custom_vjp):
        _check_defined(rule, "custom_vjp", "defvjp(fwd, bwd)", rule.fwd and rule.bwd)
        return VjpRule(audited, rule, named_signature(rule.fun), {"forward": rule.fun, "backward": rule.bwd})
    if isinstance(rule, jax.custom_jvp):
        _check_defined(rule, "custom_jvp", "defjvp(rule) or its defjvps(...)", rule.jvp)
        return JvpRule(audited, rule, named_signature(rule.fun), {"forward": rule.fun, "backward": rule.jvp})
    return None


_JITTED = type(jax.jit(lambda: None))


def _check_defined(rule: Any, kind: str, call: str, defined: Any) -> None:
    if not defined:
        name = getattr(rule, "__qualname__", "it")
        message = f"{name} is a jax.{kind} without a rule"
        raise AuditError("GA004", message, help=f"call its {call} in the same module")


@dataclass
class _JaxRule:
    """A function with a rule that JAX applies.

    Attributes:
        called: What was audited: the rule, or what `jax.jit` made of it.
        rule: The rule.
        breaches: What it does not keep beside the values of gradients, by code and gradient.
        remarks: What a reader should know.
        recording: What is called in place of it while its backward is to be seen.
        leaves: The arrays that it is differentiated by.
    """

    called: Any
    rule: Any
    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]]
    upstream_names: tuple[str, ...] = ()
    parameters: Natives = field(default_factory=dict)
    is_built: bool = False
    breaches: dict[tuple[str, str | None], Finding] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)
    recording: Recording | None = None
    leaves: Natives = field(default_factory=dict)

    def built(self, make: Callable[[], Any] | None) -> _JaxRule:
        """The same, with nothing known of it yet.

        Raises:
            AuditError: GA004, ``make=`` is given.
        """
        name = getattr(self.rule, "__qualname__", "a rule")
        refuse_make(make, name)
        return replace(self, breaches={}, remarks={})

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Call it.

        Raises:
            AuditError: GA004, it is to be differentiated by an argument that it gives no gradient for.
        """
        del parameters
        if self.rule.nondiff_argnums:
            check_constant(parted(self.rule, arguments, keywords)[1], self.leaves)
        return (self.recording or self.called)(*arguments, **keywords)

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """Evaluate it as it is called without a derivative; the pullback evaluates what the rule does."""
        self.recording, self.leaves = None, leaves
        outputs = floating_leaves(function(leaves))

        def pullback(upstreams: Sequence[Any]) -> Natives:
            differentiated, gradients = self._pulled(function, leaves, upstreams)
            self._compare(outputs, differentiated)
            return gradients

        return outputs, pullback

    def _pulled(
        self, function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]
    ) -> tuple[Sequence[Any], Natives]:
        """The outputs as the rule has them, and the gradients."""
        raise NotImplementedError

    def _compare(self, outputs: Sequence[Any], differentiated: Sequence[Any]) -> None:
        """Hold what the rule evaluates against the function that it belongs to."""
        for one, other in zip(outputs, differentiated, strict=True):
            expected = np.asarray(one, np.float64)
            scale, off = _largest(expected), _largest(np.asarray(other, np.float64) - expected)
            # Another formula may lose half of the digits; another function loses all.
            if not off <= float(jnp.finfo(one.dtype).eps) ** 0.5 * scale and np.isfinite(expected).all():
                message = (
                    f"the function gives another output where it is differentiated: its rule's is off by {off:.2g}, "
                    f"where the output's largest entry is {scale:.2g}"
                )
                self._breach("GA302", message, "let the function and its rule compute the same output")

    def _breach(self, code: str, message: str, remedy: str, gradient: str | None = None) -> None:
        self.breaches.setdefault((code, gradient), Finding(code, message, remedy, gradient=gradient))


def _largest(array: np.ndarray[Any, Any]) -> float:
    return float(np.abs(array).max(initial=0.0))


class VjpRule(_JaxRule):
    """A `jax.custom_vjp`, applied by `jax.vjp`.

    Its backward is called through one that keeps what it returned: JAX turns away what has a wrong shape, and takes
    None for zeros.
    """

    def _pulled(
        self, function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]
    ) -> tuple[Sequence[Any], Natives]:
        if self.called is self.rule:
            return self._recorded(function, leaves, upstreams)
        try:
            return pulled(function, leaves, upstreams)
        except Exception:
            # Under `jax.jit` nothing that the backward returned is to be seen.
            found = self._recorded(function, leaves, upstreams)
            if all(each is None or each.shape == leaves[name].shape for name, each in found[1].items()):
                raise
            return found

    def _recorded(
        self, function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]
    ) -> tuple[Sequence[Any], Natives]:
        recording = Recording(self.rule)

        def recorded(given: Natives) -> Any:
            recording.leaves = given
            return function(given)

        self.recording = recording
        try:
            outputs, gradients = pulled(recorded, leaves, upstreams)
        except ValueError:  # a cotangent of another type than its input
            returned = recording.returned()
            if all(each is None or each.shape == leaves[name].shape for name, each in returned.items()):
                raise
            return (), {name: returned.get(name) for name in leaves}
        finally:
            self.recording = None
        return outputs, {**gradients, **recording.returned()}

    def _compare(self, outputs: Sequence[Any], differentiated: Sequence[Any]) -> None:
        if differentiated:
            super()._compare(outputs, differentiated)


class JvpRule(_JaxRule):
    """A `jax.custom_jvp`, whose rule maps tangents: transposed by JAX, or pushed forward element by element.

    JAX transposes whatever is linear in the tangents, and drops a term that no tangent is a factor of: what the rule
    says of one tangent is held against the transpose of it.
    """

    def _pulled(
        self, function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]
    ) -> tuple[Sequence[Any], Natives]:
        try:
            outputs, gradients = pulled(function, leaves, upstreams)
        except Exception as error:
            if not has_tangents(function, leaves):
                raise
            outputs, gradients = pushed(function, leaves, {})[0], None
            reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        wrong = [] if gradients is None else nonlinear_leaves(function, leaves, upstreams, gradients)
        if gradients is None or wrong:
            gradients = from_tangents(function, leaves, upstreams)
            wrong = wrong or nonlinear_leaves(function, leaves, upstreams, gradients)
            if not wrong:
                self.remarks[f"JAX can't transpose the rule, so that jax.grad raises: {reason}"] = None
        for name in wrong:
            message = f"what the rule gives is not linear in the tangent of {name}: t(a·v + w) is not a·t(v) + t(w)"
            remedy = "look for a clip, an absolute value, a square or a term that is added without a tangent"
            self._breach("GA210", message, remedy, name)
        return outputs, gradients
