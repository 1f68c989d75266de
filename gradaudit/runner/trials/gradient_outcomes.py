"""What is reported of each gradient of a trial: how it ended, by how much it differs, and where most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.derivatives.elements import numeric_at
from gradaudit.records.outcome import GradientOutcome, WorstElement
from gradaudit.runner.problems.audited_problem import Restricted

if TYPE_CHECKING:
    from gradaudit.numerics.results.agreement import BlockResult
    from gradaudit.records.verdict import Verdict
    from gradaudit.runner.problems.audited_problem import AuditedFunction, Call

ENDINGS: dict[str, Verdict] = {"right": "passed", "wrong": "failed", "undecided": "inconclusive"}
"""How a gradient ends, by what the check says of it."""


def compared_gradient(block: BlockResult, *, forced: bool, stray: bool = False) -> GradientOutcome:
    """A gradient that was compared.

    Args:
        block: What the check says of it.
        forced: Whether it was not returned at all, and failed whatever the numbers are.
        stray: Whether it is not finite beside the point, so that there are no numbers.
    """
    if stray:
        return GradientOutcome(block.name, tuple(map(int, block.shape)), "failed", grade="wrong")
    worst = block.worst
    return GradientOutcome(
        block.name,
        tuple(int(size) for size in block.shape),
        "failed" if forced else ENDINGS[block.verdict],
        _finite(block.difference),
        _finite(block.error_bound),
        block.grade if block.verdict != "undecided" else None,
        None
        if worst is None
        else WorstElement(tuple(int(i) for i in worst.index), float(worst.analytic), float(worst.numeric)),
    )


def excluded_gradient(function: AuditedFunction, number: int, base: Call) -> GradientOutcome:
    """A gradient that could not be compared; where it is not finite, with the numeric value beside it."""
    leaf, array = function.leaves[number], base.gradient[number]
    worst = None
    if array.shape == leaf.value.shape and not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        numeric = float(numeric_at(Restricted(function, (number,)), 0, [index])[0])
        worst = WorstElement(index, float(array[index]), numeric)
    return GradientOutcome(leaf.name, tuple(leaf.value.shape), "failed", grade="wrong", worst=worst)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
