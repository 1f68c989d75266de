"""Equal chunks along an axis in another order: the gates of a recurrent cell, or queries, keys and values."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.results.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.evidence import Evidence

# Four gates, or two or three projections, share an array in practice. Orders of four include those of two.
COUNTS = (2, 3, 4)


def chunk_orders(evidence: Evidence) -> Iterator[Cause]:
    """The orders of chunks that turn the numeric gradient into the claim."""
    for axis, length in enumerate(evidence.analytic.shape):
        for count in COUNTS:
            if length % count:
                continue
            fits = (_observed_whole if evidence.whole else _observed_along)(evidence, axis, count)
            for order in permutations(range(count)):
                if order != tuple(range(count)) and fits(order):
                    yield Cause("rearranged", "chunks", axes=(axis,), order=order)


def _observed_whole(evidence: Evidence, axis: int, count: int) -> Callable[[tuple[int, ...]], bool]:
    """Each chunk of the claim is held against each of the numeric gradient once."""
    claimed, numeric, bounds = (_chunks(a, axis, count) for a in (evidence.analytic, evidence.grid, evidence.bounds))
    same = np.all(np.abs(claimed[:, None] - numeric[None]) <= bounds[None], axis=2)
    return lambda order: bool(same[range(count), order].all())


def _observed_along(evidence: Evidence, axis: int, count: int) -> Callable[[tuple[int, ...]], bool]:
    """Of each chunk of the claim it is known what it would contribute at each place."""
    claimed = _chunks(evidence.analytic, axis, count)
    at_places = [claimed @ _chunks(direction, axis, count).T for direction in evidence.directions or ()]

    def fits(order: tuple[int, ...]) -> bool:
        predicted = np.array([at_place[range(count), order].sum() for at_place in at_places])
        return bool(np.all(np.abs(predicted - evidence.numeric) <= evidence.error))

    return fits


def _chunks(array: Array, axis: int, count: int) -> Array:
    """Each chunk flat, in a row."""
    rows: Array = np.moveaxis(np.asarray(array, np.float64), axis, 0).reshape(count, -1)
    return rows
