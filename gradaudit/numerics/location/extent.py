"""How far a wrong block is off: the literature's difference, where it is wrong, and the element that differs most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.derivatives.base_point import rms
from gradaudit.numerics.derivatives.elements import central_differences, claimed_at, measured_noise
from gradaudit.numerics.differences import difference
from gradaudit.numerics.location.localisation import has_a_form, localise
from gradaudit.numerics.location.one_sided import Sides
from gradaudit.numerics.location.wrong_part import WrongPart, measured_closely
from gradaudit.numerics.residuals.probe import Probe
from gradaudit.numerics.residuals.projections import KEPT, Projections
from gradaudit.numerics.results.agreement import Worst
from gradaudit.numerics.results.evidence import Evidence, Sample, observed
from gradaudit.numerics.verdicts.adjudication import SMALL

if TYPE_CHECKING:
    from gradaudit.numerics.residuals.estimates import Estimate
    from gradaudit.numerics.verdicts.adjudication import Court, Ruling
    from gradaudit.numerics.verdicts.judgement import Judgement

# Directions that estimate the norms of a larger block. One sees a third of an error or less once in four draws; the
# mean square of eight is within a factor 2 of the norm in 98% (the distribution of χ² with 8 degrees of freedom).
DIRECTIONS = 8
# Four are enough where the verdict does not hang on a factor 2: this far from the threshold.
FAR = 10.0
# Elements of a block that is wrong all over that are compared, for an example: half of them the largest, half random.
SAMPLE = 6


@dataclass(frozen=True)
class Extent:
    """How far a block is off.

    Attributes:
        difference: ‖a - n‖ / (‖a‖ + ‖n‖), exact or estimated.
        error_bound: What numerical errors may contribute to it.
        worst: The element that differs most of those that were compared, if any does.
        evidence: What the measurement leaves to find the cause by.
    """

    difference: float
    error_bound: float
    worst: Worst | None
    evidence: Evidence | None = None


def extent(court: Court, ruling: Ruling, block: int, threshold: float) -> Extent:
    """Measure it at the point where the block was found wrong, with the step that showed it.

    Args:
        court: The court of that block alone.
        ruling: What it ruled.
        block: The block.
        threshold: The difference that decides.
    """
    size = ruling.base.point[block].size
    elements = _Elements(court, ruling, block, list(range(size))) if size <= SMALL else None
    if elements is not None and np.isfinite(elements.numeric).all():
        return elements.extent(court, ruling, block)
    lines = Projections(court, ruling, block)
    lines.measure(KEPT)
    ratio = lines.ratio()[0]
    if ratio * FAR < threshold:  # nothing is to be reported of it but that
        return Extent(*lines.ratio(), elements.worst() if elements else None)
    part = _wrong_part(court, ruling, block, lines) if elements is None else None
    if part is not None:
        return extent_of(part, lines.residuals[0], threshold, court.rng)
    if not ratio > threshold * FAR:
        lines.measure(DIRECTIONS - KEPT)
    elements = elements or _Elements(court, ruling, block, _sample(court, ruling, block))
    return Extent(*lines.ratio(), elements.worst(), _with_sides(court, ruling, block, lines, elements))


def extent_of(part: WrongPart, residual: Estimate, threshold: float, rng: np.random.Generator) -> Extent:
    """How far a block is off that is wrong in a part only.

    Args:
        part: The part.
        residual: That along the direction which it was found by.
        threshold: The difference that decides.
        rng: Chooses directions, where it takes more of them to be near enough.
    """
    return Extent(*part.ratio(threshold, rng), part.worst(), part.evidence(residual))


def _wrong_part(court: Court, ruling: Ruling, block: int, lines: Projections) -> WrongPart | None:
    """The part that is to blame for the residuals along the first two directions, if there is one."""
    evidence = lines.evidence()
    if evidence is None or evidence.curved or has_a_form(evidence):
        return None
    for stencils in (False, True) if lines.smooth else (True,):
        first, second = (
            Probe(court.problem, ruling.base, block, direction, lines.width, lines.rough, stencils)
            for direction in lines.directions[:2]
        )
        place = localise(first, lines.residuals[0], court.rng)
        if place is None:
            return None
        part = measured_closely(first, place, court.rng)
        if part.explains(lines.residuals[0]) and part.seen_by(second).explains(lines.residuals[1]):
            return part
    return None


def _with_sides(court: Court, ruling: Ruling, block: int, lines: Projections, elements: _Elements) -> Evidence | None:
    """What is known of a block that is wrong all over, or on one side of what decides that."""
    evidence = lines.evidence()
    if evidence is None or evidence.curved:
        return evidence
    evidence = replace(evidence, fixed=court.fixed, sample=elements.sample())
    if has_a_form(evidence):
        return evidence
    probes = (
        Probe(court.problem, ruling.base, block, each, lines.width, lines.rough, not lines.smooth)
        for each in lines.directions
    )
    residuals = tuple(lines.residuals[: len(lines.directions)])
    sides = Sides(tuple(probes), residuals, lines.step, elements.sample(), court.rng)
    return replace(evidence, sides=sides.found(evidence))


def _sample(court: Court, ruling: Ruling, block: int) -> list[int]:
    """Some with large claims, then random ones."""
    entries = np.abs(ruling.base.gradient[block]).reshape(-1)
    largest = np.argpartition(entries, -SAMPLE // 2)[-SAMPLE // 2 :]
    random = court.rng.integers(entries.size, size=SAMPLE // 2)
    return list(dict.fromkeys(int(i) for i in (*largest, *random)))


class _Elements:
    """Some elements of a block, each with both derivatives and the numerical error between them."""

    def __init__(self, court: Court, ruling: Ruling, block: int, elements: list[int]) -> None:
        base, judgement = ruling.base, ruling.judgement
        steps = [judgement.step * rms(base.point[block])] * len(elements)
        found = central_differences(court.problem, base.point, block, elements, steps)
        self.shape = base.point[block].shape
        self.elements = elements
        self.numeric = found.values
        self.analytic = claimed_at(court.problem, base.point, block, base.gradient[block], elements)
        every = len(elements) == base.point[block].size
        noise = measured_noise(court.problem, base.point, block, court.rng) if every else 0.0
        roundoff = np.maximum(found.roundoff, noise / np.array(steps))
        self.error = roundoff + _truncation(judgement) * np.abs(found.values)

    def extent(self, court: Court, ruling: Ruling, block: int) -> Extent:
        """The ratio over all of them, where they are the whole block."""
        ratio = difference(self.analytic, self.numeric)
        both = norm(self.analytic) + norm(self.numeric)
        base = ruling.base
        # An element near zero has no smaller truncation than its neighbours.
        error = self.error + _truncation(ruling.judgement) * norm(self.numeric)
        curved = court.problem.tangents[block] is not None
        evidence = observed(
            court.problem.names[block],
            base.point[block],
            self.analytic,
            self.numeric,
            error,
            base.epsilon,
            curved=curved,
        )
        return Extent(ratio, norm(self.error) / both if both else 0.0, self.worst(), evidence)

    def sample(self) -> Sample:
        """What is known of them."""
        return Sample(np.array(self.elements, np.int64), self.analytic, self.numeric, self.error, SAMPLE // 2)

    def worst(self) -> Worst | None:
        """The largest error that numerical errors can't explain."""
        errors = np.abs(self.analytic - self.numeric)
        errors = np.where(errors > 4.0 * self.error, errors, 0.0)
        place = int(np.argmax(errors))
        if not errors[place] > 0.0:
            return None
        index = tuple(int(i) for i in np.unravel_index(self.elements[place], self.shape))
        return Worst(index, float(self.analytic[place]), float(self.numeric[place]))


def _truncation(judgement: Judgement) -> float:
    return min(1.0, judgement.relative_truncation)
