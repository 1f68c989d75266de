"""Where a block is wrong, if only some of it is: a row, a column or another slice, or a few elements.

What is found here is where one direction's residual must come from, if it comes from so little; it is a hypothesis.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.causes.forms.linear import BASES, fit
from gradaudit.numerics.causes.forms.rearrangements import rearrangements
from gradaudit.numerics.location.bisection import few_elements, is_spread
from gradaudit.numerics.location.moments import Axis, one_place, tilted
from gradaudit.numerics.results.evidence import Evidence
from gradaudit.numerics.results.parts import Part, single_elements

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.residuals.estimates import Estimate
    from gradaudit.numerics.residuals.probe import Probe
    from gradaudit.numerics.results.parts import Elements

# Elements of a slice that are looked at, and how many of them have to be wrong for the slice to be: among a hundred
# elements with five wrong ones, two of three are wrong by chance once in 170 draws.
SAMPLE = 3
WRONG_OF_SAMPLE = 2


def localise(probe: Probe, total: Estimate, rng: np.random.Generator) -> Part | None:
    """The part of the block that a residual comes from, if that is a slice or a few elements.

    Errors all over the block are noticed early: a form that explains the block as a whole fits its first two
    directions, and any other shows in small samples of the elements.

    Args:
        probe: Measures along the direction that the residual was seen along.
        total: That residual.
        rng: Chooses samples.
    """
    if not probe.claimed.any() or not total.clear:
        return None
    everything = np.arange(probe.direction.size)
    axes = [axis for axis, length in enumerate(probe.shape) if length > 1]
    first = _along(everything, probe.shape, axes[0])
    moment = tilted(probe, first, total)
    if has_a_form(seen_along(probe, (probe.direction, probe.restricted(everything, first.weights)), (total, moment))):
        return None
    elements, fixed = everything, dict[int, int]()
    for axis in axes:
        along = _along(elements, probe.shape, axis)
        place = one_place(probe, along, total, moment if axis == axes[0] else None)
        if place is not None:
            elements, fixed[axis] = along.elements[along.places == place], place
    if fixed:
        return _in_slice(probe, elements, Part(tuple(fixed), (tuple(fixed.values()),)), total, rng)
    few = None if is_spread(probe, elements, rng) else few_elements(probe, elements, total)
    return None if few is None else single_elements(few, probe.shape)


def _along(elements: Elements, shape: tuple[int, ...], axis: int) -> Axis:
    stride = math.prod(shape[axis + 1 :])
    return Axis(elements, elements // stride % shape[axis], 0, shape[axis])


def _in_slice(probe: Probe, elements: Elements, found: Part, total: Estimate, rng: np.random.Generator) -> Part:
    """The slice, or the few elements of it that are wrong, if those are not most of it."""
    if elements.size == 1:
        return single_elements(elements, probe.shape)
    if _is_wrong(probe, sampled(probe, elements, rng)):
        return found
    few = few_elements(probe, elements, total)
    return found if few is None or 2 * few.size > elements.size else single_elements(few, probe.shape)


def _is_wrong(probe: Probe, sample: Elements) -> bool:
    """Whether enough of a sample are wrong, by no more of it than it takes to tell."""
    wrong = right = 0
    for element in sample:
        clear = probe.single(int(element)).clear
        wrong, right = wrong + clear, right + (not clear)
        if wrong == WRONG_OF_SAMPLE or right > sample.size - WRONG_OF_SAMPLE:
            break
    return wrong >= WRONG_OF_SAMPLE


def sampled(probe: Probe, elements: Elements, rng: np.random.Generator) -> Elements:
    """Some elements of a slice, of those that claim a gradient if there are enough: dead ones say nothing."""
    alive = elements[probe.claimed[elements] != 0.0]
    return rng.choice(alive if alive.size >= SAMPLE else elements, min(SAMPLE, elements.size), replace=False)


def has_a_form(evidence: Evidence) -> bool:
    """Whether a form that says something of every element explains all that was seen, and that is more than a fit."""
    if any((found := fit(evidence, form)) and 0 < len(found.numbers) < evidence.error.size for form in BASES):
        return True
    return next(rearrangements(evidence), None) is not None


def seen_along(probe: Probe, directions: tuple[Array, ...], residuals: tuple[Estimate, ...]) -> Evidence:
    """What residuals along directions through the block say of it."""
    claims = np.array([float(np.vdot(probe.claimed, direction)) for direction in directions])
    return Evidence(
        probe.problem.names[probe.block],
        np.asarray(probe.base.point[probe.block], np.float64),
        probe.base.gradient[probe.block],
        claims + np.array([residual.value for residual in residuals]),
        np.array([residual.error for residual in residuals]),
        directions,
    )
