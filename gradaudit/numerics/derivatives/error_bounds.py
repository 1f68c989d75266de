"""What numerical errors may contribute to the residuals along a line: truncation, kinks and noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradaudit.numerics.derivatives.line import Line, Stencil

# Relative to s = ‖g∘v‖: the tolerance that certifies without question, and the one beyond which nothing is certified.
FINE = 1e-6
TOO_COARSE = 1e-2

# Steps at which a smooth function's fourth difference (f⁗h⁴) is below any rounding: if it does not fall, it is noise.
NOISE_STEP = 2e-5
# Noise is alike at all small steps. What exceeds it by more than this at a larger one is the function itself.
ALIKE = 100.0


class ErrorBounds:
    """What numerical errors may contribute to the residuals of a line's stencils."""

    def __init__(self, line: Line, stencils: list[Stencil]) -> None:
        self.scale = line.scale
        self._rounding = line.noise
        self._noise = max(self._rounding, _excess_noise(stencils))
        self._gradient_noise = line.gradient_noise
        self._magnitude = line.magnitude
        self.quantum = line.grid[0]

    @property
    def precision(self) -> float:
        """The machine epsilon of which 4·eps·A is the noise that was seen."""
        return self._noise / (4.0 * self._magnitude) if self._magnitude else 0.0

    @property
    def exceeds_rounding(self) -> bool:
        """Whether there is more noise than the rounding of φ in its dtype."""
        return self._noise > self._rounding

    def noise(self, stencil: Stencil) -> float:
        """e_n: the round-off of φ over the step, and that of ⟨g, v⟩."""
        return self._noise / stencil.step + self._gradient_noise

    def tolerance(self, stencil: Stencil) -> float:
        """2 e_t + e_k + e_n; with the factor 2 it covers a single kink wherever it lies between the points."""
        return 2.0 * stencil.truncation + stencil.kink + self.noise(stencil)

    def limited_by_noise(self, stencil: Stencil) -> bool:
        """Whether a larger step would tell more than a smaller one."""
        noise = self.noise(stencil)
        if abs(stencil.residual) > self.tolerance(stencil):
            return 40.0 * noise > abs(stencil.residual)
        return noise > 2.0 * stencil.truncation + stencil.kink

    def certifies(self, stencil: Stencil) -> bool:
        """Whether agreement within the tolerance means anything."""
        limit = max(FINE * self.scale, min(2.0 * self.noise(stencil), TOO_COARSE * self.scale))
        return self.tolerance(stencil) <= limit < math.inf


def _excess_noise(stencils: list[Stencil]) -> float:
    """The noise of a function less precise than its dtype says (a hidden cast to float32); 0 if there is none."""
    small = sorted((s for s in stencils if s.step <= NOISE_STEP), key=lambda s: s.step)
    for place in range(1, len(small)):
        seen = [s.fourth for s in small[: place + 1]]
        if any(earlier >= seen[-1] for earlier in seen[:-1]) and max(seen) > 0.0:
            return max(s.fourth for s in small if s.fourth <= ALIKE * max(seen)) / 4.0
    return 0.0
