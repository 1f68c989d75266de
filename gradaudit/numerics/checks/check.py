"""The check that a caller asks for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gradaudit.numerics.checks.directional import check_directional

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gradaudit.numerics.problems.problem import Problem
    from gradaudit.numerics.results.agreement import CheckResult
    from gradaudit.numerics.results.evidence import Located


def check(  # noqa: PLR0913, PLR0917 - what a caller may ask for
    problem: Problem,
    rng: np.random.Generator,
    mode: Literal["auto", "elementwise", "directional"] = "auto",
    threshold: float = 1e-5,
    epsilon: float | None = None,
    suspects: Mapping[str, Located] | None = None,
    fixed: Mapping[str, NDArray[np.generic]] | None = None,
) -> CheckResult:
    """Check a gradient.

    Args:
        problem: The function and what claims to be its gradient.
        rng: Random state for directions; the elementwise check needs none.
        mode: "auto" is directional at every size, since the work does not grow with it and since it tells kinks and
            rounding from mistakes; elementwise only when asked for, or when `epsilon` is given.
        threshold: The difference above which a block is wrong.
        epsilon: The step of the textbook formula.
        suspects: What was located in large blocks, by name, at other points: tried first, but not elementwise.
        fixed: Arrays that the function depends on beside its blocks, by name: which elements are wrong may depend on
            them.
    """
    if mode == "elementwise" or (mode == "auto" and epsilon is not None):
        from gradaudit.numerics.checks.textbook import check_elementwise  # only when asked for

        return check_elementwise(problem, threshold, epsilon)
    return check_directional(problem, rng, threshold, suspects, fixed)
