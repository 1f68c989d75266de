"""Outputs paired with upstream gradients, which makes the scalar φ = ⟨upstream, output⟩ of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.derivatives.quantum import WHOLE, quantum
from gradaudit.numerics.problems.problem import Evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence


def draw_upstreams(
    outputs: Sequence[np.ndarray[Any, Any]], rng: np.random.Generator, *, ones: bool
) -> tuple[np.ndarray[Any, Any], ...]:
    """An upstream gradient for each output.

    Standard normal; for scalars of magnitude 0.5 to 1.5, so that none is lost; one for a scalar whose backward takes
    none, since its gradient is then that of the scalar itself.
    """

    def draw(output: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if output.size == 1:
            value = 1.0 if ones else rng.uniform(0.5, 1.5) * rng.choice((-1.0, 1.0))
            return np.full(output.shape, value, dtype=output.dtype)
        drawn: np.ndarray[Any, Any] = rng.standard_normal(output.shape).astype(output.dtype)
        return drawn

    return tuple(draw(output) for output in outputs)


def pair(outputs: Sequence[np.ndarray[Any, Any]], upstreams: Sequence[np.ndarray[Any, Any]]) -> Evaluation:
    """φ = ⟨upstream, output⟩ and the magnitude of what is added up, in float64 whatever the outputs are."""
    value = magnitude = grain = 0.0
    grids = []
    for output, upstream in zip(outputs, upstreams, strict=True):
        if output.shape != upstream.shape:
            message = (
                f"the forward's output changed its shape from {upstream.shape} to {output.shape} between two calls"
            )
            raise AuditError("GA004", message, help="its shape may depend on the inputs' shapes only")
        terms = np.asarray(upstream, dtype=np.float64).ravel() * np.asarray(output, dtype=np.float64).ravel()
        value += float(terms.sum())
        magnitude += float(np.abs(terms).sum())
        grids.append(quantum(output))
        if 0.0 < grids[-1] < WHOLE:
            grain += grids[-1] / 2.0 * float(np.abs(upstream).sum())
    if magnitude == 0:
        # Outputs that are exactly zero say nothing of the rounding within: layer normalisation of one element is zero,
        # and its gradient 1e-13, by the reciprocal of a small root. Values of the order of one are assumed there.
        magnitude = float(sum(np.abs(upstream).sum() for upstream in upstreams))
    epsilon = max(float(np.finfo(output.dtype).eps) for output in outputs)
    coarsest = max((grid for grid in grids if grid < WHOLE), default=WHOLE)
    return Evaluation(value, magnitude, max(epsilon, float(np.finfo(np.float64).eps)), coarsest, grain)
