"""The derivative of φ along a fixed direction as a function of the point, which can be differentiated once more.

The gradient of θ → ⟨∇φ(θ), w⟩ is the Hessian times w. So a claimed second derivative is checked as a gradient is, with
this function in the place of φ. No error hides from a random w: a quadratic form wᵀHw would not see one that is
antisymmetric, while this gradient is compared along directions that know nothing of w.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gradaudit.numerics.derivatives.base_point import rms
from gradaudit.numerics.problems.problem import Array, Evaluation, Point

Function: TypeAlias = Callable[[Point], Evaluation]

# The central difference of order 8 and that of order 6 from the same points (Fornberg, Math. Comp. 51 (1988), 699-706):
# Σ c_k (φ(kδ) - φ(-kδ)) / δ. Their disagreement is the truncation of the less precise one, a bound of the other's.
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
LOWER_WEIGHTS = (3 / 4, -3 / 20, 1 / 60, 0.0)
# Σ|c_k| over both sides: what the round-off of φ is multiplied by, over δ.
SPREAD = 2.0 * sum(map(abs, WEIGHTS))

# Steps relative to the size of the blocks. With the largest, points up to 4δ away are still near the drawn one; with
# the smallest, and the larger steps of the outer difference, second derivatives are still seen to 1e-6. Their ratio is
# no ratio of whole numbers: what oscillates in step with one of them does not with the next.
STEPS = tuple(3e-2 * math.pi**-k for k in range(8))


@dataclass(frozen=True)
class Measured:
    """A slope at one point.

    Attributes:
        value: ⟨∇φ, w⟩.
        roundoff: The magnitude that the round-off is proportional to: that of φ, and |⟨∇φ, w⟩| for the rounding of the
            points, which w is as large as.
        truncation: The same for the truncation: as much of a magnitude as makes 4·eps·A of it.
        epsilon: Machine epsilon of the coarsest dtype.
    """

    value: float
    roundoff: float
    truncation: float
    epsilon: float

    @property
    def error(self) -> float:
        """What 4·eps·A makes of both."""
        return 4.0 * self.epsilon * (self.roundoff + self.truncation)

    def agrees(self, other: Measured) -> bool:
        """Whether both are the same within their errors."""
        return abs(self.value - other.value) <= self.error + other.error < math.inf


@dataclass(frozen=True, eq=False)
class Slope:
    """θ → ⟨∇φ(θ), w⟩, by a central difference of order 8 with a fixed step: smooth where φ is.

    Attributes:
        function: φ.
        direction: w, an array for each block.
        step: δ.
    """

    function: Function
    direction: Point
    step: float

    def evaluate(self, point: Point) -> Evaluation:
        """The slope at a point, by eight evaluations of φ; NaN where φ is not finite at one of them.

        Its magnitude is such that 4·eps·A covers all that may be wrong with it.
        """
        found = self.measured(point)
        return Evaluation(found.value, found.roundoff + found.truncation, found.epsilon)

    def measured(self, point: Point) -> Measured:
        """The slope at a point with its errors."""
        value = lower = magnitude = 0.0
        epsilon = max(float(np.finfo(block.dtype).eps) for block in point)
        for place, (weight, other) in enumerate(zip(WEIGHTS, LOWER_WEIGHTS, strict=True), start=1):
            above, below = (self.function(self._moved(point, t)) for t in (place * self.step, -place * self.step))
            change = (above.value - below.value) / self.step
            value += weight * change
            lower += other * change
            magnitude = max(magnitude, above.magnitude, below.magnitude)
            epsilon = max(epsilon, above.epsilon, below.epsilon)
            if not math.isfinite(change):
                return Measured(math.nan, math.inf, math.inf, epsilon)
        roundoff = SPREAD * (magnitude + abs(value)) / self.step
        return Measured(value, roundoff, abs(value - lower) / (4.0 * epsilon), epsilon)

    def _moved(self, point: Point, t: float) -> Point:
        return tuple(
            (block + t * part).astype(block.dtype, copy=False)
            for block, part in zip(point, self.direction, strict=True)
        )


def draw_direction(point: Point, rng: np.random.Generator) -> Point:
    """A direction w_i = ±U(0.5, 1.5)·rms(θ_b) through all blocks: no entry of it is lost beside the others."""

    def draw(block: Array) -> Array:
        signs = rng.choice((-1.0, 1.0), size=block.shape)
        drawn: Array = (rms(block) * signs * rng.uniform(0.5, 1.5, size=block.shape)).astype(block.dtype)
        return drawn

    return tuple(map(draw, point))


def slope_along(function: Function, point: Point, direction: Point) -> Slope:
    """The slope of φ along a direction, with the step that is best at a point.

    That is the one with the smallest error of those that the next smaller one agrees with. From the first on whose
    truncation is below its round-off, errors only grow.

    Args:
        function: φ; where it is not finite at a step, a smaller one is taken.
        point: Where the errors are measured.
        direction: w.
    """
    tried: list[tuple[float, Slope]] = []
    agreed: list[tuple[float, Slope]] = []
    before: Measured | None = None
    for step in STEPS:
        slope = Slope(function, direction, step)
        found = slope.measured(point)
        if before is not None and before.agrees(found):
            agreed.append(tried[-1])
            if before.truncation <= before.roundoff:
                break
        tried.append((found.error, slope))
        before = found
    return min(agreed or tried, key=lambda each: each[0])[1]
