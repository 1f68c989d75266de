"""A gradient that was summed or averaged over an axis once too often, and broadcast back."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.results.cause import Cause
from gradaudit.numerics.results.evidence import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.results.evidence import Evidence


def axis_sums(evidence: Evidence) -> Iterator[Cause]:
    """The axes over which the claim is the sum, or the mean, of the numeric gradient."""
    if evidence.curved or not evidence.whole:
        return
    claimed = evidence.analytic
    support = int(np.count_nonzero(np.abs(evidence.claimed) > CLEAR * evidence.error))
    if not support:
        return  # a sum that vanishes, as anything small does
    longer = [axis for axis in range(claimed.ndim) if claimed.shape[axis] > 1]
    for count in range(1, len(longer) + 1):
        for axes in combinations(longer, count):
            total = evidence.grid.sum(axis=axes, keepdims=True)
            error = evidence.bounds.sum(axis=axes, keepdims=True) + evidence.bounds
            size = int(np.prod([claimed.shape[axis] for axis in axes]))
            if np.all(np.abs(claimed - total) <= error):
                yield Cause("summed", "sum", axes=axes, support=support)
            elif np.all(np.abs(claimed - total / size) <= error / size + evidence.bounds):
                yield Cause("summed", "mean", axes=axes, support=support)
