"""What a backward promises beside its values: linear in the upstream gradient, and the same whenever it is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradaudit.numerics.arrays.norms import norm, norm_of_stretches
from gradaudit.numerics.arrays.stretches import stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.numerics.problems.problem import Array

Gradient: TypeAlias = "Sequence[np.ndarray[Any, Any] | None]"
"""An array for each block, or None."""

# The multiple of the upstream gradient that a linear backward takes exactly: a power of two only shifts exponents. So
# large, since a gradient that is clipped at 5 or at 100 is not at ±3; negative, for what takes |v|.
STRETCH = -1024.0
# The other upstream gradient: all its elements are this, which is where dead zones are, and which clears the tolerance
# of the sum with STRETCH times the first (1024 × 1.5e-6) by far.
FAINT = 2.0**-4

# A block is measured against its own norm, and against this much of the whole gradient: a true zero, such as that of
# an attention's key bias, comes out as the rounding of the others.
SHARE = 1e-3
# Two runs of one computation agree to the bit, but for threads that sum in another order: 450 roundings.
REPEATED = 450.0
# With other numbers it may be off by √eps (1.5e-8 in float64), since it may cancel; in another layout by a hundred
# times as much, since the forward sums in another order too. What breaks a promise is off by far more.
REORDERED = 100.0


def block_scales(gradient: Gradient) -> list[float]:
    """What differences of each block are measured by.

    >>> block_scales([np.array([3.0, 4.0]), None, np.array([0.0])])
    [5.005, 0.005, 0.005]
    """
    norms = [0.0 if block is None else norm(block) for block in gradient]
    return [size + SHARE * math.hypot(*norms) for size in norms]


def rounding(*arrays: Any) -> float:
    """√eps of the coarsest of several floating arrays."""
    kinds = [np.asarray(array).dtype for array in arrays if array is not None]
    epsilons = [float(np.finfo(kind).eps) for kind in kinds if kind.kind == "f"]
    return math.sqrt(max([*epsilons, float(np.finfo(np.float64).eps)]))


def differs(one: Any, other: Any, scale: float, allowed: float) -> bool:
    """Whether two arrays are further apart than `allowed` times `scale`; None, shapes and what is not finite included.

    >>> differs(np.ones(2), np.ones(2) + 1e-12, scale=1.0, allowed=1e-8), differs(np.ones(2), None, 1.0, 1e-8)
    (False, True)
    """
    if one is other:
        return False
    if one is None or other is None or one.shape != other.shape:
        return True
    distance = norm_of_stretches(lambda: _differences(one, other))
    if math.isfinite(distance):
        return distance > allowed * scale
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return True
    return norm_of_stretches(lambda: _differences(one[finite], other[finite])) > allowed * scale


def _differences(one: Array, other: Array) -> Iterator[Array]:
    """What is between two arrays, a stretch at a time; each is overwritten by the next."""
    with np.errstate(invalid="ignore", over="ignore"):
        for apart, a, b in stretches(one, other):
            yield np.subtract(a, b, out=apart, dtype=np.float64)


def identical(one: Any, other: Any) -> bool:
    """Bit for bit, NaN included; of different dtypes or shapes never.

    >>> identical(np.array([0.0, np.nan]), np.array([0.0, np.nan])), identical(np.array([0.0]), np.array([-0.0]))
    (True, False)
    """
    if one is other:
        return True
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.itemsize not in _WORDS or not (one.flags.c_contiguous and other.flags.c_contiguous):
        return bool(one.tobytes() == other.tobytes())
    word = _WORDS[one.dtype.itemsize]
    words = one.reshape(-1).view(word), other.reshape(-1).view(word)
    return all(np.array_equal(a, b) for _, a, b in stretches(*words))


_WORDS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def sharing(gradient: Gradient, other: Gradient) -> tuple[Any, ...]:
    """A gradient, with the other's own arrays for those that are the same bit for bit: one of them can be let go."""
    return tuple(theirs if identical(ours, theirs) else ours for ours, theirs in zip(gradient, other, strict=True))


def unequal_blocks(one: Gradient, other: Gradient, scales: Sequence[float], *, reordered: bool) -> list[int]:
    """The blocks of a gradient that differ from those of another by more than rounding.

    Args:
        one: The gradient.
        other: The same by another call.
        scales: What is large in each block; see `block_scales`.
        reordered: Whether sums may have been taken in another order, or else it is the same computation again.
    """
    allowed = rounding(*one, *other)
    allowed = REORDERED * allowed if reordered else REPEATED * allowed**2
    return [b for b, pair in enumerate(zip(one, other, strict=True)) if differs(*pair, scales[b], allowed)]


def nonlinear_blocks(
    gradient: Gradient, faint: Gradient, both: Gradient, scales: Sequence[float], allowed: float
) -> list[int]:
    """The blocks that are not linear in the upstream gradient.

    Args:
        gradient: g(v).
        faint: g(w), with w about `FAINT` times as large as v.
        both: g(STRETCH·v + w), which linearity makes STRETCH·g(v) + g(w).
        scales: What is large in each block of g(v).
        allowed: How far off the sum may be, relative to STRETCH times that.
    """
    return [
        b
        for b, (g, w, s) in enumerate(zip(gradient, faint, both, strict=True))
        # What is missing, or has another shape, is told as what it is elsewhere.
        if g is not None and w is not None and s is not None and g.shape == w.shape == s.shape
        and _is_nonlinear(g, w, s, allowed * abs(STRETCH) * scales[b])
    ]  # fmt: skip


def _is_nonlinear(g: Array, w: Array, s: Array, allowed: float) -> bool:
    distance = norm_of_stretches(lambda: _missing_from_sum(g, w, s))
    # What overflows at that size is no evidence.
    return math.isfinite(distance) and distance > allowed


def _missing_from_sum(g: Array, w: Array, s: Array) -> Iterator[Array]:
    """STRETCH·g + w - s, a stretch at a time; each is overwritten by the next."""
    with np.errstate(invalid="ignore", over="ignore"):
        for apart, one, faint, both in stretches(g, w, s):
            np.multiply(one, STRETCH, out=apart, dtype=np.float64)
            np.add(apart, faint, out=apart)
            yield np.subtract(apart, both, out=apart)


def constant_term(gradient: Array, faint: Array, both: Array) -> Array:
    """The c of g(v) = A v + c, if that is what g is: from g(v), g(w) and g(STRETCH·v + w).

    >>> constant_term(np.array([3.0]), np.array([1.0]), np.array([1.0 + 2.0 * STRETCH]))
    array([1.])
    """
    return gradient - (both - faint) / STRETCH
