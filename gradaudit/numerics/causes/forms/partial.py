"""Wrong in part: single elements, a row or column or other slice, where θ is negative, or by a factor each slice."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from gradaudit.numerics.causes.forms.clipped import clipped
from gradaudit.numerics.causes.forms.divisions import divisions
from gradaudit.numerics.results.cause import Cause
from gradaudit.numerics.results.evidence import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.evidence import Evidence, Located

    Mask = NDArray[np.bool_]

SIGNS = frozenset({"negative", "positive"})
# Values, masks and indices that choose the wrong elements: that they do so by chance has to be improbable.
CHOSEN = SIGNS | {"zero", "nonzero", "picked", "repeated", "unclaimed", "level"}

# Elements that may all be wrong by chance where it depends on their values which are: of as many nothing is told.
FEW = 4
# That the wrong elements are by chance just those with negative θ: once in 2^10.
BITS = 10


def partial_errors(evidence: Evidence) -> Iterator[Cause]:
    """What is wrong in part of the block; the rest of it is right."""
    if evidence.located is not None:
        yield _located(evidence.located)
        yield from _chosen(evidence, evidence.located)
        return
    if not evidence.whole:
        yield from evidence.sides
        yield from clipped(evidence)
        yield from _some(evidence)
        return
    if evidence.curved:
        return
    wrong: Mask = (np.abs(evidence.residual) > evidence.error).reshape(evidence.analytic.shape)
    if not wrong.any():
        return
    right = int(np.count_nonzero(~wrong & _not_zero(evidence)))
    sides = list(_one_sided(evidence, wrong))
    yield from (side for side in sides if side.how in SIGNS and not side.other)
    factors = shared_factor(evidence.grid[wrong], evidence.analytic[wrong], evidence.bounds[wrong])
    cut = _slice(wrong)
    if cut is not None:
        axis, index = cut
        # A block that is no longer than the slice leaves no rest, which neither confirms nor contradicts.
        support = right if right >= 3 and wrong.shape[axis] > 1 else 0
        if right or wrong.shape[axis] == 1:
            yield Cause("partial", "slice", factors, axes=(axis,), indices=((index,),), support=support)
    yield from (side for side in sides if side.other)
    if np.count_nonzero(wrong) <= max(FEW, right):
        indices = tuple(tuple(int(i) for i in index) for index in np.argwhere(wrong))
        support = _supported(right, len(indices))
        yield Cause(
            "partial", "element" if len(indices) == 1 else "elements", factors, indices=indices, support=support
        )
    yield from (side for side in sides if side.how not in SIGNS and not side.other)
    yield from clipped(evidence)


def _located(located: Located) -> Cause:
    part = located.part
    if part.is_slice:
        return Cause("partial", "slice", located.factor, axes=part.axes, indices=part.indices, support=located.right)
    count = len(part.indices)
    how: Literal["element", "elements"] = "element" if count == 1 else "elements"
    return Cause("partial", how, located.factor, indices=part.indices, support=_supported(located.right, count))


def _some(evidence: Evidence) -> Iterator[Cause]:
    """Elements that were seen to be wrong in a block that is right at others: random ones tell which are the rule."""
    sample = evidence.sample
    if sample is None or evidence.curved or not sample.right.any():
        return
    indices = np.transpose(np.unravel_index(sample.elements[sample.wrong], evidence.analytic.shape))
    right, wrong = (int(np.count_nonzero(known[sample.chosen :])) for known in (sample.right, sample.wrong))
    yield Cause("partial", "some", indices=tuple(tuple(map(int, index)) for index in indices), support=right - wrong)


def _chosen(evidence: Evidence, located: Located) -> Iterator[Cause]:
    """What has decided that it is this part: of all elements that claim anything it decides for no other."""
    wrong = np.zeros(evidence.analytic.size, bool)
    wrong[located.part.elements(evidence.analytic.shape)] = True
    counted = wrong | (evidence.analytic != 0.0).reshape(-1)
    count, of = (1, evidence.analytic.shape) if located.part.is_slice else (int(np.count_nonzero(wrong)), ())
    total = math.prod(of[axis] for axis in located.part.axes) if of else int(np.count_nonzero(counted))
    support = int(math.log2(math.comb(total, count)))
    for division in divisions(evidence.theta, evidence.analytic, evidence.fixed):
        for cause, side in division.sides:
            if np.array_equal(wrong, side & counted):
                yield replace(cause, numbers=located.factor, support=support)


def _supported(right: int, wrong: int) -> int:
    """The right elements must be the rule and the wrong ones the exception."""
    return right if right >= max(3, wrong) else 0


def _not_zero(evidence: Evidence) -> Mask:
    return evidence.informative.reshape(evidence.analytic.shape)


def _slice(wrong: Mask) -> tuple[int, int] | None:
    """The axis, and the index along it, of the one slice in which everything wrong lies; more than an element."""
    if np.count_nonzero(wrong) < 2 and wrong.size > 1:
        return None
    for axis in range(wrong.ndim):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        hit = np.flatnonzero(wrong.any(axis=others))
        # All of a row, not two entries that happen to lie in one.
        if len(hit) == 1 and wrong.ndim > 1 and np.take(wrong, hit[0], axis).mean() > 0.5:
            return axis, int(hit[0])
    return None


def shared_factor(numeric: Array, claimed: Array, error: Array) -> tuple[float, ...]:
    """The one factor that wrong elements have in common, if they do and there are enough to say."""
    clear = np.abs(numeric) > CLEAR * error
    if np.count_nonzero(clear) < 3:
        return ()
    best = int(np.argmax(np.abs(numeric) / error))
    factor = float(claimed[best] / numeric[best]) or 0.0  # and not -0.0
    slack = abs(factor) * error[best] / abs(numeric[best])
    close = np.all(np.abs(claimed - factor * numeric) <= max(1.0, abs(factor)) * error + slack * np.abs(numeric))
    return (factor,) if close else ()


def _one_sided(evidence: Evidence, wrong: Mask) -> Iterator[Cause]:
    """What has decided which elements are wrong: those of one side of a division, wherever the gradient is not zero."""
    counted = _not_zero(evidence).reshape(-1)
    bad = wrong.reshape(-1)
    if (bad & ~counted).any():
        return
    total, count = int(np.count_nonzero(counted)), int(np.count_nonzero(bad))
    # The weight of the coincidence, in bits: over trials they add up.
    support = int(math.log2(math.comb(total, count)))
    factors = shared_factor(evidence.grid[wrong], evidence.analytic[wrong], evidence.bounds[wrong])
    for division in divisions(evidence.theta, evidence.analytic, evidence.fixed):
        for cause, side in division.sides:
            if np.array_equal(bad, side & counted):
                yield replace(cause, numbers=factors, support=support)


def slice_factors(evidence: Evidence) -> Iterator[Cause]:
    """A factor of its own for each slice along an axis; a slice with one clear element has any factor."""
    if evidence.curved or not evidence.whole or evidence.analytic.ndim < 2:
        return
    for axis in range(evidence.analytic.ndim):
        numeric, claimed, error = (
            np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)
            for array in (evidence.grid, evidence.analytic, evidence.bounds)
        )
        clear = np.abs(numeric) > CLEAR * error
        if len(numeric) < 2 or clear.sum(axis=1).min() < 3:
            continue
        best = np.argmax(np.abs(numeric) / error, axis=1)
        rows = np.arange(len(numeric))
        factors = claimed[rows, best] / numeric[rows, best]
        slack = np.abs(factors) * error[rows, best] / np.abs(numeric[rows, best])
        bound = np.maximum(1.0, np.abs(factors))[:, None] * error + slack[:, None] * np.abs(numeric)
        differ = np.ptp(factors) > CLEAR * slack.max()
        if differ and np.all(np.abs(claimed - factors[:, None] * numeric) <= bound):
            spare = int(clear.sum()) - len(numeric)
            yield Cause("slices", numbers=tuple(map(float, factors)), axes=(axis,), support=spare)
