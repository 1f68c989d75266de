"""The penalty's term that a claim has by itself, where nothing else is left of the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.causes.forms.linear import fit

if TYPE_CHECKING:
    from gradaudit.numerics.results.cause import How
    from gradaudit.numerics.results.evidence import Evidence

# What is claimed is a penalty's term and no more, but for rounding of a few terms: other data leave far more.
NOTHING_ELSE = 1e-10
# Two numbers are fitted to what is claimed; as many elements more have to agree.
ENOUGH = 4
# The ratio of a number that is claimed to one that is missing, of which numerical derivatives give three digits.
PRECISE = 1e-3


def has_wrong_sign(evidence: Evidence, how: How) -> bool | None:
    """Whether the term that is missing is twice what is claimed, the other way: -kθ where kθ is right.

    By n - a alone, which is 2kθ, a missing term of 2kθ is the same. Where nothing but the penalty depends on θ, the
    claim is its term: a = -kθ in one case, 0 in the other.

    Args:
        evidence: Of the block at a point at which nothing else may depend on it.
        how: The terms that are missing: ``"l2"`` λθ, ``"l1"`` μ sign θ, or ``"both"``.

    Returns:
        None where it can't be told: something else does depend on θ, or the elements are too few.
    """
    claimed = _claimed(evidence)
    missing = fit(evidence, how)
    if claimed is None or missing is None or not missing.numbers:
        return None
    own = {"l2": claimed[:1], "l1": claimed[1:], "both": claimed}[how]
    return bool(np.allclose(own, -0.5 * np.array(missing.numbers), rtol=PRECISE, atol=0.0))


def _claimed(evidence: Evidence) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """λ and μ of a = λθ + μ sign θ; None where that is not all that is claimed."""
    theta, claim = evidence.theta.reshape(-1), np.asarray(evidence.analytic, np.float64).reshape(-1)
    terms = np.stack([theta, np.sign(theta)], axis=1)
    if evidence.curved or theta.size < ENOUGH or np.linalg.matrix_rank(terms) < 2:
        return None
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]] = np.linalg.lstsq(terms, claim, rcond=None)[0]
    left = np.abs(claim - terms @ numbers).max()
    if left > NOTHING_ELSE * np.abs(claim).max():
        return None
    # What rounding leaves of a term that is not there is none.
    numbers[np.abs(numbers) * np.abs(terms).max(axis=0) <= NOTHING_ELSE * np.abs(claim).max()] = 0.0
    return numbers
