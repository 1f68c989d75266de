"""Rows of probabilities, which can only move along the simplex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.shapes import parse_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np

    from gradaudit.numerics.problems.problem import Array, Tangents


class SimplexTangents:
    """Directions that keep the sum of each row.

    They are scaled by the probabilities (the natural gradient's metric, Amari 1998), so that a small probability moves
    little and never leaves the simplex: the curve is p(t) ∝ p∘exp(t·τ/p).
    """

    def project(self, point: Array, direction: Array) -> Array:
        """τ = p∘(z − Σpz/Σp) of each row."""
        mean = (point * direction).sum(axis=-1, keepdims=True) / point.sum(axis=-1, keepdims=True)
        tangent: Array = point * (direction - mean)
        return tangent

    def move(self, point: Array, tangent: Array, t: float) -> Array:
        """The row at `t`; it keeps the sum that the point has with its rounding, so that t = 0 is the point exactly."""
        import numpy as np

        weighted = point * np.exp(t * tangent / point)
        moved: Array = weighted * (point.sum(axis=-1, keepdims=True) / weighted.sum(axis=-1, keepdims=True))
        return moved.astype(point.dtype, copy=False)


@dataclass(frozen=True)
class Probabilities(Distribution):
    """See `probabilities`."""

    note: ClassVar[str] = "compared along directions that keep rows on the simplex"

    @property
    def tangents(self) -> Tangents:
        """Directions that keep the sum of each row."""
        return SimplexTangents()

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Exponentials of uniform numbers, normalised."""
        import numpy as np

        # Probabilities within a factor e³ ≈ 20 of each other: uneven, yet far enough from 0 for logarithms and steps.
        weights = np.exp(rng.uniform(-1.5, 1.5, self.shape.value(sizes)))
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def probabilities(shape: str) -> Distribution:
    """Rows of positive numbers with sum 1, kept off the boundary of the simplex.

    Gradients are compared along directions that keep the sum of each row, for no others make sense there.

    Args:
        shape: Such as ``"N C"``; rows lie along the last axis.

    Raises:
        TypeError: The shape is no string.
        ValueError: The shape is malformed, or a scalar.

    Example:
        >>> import numpy as np
        >>> rows = probabilities("N C").draw(np.random.default_rng(0), {"N": 2, "C": 3}, np.dtype("float64"))
        >>> rows.sum(axis=1).round(12).tolist()
        [1.0, 1.0]
    """
    parsed = parse_shape(shape)
    if not parsed.sizes:
        raise ValueError('probabilities: shape needs an axis for the classes, such as "N C"')
    return Probabilities(parsed)
