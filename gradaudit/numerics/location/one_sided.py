"""A large block that is wrong on one side of a division only: where it is negative, where a mask is zero, ..."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import product_norm
from gradaudit.numerics.causes.forms.divisions import divisions
from gradaudit.numerics.causes.forms.partial import shared_factor
from gradaudit.numerics.residuals.estimates import Estimate, at_pair, of_stencil
from gradaudit.numerics.results.evidence import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.numerics.causes.forms.divisions import Division, Mask
    from gradaudit.numerics.residuals.probe import Probe
    from gradaudit.numerics.results.cause import Cause
    from gradaudit.numerics.results.evidence import Evidence, Sample

# Evaluations that a block may take for it: five divisions and the confirmation of one, with two each; or with four, as
# where kinks are about, two and the confirmation.
MOST_EVALUATIONS = 12
# Random elements of the side that are looked at, while there are evaluations left: they have to be wrong.
MOST_SINGLES = 3
# What each element that is known to be wrong there says, in bits. With three of them, and none that is right, it is not
# a fraction of the side that is wrong: half of it would show three wrong ones once in eight draws.
BITS_EACH = 4
# How far below a residual the errors of what is said to be right have to be: it hides no more than a twentieth.
WELL = 20.0


@dataclass
class Sides:
    """Looks for the side that all of a block's residuals come from.

    Attributes:
        probes: One for each direction through the block.
        residuals: The residual along each.
        step: The step that they were seen with.
        sample: What is known of single elements, which refutes most divisions for nothing.
        rng: Chooses further ones.
    """

    probes: tuple[Probe, ...]
    residuals: tuple[Estimate, ...]
    step: float
    sample: Sample
    rng: np.random.Generator
    _left: int = field(default=MOST_EVALUATIONS)

    def found(self, evidence: Evidence) -> tuple[Cause, ...]:
        """The side that is wrong, by all names that it has, if the other is right along two directions.

        No element of it may be found to be right, or something else would tell more.

        Args:
            evidence: What is known of the block.
        """
        possible = [
            (division, sides)
            for division in divisions(evidence.theta, evidence.analytic, evidence.fixed)
            if (sides := tuple(self._possible(division)))
        ]
        # The likelier ones first: those that separate elements which are known to be wrong from right ones.
        possible.sort(key=lambda each: -self._separated(each[0].mask))
        for division, sides in possible:
            wrong = self._wrong_side(division, sides)
            bad = 0 if wrong is None else self._count_wrong(wrong)
            if wrong is not None and bad:
                factor = self._factor(wrong)
                return tuple(
                    replace(cause, numbers=factor, support=BITS_EACH * bad)
                    for _, others in possible
                    for cause, side in others
                    if np.array_equal(side, wrong)
                )
        return ()

    def _possible(self, division: Division) -> Iterator[tuple[Cause, Mask]]:
        """The sides to which all known wrong elements belong, and no right one."""
        for cause, mask in division.sides:
            inside = mask[self.sample.elements]
            if not ((self.sample.wrong & ~inside) | (self.sample.right & inside)).any():
                yield cause, mask

    def _separated(self, mask: Mask) -> bool:
        inside = mask[self.sample.elements]
        sides = (inside, ~inside)
        return all(any(known[side].any() for side in sides) for known in (self.sample.wrong, self.sample.right))

    def _wrong_side(self, division: Division, sides: tuple[tuple[Cause, Mask], ...]) -> Mask | None:
        """The side that has all of the residual along the first direction, if the other has none along the second."""
        inside = self._share(0, division.mask)
        if inside is None:
            return None
        for _, wrong in sides:
            right = ~wrong
            share = self.residuals[0].without(inside) if wrong is division.mask else inside
            confirmed = self._share(1, right) if self._vanishes(share, 0, right) else None
            if confirmed is not None and self._vanishes(confirmed, 1, right):
                return wrong
        return None

    def _share(self, number: int, mask: Mask) -> Estimate | None:
        """What elements have of the residual along a direction; None where it would take too many evaluations."""
        probe = self.probes[number]
        cost = 4 if probe.stencils else 2
        if self._left < cost:
            return None
        self._left -= cost
        line = probe.line(probe.restricted(np.flatnonzero(mask)))
        if probe.stencils:
            return of_stencil(line, line.stencil(self.step))
        return at_pair(line, self.step, probe.rough)

    def _count_wrong(self, side: Mask) -> int:
        """How many elements of a side are known to be wrong; none if one is right."""
        count = int(np.count_nonzero(self.sample.wrong & side[self.sample.elements]))
        fresh = np.setdiff1d(np.flatnonzero(side), self.sample.elements)
        probe = self.probes[0]
        for element in self.rng.permutation(fresh)[: min(MOST_SINGLES, self._left // 2)]:
            self._left -= 2
            line = probe.line(probe.restricted(np.array([element])))
            found = at_pair(line, self.step, probe.rough)
            if abs(found.value) <= found.error < abs(found.claim) / CLEAR:
                return 0
            count += found.clear
        return count

    def _vanishes(self, share: Estimate, number: int, mask: Mask) -> bool:
        """Whether elements have none of the residual, though they have a gradient."""
        probe, total = self.probes[number], self.residuals[number]
        alive = product_norm(probe.claimed[mask], probe.direction.reshape(-1)[mask])
        return abs(share.value) <= share.error <= abs(total.value) / WELL and alive > CLEAR * share.error

    def _factor(self, wrong: Mask) -> tuple[float, ...]:
        """What the wrong elements are multiplied by: along each direction they have all of the residual."""
        claims = [float(np.dot(p.claimed[wrong], p.direction.reshape(-1)[wrong])) for p in self.probes]
        known = wrong[self.sample.elements]
        claimed = np.concatenate((claims, self.sample.claimed[known]))
        off = np.concatenate(
            ([each.value for each in self.residuals], (self.sample.numeric - self.sample.claimed)[known])
        )
        errors = np.concatenate(([each.error for each in self.residuals], self.sample.error[known]))
        return shared_factor(claimed + off, claimed, errors)
