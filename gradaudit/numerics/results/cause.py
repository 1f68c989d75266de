"""Why a gradient is wrong, as numbers: somebody else finds the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "zero", "offset", "sign", "scaled", "regularisation", "rearranged", "swapped", "summed", "partial", "slices"
]
How: TypeAlias = Literal[
    "",
    "varying",
    "l2",
    "l1",
    "both",
    "axes",
    "flip",
    "roll",
    "chunks",
    "entries",
    "sum",
    "mean",
    "element",
    "slice",
    "elements",
    "negative",
    "positive",
    "zero",
    "nonzero",
    "picked",
    "repeated",
    "unclaimed",
    "level",
    "clipped",
    "some",
]


@dataclass(frozen=True)
class Cause:
    """A form that explains what is claimed, a, from the numeric gradient, n, within the error of every element.

    Attributes:
        kind: zero: a = 0. offset: a = n + c. sign: a = -n. scaled: a = c·n. regularisation: a = n - λθ - μ sign(θ).
            rearranged: a has n's entries at other places. swapped: a is another block's n. summed: a is n summed or
            averaged over axes. partial: a = n but for some elements. slices: each slice has a factor of its own.
        how: Which of the kind's forms: for numbers, "varying" where they differ from trial to trial. A partial one is
            of certain elements, or where an array is negative, positive, zero or not; where integers pick it, or name
            its row repeatedly; where the claim is zero, or of one magnitude; where n is clipped and a is not; or
            of some elements of which no more is known than that others are right.
        numbers: c; or λ and μ, as far as the form has them.
        expression: What c (or the factor that λ comes with) is in the named sizes, such as ``1/N``.
        axes: The axes that are permuted (the whole order), flipped, rolled, summed over, or cut into slices or chunks;
            or along which the wrong slice has one index, or integers pick one.
        shift: How far entries are rolled.
        order: Which of n's chunks each of the claim's is.
        indices: The wrong elements, or the wrong slice's index along each of `axes`.
        other: The block whose gradient it is; or the array that decides which elements are wrong, if it is not the
            block itself.
        mutual: Whether that block was given this one's.
        support: How many elements say so.
    """

    kind: Kind
    how: How = ""
    numbers: tuple[float, ...] = ()
    expression: str = ""
    axes: tuple[int, ...] = ()
    shift: int = 0
    order: tuple[int, ...] = ()
    indices: tuple[tuple[int, ...], ...] = ()
    other: str = ""
    mutual: bool = False
    support: int = 0

    @property
    def factor(self) -> float | None:
        """c, of a scaled gradient."""
        return self.numbers[0] if self.kind in {"sign", "scaled"} and self.how != "varying" else None
