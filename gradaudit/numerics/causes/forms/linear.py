"""Forms with free numbers: the residual n - a is a combination of known arrays (1, a, θ, sign θ)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.results.evidence import CLEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.evidence import Evidence

    Basis = Callable[[Evidence], tuple[Array, ...]]

BASES: dict[str, Basis] = {
    "offset": lambda evidence: (np.ones(evidence.theta.shape),),
    "scaled": lambda evidence: (evidence.analytic,),
    "l2": lambda evidence: (evidence.theta,),
    "l1": lambda evidence: (np.sign(evidence.theta),),
    "both": lambda evidence: (evidence.theta, np.sign(evidence.theta)),
}

# A number known less well than this says nothing: many others would do.
PRECISE = 1e-3


@dataclass(frozen=True, eq=False)
class Fit:
    """n - a = Σ k_j B_j within the error of every observation.

    Attributes:
        numbers: k; empty where the observations are too few to tell.
        errors: What numerical errors may contribute to each of them.
        support: How many observations the form clearly shows in.
    """

    numbers: tuple[float, ...]
    errors: tuple[float, ...]
    support: int


def columns(evidence: Evidence, form: str) -> Array:
    """The form's arrays as the observations show them, a column each."""
    return np.stack([evidence.seen(array) for array in BASES[form](evidence)], axis=1)


def fit(evidence: Evidence, form: str) -> Fit | None:
    """The form's numbers, by least squares weighted by the errors; None where they do not explain every observation.

    The error of a number is the worst that errors of all observations can do to it, not their mean: round-off of
    neighbouring elements has a common part.
    """
    if evidence.curved and form != "scaled":
        return None
    matrix = columns(evidence, form)
    weighted = matrix / evidence.error[:, None]
    count = matrix.shape[1]
    if len(matrix) < count or np.linalg.matrix_rank(weighted) < count:
        # Arrays that are no different here: any numbers would do, or none.
        return Fit((), (), 0) if count > 1 and len(matrix) <= count else None
    inverse = np.linalg.pinv(weighted)
    numbers = inverse @ (evidence.residual / evidence.error)
    errors = np.abs(inverse).sum(axis=1)
    # A factor c = 1/(1 + k) is known well, and is not 1, long before k is known to three digits.
    known = CLEAR if form == "scaled" else 1.0 / PRECISE
    found = Fit(tuple(map(float, numbers)), tuple(map(float, errors)), 0)
    precise = bool(np.all(known * errors <= np.abs(numbers)))
    if not precise or not explains(evidence, form, found.numbers, found.errors):
        return None
    shows = np.all(np.abs(matrix * numbers) > CLEAR * evidence.error[:, None], axis=1)
    if form == "scaled":
        shows = np.minimum(np.abs(evidence.numeric), np.abs(evidence.claimed)) > CLEAR * evidence.error
    support = int(np.count_nonzero(shows))
    return Fit(found.numbers, found.errors, support) if support else None


def explains(evidence: Evidence, form: str, numbers: tuple[float, ...], errors: tuple[float, ...]) -> bool:
    """Whether these numbers leave nothing that the errors do not cover."""
    matrix = columns(evidence, form)
    left = np.abs(evidence.residual - matrix @ np.array(numbers))
    return bool(np.all(left <= evidence.error + np.abs(matrix) @ np.array(errors)))
