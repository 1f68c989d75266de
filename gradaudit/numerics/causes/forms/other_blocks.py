"""The gradient of another block, returned for this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.results.cause import Cause
from gradaudit.numerics.results.evidence import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.results.evidence import Evidence, Other


def swaps(evidence: Evidence) -> Iterator[Cause]:
    """The blocks of the same shape whose gradient the claim is."""
    if evidence.curved:
        return
    support = int(np.count_nonzero(evidence.informative))
    for other in evidence.others:
        if other.analytic.shape != evidence.analytic.shape or not support:
            continue
        given = _is_gradient_of(evidence, other)
        taken = evidence.predicts(other.analytic)
        # Where this block's gradient went is only a hint: two blocks may well have the same one.
        if given or (given is None and taken):
            yield Cause("swapped", other=other.name, mutual=taken, support=support)


def _is_gradient_of(evidence: Evidence, other: Other) -> bool | None:
    """Whether the claim is the other block's gradient; None where that is not known."""
    if other.numeric is None or other.error is None:
        return None
    rounding = ROUNDING * np.finfo(np.float64).eps * np.abs(other.numeric)
    return bool(np.all(np.abs(evidence.analytic - other.numeric) <= other.error + rounding))
