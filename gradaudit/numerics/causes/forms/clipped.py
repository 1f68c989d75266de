"""A gradient that is not cut off where the numeric one is, as that of a Huber loss is beyond its bend."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradaudit.numerics.results.cause import Cause
from gradaudit.numerics.results.evidence import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.results.evidence import Evidence


def clipped(evidence: Evidence) -> Iterator[Cause]:
    """Whether n = clip(a, low, high): the levels are read from single elements, and tested on all that was observed.

    Each level is a free number: wrong elements have to be more than those, or directions through the block, which know
    nothing of them.
    """
    sample = evidence.sample or _everything(evidence)
    if sample is None or evidence.curved:
        return
    seen = tuple(level for sign in (1.0, -1.0) if (level := _level(sample, sign)) is not None)
    # Where all that were looked at are beyond one level, there may be another one like it on the other side.
    mirrored = tuple(_Level(-level.sign, -level.value, level.error) for level in seen)
    for levels in (seen, seen + mirrored) if len(seen) == 1 else (seen,):
        if levels and _explains(evidence, levels):
            tests = np.count_nonzero(sample.wrong) if evidence.whole else evidence.error.size
            yield Cause("partial", "clipped", support=int(tests) - len(seen))
            return


class _Level(NamedTuple):
    """Where the numeric gradient stops: 1 for above and -1 for below, the value and its error."""

    sign: float
    value: float
    error: float


def _explains(evidence: Evidence, levels: tuple[_Level, ...]) -> bool:
    predicted = claimed = np.asarray(evidence.analytic, np.float64)
    slack = np.zeros(evidence.error.shape)
    for level in levels:
        beyond = level.sign * claimed > level.sign * level.value
        if beyond.all():
            return False  # nothing is left that is right
        predicted = np.where(beyond, level.value, predicted)
        slack = slack + np.abs(evidence.seen(beyond.astype(np.float64))) * level.error
    return bool(np.all(np.abs(evidence.seen(predicted) - evidence.numeric) <= evidence.error + slack))


def _everything(evidence: Evidence) -> Sample | None:
    if not evidence.whole:
        return None
    claims = np.asarray(evidence.analytic, np.float64).reshape(-1)
    return Sample(np.arange(claims.size), claims, evidence.numeric, evidence.error)


def _level(sample: Sample, sign: float) -> _Level | None:
    beyond = sample.wrong & (sign * (sample.claimed - sample.numeric) > 0.0)
    if not beyond.any():
        return None
    best = np.flatnonzero(beyond)[np.argmin(sample.error[beyond])]
    return _Level(sign, float(sample.numeric[best]), float(sample.error[best]))
