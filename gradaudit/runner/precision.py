"""Whether a right formula keeps its digits in the dtype that it was declared for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.contract import block_scales
from gradaudit.numerics.norms import norm
from gradaudit.runner import contract_findings as words
from gradaudit.runner.side_effects import has_dtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.records import Finding
    from gradaudit.runner.audited_problem import AuditedFunction, Call

# What a backward may lose in its own dtype, of its gradient's size. Finite differences in float32 can't tell a kink or
# rounding from a mistake, but two runs of one formula can be compared: the worst right float32 backward of this
# project's pairs was off by 2.5e-5.
LIMITS = {"float32": 1e-3, "float16": 2e-2}


def imprecise_gradients(function: AuditedFunction, dtype: str) -> Iterator[Finding]:
    """Compare the backward in `dtype` with the same backward in float64, at a point that both represent exactly.

    Args:
        function: The audited function in float64, whose gradients are right.
        dtype: The declared dtype.

    Raises:
        AuditError: The audited code raised in that dtype.
    """
    limit = LIMITS.get(dtype)
    if limit is None:
        return
    reference = _called(function, dtype, "float64")
    try:
        native = _called(function, dtype, dtype)
    except AuditError as error:
        raise AuditError(error.code, f"in {dtype}, {error.message}", error.help, error.details) from error
    scales = block_scales(reference.gradient)
    for leaf, scale, exact, found in zip(function.leaves, scales, reference.gradient, native.gradient, strict=True):
        returned = native.returned[leaf.name]
        if returned is not None and not has_dtype(returned, np.dtype(dtype)):
            yield words.dtype(leaf.name, str(returned.dtype), dtype)
        if exact is None or found is None or found.shape != exact.shape or not np.isfinite(exact).all():
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            lost = norm(np.asarray(found, np.float64) - exact) / scale if scale else 0.0
        if not lost <= limit:
            yield words.imprecise(leaf.name, dtype, lost, limit)


def _called(function: AuditedFunction, rounded: str, dtype: str) -> Call:
    """A call with everything floating rounded to one dtype and handed on in another."""

    def cast(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return array.astype(rounded).astype(dtype) if array.dtype.kind == "f" else array

    evaluator = function.evaluator
    leaves = [replace(leaf, value=cast(leaf.value)) for leaf in function.leaves]
    fixed = {name: cast(array) for name, array in evaluator.fixed.items()}
    upstreams = [cast(each) for each in function.upstreams]
    return function.recast(replace(evaluator, leaves=leaves, fixed=fixed), upstreams).called()
