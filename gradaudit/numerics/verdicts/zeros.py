"""Gradients that are zero: but for rounding, as that of an attention's key bias, or by symmetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.derivatives.base_point import nearby
from gradaudit.numerics.derivatives.direction import NEGLIGIBLE

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.problems.problem import Problem

# Rounding changes completely when the point moves by 1e-2 of its size; a gradient changes by about that much.
ERRATIC = 0.1
# Rounding comes in quanta, and a sum of few terms may be off by the same one at two points; hardly at four.
POINTS = 3


def vanishes(problem: Problem, base: BasePoint, block: int, size: float, rng: np.random.Generator) -> bool:
    """Whether what a gradient's block holds is rounding and nothing else.

    It is not enough to be small beside φ: an offset in φ makes any gradient small beside it, a wrong one too. What is
    rounding shows at points nearby, where it is another.

    Args:
        problem: The problem.
        base: A point with its gradient.
        block: Which block.
        size: ‖g_b∘v_b‖, for a direction v_b of the block's own size.
        rng: Chooses the points nearby.
    """
    gradient = base.gradient[block]
    if not gradient.any():
        return True
    if not base.finite or size > NEGLIGIBLE * base.epsilon * max(base.magnitude, base.change):
        return False
    for _ in range(POINTS):
        other = np.asarray(problem.gradient(nearby(problem, base.point, rng))[block], np.float64)
        if not np.isfinite(other).all():
            return False
        if norm(other - gradient) > ERRATIC * (norm(gradient) + norm(other)):
            return True
    return False


def may_be_even(base: BasePoint, block: int) -> bool:
    """Whether φ may be symmetric about this point in a block, so that differences are zero whatever is claimed nearby.

    Defaults are such points: a bias of zeros, a gain of ones, with a penalty on what differs from them.
    """
    point = base.point[block].reshape(-1)
    if not base.gradient[block].any():
        return True
    if point.size == 0 or point[0] != point[-1] or (point.size == 1 and point[0] != 0.0):
        return False
    return bool((point == point[0]).all())
