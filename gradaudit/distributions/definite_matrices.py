"""Symmetric positive definite matrices, which can only move symmetrically."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.orthogonal_matrices import uniform_orthogonal
from gradaudit.distributions.shapes import parse_square

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np

    from gradaudit.numerics.problems.problem import Array, Tangents


class SymmetricTangents:
    """Symmetric directions along straight lines: definiteness is kept by all steps below the least eigenvalue."""

    def project(self, point: Array, direction: Array) -> Array:
        """The symmetric part (V + Vᵀ)/2."""
        del point
        return _symmetric(direction)

    def move(self, point: Array, tangent: Array, t: float) -> Array:
        """A + tT."""
        moved: Array = point + t * tangent
        return moved.astype(point.dtype, copy=False)


def _symmetric(matrix: Array) -> Array:
    half: Array = (matrix + matrix.swapaxes(-1, -2)) / 2  # exactly symmetric: floating point addition commutes
    return half


@dataclass(frozen=True)
class PositiveDefinite(Distribution):
    """See `positive_definite`."""

    note: ClassVar[str] = "compared along directions that keep matrices symmetric"

    @property
    def tangents(self) -> Tangents:
        """Symmetric directions."""
        return SymmetricTangents()

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """QΛQᵀ with Q uniform in Haar's measure."""
        shape = self.shape.value(sizes)
        q = uniform_orthogonal(rng, shape)
        eigenvalues = rng.uniform(0.5, 2.0, shape[:-1])  # a condition number of at most 4
        return _symmetric((q * eigenvalues[..., None, :]) @ q.swapaxes(-1, -2))


def positive_definite(shape: str) -> Distribution:
    """Symmetric matrices with eigenvalues from 0.5 to 2.

    Gradients are compared along symmetric directions, for no others make sense there: a gradient and its symmetric part
    are the same.

    Args:
        shape: Such as ``"D D"``, or ``"B D D"`` for several.

    Raises:
        TypeError: The shape is no string.
        ValueError: The shape is malformed, or its last two sizes are not the same.

    Example:
        >>> import numpy as np
        >>> a = positive_definite("D D").draw(np.random.default_rng(0), {"D": 3}, np.dtype("float64"))
        >>> bool((np.linalg.eigvalsh(a) > 0.4).all())
        True
    """
    return PositiveDefinite(parse_square("positive_definite", shape))
