"""Whether a right formula keeps its digits in the dtype that it was declared for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.arrays.norms import norm
from gradaudit.numerics.contract import block_scales
from gradaudit.runner.promises import contract_findings as words
from gradaudit.runner.promises.side_effects import has_dtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.records.finding import Finding
    from gradaudit.runner.problems.audited_problem import AuditedFunction, Call

# What a backward may lose in its own dtype, of its gradient's size. Finite differences in float32 can't tell a kink or
# rounding from a mistake, but two runs of one formula can be compared: the worst right float32 backward of this
# project's pairs was off by 2.5e-5.
LIMITS = {"float32": 1e-3, "float16": 2e-2, "bfloat16": 1e-1}


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
        with function.evaluator.framework.session(dtype):
            native = _called(function, dtype, dtype)
    except AuditError as error:
        raise AuditError(error.code, f"in {dtype}, {error.message}", error.help, error.details) from error
    scales = block_scales(reference.gradient)
    for leaf, scale, exact, found in zip(function.leaves, scales, reference.gradient, native.gradient, strict=True):
        returned = native.returned[leaf.name]
        if returned is not None and not has_dtype(returned, np.dtype(_HOLDING.get(dtype, dtype))):
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
        return rounded_to(array, rounded).astype(_HOLDING.get(dtype, dtype)) if array.dtype.kind == "f" else array

    evaluator = function.evaluator
    leaves = [leaf._replace(value=cast(leaf.value)) for leaf in function.leaves]
    fixed = {name: cast(array) for name, array in evaluator.fixed.items()}
    upstreams = [cast(each) for each in function.upstreams]
    handed = dtype if dtype in _HOLDING else None
    return function.recast(replace(evaluator, leaves=leaves, fixed=fixed, dtype=handed), upstreams).called()


# NumPy has no bfloat16; its values are those of float32 whose last 16 bits are zero.
_HOLDING = {"bfloat16": "float32"}


def rounded_to(array: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    """The values rounded to the nearest that a dtype has, to the even one of two as near.

    >>> rounded_to(np.array([1.00390625, 1.01171875]), "bfloat16").tolist()
    [1.0, 1.015625]
    """
    if dtype != "bfloat16":
        return array.astype(dtype)
    bits = array.astype(np.float32).view(np.uint32)
    even = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return np.where(np.isfinite(array), even & np.uint32(0xFFFF0000), bits).view(np.float32)
