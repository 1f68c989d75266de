"""Is the gradient right along one line? Right, wrong or undecided, from stencils at up to seven steps."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from gradaudit.numerics.derivatives.error_bounds import FINE, TOO_COARSE, ErrorBounds
from gradaudit.numerics.derivatives.line import GRID_STEPS
from gradaudit.numerics.derivatives.steps import MOST_STENCILS, SPACING, finer_steps, first_step, next_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.derivatives.line import Line, Stencil
    from gradaudit.numerics.results.agreement import Reason, Verdict

# Both relative to s = ‖g∘v‖: what the cheapest look may excuse, and the noise it may have. Of 6,500 gradients with
# errors of 5e-5 spread over a block, 1e-7 in the first place missed 22 and 1e-8 two, at the same number of evaluations.
QUICK_TOLERANCE = 1e-8
QUICK_NOISE = 1e-6

# Two residuals that show the same error agree within this, at steps that are this factor apart.
CONSISTENT = 0.1
APART = 2.0


class Judgement(NamedTuple):
    """The verdict along one line.

    Attributes:
        verdict: Right, wrong or undecided.
        residual: Numeric minus analytic derivative along the line.
        tolerance: What numerical errors may contribute to `residual`.
        scale: s, the size of derivative that the tolerance is held against.
        step: The step that decided; 0 where φ was not finite at any.
        relative_truncation: The truncation of a central difference with that step, relative to the
            derivative.
        reason: Why it is undecided.
        slopes: The left and right derivatives, where a kink is the reason.
        precision: The machine epsilon that the noise seen along the line is that of; 0 where none was looked for.
        quantum: The grid that the function's values are rounded to; 0 where they are on none.
    """

    verdict: Verdict
    residual: float
    tolerance: float
    scale: float
    step: float
    relative_truncation: float = 0.0
    reason: Reason = ""
    slopes: tuple[float, float] | None = None
    precision: float = 0.0
    quantum: float = 0.0


def look(line: Line) -> Judgement | None:
    """The cheapest look, two evaluations: right, or not known yet.

    With half the points there is no estimate of truncation or kinks, so it passes only what agrees as well as nothing
    wrong would.
    """
    step = first_step(line)
    if not line.finite or line.grid[0] or line.noise / step + line.gradient_noise > QUICK_NOISE * line.scale:
        return None
    pair = line.pair(step)
    if pair is None:
        return None
    tolerance = QUICK_TOLERANCE * line.scale + line.noise / step + line.gradient_noise
    if not abs(pair.residual) <= tolerance < math.inf:
        return None
    return Judgement("right", pair.residual, tolerance, line.scale, step)


def judge(line: Line, doubts: Sequence[float] = ()) -> Judgement:
    """The whole procedure along one line.

    Args:
        line: Where to look.
        doubts: Residuals that were seen elsewhere and are to be explained: only a tolerance well below them certifies.
    """
    if not line.finite:
        return _undecided([], line)
    tried: list[float] = []
    stencils: list[Stencil] = []
    step: float | None = first_step(line)
    while step is not None and len(tried) < MOST_STENCILS:
        tried.append(step)
        stencil = line.stencil(step)
        if stencil is not None:
            stencils.append(stencil)
        errors = ErrorBounds(line, stencils)
        right = _right(stencils, errors, doubts)
        if right is not None:
            return right
        accusation = _wrong(stencils, errors)
        if accusation is not None:
            return _confirmed(line, stencils, doubts, accusation)
        step = next_step(line, tried, noise_limited=stencil is not None and errors.limited_by_noise(stencil))
    return _certified_closer(line, stencils, doubts) or _undecided(stencils, line)


def _confirmed(line: Line, stencils: list[Stencil], doubts: Sequence[float], accusation: Judgement) -> Judgement:
    """An accusation that steps as small as rounding allows confirm, or what they say instead.

    Of a function that oscillates within the steps, central differences are near zero at each of them: they agree with
    one another, and what is left is the claim itself.
    """
    if _is_staircase(line, stencils, accusation):
        return _undecided(stencils, line)._replace(reason="rounded", slopes=None)
    fine: list[Stencil] = []
    contradicted = False
    for step in finer_steps(line, abs(accusation.residual), min(s.step for s in stencils) / SPACING):
        stencil = line.stencil(step)
        if stencil is None or stencil.flat:
            continue
        fine.append(stencil)
        errors = ErrorBounds(line, fine)  # at larger steps an oscillation looks like noise
        judgement = _right_closer(fine, errors, (*doubts, accusation.residual), FINE)
        judgement = judgement or (_wrong(fine, errors) if contradicted else None)
        if judgement is not None:
            return judgement
        off = abs(stencil.residual - accusation.residual)
        if not contradicted and off <= CONSISTENT * abs(accusation.residual) + errors.noise(stencil):
            return accusation
        contradicted = contradicted or off > 2.0 * errors.tolerance(stencil)
    if not contradicted:
        return accusation
    right = _right_closer(fine, ErrorBounds(line, fine), (*doubts, accusation.residual), TOO_COARSE)
    return right or _undecided([*stencils, *fine], line)


def _is_staircase(line: Line, stencils: list[Stencil], accusation: Judgement) -> bool:
    """Whether φ is flat over small steps, which is what the accusation rests on, and goes as claimed over large ones.

    A kink within the large ones makes no more than half of the claimed slope of nothing.
    """
    seen = abs(accusation.residual)
    if not all(s.flat for s in stencils if abs(s.residual - accusation.residual) <= CONSISTENT * seen):
        return False
    large = line.stencil(GRID_STEPS[0])
    return large is not None and abs(large.residual) < seen / 4.0


def _certified_closer(line: Line, stencils: list[Stencil], doubts: Sequence[float]) -> Judgement | None:
    """Right by steps smaller than usual, where rounding would leave room for them and truncation calls for them."""
    if not stencils:
        return None
    smallest = min(stencils, key=lambda s: s.step)
    rounding = line.noise / smallest.step + line.gradient_noise
    failed = [abs(s.residual) for s in stencils if _disagrees(line, s)]
    if 2.0 * smallest.truncation <= rounding and len(failed) < len(stencils):
        return None
    fine: list[Stencil] = []
    for step in finer_steps(line, min(failed, default=line.scale), smallest.step / SPACING):
        stencil = line.stencil(step)
        if stencil is not None:
            fine.append(stencil)
            right = _right_closer(fine, ErrorBounds(line, fine), (*doubts, *failed), FINE)
            if right is not None:
                return right
    return _right_closer(fine, ErrorBounds(line, fine), (*doubts, *failed), TOO_COARSE)


def _right_closer(fine: list[Stencil], errors: ErrorBounds, doubts: Sequence[float], limit: float) -> Judgement | None:
    """Right by the step that sees most, not by one at which noise happens to cover the residual."""
    best = min(fine, key=errors.tolerance, default=None)
    if best is None or errors.tolerance(best) > limit * errors.scale:
        return None
    failed = [abs(s.residual) for s in fine if abs(s.residual) > errors.tolerance(s)]
    return _right([best], errors, (*doubts, *failed))


def _disagrees(line: Line, stencil: Stencil) -> bool:
    """Whether neither curvature, nor a kink, nor ordinary rounding explains the residual."""
    rounding = line.noise / stencil.step + line.gradient_noise
    return abs(stencil.residual) > 2.0 * stencil.truncation + stencil.kink + rounding


def _right(stencils: list[Stencil], errors: ErrorBounds, doubts: Sequence[float]) -> Judgement | None:
    failed = {s.step: abs(s.residual) for s in stencils if abs(s.residual) > errors.tolerance(s)}
    for stencil in stencils:
        tolerance = errors.tolerance(stencil)
        explained = all(tolerance <= abs(doubt) / 4.0 for doubt in (*failed.values(), *doubts))
        if stencil.step not in failed and errors.certifies(stencil) and explained:
            return _resting_on(stencil, "right", errors)
    return None


def _wrong(stencils: list[Stencil], errors: ErrorBounds) -> Judgement | None:
    clear = [s for s in stencils if abs(s.residual) > 4.0 * errors.tolerance(s)]
    for a, b in combinations(clear, 2):
        apart = max(a.step / b.step, b.step / a.step) > APART
        allowed = CONSISTENT * max(abs(a.residual), abs(b.residual)) + errors.noise(a) + errors.noise(b)
        if apart and abs(a.residual - b.residual) <= allowed:
            return _resting_on(min(a, b, key=errors.tolerance), "wrong", errors)
    return None


def _resting_on(stencil: Stencil, verdict: Verdict, errors: ErrorBounds) -> Judgement:
    return Judgement(
        verdict,
        stencil.residual,
        errors.tolerance(stencil),
        errors.scale,
        stencil.step,
        # Where the claimed derivative is far too small, the residual is nearer to the true one.
        stencil.truncation / (max(errors.scale, abs(stencil.residual)) or 1.0),
        precision=errors.precision,
        quantum=errors.quantum,
    )


def _undecided(stencils: list[Stencil], line: Line) -> Judgement:
    if not stencils:
        return Judgement("undecided", float("nan"), float("inf"), line.scale, 0.0, reason="not-finite")
    errors = ErrorBounds(line, stencils)
    best = min(stencils, key=errors.tolerance)
    judgement = _resting_on(best, "undecided", errors)
    # Pure noise has e_k ≈ 2 e_n when e_n was taken from the fourth differences.
    kink = 2.0 * best.truncation + best.kink > 4.0 * errors.noise(best) and not _is_erratic(stencils, errors)
    return judgement._replace(reason="kink" if kink else "noise", slopes=best.slopes if kink else None)


def _is_erratic(stencils: list[Stencil], errors: ErrorBounds) -> bool:
    """Whether the fourth differences are those of noise, such as that of large terms that cancel within φ.

    A kink's grow with the step, and a jump's are the same at every step; noise is another one of the same size.
    """
    small, large = (choose(stencils, key=lambda s: s.step) for choose in (min, max))
    if large.step <= APART * small.step or abs(large.fourth - small.fourth) <= CONSISTENT * small.fourth:
        return False
    return errors.exceeds_rounding or large.fourth <= math.sqrt(large.step / small.step) * small.fourth
