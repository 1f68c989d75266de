"""Residuals along a line with their errors: from two evaluations, which assume smoothness, or from four."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.elements import STEP_POWER
from gradaudit.numerics.derivatives.error_bounds import FINE
from gradaudit.numerics.derivatives.steps import COARSE_FIRST, DOWN, FIRST_BOUNDS
from gradaudit.numerics.verdicts.judgement import QUICK_TOLERANCE

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.line import Line, Stencil

# What a pair of points may have in truncation, in units of h²·s, while nothing is known. It is a sixth of the third
# derivative, which for what varies on the scale of a block's values is as large as the derivative: sixty times that.
ROUGH = 10.0

# Above this many errors a residual is there, as for a verdict.
CLEAR = 4.0


@dataclass(frozen=True)
class Estimate:
    """A residual, numeric minus claimed derivative along a line.

    Attributes:
        value: The residual; NaN where φ is not finite.
        error: What numerical errors may contribute; infinite where φ is not finite.
        bend: Half of what the slope on the right exceeds that on the left by: of a residual, one kink makes no more.
        scale: The size of the derivative.
        claim: The claimed derivative.
    """

    value: float
    error: float
    bend: float = 0.0
    scale: float = 0.0
    claim: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether there is a residual."""
        return abs(self.value) > CLEAR * self.error

    @property
    def straight(self) -> bool:
        """Whether it would be there without a kink."""
        return abs(self.bend) <= abs(self.value) / CLEAR

    def agrees(self, other: Estimate) -> bool:
        """Whether both may be the same residual."""
        return abs(self.value - other.value) <= self.error + other.error

    def without(self, other: Estimate) -> Estimate:
        """The residual of the rest, where `other` is that of a part of the direction."""
        return Estimate(self.value - other.value, self.error + other.error, scale=self.scale)

    def times(self, factor: float) -> Estimate:
        """The residual along the same direction, so many times as long."""
        size = abs(factor)
        return Estimate(
            factor * self.value, size * self.error, size * self.bend, size * self.scale, factor * self.claim
        )


NOTHING_FINITE = Estimate(math.nan, math.inf)


def by_pair(line: Line, enough: float = 0.0, rough: float = ROUGH) -> Estimate:
    """The residual from φ at ±h, two evaluations; the truncation is assumed.

    What is concluded from it has to be confirmed by something else.

    Args:
        line: The line.
        enough: The round-off that does no harm: h is no larger than it takes for that; 0 for the least error.
        rough: The truncation, in units of h²·s.
    """
    step = pair_step(line, rough)
    return at_pair(line, min(step, max(FIRST_BOUNDS[0], line.noise / enough)) if enough else step, rough)


def at_pair(line: Line, step: float, rough: float = ROUGH) -> Estimate:
    """The residual from φ at ±`step`."""
    pair = line.pair(step)
    if pair is None or not line.finite:
        return NOTHING_FINITE
    scale = max(line.scale, abs(pair.residual))
    assumed = max(QUICK_TOLERANCE, rough * step**2) * scale
    error = assumed + line.noise / step + line.gradient_noise
    bend = ((pair.plus - line.base.value) + (pair.minus - line.base.value)) / (2.0 * step)
    return Estimate(pair.residual, error, bend, scale, line.claim)


def pair_step(line: Line, rough: float = ROUGH) -> float:
    """The step at which 4·eps·A/h + rough·h²·s is least."""
    low, high = FIRST_BOUNDS
    return min(high, max(low, math.pow(line.noise / (2.0 * rough * line.scale), STEP_POWER))) if line.scale else high


def by_stencil(line: Line, enough: float = 0.0) -> Estimate:
    """The residual from φ at ±h and ±2h, four evaluations, with an estimate of all that may be wrong with it.

    Where curvature or kinks limit it, the better one of two steps.

    Args:
        line: The line.
        enough: An error that does no harm.
    """
    step = COARSE_FIRST if line.base.coarse else pair_step(line)
    first = of_stencil(line, line.stencil(step))
    rounding = line.noise / step + line.gradient_noise
    if first.error <= max(2.0 * rounding, FINE * first.scale, enough):
        return first
    return min(first, of_stencil(line, line.stencil(step * DOWN)), key=lambda each: each.error)


def of_stencil(line: Line, stencil: Stencil | None) -> Estimate:
    """The residual that a stencil shows, with its errors."""
    if stencil is None or not line.finite:
        return NOTHING_FINITE
    error = 2.0 * stencil.truncation + stencil.kink + line.noise / stencil.step + line.gradient_noise
    bend = (stencil.slopes[1] - stencil.slopes[0]) / 2.0
    return Estimate(stencil.residual, error, bend, max(line.scale, abs(stencil.residual)), line.claim)


def roughness(line: Line, step: float, truncation: float) -> float:
    """What a pair has in truncation, in units of h²·s, if with this step it is so much."""
    return abs(truncation) / (step**2 * line.scale) if line.scale else 0.0
