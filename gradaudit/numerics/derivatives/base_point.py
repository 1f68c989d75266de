"""A point at which a gradient is judged, with what is known there: φ, its magnitude and precision, the gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.arrays.table import fill

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array, Point, Problem, Tangents

# A kink that the drawn point lies on exactly (a zero bias below a relu) is left by a hundredth of a block's size, which
# leaves the function, and whatever is wrong with its gradient, nearly as it was. Less would stay within reach of the
# stencil's larger steps, more would leave the domain of functions that are only defined near their inputs.
JITTER = 1e-2

# Anything coarser than this is not float64 (2.2e-16); float32 has 1.2e-7.
COARSE = 1e-10


@dataclass(frozen=True, eq=False)
class BasePoint:
    """The function and its claimed gradient at one point.

    Attributes:
        point: An array for each block.
        gradient: The claimed gradient, in float64.
        value: φ.
        magnitude: A = Σ|upstream ∘ output|; the round-off of φ is proportional to it.
        epsilon: Machine epsilon of the coarsest of point, outputs and gradient.
        finite: Whether φ and the gradient are, and can be compared with anything.
        quantum: The grid that an output is on here; 0 where there is none.
    """

    point: Point
    gradient: Point
    value: float
    magnitude: float
    epsilon: float
    finite: bool
    quantum: float = 0.0

    @cached_property
    def norms(self) -> tuple[float, ...]:
        """‖g_b‖ for each block."""
        return tuple(map(norm, self.gradient))

    @cached_property
    def changes(self) -> tuple[float, ...]:
        """For each block the size of ⟨g, v⟩ when it moves by its own size."""
        return tuple(size * rms(block) for size, block in zip(self.norms, self.point, strict=True))

    @property
    def change(self) -> float:
        """The size of ⟨g, v⟩ when every block moves by its own size: what φ's derivatives are measured in."""
        return math.hypot(*self.changes)

    @property
    def coarse(self) -> bool:
        """Whether something is in less than float64."""
        return self.epsilon > COARSE


def measure(problem: Problem, point: Point) -> BasePoint:
    """One backward and one forward at `point`."""
    gradient = problem.gradient(point)
    origin = problem.evaluate(point)
    epsilon = max(origin.epsilon, *(float(np.finfo(block.dtype).eps) for block in (*point, *gradient)), 0.0)
    double = tuple(np.ascontiguousarray(block, np.float64).reshape(block.shape) for block in gradient)
    finite = math.isfinite(origin.value) and math.isfinite(origin.magnitude) and all(map(_finite, double))
    return BasePoint(point, double, origin.value, origin.magnitude, epsilon, finite, origin.quantum)


def _finite(block: Array) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(float(block.sum())) or bool(np.isfinite(block).all())


def rms(block: Array) -> float:
    """The root mean square of a block's entries: its natural unit of length; 1 where that is 0."""
    return norm(block) / math.sqrt(block.size or 1) or 1.0


def nearby(problem: Problem, point: Point, rng: np.random.Generator, distance: float = JITTER) -> Point:
    """A random point near `point`, inside the sets that the blocks' tangents belong to.

    Args:
        problem: Knows the tangents.
        point: The point to leave.
        rng: Chooses where to.
        distance: How far each block moves, relative to its size.
    """
    return tuple(
        _jittered(block, tangents, distance, rng) for block, tangents in zip(point, problem.tangents, strict=True)
    )


def _jittered(block: Array, tangents: Tangents | None, distance: float, rng: np.random.Generator) -> Array:
    shift = np.empty(block.shape)
    fill(shift.reshape(-1), distance * rms(block), rng)
    if tangents is None:
        return (block + shift).astype(block.dtype, copy=False)
    return tangents.move(block, tangents.project(block, shift), 1.0)
