"""The few elements that a residual comes from: halves that have some of it, until one element has all of a part's."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.location.moments import Axis, one_place

if TYPE_CHECKING:
    from gradaudit.numerics.residuals.estimates import Estimate
    from gradaudit.numerics.residuals.probe import Probe
    from gradaudit.numerics.results.parts import Elements

# A longer list is not read by anybody, and each element takes some fifteen evaluations.
MOST = 16
# One 64th of the elements, by chance, has none of five wrong ones in 92 of 100 draws, and two such samples both have
# some in less than one of 100. Of errors that are spread over a block each has some always.
THIN = 64


def is_spread(probe: Probe, elements: Elements, rng: np.random.Generator) -> bool:
    """Whether even two small random samples of `elements` have a residual each."""
    size = max(1, elements.size // THIN)
    samples = rng.choice(elements, (2, size), replace=False)
    return all(probe.residual(sample).clear for sample in samples)


def few_elements(probe: Probe, elements: Elements, total: Estimate) -> Elements | None:
    """The elements that `total` comes from, if those are few; nothing is confirmed yet.

    What the second half of a part has is the difference of the whole and the first.

    Args:
        probe: Measures.
        elements: Where to look, in ascending order.
        total: What they have together.
    """
    found: list[int] = []
    parts = deque([(elements, total)])
    while parts:
        if len(found) + len(parts) > MOST:
            return None
        part, residual = parts.popleft()
        if abs(residual.value) <= residual.error:
            continue
        place = one_place(probe, Axis(part, np.arange(part.size), 0, part.size), residual)
        if place is not None:
            found.append(int(part[place]))
            continue
        first, second = np.array_split(part, 2)
        has = probe.residual(first)
        parts += [(first, has), (second, residual.without(has))]
    return np.array(sorted(found), np.int64) if found else None
