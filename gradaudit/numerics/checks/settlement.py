"""From a ruling to the result of a block."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gradaudit.numerics.differences import OKAY, grade
from gradaudit.numerics.results.agreement import BlockResult

if TYPE_CHECKING:
    from gradaudit.numerics.location.accusation import Accusation
    from gradaudit.numerics.location.extent import Extent
    from gradaudit.numerics.problems.problem import Problem
    from gradaudit.numerics.verdicts.adjudication import Court, Ruling


class Settlement(NamedTuple):
    """The result of a block, and what it rests on.

    Attributes:
        result: The block's result.
        ruling: The ruling.
        detects: The smallest error of one element that would have been seen, relative to the norm of the block's
            gradient; None where nothing passed or the gradient vanishes.
    """

    result: BlockResult
    ruling: Ruling
    detects: float | None = None


def settle(court: Court, ruling: Ruling, block: int, threshold: float) -> Settlement:
    """The result of one block of those that a ruling is about."""
    match ruling.judgement.verdict:
        case "right":
            return _passed(court, ruling, block, threshold)
        case "wrong":
            return Settlement(_wrong(court, ruling, block, threshold), ruling)
        case "undecided":
            return Settlement(_undecided(court, ruling, block), ruling)


def _passed(court: Court, ruling: Ruling, block: int, threshold: float) -> Settlement:
    """Right, if what numerical errors may hide is no more than what is tolerated."""
    bound = _estimate(ruling, block)[1]
    if ruling.judgement.quantum:
        ruling = ruling._replace(judgement=ruling.judgement._replace(verdict="undecided"))
    elif bound > max(threshold, OKAY) and not ruling.vanishing:
        from gradaudit.numerics.verdicts.sharpening import sharpened

        ruling = sharpened(court, ruling, block, bound, threshold)
    if ruling.judgement.verdict == "undecided":
        return Settlement(_undecided(court, ruling, block), ruling)
    return Settlement(_right(court, ruling, block), ruling, _detects(ruling, block))


def _right(court: Court, ruling: Ruling, block: int) -> BlockResult:
    ratio, bound = _estimate(ruling, block)
    shape = court.problem.point[block].shape
    judgement = ruling.judgement
    return BlockResult(
        court.problem.names[block],
        shape,
        "right",
        ratio,
        bound,
        grade(ratio),
        tolerance=judgement.tolerance,
        scale=_scale(ruling, block),
        vanishes=ruling.vanishing,
    )


def _wrong(court: Court, ruling: Ruling, block: int, threshold: float) -> BlockResult:
    from gradaudit.numerics.location.extent import extent

    return _found_wrong(court.problem, extent(court, ruling, block, threshold), ruling, block, threshold)


def accused(problem: Problem, accusation: Accusation, threshold: float) -> Settlement:
    """The result of the one block that is wrong in a part."""
    ruling, block = accusation.ruling, accusation.block
    return Settlement(_found_wrong(problem, accusation.extent, ruling, block, threshold), ruling)


def _found_wrong(problem: Problem, found: Extent, ruling: Ruling, block: int, threshold: float) -> BlockResult:
    judgement = ruling.judgement
    small = found.difference <= threshold
    clear = found.difference - found.error_bound > threshold
    return BlockResult(
        problem.names[block],
        problem.point[block].shape,
        "right" if small else "wrong" if clear else "undecided",
        found.difference,
        found.error_bound,
        grade(found.difference),
        found.worst,
        reason="" if small or clear else "noise",
        tolerance=judgement.tolerance,
        scale=_scale(ruling, block),
        evidence=found.evidence if small or clear else None,
    )


def _undecided(court: Court, ruling: Ruling, block: int) -> BlockResult:
    judgement = ruling.judgement
    ratio, bound = _estimate(ruling, block)
    return BlockResult(
        court.problem.names[block],
        court.problem.point[block].shape,
        "undecided",
        ratio,
        bound,
        grade(ratio),
        reason="rounded" if judgement.quantum else judgement.reason,
        quantum=judgement.quantum,
        slopes=judgement.slopes,
        tolerance=judgement.tolerance,
        scale=_scale(ruling, block),
    )


def _scale(ruling: Ruling, block: int) -> float:
    """‖g_b∘v_b‖; that of the line where it moves this block alone and its gradient vanishes."""
    sizes = ruling.direction.sizes
    alone = sum(part is not None for part in ruling.direction.parts) == 1
    return max(sizes[block], ruling.judgement.scale) if alone else sizes[block]


def _estimate(ruling: Ruling, block: int) -> tuple[float, float]:
    """|r| / 2‖g_b∘v_b‖ and its error: what the block's difference is if all of the residual is the block's."""
    judgement, scale = ruling.judgement, _scale(ruling, block)
    if math.isnan(judgement.residual):
        return math.nan, math.inf
    if scale == 0.0:
        return (0.0, 0.0) if judgement.residual == 0.0 else (1.0, 1.0)
    return min(1.0, abs(judgement.residual) / (2.0 * scale)), judgement.tolerance / (2.0 * scale)


def _detects(ruling: Ruling, block: int) -> float | None:
    """An error of one element moves φ by at least half of the direction's width times it."""
    if ruling.judgement.scale > ruling.direction.size:
        return None  # the gradient vanishes: nothing is relative to it
    seen = 0.5 * ruling.direction.widths[block] * ruling.base.norms[block]
    return ruling.judgement.tolerance / seen if seen else None
