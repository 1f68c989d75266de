"""Derivatives with respect to single elements, by central differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradaudit.numerics.problems.many_points import evaluations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from gradaudit.numerics.problems.problem import Array, Point, Problem, Tangents

# The step that balances truncation (∝ h²) and round-off (∝ eps/h) of a central difference (Numerical Recipes §5.7).
STEP_POWER = 1 / 3


class Derivatives(NamedTuple):
    """Derivatives at some elements of one block.

    Attributes:
        values: A derivative for each element; NaN where φ is not finite.
        roundoff: For each the round-off it may contain, 4·eps·A over the step.
        magnitude: The largest A that was met.
        epsilon: The coarsest precision that was met.
    """

    values: NDArray[np.float64]
    roundoff: NDArray[np.float64]
    magnitude: float
    epsilon: float


def best_step(theta: float, epsilon: float) -> float:
    """cbrt(eps)·max(1, |θ_i|)."""
    return math.pow(epsilon, STEP_POWER) * max(1.0, abs(theta))


def central_differences(  # noqa: PLR0913 - the formula's own parameters
    problem: Problem,
    point: Point,
    block: int,
    elements: Iterable[int],
    steps: Iterable[float],
    *,
    realised: bool = True,
) -> Derivatives:
    """(φ(θ + h e_i) - φ(θ - h e_i)) / 2h for each of `elements`.

    Args:
        problem: The problem.
        point: Where; it is not written to.
        block: The block that the elements belong to; where it has tangents, the curve that belongs to e_i is followed.
        elements: Flat indices.
        steps: h for each of them.
        realised: Divide by (θ_i + h) - (θ_i - h) as they are rounded, instead of by 2h.
    """
    values, roundoff = [], []
    magnitude = epsilon = 0.0
    moved: list[tuple[float, float]] = []  # the step and the distance of each pair, filled as points are made

    def points() -> Iterator[Point]:
        for element, step in zip(elements, steps, strict=True):
            sides, distance = _moved(problem.tangents[block], point[block], element, step, realised=realised)
            moved.append((step, distance))
            yield from ((*point[:block], side, *point[block + 1 :]) for side in sides)

    found = evaluations(problem, points())
    for number, (above, below) in enumerate(zip(found, found, strict=True)):
        step, distance = moved[number]
        magnitude = max(magnitude, above.magnitude, below.magnitude)
        epsilon = max(epsilon, above.epsilon, below.epsilon)
        finite = math.isfinite(above.value) and math.isfinite(below.value)
        values.append((above.value - below.value) / distance if finite else math.nan)
        roundoff.append(4.0 * epsilon * magnitude / step)
    return Derivatives(np.array(values, np.float64), np.array(roundoff, np.float64), magnitude, epsilon)


# Points a unit in the last place away: where φ is rounded inside, a quarter of what it varies by there is a fair guess
# of its standard deviation, and the largest of four differences is above that in 98 of 100 cases.
NEIGHBOURS = 4


def measured_noise(problem: Problem, point: Point, block: int, rng: np.random.Generator) -> float:
    """By how much rounding inside φ moves it, which may be far more than 4·eps·A where large terms cancel.

    Args:
        problem: The problem.
        point: Where.
        block: The block whose entries are moved by the last place.
        rng: Chooses the side for each entry.

    Returns:
        The largest difference between φ and its values at a few points that are the same but for the last place; 0
        where φ is not finite there, or the block moves along tangents.
    """
    if problem.tangents[block] is not None:
        return 0.0
    here = problem.evaluate(point).value
    found = 0.0
    for _ in range(NEIGHBOURS):
        towards = np.where(rng.random(point[block].shape) < 0.5, -np.inf, np.inf).astype(point[block].dtype)
        moved = np.asarray(np.nextafter(point[block], towards))
        apart = abs(problem.evaluate((*point[:block], moved, *point[block + 1 :])).value - here)
        found = max(found, apart if math.isfinite(apart) else 0.0)
    return found


def numeric_at(problem: Problem, block_index: int, indices: Iterable[tuple[int, ...]]) -> NDArray[np.float64]:
    """The numeric derivative at single elements, whatever the analytic gradient says.

    Args:
        problem: The problem; only its forward is evaluated.
        block_index: Which block.
        indices: An index into the block for each derivative that is wanted.

    Returns:
        A derivative for each index; NaN where φ is not finite on both sides.
    """
    block = problem.point[block_index]
    elements = [int(np.ravel_multi_index(index, block.shape)) if index else 0 for index in indices]
    epsilon = max(problem.evaluate(problem.point).epsilon, float(np.finfo(block.dtype).eps))
    flat = block.reshape(-1)
    steps = [best_step(float(flat[element]), epsilon) for element in elements]
    return central_differences(problem, problem.point, block_index, elements, steps).values


def claimed_at(problem: Problem, point: Point, block: int, gradient: Array, elements: Iterable[int]) -> Array:
    """What a gradient says of the same elements: its entries, or ⟨g, T e_i⟩ where there are tangents."""
    tangents = problem.tangents[block]
    if tangents is None:
        return np.asarray(gradient, np.float64).reshape(-1)[list(elements)]
    here = point[block]
    products = [np.vdot(gradient, tangents.project(here, unit(here, element))) for element in elements]
    return np.array(products, np.float64)


def unit(block: Array, element: int) -> Array:
    """e_i, shaped like the block."""
    e = np.zeros(block.shape)
    e.reshape(-1)[element] = 1.0
    return e


def _moved(
    tangents: Tangents | None, block: Array, element: int, step: float, *, realised: bool
) -> tuple[tuple[Array, Array], float]:
    """The block with one element moved to either side, along its tangent where it has tangents, and how far apart."""
    if tangents is None:
        return _sides(block, element, step, realised=realised)
    tangent = tangents.project(block, unit(block, element))
    return (tangents.move(block, tangent, step), tangents.move(block, tangent, -step)), 2.0 * step


def _sides(block: Array, element: int, step: float, *, realised: bool) -> tuple[tuple[Array, Array], float]:
    sides = []
    for signed in (step, -step):
        side = np.array(block, order="C")
        side.reshape(-1)[element] += signed
        sides.append(side)
    plus, minus = sides
    distance = float(plus.reshape(-1)[element]) - float(minus.reshape(-1)[element])
    return (plus, minus), distance if realised else 2.0 * step
