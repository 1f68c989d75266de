"""Which step to take first, and which one next when it did not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.base_point import COARSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.derivatives.line import Line

# Below the first bound rounding drowns everything; above the last one nothing is smooth enough. All are relative to the
# size of the blocks (measured by this project on right and wrong gradients of layers, losses and scientific code).
SMALLEST, LARGEST = 1e-7, 3e-2
COARSE_SMALLEST, COARSE_FIRST = 1e-4, 1e-2

# The first step: large enough for a round-off of 1e-8 of the derivative (4·eps·A/h = 1e-8·s), and no larger, since
# kinks come into reach. Below 2e-6 nothing is gained; above 3e-3 truncation would be.
FIRST_ROUNDOFF = 1e-8
FIRST_BOUNDS = (2e-6, 3e-3)

# Steps that an accusation is confirmed with: rounding is to be a thousandth of what it is based on, and each side is to
# be thousands of roundings of θ away (1e-12 of a block's size in float64).
CLEAR = 1e3
FINEST = 4500.0

MOST_STENCILS = 7
DOWN, UP = 1 / 10, 6.0
# Steps that are nearer to each other than this say nearly the same.
SPACING = 2.5


def first_step(line: Line) -> float:
    """The step that a line is first looked at with: always the same, so that what was measured with it is kept."""
    if line.grid[0]:
        return LARGEST
    noise = 4.0 * line.base.epsilon * line.base.magnitude
    return first_step_for(noise, line.scale, coarse=line.base.coarse)


def first_step_for(noise: float, scale: float, *, coarse: bool) -> float:
    """First step clip(4·eps·A / (1e-8·s), 2e-6, 3e-3); 1e-2 for what is coarser than float64 (Numerical Recipes §5.7).

    Args:
        noise: 4·eps·A, the round-off of φ.
        scale: s, the typical size of the derivative.
        coarse: Whether something is coarser than float64.
    """
    low, high = FIRST_BOUNDS
    if coarse:
        return COARSE_FIRST
    return min(high, max(low, noise / (FIRST_ROUNDOFF * scale))) if scale else high


def next_step(line: Line, tried: list[float], *, noise_limited: bool) -> float | None:
    """A step an order away from the last one, smaller unless noise limits; None when all have been tried."""
    low = COARSE_SMALLEST if line.epsilon > COARSE else SMALLEST
    for factor in (UP, DOWN) if noise_limited else (DOWN, UP):
        step = tried[-1]
        while low < step < LARGEST or step == tried[-1]:
            step = min(LARGEST, max(low, step * factor))
            if all(max(step / other, other / step) > SPACING for other in tried):
                return step
            if step in {low, LARGEST}:
                break
    return None


def finer_steps(line: Line, residual: float, below: float) -> Iterator[float]:
    """Steps up to `below`, each an order above the last, from where rounding is far below `residual`."""
    step = max(FINEST * line.epsilon, CLEAR * line.noise / residual) if residual else below
    while step < below:
        yield step
        step /= DOWN
