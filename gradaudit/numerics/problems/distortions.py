"""Ways to make a right gradient wrong on purpose, as mistakes do: a check that passes one of them can't fail there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from gradaudit.numerics.differences import difference
from gradaudit.numerics.problems.problem import SameProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradaudit.numerics.problems.problem import Array, Point, Problem, Tangents

    Change: TypeAlias = Callable[[Array], Array]
    Candidates: TypeAlias = Iterator[tuple["Places", Change]]

Kind: TypeAlias = Literal["flipped", "scaled", "zeroed", "swapped", "transposed"]
Places: TypeAlias = tuple[tuple[int, ...], ...]

# A difference of half a percent: small beside what a forgotten factor makes, a thousand times the usual threshold.
FACTOR = 1.01
# What a gradient that is symmetric, or lies outside of its tangents, keeps of a change is rounding.
ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Distortion:
    """A change of one block of a gradient.

    Attributes:
        kind: What is done.
        places: The elements that it is done to, or the axes; empty where it is the whole block.
        change: From a gradient at any point to the distorted one, a new array.
        difference: ‖g′ - g‖ / (‖g′‖ + ‖g‖) at the base point, along what directions can see.
    """

    kind: Kind
    places: Places
    change: Change
    difference: float


def distortion(problem: Problem, gradient: Point, block: int, kind: Kind) -> Distortion | None:
    """The distortion of a kind that changes most of a block; None where none changes anything.

    Args:
        problem: Knows the point, and the tangents that the block is compared along.
        gradient: The gradient at that point.
        block: Which block.
        kind: A key of `KINDS`.
    """
    point, tangents, here = problem.point[block], problem.tangents[block], gradient[block]
    if not here.size:
        return None
    before = _seen(tangents, point, here)
    found = [
        Distortion(kind, places, change, difference(_seen(tangents, point, change(here)), before))
        for places, change in KINDS[kind](here)
    ]
    most = max(found, key=lambda each: each.difference, default=None)
    return most if most is not None and most.difference > ROUNDING else None


def _seen(tangents: Tangents | None, point: Array, gradient: Array) -> Array:
    return gradient if tangents is None else tangents.project(point, gradient)


class Distorted(SameProblem):
    """A problem whose gradient is distorted in one block, at every point alike."""

    def __init__(self, problem: Problem, block: int, change: Change) -> None:
        super().__init__(problem)
        self._block = block
        self._change = change

    def gradient(self, point: Point) -> Point:
        """The distorted gradient."""
        gradient = self._problem.gradient(point)
        return tuple(np.asarray(self._change(g)) if b == self._block else g for b, g in enumerate(gradient))


def _flipped(gradient: Array) -> Candidates:
    del gradient
    yield (), lambda g: -g


def _scaled(gradient: Array) -> Candidates:
    del gradient
    yield (), lambda g: g * g.dtype.type(FACTOR)


def _zeroed(gradient: Array) -> Candidates:
    """The largest element, which leaves most of a gap."""
    place = int(np.abs(gradient).argmax())
    yield (_index(gradient, place),), lambda g: _written(g, [place], [0.0])


def _swapped(gradient: Array) -> Candidates:
    """The largest and the smallest, which differ most."""
    high, low = int(gradient.argmax()), int(gradient.argmin())
    places = [high, low]
    yield (
        (_index(gradient, high), _index(gradient, low)),
        lambda g: _written(g, places, g.reshape(-1)[places[::-1]]),
    )


def _transposed(gradient: Array) -> Candidates:
    """Every two axes of equal length."""
    for first, second in combinations(range(gradient.ndim), 2):
        if gradient.shape[first] == gradient.shape[second]:
            yield ((first,), (second,)), _exchange(first, second)


def _exchange(first: int, second: int) -> Change:
    return lambda g: np.ascontiguousarray(g.swapaxes(first, second))


def _written(gradient: Array, places: list[int], values: Array | list[float]) -> Array:
    changed = np.array(gradient, order="C")
    changed.reshape(-1)[places] = values
    return changed


def _index(gradient: Array, place: int) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, gradient.shape))


KINDS: dict[Kind, Callable[[Array], Candidates]] = {
    "flipped": _flipped,
    "scaled": _scaled,
    "zeroed": _zeroed,
    "swapped": _swapped,
    "transposed": _transposed,
}
