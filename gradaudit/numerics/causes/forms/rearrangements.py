"""Right entries at wrong places: axes permuted, flipped or rolled, equal chunks or the entries in another order."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.causes.forms.chunks import chunk_orders
from gradaudit.numerics.results.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.evidence import Evidence

# Beyond it the permutations of the axes are too many to be tried, and never seen in practice.
MOST_AXES = 4
# A roll is tried by every distance along an axis of a small block; by one step where that takes long.
MOST_SHIFTS = 32


def rearrangements(evidence: Evidence) -> Iterator[Cause]:
    """The rearrangements that turn the claim into the numeric gradient.

    No number is fitted, so two elements that clearly differ are enough to tell.
    """
    support = _different(evidence)
    if evidence.curved or support < 2:
        return
    for cause, back in _candidates(evidence.analytic):
        if evidence.predicts(back):
            yield replace(cause, support=support)
    yield from (replace(cause, support=support) for cause in chunk_orders(evidence))
    if evidence.whole and _same_entries(evidence):
        yield Cause("rearranged", "entries", support=support)


def _different(evidence: Evidence) -> int:
    """How many observations clearly say that nothing was right as it stood."""
    return int(np.count_nonzero(np.abs(evidence.residual) > 4.0 * evidence.error))


def _candidates(claimed: Array) -> Iterator[tuple[Cause, Array]]:
    """A rearrangement, and the claim with it undone."""
    axes = tuple(range(claimed.ndim))
    if claimed.ndim <= MOST_AXES:
        for order in permutations(axes):
            # What was permuted by `order` is put back by its inverse.
            back = claimed.transpose(np.argsort(order).tolist())
            if order != axes and back.shape == claimed.shape:
                yield Cause("rearranged", "axes", axes=order), back
    longer = [axis for axis in axes if claimed.shape[axis] > 1]
    for count in range(1, min(len(longer), MOST_AXES) + 1):
        for flipped in combinations(longer, count):
            yield Cause("rearranged", "flip", axes=flipped), np.flip(claimed, flipped)
    for axis in longer:
        size = claimed.shape[axis]
        shifts = range(1, size) if size <= MOST_SHIFTS else (1, size - 1)
        for shift in shifts:
            signed = shift if shift <= size // 2 else shift - size
            yield Cause("rearranged", "roll", axes=(axis,), shift=signed), np.roll(claimed, -shift, axis)


def _same_entries(evidence: Evidence) -> bool:
    """Whether the claim has the very entries of the numeric gradient, in whatever order."""
    order = np.argsort(evidence.numeric)
    return bool(np.all(np.abs(np.sort(evidence.claimed) - evidence.numeric[order]) <= evidence.error[order]))
