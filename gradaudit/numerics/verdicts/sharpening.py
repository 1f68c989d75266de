"""Right within an error that is too large to pass with: seen more closely, or left open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.base_point import measure, nearby
from gradaudit.numerics.derivatives.high_order import by_high_order
from gradaudit.numerics.differences import OKAY
from gradaudit.numerics.verdicts.adjudication import TRIES, adjudicate
from gradaudit.numerics.verdicts.judgement import Judgement

if TYPE_CHECKING:
    from gradaudit.numerics.verdicts.adjudication import Court, Ruling

# What is off by more than this many errors is there, as for a verdict.
CLEAR = 4.0


def sharpened(court: Court, ruling: Ruling, block: int, bound: float, threshold: float) -> Ruling:
    """A ruling that a block is right, by a smaller error where there is one; undecided where it hides too much.

    Too much is an error above the threshold, or above 1e-5 where that is smaller. Where something is computed in
    float32 it is an error above float32's rounding: the threshold can't be asked of it.

    Args:
        court: The blocks that were judged together.
        ruling: That they are right.
        block: One of them.
        bound: What numerical errors may contribute to its difference.
        threshold: The difference above which it is wrong.
    """
    threshold = max(threshold, OKAY)
    line = replace(court, blocks=(block,)).line(ruling.base)
    seen = ruling.judgement
    found = None
    if line.scale and not line.vanishing:
        noise = 4.0 * seen.precision * line.magnitude
        found = by_high_order(line, noise, 2.0 * threshold * line.scale)
    doubtful = found is not None and abs(found.residual) > CLEAR * found.tolerance  # wrong, or kinks within its reach
    if found is not None and found.agrees and found.tolerance < 2.0 * bound * line.scale:
        closer = Judgement("right", found.residual, found.tolerance, line.scale, found.step, precision=seen.precision)
        ruling, bound = (
            ruling._replace(judgement=closer, direction=line.direction),
            found.tolerance / (2.0 * line.scale),
        )
    if bound <= threshold or (ruling.is_coarse and not doubtful):
        return ruling
    return _nearby(replace(court, blocks=(block,)), ruling, threshold) or _open(ruling)


def _nearby(court: Court, ruling: Ruling, threshold: float) -> Ruling | None:
    """The ruling of a point nearby, where more can be seen: a kink leaves no room for any but the smallest steps."""
    for _ in range(TRIES):
        fresh = measure(court.problem, nearby(court.problem, ruling.base.point, court.rng))
        found = adjudicate(court, fresh) if fresh.finite else None
        if found is None or found.judgement.verdict != "right":
            return None
        if found.judgement.tolerance <= 2.0 * threshold * found.direction.size:
            return found._replace(moved="noise")
    return None


def _open(ruling: Ruling) -> Ruling:
    return ruling._replace(judgement=ruling.judgement._replace(verdict="undecided", reason="noise"))
