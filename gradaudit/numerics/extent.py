"""How far a wrong block is off: the literature's difference, and the element that differs most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.agreement import Worst
from gradaudit.numerics.base_point import rms
from gradaudit.numerics.differences import difference
from gradaudit.numerics.elements import central_differences, claimed_at
from gradaudit.numerics.evidence import Evidence, observed
from gradaudit.numerics.norms import norm

if TYPE_CHECKING:
    from gradaudit.numerics.adjudication import Court, Ruling
    from gradaudit.numerics.judgement import Judgement
    from gradaudit.numerics.problem import Array

# Up to here all elements are compared, which costs two evaluations each.
SMALL = 256
# Directions that estimate the norms of a larger block. One sees a third of an error or less once in four draws; the
# mean square of eight is within a factor 2 of the norm in 98% (the distribution of χ² with 8 degrees of freedom).
DIRECTIONS = 8
# A direction that meets a kink on its way has a tolerance out of line with the others, and is left out.
CLEAN = 10.0
# Directions of a larger block that are kept to find the cause by: two free numbers, and as many to test them on.
KEPT = 4
# Elements of a larger block that are compared for an example of what differs: half of them the largest, half random.
SAMPLE = 64


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


def extent(court: Court, ruling: Ruling, block: int) -> Extent:
    """Measure it at the point where the block was found wrong, with the step that showed it."""
    size = ruling.base.point[block].size
    small = size <= SMALL
    elements = _Elements(court, ruling, block, list(range(size)) if small else _sample(court, ruling, block))
    if small and np.isfinite(elements.numeric).all():
        return elements.extent(court, ruling, block)
    lines = _Lines(court, ruling)
    ratio, bound = lines.ratio()
    return Extent(ratio, bound, elements.worst(), lines.evidence(court, ruling, block))


class _Lines:
    """Some directions through a block, with the residual of the claimed derivative along each."""

    def __init__(self, court: Court, ruling: Ruling) -> None:
        residuals, errors, claims = [], [], []
        self.size = 0.0
        self.directions: list[Array] = []
        for _ in range(DIRECTIONS):
            line = court.line(ruling.base)
            self.size = line.direction.size
            stencil = line.stencil(ruling.judgement.step)
            if stencil is None:
                continue
            residuals.append(stencil.residual)
            errors.append(2.0 * stencil.truncation + stencil.kink + line.noise / stencil.step + line.gradient_noise)
            claims.append(line.claim)
            self.directions += [part for part in line.direction.parts if part is not None]
            # What estimates no more needs no direction, which is as large as the block.
            self.directions = self.directions[-KEPT:]
        self.residuals, self.errors, self.claims = np.array(residuals), np.array(errors), np.array(claims)

    def ratio(self) -> tuple[float, float]:
        """The ratio and its error: E⟨δ, v⟩² over random signs is Σδ_i²v_i².

        What of the residuals is proportional to the claims ⟨g, v⟩ is a common factor c, known exactly; only the rest of
        n = (1 + c) g + rest has a norm that must be estimated.
        """
        if not self.residuals.size:
            return math.nan, math.inf
        clean = self.errors <= CLEAN * np.median(self.errors)
        r, a, errors = self.residuals[clean], self.claims[clean], self.errors[clean]
        unit = float(max(np.abs(r).max(), np.abs(a).max(), self.size)) or 1.0  # squares are to be taken
        r, a, errors, size = r / unit, a / unit, errors / unit, self.size / unit
        factor = float(r @ a / (a @ a)) if a.any() else 0.0
        rest = norm(r - factor * a) / math.sqrt(max(1, r.size - int(a.any())))
        both = size + math.hypot((1.0 + factor) * size, rest)
        bound = norm(errors) / math.sqrt(r.size)
        return (math.hypot(factor * size, rest) / both, bound / both) if both else (0.0, 0.0)

    def evidence(self, court: Court, ruling: Ruling, block: int) -> Evidence | None:
        """The derivatives along the directions that were kept, if they are enough for a number and a proof."""
        count = len(self.directions)
        if count < KEPT:
            return None
        base = ruling.base
        return Evidence(
            court.problem.names[block],
            np.asarray(base.point[block], np.float64),
            base.gradient[block],
            self.claims[-count:] + self.residuals[-count:],
            self.errors[-count:],
            tuple(self.directions),
            curved=court.problem.tangents[block] is not None,
        )


def _sample(court: Court, ruling: Ruling, block: int) -> list[int]:
    entries = np.abs(ruling.base.gradient[block]).reshape(-1)
    largest = np.argpartition(entries, -SAMPLE // 2)[-SAMPLE // 2 :]
    random = court.rng.integers(entries.size, size=SAMPLE // 2)
    return [int(i) for i in np.unique(np.concatenate((largest, random)))]


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
        self.error = found.roundoff + _truncation(judgement) * np.abs(found.values)

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
