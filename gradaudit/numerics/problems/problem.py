"""What a check is given: a scalar function of several arrays, and what claims to be its gradient.

Numerics know nothing of audits, declarations or reports. Somebody who has a forward and a backward pass wraps them in
a `Problem`; outputs that are not scalars have been made so by pairing them with an upstream gradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = NDArray[np.floating]
Point: TypeAlias = tuple[Array, ...]


class Tangents(Protocol):
    """The directions in which a point of a set (the simplex, symmetric matrices, ...) may move."""

    def project(self, point: Array, direction: Array) -> Array:
        """The tangent direction at `point` that belongs to `direction` (same shape); linear in `direction`."""
        ...

    def move(self, point: Array, tangent: Array, t: float) -> Array:
        """The point at `t` on a smooth curve inside the set that starts at `point` with velocity `tangent`."""
        ...


class Evaluation(NamedTuple):
    """The function at one point.

    Attributes:
        value: φ = ⟨upstream, output⟩; may be NaN or infinite.
        magnitude: A = Σ|upstream ∘ output|, what the round-off of φ is proportional to.
        epsilon: Machine epsilon of the coarsest dtype that the outputs came back in.
        quantum: The coarsest grid that an output is rounded to; 0 where none is.
        grain: How far off φ may be by that rounding.
    """

    value: float
    magnitude: float
    epsilon: float
    quantum: float = 0.0
    grain: float = 0.0


class Problem(Protocol):
    """A scalar function φ of several blocks (arrays), and the gradient that is to be checked.

    The point's arrays are float64, or of a coarser dtype when the check is to be done in that. `evaluate` and
    `gradient` never change the arrays they are given, and may be called at any point.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each block, such as ``parameters.W1``."""
        ...

    @property
    def point(self) -> Point:
        """The base point, an array for each block."""
        ...

    @property
    def tangents(self) -> tuple[Tangents | None, ...]:
        """For each block the directions it may move in; None where it may move in all."""
        ...

    def evaluate(self, point: Point) -> Evaluation:
        """One forward evaluation."""
        ...

    def gradient(self, point: Point) -> Point:
        """One forward and one backward: the analytic gradient, for each block an array of its shape, all finite.

        A block that can't be compared (excluded by the caller) is not part of the problem.
        """
        ...


class SameProblem:
    """Another problem, passed on as it is: what changes a part of one says only what that is."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the problem."""
        return self._problem.names

    @property
    def point(self) -> Point:
        """That of the problem."""
        return self._problem.point

    @property
    def tangents(self) -> tuple[Tangents | None, ...]:
        """Those of the problem."""
        return self._problem.tangents

    def evaluate(self, point: Point) -> Evaluation:
        """One forward evaluation."""
        return self._problem.evaluate(point)

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """φ at many points, together where the problem can."""
        many = getattr(self._problem, "evaluate_many", None)
        found: Sequence[Evaluation] = many(points) if many else [self._problem.evaluate(point) for point in points]
        return found

    def gradient(self, point: Point) -> Point:
        """One forward and one backward."""
        return self._problem.gradient(point)
