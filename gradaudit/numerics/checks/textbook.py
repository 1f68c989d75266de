"""The textbook check: every element of every gradient by a central difference, graded by the literature's ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.derivatives.base_point import measure, nearby, rms
from gradaudit.numerics.derivatives.direction import movable
from gradaudit.numerics.derivatives.elements import best_step, central_differences, claimed_at
from gradaudit.numerics.derivatives.error_bounds import TOO_COARSE
from gradaudit.numerics.derivatives.line import FLOOR
from gradaudit.numerics.derivatives.steps import FINEST
from gradaudit.numerics.differences import GREAT, OKAY, difference, grade
from gradaudit.numerics.results.agreement import BlockResult, CheckResult, Worst, largest
from gradaudit.numerics.results.evidence import observed, other_block
from gradaudit.numerics.verdicts.zeros import may_be_even, vanishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gradaudit.numerics.derivatives.base_point import BasePoint
    from gradaudit.numerics.problems.problem import Array, Problem
    from gradaudit.numerics.results.evidence import Evidence

# The point nearby that tells rounding from a gradient is no part of what is drawn: the check itself is deterministic.
SEED = 0

# Elements that differ by less than this share of the largest difference add nothing to it.
SUSPICIOUS = 1e-6
# The rounding that a smaller step may have, relative to the difference that it is to explain.
CLEARLY = 1e-5
# How far above the threshold errors may be of what passes: they are upper bounds, of a small multiple of the real ones.
ROOM = 4.0


@dataclass(frozen=True, eq=False)
class _Compared:
    analytic: NDArray[np.floating]
    numeric: NDArray[np.float64]
    errors: NDArray[np.float64]
    floor: float
    truncation: float = 0.0

    @property
    def roundoff(self) -> float:
        return norm(self.errors)


def check_elementwise(problem: Problem, threshold: float = 1e-5, epsilon: float | None = None) -> CheckResult:
    """Compare every element with (J(θ + εe_i) - J(θ - εe_i)) / 2ε; 2 evaluations an element.

    difference = ‖grad - gradapprox‖₂ / (‖grad‖₂ + ‖gradapprox‖₂), with each block's elements reshaped into a vector for
    the block, and all of them concatenated for the overall difference. Without `epsilon`, a block that would be wrong
    is compared with smaller steps as well, and one that may be symmetric about the point at points nearby.

    Args:
        problem: What to check; its arrays are not written to.
        threshold: The difference above which a block is wrong, if numerical errors can't explain it.
        epsilon: ε, used to the letter. Without it the step is cbrt(eps)·max(1, |θ_i|), and what is divided by is the
            distance that was really moved.
    """
    base = measure(problem, problem.point)
    blocks = range(len(base.point))
    compared = [_compare(problem, base, block, epsilon, threshold) for block in blocks]
    results = tuple(_result(problem, base, block, each, threshold) for block, each in enumerate(compared))
    results = tuple(
        replace(result, evidence=_evidence(problem, base, compared, results, block))
        if result.verdict == "wrong"
        else result
        for block, result in enumerate(results)
    )
    if epsilon is None:
        results = tuple(_not_only_here(problem, base, block, each, threshold) for block, each in enumerate(results))
    overall = difference(
        np.concatenate([np.zeros(0), *(each.analytic for each in compared)]),
        np.concatenate([np.zeros(0), *(each.numeric for each in compared)]),
    )
    # One element's error δ makes a difference of about δ/2‖g‖.
    seen = [
        2.0 * (threshold + result.error_bound)
        for result, each in zip(results, compared, strict=True)
        if result.verdict == "right" and each.analytic.any() and result.scale != each.floor
    ]
    notes = tuple(
        f"the gradient of {result.name} is zero but for rounding, and so is its numeric one"
        for result, each in zip(results, compared, strict=True)
        if result.verdict == "right" and result.difference > threshold and result.scale == each.floor
    )
    return CheckResult(results, largest(results), overall, max(seen, default=None), "elementwise", notes)


def _compare(problem: Problem, base: BasePoint, block: int, epsilon: float | None, threshold: float) -> _Compared:
    theta = base.point[block].reshape(-1)
    if not movable(problem, block):
        return _Compared(np.zeros(theta.size), np.zeros(theta.size), np.zeros(theta.size), 0.0)
    steps = [best_step(float(value), base.epsilon) if epsilon is None else epsilon for value in theta]
    compared = _compare_at(problem, base, block, steps, realised=epsilon is None)
    if epsilon is not None or not _accuses(compared, threshold):
        return compared
    finer = _finer(base, theta, steps, compared)
    doubted = _with_truncation(problem, base, block, compared, finer)
    if _accuses(doubted, threshold):
        return doubted
    # What the usual step makes of this function is its own; one that is nearer to the finer ones is judged instead.
    steps = [coarse**0.25 * fine**0.75 for coarse, fine in zip(steps, finer, strict=True)]
    return _with_truncation(problem, base, block, _compare_at(problem, base, block, steps, realised=True), finer)


def _compare_at(problem: Problem, base: BasePoint, block: int, steps: list[float], *, realised: bool) -> _Compared:
    elements = range(len(steps))
    numeric = central_differences(problem, base.point, block, elements, steps, realised=realised)
    analytic = claimed_at(problem, base.point, block, base.gradient[block], elements)
    floor = FLOOR * max(base.magnitude, numeric.magnitude) * math.sqrt(len(steps))
    return _Compared(analytic, numeric.values, numeric.roundoff, floor)


def _accuses(compared: _Compared, threshold: float) -> bool:
    return difference(compared.analytic, compared.numeric) - _bound(compared) > threshold


def _finer(base: BasePoint, theta: Array, steps: list[float], compared: _Compared) -> list[float]:
    """Steps as small as rounding allows.

    Half the step would do for a polynomial; of a function that oscillates within the step, both would be near zero.
    """
    off = np.abs(compared.analytic - compared.numeric)
    least = 4.0 * base.epsilon * base.magnitude / (CLEARLY * np.maximum(off, SUSPICIOUS * off.max()))
    least = np.maximum(least, FINEST * base.epsilon * np.where(theta == 0.0, 1.0, np.abs(theta)))
    return [float(step) for step in np.minimum(least, np.array(steps) / 2.0)]


def _with_truncation(
    problem: Problem, base: BasePoint, block: int, compared: _Compared, finer: list[float]
) -> _Compared:
    """The norm of n(h) - n(h') over those elements that differ, h' the finer steps."""
    off = np.abs(compared.analytic - compared.numeric)
    elements = [int(i) for i in np.flatnonzero(off > SUSPICIOUS * off.max())]
    closer = central_differences(problem, base.point, block, elements, [finer[i] for i in elements])
    change = np.nan_to_num(compared.numeric[elements] - closer.values, posinf=0.0, neginf=0.0)
    # n(h) - n(h/2) is three quarters of the truncation; of a smaller step it is more.
    return replace(compared, truncation=norm(change) * 4.0 / 3.0)


def _bound(compared: _Compared) -> float:
    """What numerical errors may contribute to the difference."""
    both = norm(compared.analytic) + norm(compared.numeric)
    return min(1.0, (compared.roundoff + compared.truncation) / both) if both else 0.0


def _not_only_here(problem: Problem, base: BasePoint, block: int, result: BlockResult, threshold: float) -> BlockResult:
    """What is right where φ may be even must be right at points nearby as well; wrong at two of them is wrong."""
    if result.verdict != "right" or not movable(problem, block) or not may_be_even(base, block):
        return result
    rng = np.random.default_rng(SEED)
    wrong = []
    for _ in range(2):
        fresh = measure(problem, nearby(problem, base.point, rng))
        if not fresh.finite:
            return replace(result, verdict="undecided", reason="not-finite")
        again = _result(problem, fresh, block, _compare(problem, fresh, block, None, threshold), threshold)
        if again.verdict != "wrong":
            seen = again.verdict == "right" and not again.vanishes
            result = replace(result, vanishes=result.vanishes and not seen)
            break
        wrong.append(again)
    if len(wrong) == 1:
        return replace(result, verdict="undecided", reason="noise")
    return wrong[0] if wrong else result


def _result(problem: Problem, base: BasePoint, block: int, compared: _Compared, threshold: float) -> BlockResult:
    name, shape = problem.names[block], base.point[block].shape
    ratio = difference(compared.analytic, compared.numeric)
    size = norm(compared.analytic)
    if math.isnan(ratio):
        return BlockResult(name, shape, "undecided", ratio, math.inf, "wrong", reason="not-finite", scale=size)
    both = size + norm(compared.numeric)
    bound = _bound(compared)
    worst = _worst(compared, shape) if ratio > 0.0 else None
    if ratio - bound > threshold:
        return BlockResult(
            name, shape, "wrong", ratio, bound, grade(ratio), worst, tolerance=compared.roundoff, scale=size
        )
    scale = size
    if compared.roundoff > TOO_COARSE * size and both:
        here = rms(base.point[block])
        zero = vanishes(problem, base, block, size * here, np.random.default_rng(SEED))
        scale = compared.floor if zero else size
    # A step that was too large explains a difference, but does not certify anything.
    errors = compared.roundoff + compared.truncation
    enough = bound <= ROOM * threshold or base.coarse or scale != size
    resolved = not both or (
        enough and errors <= TOO_COARSE * scale and not ratio - compared.roundoff / both > threshold
    )
    return BlockResult(
        name,
        shape,
        "right" if resolved else "undecided",
        ratio,
        bound,
        # Of what is zero but for rounding the ratio says nothing: zero against noise is 1.
        grade(ratio if scale == size else min(ratio, OKAY)),
        worst,
        reason="" if resolved else "noise",
        tolerance=compared.roundoff,
        scale=scale,
        vanishes=resolved and (not both or scale == compared.floor),
    )


def _worst(compared: _Compared, shape: tuple[int, ...]) -> Worst:
    element = int(np.argmax(np.abs(compared.analytic - compared.numeric)))
    index = tuple(int(i) for i in np.unravel_index(element, shape))
    return Worst(index, float(compared.analytic[element]), float(compared.numeric[element]))


def _evidence(
    problem: Problem, base: BasePoint, compared: list[_Compared], results: tuple[BlockResult, ...], block: int
) -> Evidence:
    """What was measured of a wrong block. One step can't tell its truncation; the literature takes 1e-7 for granted."""

    def measured(b: int) -> Evidence:
        here = compared[b]
        error = here.errors + here.truncation + GREAT * (np.abs(here.numeric) + norm(here.numeric))
        curved = problem.tangents[b] is not None
        return observed(
            problem.names[b], base.point[b], here.analytic, here.numeric, error, base.epsilon, curved=curved
        )

    others = tuple(
        other_block(replace(result, evidence=measured(b)), base.gradient[b], same_point=True)
        for b, result in enumerate(results)
        if b != block and result.shape == results[block].shape
    )
    return replace(measured(block), others=others)
