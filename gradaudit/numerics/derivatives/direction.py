"""The random direction along which φ is differentiated: through all blocks at once, or through some of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.arrays.norms import norm, product_norm
from gradaudit.numerics.arrays.table import fill
from gradaudit.numerics.derivatives.base_point import BasePoint, rms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.numerics.problems.problem import Array, Problem, Tangents

# How much a block with a small gradient is favoured over the others; more would leave the range in which φ is smooth.
# A float32 forward needs steps of 1e-2, at which 100 would move a block by its whole size.
BALANCE = 100.0
COARSE_BALANCE = 10.0

# A block below this many roundings of the whole gradient is zero: it has nothing to be balanced by (1e-13 in float64).
NEGLIGIBLE = 450.0

# What is left of a direction by a projection on nothing.
ROUNDING = 1e-14


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction v through some blocks.

    Attributes:
        parts: v_b for each block; None where the block stays.
        widths: For each block the unit w_b that its entries ±U(0.5, 1.5)·w_b are multiples of; 0 where it stays.
        sizes: ‖g_b∘v_b‖ for each block, the typical size of ⟨g_b, v_b⟩.
    """

    parts: tuple[Array | None, ...]
    widths: tuple[float, ...]
    sizes: tuple[float, ...]

    @property
    def size(self) -> float:
        """‖g∘v‖, the typical size of ⟨g, v⟩."""
        return math.hypot(*self.sizes)

    def only(self, block: int) -> Direction:
        """The part through one block."""
        return Direction(
            tuple(part if b == block else None for b, part in enumerate(self.parts)),
            tuple(width if b == block else 0.0 for b, width in enumerate(self.widths)),
            tuple(size if b == block else 0.0 for b, size in enumerate(self.sizes)),
        )


def draw(problem: Problem, base: BasePoint, blocks: tuple[int, ...], rng: np.random.Generator) -> Direction:
    """A direction v_i = ±U(0.5, 1.5)·rms(θ_b) through `blocks`, projected on their tangents, then balanced."""
    count = len(base.point)
    parts: list[Array | None] = [None] * count
    widths, sizes, draws = [0.0] * count, [0.0] * count, [1.0] * count
    for b in blocks:
        tangents = problem.tangents[b]
        widths[b] = rms(base.point[b].astype(np.float64, copy=False))
        part = np.empty(base.point[b].shape)
        fill(part.reshape(-1), widths[b], rng)
        draws[b] = abs(float(part.flat[0])) / widths[b] if part.size else 1.0
        sizes[b] = product_norm(seen(tangents, base, b), part)
        parts[b] = part if tangents is None else tangents.project(base.point[b], part)
    return _balanced(Direction(tuple(parts), tuple(widths), tuple(sizes)), base, blocks, draws)


def movable(problem: Problem, block: int) -> bool:
    """Whether a block has anywhere to go: an empty one has not, nor has an orthogonal matrix of one entry."""
    point, tangents = problem.point[block], problem.tangents[block]
    if tangents is None or not point.size:
        return point.size > 0
    trial = np.empty(point.shape)
    fill(trial.reshape(-1), 1.0, np.random.default_rng(0))
    return norm(tangents.project(point, trial)) > ROUNDING * norm(trial)


def seen(tangents: Tangents | None, base: BasePoint, block: int) -> Array:
    """The part of a block's gradient that directions can see: its projection, where only tangents are allowed."""
    gradient = base.gradient[block]
    return gradient if tangents is None else tangents.project(base.point[block], gradient)


def _balanced(direction: Direction, base: BasePoint, blocks: tuple[int, ...], draws: Sequence[float]) -> Direction:
    """No block is to be drowned by another: those below the average are moved further, to `draws` times the average.

    All of them at the average itself, single numbers with equal and opposite errors would cancel for every second
    choice of signs.
    """
    if len(blocks) < 2:
        return direction
    average = direction.size / math.sqrt(len(blocks))
    zero = NEGLIGIBLE * base.epsilon * direction.size
    cap = COARSE_BALANCE if base.coarse else BALANCE
    factors = [
        1.0 if size <= zero else min(cap, max(1.0, average * drawn / size))
        for size, drawn in zip(direction.sizes, draws, strict=True)
    ]
    for part, factor in zip(direction.parts, factors, strict=True):
        if part is not None and factor != 1.0:
            np.multiply(part, factor, out=part)
    return replace(
        direction,
        widths=tuple(width * factor for width, factor in zip(direction.widths, factors, strict=True)),
        sizes=tuple(size * factor for size, factor in zip(direction.sizes, factors, strict=True)),
    )
