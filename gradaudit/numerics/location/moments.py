"""Where along an axis a residual comes from, if it comes from one place: by the residual's moments.

Along v let the residual be r₀, and r₁ along v∘w, with w = (k+1)/n for what has index k of n along the axis. If only one
index is wrong, n·r₁/r₀ - 1 is that index; otherwise it is a mean of several, and hardly ever a whole number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.residuals.estimates import Estimate
    from gradaudit.numerics.residuals.probe import Probe
    from gradaudit.numerics.results.parts import Elements

# An index is where its moment says within this many errors, and rounding of r₁/r₀ itself.
SLACK = 1.5
ROUNDING = 1e-4
# An index known less well is looked for among those nearby, where less of the block's rounding drowns it.
KNOWN = 0.1
# The round-off that an index may have from r₁; a larger step would have truncation in its place, which nobody knows.
PRECISE = 1e-3
# This near to a whole number one number in a hundred is by chance; what is further away has to be confirmed.
BY_CHANCE = 5e-3
# Each zoom has to leave out half of the places at least, and mostly leaves out nearly all.
NARROWER = 0.5
MOST_ZOOMS = 6


@dataclass(frozen=True, eq=False)
class Axis:
    """Places of elements along an axis, or in their order.

    Attributes:
        elements: The elements that are looked at.
        places: The place of each.
        first: The first place.
        count: How many places there are.
    """

    elements: Elements
    places: Elements
    first: int
    count: int

    @property
    def weights(self) -> Array:
        """The weights w = (k+1)/n."""
        weights: Array = (self.places - self.first + 1.0) / self.count
        return weights

    def between(self, low: int, high: int) -> Axis:
        """What lies at places from `low` to `high`, both counted from `first`."""
        low, high = self.first + low, self.first + high
        inside = (self.places >= low) & (self.places <= high)
        return Axis(self.elements[inside], self.places[inside], low, high - low + 1)


def tilted(probe: Probe, axis: Axis, total: Estimate) -> Estimate:
    """The first moment r₁, as precise as it takes to tell a place from its neighbours."""
    return probe.residual(axis.elements, axis.weights, PRECISE * abs(total.value) / axis.count)


def centre(total: Estimate, moment: Estimate, count: int) -> tuple[float, float]:
    """The place that r₀ and r₁ tell, of `count`, and what numerical errors may contribute to it."""
    ratio = moment.value / total.value
    return count * ratio - 1.0, count * (moment.error + abs(ratio) * total.error) / abs(total.value)


def one_place(probe: Probe, axis: Axis, total: Estimate, moment: Estimate | None = None) -> int | None:
    """The one place that all of `total` comes from, if there is one.

    Where numerical errors leave several places possible, those are looked at alone: they must have all of the residual.

    Args:
        probe: Measures.
        axis: The places.
        total: r₀.
        moment: r₁, if it is known.
    """
    for zoom in range(MOST_ZOOMS):
        if axis.count == 1 or not total.clear:
            return axis.first if axis.count == 1 else None
        place, error = centre(total, moment or tilted(probe, axis, total), axis.count)
        nearest = _possible(place, SLACK * error + ROUNDING, axis.count)
        if not nearest:
            return None
        if len(nearest) == 1 and error < KNOWN and (zoom or SLACK * error + ROUNDING < BY_CHANCE):
            return axis.first + nearest.start
        axis = axis.between(nearest.start, nearest.stop - 1)
        inside = probe.residual(axis.elements, enough=PRECISE * abs(total.value))
        if not inside.agrees(total):
            return None
        total, moment = inside, None
    return None


def _possible(place: float, slack: float, count: int) -> range:
    """The places within `slack`; none where there are so many that looking at them alone would not help."""
    if not math.isfinite(place + slack):
        return range(0)
    places = range(max(0, math.ceil(place - slack)), min(count - 1, math.floor(place + slack)) + 1)
    return places if len(places) <= NARROWER * count else range(0)
