"""A block along a few random directions through it: what the norm of its errors is estimated from, and its cause."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.derivatives.steps import first_step_for
from gradaudit.numerics.residuals.estimates import CLEAR, ROUGH, of_stencil, roughness
from gradaudit.numerics.results.evidence import Evidence

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.residuals.estimates import Estimate
    from gradaudit.numerics.verdicts.adjudication import Court, Ruling

# Directions that are kept to find the cause by: two free numbers, and as many to test them on.
KEPT = 4
# A direction that meets a kink on its way has a tolerance out of line with the others, and is left out.
CLEAN = 10.0
# Where the residual exceeds the claim by so much, a step that suits what is claimed is too large for what is there.
DWARFED = 10.0
# θ ± hv is off by half a unit in the last place, and what that does to φ is known only as far as the claim is right.
# Of the rest, one direction in the rounded points is worth 0.2·eps/h of the residual, ten times that never.
ROUNDED = 2.0


class Projections:
    """Some directions through a block that was judged alone, with the residual of the claimed derivative along each.

    Attributes:
        residuals: The residuals that are known.
        directions: The directions of the first of them.
        width: The unit that the directions' entries are multiples of.
        smooth: Whether no kink showed, so that two evaluations tell as much as four.
        rough: What two would have had in truncation, in units of h²·s.
        step: That of their stencils.
    """

    def __init__(self, court: Court, ruling: Ruling, block: int) -> None:
        self.residuals: list[Estimate] = []
        self.directions: list[Array] = []
        self.width = 0.0
        self.rough = ROUGH
        self.smooth = not ruling.base.coarse
        self.step = _step_for(ruling)
        self._court, self._ruling, self._block = court, ruling, block
        self._size = 0.0

    def measure(self, count: int) -> None:
        """Add directions, four evaluations each."""
        step = self.step
        for _ in range(count):
            line = self._court.line(self._ruling.base)
            self._size, self.width = line.direction.size, line.direction.widths[self._block]
            stencil = line.stencil(step)
            residual = of_stencil(line, stencil)
            if stencil is None or not math.isfinite(residual.error):
                continue
            self.smooth = self.smooth and stencil.kink <= CLEAR * (line.noise / step + line.gradient_noise)
            self.rough = max(self.rough, roughness(line, step, stencil.truncation))
            self.residuals.append(residual)
            part = line.direction.parts[self._block]
            if part is not None and len(self.directions) < KEPT:  # each is as large as the block
                self.directions.append(part)

    def ratio(self) -> tuple[float, float]:
        """‖a - n‖ / (‖a‖ + ‖n‖) and its error: E⟨δ, v⟩² over random signs is Σδ_i²v_i².

        What of the residuals is proportional to the claims ⟨g, v⟩ is a common factor c, known exactly; only the rest of
        n = (1 + c) g + rest has a norm that must be estimated.
        """
        if not self.residuals:
            return math.nan, math.inf
        r, a, errors = (
            np.array([getattr(residual, name) for residual in self.residuals]) for name in ("value", "claim", "error")
        )
        clean = errors <= CLEAN * np.median(errors)
        r, a, errors = r[clean], a[clean], errors[clean]
        unit = float(max(np.abs(r).max(), np.abs(a).max(), self._size)) or 1.0  # squares are to be taken
        r, a, errors, size = r / unit, a / unit, errors / unit, self._size / unit
        factor = float(r @ a / (a @ a)) if a.any() else 0.0
        rest = norm(r - factor * a) / math.sqrt(max(1, r.size - int(a.any())))
        both = size + math.hypot((1.0 + factor) * size, rest)
        bound = norm(errors) / math.sqrt(r.size)
        return (math.hypot(factor * size, rest) / both, bound / both) if both else (0.0, 0.0)

    def evidence(self) -> Evidence | None:
        """The derivatives along the directions that were kept, if they are enough for a number and a proof."""
        if len(self.directions) < KEPT:
            return None
        base, kept = self._ruling.base, self.residuals[:KEPT]
        rounded = ROUNDED * base.epsilon / self.step * max(abs(residual.value) for residual in kept)
        return Evidence(
            self._court.problem.names[self._block],
            np.asarray(base.point[self._block], np.float64),
            base.gradient[self._block],
            np.array([residual.claim + residual.value for residual in kept]),
            np.array([residual.error + rounded for residual in kept]),
            tuple(self.directions),
            curved=self._court.problem.tangents[self._block] is not None,
        )


def _step_for(ruling: Ruling) -> float:
    """The step that decided, or a smaller one where the derivative is far larger than claimed."""
    base, judgement = ruling.base, ruling.judgement
    found = abs(judgement.residual)
    if not found > DWARFED * judgement.scale:
        return judgement.step
    noise = 4.0 * base.epsilon * base.magnitude
    return min(judgement.step, first_step_for(noise, found, coarse=base.coarse))
