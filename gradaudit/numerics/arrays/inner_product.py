"""⟨a, b⟩ in the thread that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array

# OpenBLAS shares longer sums than 10,000 entries out among threads. That gains a tenth of a millisecond on 1e6 entries
# where nothing else runs; where something does, each sum may wait a time slice (4 to 16 ms) for another core.
LENGTH = 8192


def inner_product(a: Array, b: Array) -> float:
    """Σ aᵢ bᵢ of two flat arrays of one size.

    >>> inner_product(np.arange(20_000.0), np.ones(20_000)) == sum(range(20_000))
    True
    """
    whole = a.size - a.size % LENGTH
    total = float(np.dot(a[whole:], b[whole:]))
    if whole:
        total += float(np.matmul(a[:whole].reshape(-1, 1, LENGTH), b[:whole].reshape(-1, LENGTH, 1)).sum())
    return total
