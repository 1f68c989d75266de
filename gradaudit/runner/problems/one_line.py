"""Whether a gradient that is known already is right at its point: a judgement along one random line."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradaudit.numerics.derivatives.base_point import BasePoint
from gradaudit.numerics.verdicts.adjudication import Court
from gradaudit.numerics.verdicts.judgement import judge, look
from gradaudit.runner.problems.audited_problem import AuditedFunction, Restricted


def is_right(function: AuditedFunction, block: int, gradient: Any, rng: np.random.Generator) -> bool:
    """Compare a block of a gradient with φ's derivative at the base point; only the forward is evaluated.

    Args:
        function: φ.
        block: Which block.
        gradient: What is claimed of it; None and zero are right of nothing.
        rng: Chooses the direction.
    """
    problem = Restricted(function, (block,))
    claimed = np.asarray(gradient, np.float64)  # None is NaN
    if claimed.shape != problem.point[0].shape or not np.isfinite(claimed).all() or not claimed.any():
        return False
    value = function.evaluate(function.base)
    finite = bool(np.isfinite(value.value) and np.isfinite(value.magnitude))
    base = BasePoint(problem.point, (claimed,), value.value, value.magnitude, value.epsilon, finite)
    line = Court(problem, (0,), rng).line(base)
    return (look(line) or judge(line)).verdict == "right"
