"""φ along a line through a base point: t → φ(θ + t v), its values kept, compared with what the gradient says."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from gradaudit.numerics.arrays.inner_product import inner_product
from gradaudit.numerics.arrays.stretches import stretches
from gradaudit.numerics.derivatives.quantum import WHOLE

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.derivatives.direction import Direction
    from gradaudit.numerics.problems.problem import Array, Point, Problem

# Where the gradient along the line is zero there is nothing to measure errors by but the function itself.
FLOOR = 1e-6

# Where it is looked whether outputs are on a grid: so far away that what varies between the grid's points has moved.
GRID_STEPS = (3e-2, 1.1e-2)
# Of how many times the grid outputs are that are rounded to it, rather than clipped to a half or a tenth.
DIGITS = 4.0


class Pair(NamedTuple):
    """φ at both sides of the base point.

    Attributes:
        plus: φ(h).
        minus: φ(-h).
        residual: (φ(h) - φ(-h))/2h minus what the gradient says of the very same two points.
    """

    plus: float
    minus: float
    residual: float


class Stencil(NamedTuple):
    """The derivative along a line from φ at 0, ±h, ±2h, as a residual against the claimed one, with its errors.

    Attributes:
        step: h.
        residual: r = D4 - ⟨g, v⟩, with D4 = (4 D2(h) - D2(2h))/3.
        truncation: e_t = |D4 - D2(h)|.
        fourth: |φ(2h) - 4φ(h) + 6φ(0) - 4φ(-h) + φ(-2h)|.
        slopes: The left and the right derivative at 0, each from three points of its own side.
    """

    step: float
    residual: float
    truncation: float
    fourth: float
    slopes: tuple[float, float]

    @property
    def flat(self) -> bool:
        """Whether φ is the same at all five points."""
        return self.fourth == 0.0 and self.slopes == (0.0, 0.0)

    @property
    def kink(self) -> float:
        """e_k: the disagreement of the one-sided slopes; curvature drops out of it."""
        return self.fourth / (2.0 * self.step)


Pairs: TypeAlias = "dict[float, Pair | None]"
"""What was measured along a line, by step."""


class Line:
    """φ along a direction, evaluated where asked and never twice."""

    def __init__(
        self,
        problem: Problem,
        base: BasePoint,
        direction: Direction,
        *,
        vanishing: bool = False,
        pairs: Pairs | None = None,
    ) -> None:
        self.base = base
        self.direction = direction
        self.vanishing = vanishing or direction.size == 0.0
        self.scale = FLOOR * base.magnitude if self.vanishing else direction.size
        self.magnitude = base.magnitude
        self.epsilon = base.epsilon
        self.problem = problem
        self._pairs: Pairs = {} if pairs is None else pairs
        self._grids: list[tuple[float, float]] = []

    @property
    def noise(self) -> float:
        """How far off φ may be by rounding: a few units in the last place of its largest term, 4·eps·A.

        Of outputs that are rounded to a grid it is half of the grid.
        """
        return max(4.0 * self.epsilon * self.magnitude, self.grid[1])

    @cached_property
    def grid(self) -> tuple[float, float]:
        """The grid that the outputs are rounded to, and what φ may be off by that; zeros where there is none.

        Outputs may be on a grid where nothing is rounded: halves, where a function is clipped to them. What is rounded
        is on it everywhere, and goes from one of its points to another; or has a few digits, and would not get as far.
        What stays where it is, and is claimed to, is as well a clipped function's bound of few digits.
        """
        if not self.base.quantum:
            return 0.0, 0.0
        pairs = [self.pair(step) for step in GRID_STEPS]
        moves = any(pair is not None and {pair.plus, pair.minus} != {self.base.value} for pair in pairs)
        grid, off = min((each for each in self._grids if each[0] != WHOLE), default=(0.0, 0.0))
        near = self.base.magnitude >= 2.0 * off * DIGITS and self.scale * GRID_STEPS[0] <= 2.0 * off
        short = near and not self.vanishing
        return (grid, off) if moves or short else (0.0, 0.0)

    @property
    def finite(self) -> bool:
        """Whether there is anything finite to compare, and to measure errors by."""
        return self.base.finite and math.isfinite(self.scale) and math.isfinite(self.magnitude)

    @property
    def gradient_noise(self) -> float:
        """How far off ⟨g, v⟩ may be by rounding, 8·eps·s: g is rounded, and so is each product."""
        return 8.0 * self.epsilon * self.scale

    @property
    def claim(self) -> float:
        """⟨g, v⟩."""
        pairs = zip(self.base.gradient, self.direction.parts, strict=True)
        return sum(float(np.vdot(gradient, part)) for gradient, part in pairs if part is not None)

    def pair(self, step: float) -> Pair | None:
        """φ at ±step; None where it is not finite."""
        if step not in self._pairs:
            self._pairs[step] = self._measured(step)
        return self._pairs[step]

    def stencil(self, step: float) -> Stencil | None:
        """The five points with this step; None where φ is not finite at one of them."""
        near = self.pair(step)
        far = self.pair(2.0 * step) if near is not None else None
        if near is None or far is None:
            return None
        origin = self.base.value
        residual = (4.0 * near.residual - far.residual) / 3.0
        # Differences from φ(0) first: summing the five values as they are would lose what an offset hides.
        right, right_far, left, left_far = (value - origin for value in (near.plus, far.plus, near.minus, far.minus))
        fourth = abs((right_far + left_far) - 4.0 * (right + left))
        if not (math.isfinite(residual) and math.isfinite(fourth)):
            return None
        return Stencil(
            step,
            residual,
            abs(residual - near.residual),
            fourth,
            ((left_far - 4.0 * left) / (2.0 * step), (4.0 * right - right_far) / (2.0 * step)),
        )

    def _measured(self, step: float) -> Pair | None:
        above, claimed = self._value(step)  # one point at a time: fresh memory takes longer than arithmetic
        below, claimed_below = self._value(-step) if math.isfinite(above) else (math.nan, math.nan)
        if not math.isfinite(below):
            return None
        residual = (above - below - (claimed - claimed_below)) / (2.0 * step)
        return Pair(above, below, residual) if math.isfinite(residual) else None

    def _value(self, t: float) -> tuple[float, float]:
        """φ(t), and what the gradient says φ(t) - φ(0) is."""
        point, claimed = self._at(t)
        evaluation = self.problem.evaluate(point)
        if math.isfinite(evaluation.value):
            self.magnitude = max(self.magnitude, evaluation.magnitude)
            self.epsilon = max(self.epsilon, evaluation.epsilon)
            self._grids.append((evaluation.quantum, evaluation.grain))
        return evaluation.value, claimed

    def _at(self, t: float) -> tuple[Point, float]:
        """The point at t, and the gradient's product with the way there.

        θ + t v is rounded, so the gradient is asked about the way to the very point that φ is evaluated at. On a curve
        that way differs from t v by more than rounding, and the velocity is what counts.
        """
        point, total = [], 0.0
        blocks = zip(self.base.point, self.base.gradient, self.direction.parts, self.problem.tangents, strict=True)
        for block, gradient, part, tangents in blocks:
            moved, claimed = block, 0.0
            if part is not None and tangents is None:
                moved, claimed = _moved(block, gradient, part, t)
            elif part is not None and tangents is not None:
                moved, claimed = tangents.move(block, part, t), t * float(np.vdot(gradient, part))
            point.append(moved)
            total += claimed
        return tuple(point), total


def _moved(block: Array, gradient: Array, part: Array, t: float) -> tuple[Array, float]:
    """θ + t v as it is rounded, and ⟨g, that - θ⟩; the difference of numbers so close is exact."""
    moved = np.empty(block.shape, block.dtype)
    total = 0.0
    for way, here, g, v, there in stretches(block, gradient, part, moved):
        np.multiply(v, t, out=way)
        np.add(way, here, out=there, casting="same_kind")
        np.subtract(there, here, out=way, dtype=np.float64)
        total += inner_product(g, way)
    return moved, total
