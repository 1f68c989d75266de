"""What a line through everything shows against the claim, and what it takes to say that one part is to blame for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradaudit.numerics.derivatives.base_point import measure, nearby
from gradaudit.numerics.derivatives.error_bounds import FINE
from gradaudit.numerics.derivatives.steps import CLEAR, DOWN, FINEST, SPACING, first_step
from gradaudit.numerics.residuals.estimates import ROUGH, Estimate, at_pair, roughness
from gradaudit.numerics.residuals.probe import Probe
from gradaudit.numerics.verdicts.judgement import look

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.line import Line
    from gradaudit.numerics.results.parts import Part
    from gradaudit.numerics.verdicts.adjudication import Court


@dataclass(frozen=True, eq=False)
class Discrepancy:
    """A residual along a line, with two evaluations.

    Attributes:
        line: The line.
        total: The residual.
        rough: What a pair may have in truncation, in units of h²·s.
    """

    line: Line
    total: Estimate
    rough: float

    def lasting(self) -> Discrepancy | None:
        """The same with what a smaller step adds, unless the residual is not there, or a kink's.

        A kink bends φ as much as it adds to a residual. The step is the one that a judgement of the line takes next.
        """
        line, step = self.line, first_step(self.line)
        here, closer = self.total, at_pair(line, step * DOWN, self.rough)
        if not closer.agrees(here):
            return None
        kink = (closer.bend - DOWN * here.bend) / (1.0 - DOWN)  # curvature is in proportion to the step
        kink = max(0.0, abs(kink) - 2.0 * line.noise / (step * DOWN))
        rough = max(self.rough, roughness(line, step, here.value - closer.value))
        total = min((at_pair(line, each, rough) for each in (step, step * DOWN)), key=lambda each: each.error)
        return Discrepancy(line, total, rough) if total.clear and replace(total, bend=kink).straight else None

    def probe(self, block: int) -> Probe:
        """The line's direction through one block."""
        direction, width = self.line.direction.parts[block], self.line.direction.widths[block]
        assert direction is not None  # noqa: S101 - a court's line moves all its blocks
        return Probe(self.line.problem, self.line.base, block, direction, width, self.rough)

    def is_all(self, share: Estimate) -> bool:
        """Whether what a share leaves of the residual passes as that of a right gradient."""
        return share.agrees(self.total) and share.error + self.total.error <= FINE * self.line.scale

    def share_at_a_small_step(self, block: int, place: Part) -> Estimate | None:
        """A part's share with a step as small as rounding allows, if it is all of the residual and no kink's.

        Neither a kink nor an oscillation within larger steps is the same there.
        """
        line, probe = self.line, self.probe(block)
        rounding = min(abs(self.total.value) / CLEAR, FINE * line.scale / 4.0)
        step = min(max(FINEST * line.epsilon, line.noise / rounding), first_step(line) / SPACING)
        share = at_pair(probe.line(probe.restricted(place.elements(probe.shape))), step, self.rough)
        return share if share.clear and share.straight and self.is_all(share) else None

    def is_there_nearby(self, court: Court, block: int, place: Part) -> bool:
        """Whether the gradient is wrong at a point nearby along a fresh direction, and the part explains that too."""
        fresh = measure(court.problem, nearby(court.problem, self.line.base.point, court.rng))
        other = discrepancy(court.line(fresh), self.rough) if fresh.finite else None
        return other is not None and other.total.clear and other.share_at_a_small_step(block, place) is not None


def discrepancy(line: Line, rough: float = ROUGH) -> Discrepancy | None:
    """What a line shows, unless the cheapest look passes it, or it is too coarse to tell anything by."""
    if line.vanishing or line.base.coarse or not line.finite or line.grid[0] or look(line) is not None:
        return None
    if line.noise / first_step(line) > FINE * line.scale:
        return None
    total = at_pair(line, first_step(line), rough)
    return Discrepancy(line, total, rough) if total.error <= FINE * line.scale else None
