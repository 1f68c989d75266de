"""Orthogonal matrices, which can only rotate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.shapes import parse_square

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np

    from gradaudit.numerics.problems.problem import Array, Tangents


class OrthogonalTangents:
    """Infinitesimal rotations QΩ with Ω skew, and the Cayley transform's curve (Wen & Yin 2013)."""

    def project(self, point: Array, direction: Array) -> Array:
        """Q·skew(QᵀV)."""
        tangent: Array = point @ _skew(point.swapaxes(-1, -2) @ direction)
        return tangent

    def move(self, point: Array, tangent: Array, t: float) -> Array:
        """Q(I − tΩ/2)⁻¹(I + tΩ/2) where Ω = QᵀT."""
        import numpy as np

        q = point.astype(np.float64, copy=False)  # linear algebra knows no float16
        half = 0.5 * t * _skew(q.swapaxes(-1, -2) @ tangent)
        unit = np.eye(q.shape[-1])
        moved: Array = q @ np.linalg.solve(unit - half, unit + half)
        return moved.astype(point.dtype, copy=False)


def _skew(matrix: Array) -> Array:
    half: Array = (matrix - matrix.swapaxes(-1, -2)) / 2
    return half


@dataclass(frozen=True)
class Orthogonal(Distribution):
    """See `orthogonal`."""

    note: ClassVar[str] = "compared along directions that keep matrices orthogonal"

    @property
    def tangents(self) -> Tangents:
        """Rotations."""
        return OrthogonalTangents()

    def sample(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
        """Uniform in Haar's measure."""
        return uniform_orthogonal(rng, self.shape.value(sizes))


def uniform_orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Orthogonal matrices, uniform in Haar's measure: QR of normal numbers, R's diagonal positive (Mezzadri 2007)."""
    import numpy as np

    q, r = np.linalg.qr(rng.standard_normal(shape))
    return np.asarray(q * np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)[..., None, :])


def orthogonal(shape: str) -> Distribution:
    """Orthogonal matrices, uniform over all rotations and reflections.

    Gradients are compared along directions that keep them orthogonal, for no others make sense there.

    Args:
        shape: Such as ``"D D"``, or ``"B D D"`` for several.

    Raises:
        TypeError: The shape is no string.
        ValueError: The shape is malformed, or its last two sizes are not the same.

    Example:
        >>> import numpy as np
        >>> q = orthogonal("D D").draw(np.random.default_rng(0), {"D": 3}, np.dtype("float64"))
        >>> bool(np.allclose(q.T @ q, np.eye(3)))
        True
    """
    return Orthogonal(parse_square("orthogonal", shape))
