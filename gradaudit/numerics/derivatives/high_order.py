"""The derivative along a line by a central difference of order 8, whose steps are so large that little is rounded away.

It decides nothing by itself: what is right within a large error is held against a smaller one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.slope import LOWER_WEIGHTS, WEIGHTS

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.line import Line

# The slope on the right minus that on the left, from φ(kδ) + φ(-kδ) - 2 φ(0): Σ w_k k = 1 while k², k⁴ and k⁶, what is
# even in a smooth function, drop out.
EVEN_WEIGHTS = (14 / 5, -7 / 5, 2 / 5, -1 / 20)

# Relative to the size of the blocks. The largest, whose outermost points are 0.12 away, has a truncation of 1e-12 where
# φ varies on the scale of the blocks; the others are for what varies faster.
STEPS = (3e-2, 1.7e-2, 1e-2, 5.5e-3, 3e-3)

# √Σ c_k² over both sides: what the round-off of φ is multiplied by, over δ. 4·eps·A is several times what the values
# are off by, and they are off independently.
SPREAD = math.sqrt(2.0 * sum(weight**2 for weight in WEIGHTS))


@dataclass(frozen=True)
class HighOrder:
    """A residual along a line.

    Attributes:
        step: δ.
        residual: Numeric minus claimed derivative.
        tolerance: What numerical errors may contribute to it.
    """

    step: float
    residual: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Whether the claim is right as far as can be seen."""
        return abs(self.residual) <= self.tolerance


def by_high_order(line: Line, noise: float, enough: float) -> HighOrder | None:
    """The residual with the smallest error of a few steps; None where φ is not finite at the points of any.

    Args:
        line: The line.
        noise: How far off φ may be.
        enough: An error that needs no further step.
    """
    found: list[HighOrder] = []
    for step in STEPS:
        measured = _measured(line, step, noise)
        if measured is not None:
            found.append(measured)
            if measured.tolerance <= enough:
                break
    return min(found, key=lambda each: each.tolerance, default=None)


def _measured(line: Line, step: float, noise: float) -> HighOrder | None:
    residual = lower = bend = 0.0
    for place, (weight, other, even) in enumerate(zip(WEIGHTS, LOWER_WEIGHTS, EVEN_WEIGHTS, strict=True), start=1):
        pair = line.pair(place * step)
        if pair is None:
            return None
        residual += 2.0 * place * weight * pair.residual
        lower += 2.0 * place * other * pair.residual
        bend += even * ((pair.plus - line.base.value) + (pair.minus - line.base.value))
    kink = abs(bend) / (2.0 * step)
    rounding = max(noise, line.noise) * SPREAD / step + line.gradient_noise
    return HighOrder(step, residual, abs(residual - lower) + kink + rounding)
