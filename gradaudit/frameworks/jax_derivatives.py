"""Derivatives by JAX: pullbacks of functions of named arrays, and gradients from tangents where it can't transpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback

# One tangent for each element: from here on they take longer than anybody waits for, and a smaller size says the same.
MOST_TANGENTS = 4096
# Elements of the tangents that are pushed forward at once: 8 MiB of float64.
AT_ONCE = 2**20


def is_inexact(value: Any) -> bool:
    """Whether a leaf is an array, or a number, that has a gradient."""
    dtype = getattr(value, "dtype", None)
    return isinstance(value, (float, complex)) if dtype is None else bool(jnp.issubdtype(dtype, jnp.inexact))


def floating_leaves(outputs: Any) -> list[Any]:
    """The arrays of any pytree that have a gradient; all leaves where none does, for a message that shows them."""
    leaves = jax.tree_util.tree_leaves(outputs)
    return [leaf for leaf in leaves if is_inexact(leaf)] or leaves


def differentiate(function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
    """Evaluate a function, and give the pullback by `jax.vjp`; see `gradaudit.frameworks.interface.Differentiate`.

    It is evaluated as it is called without a derivative, by the function that a rule belongs to; what the rule
    evaluates by itself counts for the pullback alone.
    """
    outputs = floating_leaves(function(leaves))

    def pullback(upstreams: Sequence[Any]) -> Natives:
        try:
            return pulled(function, leaves, upstreams)[1]
        except Exception:
            # A rule for tangents may be one that can't be transposed; a rule for cotangents has no tangents.
            if not has_tangents(function, leaves):
                raise
            return from_tangents(function, leaves, upstreams)

    return outputs, pullback


def pulled(
    function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]
) -> tuple[Sequence[Any], Natives]:
    """By `jax.vjp`: the outputs as they are when the function is differentiated, and a gradient for each leaf."""
    outputs, pull = jax.vjp(lambda given: floating_leaves(function(given)), dict(leaves))
    (gradients,) = pull(cotangents(upstreams, outputs))
    return outputs, gradients


def cotangents(upstreams: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """Upstream gradients in the dtypes of the outputs that they belong to, which JAX insists on."""
    dtypes = [jnp.result_type(output) for output in outputs]
    return [each if each.dtype == dtype else each.astype(dtype) for each, dtype in zip(upstreams, dtypes, strict=True)]


def pushed(function: Callable[[Natives], Any], leaves: Natives, tangents: Natives) -> tuple[list[Any], list[Any]]:
    """By `jax.jvp`: the outputs, and what the tangents of some leaves are mapped to; those of others are zero."""
    given = {name: tangents[name] if name in tangents else _zeros(leaf) for name, leaf in leaves.items()}
    outputs, moved = jax.jvp(lambda at: floating_leaves(function(at)), (dict(leaves),), (given,))
    return outputs, moved


def _zeros(leaf: Any) -> Any:
    # Not jnp.zeros_like: as everything that is computed here, it would be compiled for each shape.
    return jnp.array(np.zeros(leaf.shape), leaf.dtype)


def has_tangents(function: Callable[[Natives], Any], leaves: Natives) -> bool:
    """Whether tangents can be pushed forward, which a `jax.custom_vjp` inside prevents."""
    try:
        pushed(function, leaves, {})
    except Exception:  # noqa: BLE001 - whatever the audited code raises
        return False
    return True


def from_tangents(function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]) -> Natives:
    """The gradient that a rule for tangents claims, element by element.

    Each element is moved by a tangent of its own, of either sign and of a size between a half and three halves: what
    is not linear in it, such as its absolute value, gives other derivatives than a linear one.

    Raises:
        AuditError: GA004, there are too many elements.
    """
    count = sum(leaf.size for leaf in leaves.values())
    if count > MOST_TANGENTS:
        message = f"JAX can't transpose the rule, and {count} elements are too many to push a tangent forward for each"
        raise AuditError("GA004", message, help=f"give smaller sizes=, for {MOST_TANGENTS} elements in all")
    return {name: _from_tangents_of(name, function, leaves, upstreams) for name in leaves}


def _from_tangents_of(name: str, function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any]) -> Any:
    leaf = leaves[name]
    rng = np.random.default_rng([leaf.size, 0])
    lengths = rng.choice((-1.0, 1.0), leaf.size) * rng.uniform(0.5, 1.5, leaf.size)

    def push(row: Any) -> Any:
        outputs, moved = pushed(function, leaves, {name: row.reshape(leaf.shape)})
        return sum(jnp.vdot(v, t) for v, t in zip(cotangents(upstreams, outputs), moved, strict=True))

    rows = max(1, AT_ONCE // max(1, leaf.size))
    parts = [np.zeros(0)]
    for start in range(0, leaf.size, rows):
        chunk = range(start, min(start + rows, leaf.size))
        tangents = np.zeros((len(chunk), leaf.size))
        tangents[range(len(chunk)), chunk] = lengths[chunk.start : chunk.stop]
        parts.append(np.asarray(_mapped(push, jnp.array(tangents, leaf.dtype)), np.float64))
    return jnp.array((np.concatenate(parts) / lengths).reshape(leaf.shape), leaf.dtype)


def _mapped(function: Callable[[Any], Any], rows: Any) -> Any:
    """Of all rows at once; one after another where the function looks at values."""
    try:
        return jax.vmap(function)(rows)
    except Exception:  # noqa: BLE001 - whatever it is, it is raised again if it is not due to that
        return [function(row) for row in rows]


def nonlinear_leaves(
    function: Callable[[Natives], Any], leaves: Natives, upstreams: Sequence[Any], gradients: Natives
) -> list[str]:
    """The leaves whose tangents are mapped to something else than their gradients say.

    One tangent for each leaf, its entries of either sign and between a hundredth and a hundred in size: enough for a
    clip, a square, an absolute value and a term that has no tangent in it.
    """
    found = []
    for name, leaf in leaves.items():
        rng = np.random.default_rng([leaf.size, 1])  # other signs than those that the gradient may be made of
        drawn = rng.choice((-1.0, 1.0), leaf.shape) * 10.0 ** rng.uniform(-2.0, 2.0, leaf.shape)
        tangent = jnp.array(drawn, leaf.dtype)
        terms = np.asarray(tangent, np.float64) * np.asarray(gradients[name], np.float64)
        moved = pushed(function, leaves, {name: tangent})[1]
        along = sum(
            float(np.vdot(np.asarray(v, np.float64), np.asarray(t, np.float64)))
            for v, t in zip(upstreams, moved, strict=True)
        )
        size = float(np.abs(terms).sum()) + abs(along)
        # Tangents and cotangents are multiplied in another order, which loses some digits of the dtype, not most.
        if not abs(along - float(terms.sum())) <= float(jnp.finfo(leaf.dtype).eps) ** (1 / 3) * size:
            found.append(name)
    return found
