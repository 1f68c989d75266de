"""What is known of the wrong part of a block: how much of a residual is its, its derivatives, how far off it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.arrays.table import fill
from gradaudit.numerics.causes.forms.partial import shared_factor
from gradaudit.numerics.differences import difference
from gradaudit.numerics.location.localisation import sampled, seen_along
from gradaudit.numerics.residuals.estimates import CLEAR, Estimate
from gradaudit.numerics.results.agreement import Worst
from gradaudit.numerics.results.evidence import Located

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.residuals.probe import Probe
    from gradaudit.numerics.results.evidence import Evidence
    from gradaudit.numerics.results.parts import Elements, Part

# How far above the errors a residual has to be that a part explains: the rest may hide no more than a twentieth of it.
WELL = 20.0
# The mean square of ±U(0.5, 1.5).
MEAN_SQUARE = 13.0 / 12.0
# Directions that the norm of a slice's errors is estimated from this near to the threshold (see `extent`).
DIRECTIONS = 8
NEAR = 10.0


@dataclass(frozen=True, eq=False)
class WrongPart:
    """A part of a block that has a share of a residual.

    Attributes:
        probe: Measures along the direction of that residual.
        part: The part.
        share: What of the residual is the part's.
        sample: Those of its elements whose derivatives are known: all of a few, some of a slice.
        singles: The residual along each of those.
    """

    probe: Probe
    part: Part
    share: Estimate
    sample: Elements
    singles: tuple[Estimate, ...]

    @cached_property
    def elements(self) -> Elements:
        """All elements of the part."""
        return self.part.elements(self.probe.shape)

    @cached_property
    def claimed(self) -> Array:
        """The claimed derivatives at the sample."""
        values: Array = self.probe.claimed[self.sample]
        return values

    @cached_property
    def errors(self) -> Array:
        """Numeric minus claimed derivative at the sample."""
        return np.array([single.value for single in self.singles]) / self.probe.width

    @cached_property
    def bounds(self) -> Array:
        """What numerical errors may contribute to each of `errors`."""
        return np.array([single.error for single in self.singles]) / self.probe.width

    def explains(self, residual: Estimate) -> bool:
        """Whether a residual along the probe's direction is the part's, so that the rest of the direction has none."""
        errors = residual.error + self.share.error
        return residual.agrees(self.share) and errors <= abs(residual.value) / WELL

    def seen_by(self, probe: Probe) -> WrongPart:
        """The same part along another direction through the block at the same point."""
        whole = self.part.is_slice
        share = probe.residual(self.elements) if whole else _sum(probe, self.sample, self.singles)
        return replace(self, probe=probe, share=share)

    @cached_property
    def factor(self) -> tuple[float, ...]:
        """What its elements are multiplied by, if that is the same for all that is known of at least three."""
        claimed, errors, bounds = self.claimed, self.errors, self.bounds
        if self.part.is_slice:
            claimed = np.append(claimed, self.share.claim)
            errors, bounds = np.append(errors, self.share.value), np.append(bounds, self.share.error)
        return shared_factor(claimed + errors, claimed, bounds)

    @cached_property
    def numeric(self) -> Array | None:
        """The block's numeric gradient, flat, if all of the part is known."""
        numeric: Array = self.probe.claimed.copy()
        if not self.part.is_slice:
            numeric[self.sample] += self.errors
        elif self.factor and self.factor[0]:
            numeric[self.elements] /= self.factor[0]
        else:
            return None
        return numeric

    def ratio(self, threshold: float, rng: np.random.Generator) -> tuple[float, float]:
        """‖a - n‖ / (‖a‖ + ‖n‖) of the block, and what numerical errors may contribute; an estimate for some slices.

        Args:
            threshold: The difference that decides: near it, an estimate takes more directions.
            rng: Chooses them.
        """
        size = norm(self.probe.claimed)
        bound = math.sqrt(self.elements.size / self.sample.size) * norm(self.bounds)
        if self.numeric is not None:
            both = size + norm(self.numeric)
            return difference(self.probe.claimed, self.numeric), bound / both
        off = self._estimated([self.share])
        both = size + math.hypot(size, off)
        if both * threshold / NEAR < off < both * threshold * NEAR:
            off = self._estimated([self.share, *(self._another(rng) for _ in range(DIRECTIONS - 1))])
            both = size + math.hypot(size, off)
        return off / both, bound / both

    def _estimated(self, shares: list[Estimate]) -> float:
        """‖a - n‖ of a slice: an element stands for all of them, a direction sees all; the mean of their squares."""
        squares = [self.elements.size * float(error) ** 2 for error in self.errors]
        squares += [(share.value / self.probe.width) ** 2 / MEAN_SQUARE for share in shares]
        return math.sqrt(sum(squares) / len(squares))

    def _another(self, rng: np.random.Generator) -> Estimate:
        """The share along another direction."""
        entries = np.empty(self.probe.direction.size)
        fill(entries, self.probe.width, rng)
        return replace(self.probe, direction=entries).residual(self.elements)

    def worst(self) -> Worst | None:
        """The element that is off most of those that are known."""
        clear = np.where(np.abs(self.errors) > CLEAR * self.bounds, np.abs(self.errors), 0.0)
        place = int(np.argmax(clear))
        if not clear[place] > 0.0:
            return None
        index = tuple(int(i) for i in np.unravel_index(self.sample[place], self.probe.shape))
        claimed = float(self.claimed[place])
        return Worst(index, claimed, claimed + float(self.errors[place]))

    def evidence(self, residual: Estimate) -> Evidence:
        """What is known of the block, with the residual along the direction that the part was found by."""
        right = int(np.count_nonzero(np.delete(self.probe.claimed, self.elements)))
        located = Located(self.part, self.factor, right, self.probe.rough)
        return replace(seen_along(self.probe, (self.probe.direction,), (residual,)), located=located)


def measured(probe: Probe, part: Part, rng: np.random.Generator) -> WrongPart:
    """Measure a part as the probe does: a few elements one by one; a slice as a whole, and some elements of it."""
    elements = part.elements(probe.shape)
    if not part.is_slice:
        singles = tuple(probe.single(int(element)) for element in elements)
        return WrongPart(probe, part, _sum(probe, elements, singles), elements, singles)
    known = probe.known[np.isin(probe.known, elements)]
    sample = known if known.size else sampled(probe, elements, rng)
    singles = tuple(probe.single(int(element)) for element in sample)
    return WrongPart(probe, part, probe.residual(elements), sample, singles)


def measured_closely(probe: Probe, part: Part, rng: np.random.Generator) -> WrongPart:
    """The same, with four evaluations for what is shown: each of a few elements, or of a slice the most wrong."""
    if not part.is_slice:
        return measured(probe.careful(), part, rng)
    found = measured(probe, part, rng)
    place = int(np.argmax(np.abs(found.errors)))
    closer = probe.careful().single(int(found.sample[place]))
    return replace(found, singles=(*found.singles[:place], closer, *found.singles[place + 1 :]))


def _sum(probe: Probe, elements: Elements, singles: tuple[Estimate, ...]) -> Estimate:
    """The residual along the probe's direction of elements that were measured one by one."""
    entries = probe.direction.reshape(-1)[elements] / probe.width
    shares = [single.times(float(entry)) for entry, single in zip(entries, singles, strict=True)]
    return Estimate(
        sum(share.value for share in shares),
        sum(share.error for share in shares),
        sum(abs(share.bend) for share in shares),
        sum(share.scale for share in shares),
        sum(share.claim for share in shares),
    )
