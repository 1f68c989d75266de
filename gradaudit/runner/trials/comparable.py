"""Which gradients of a trial can be compared with numeric ones, and what is wrong with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradaudit.frameworks.other_arrays import MATRIX
from gradaudit.runner.trials.findings import missing, unusable
from gradaudit.runner.trials.misplaced import told_of_order
from gradaudit.runner.trials.misshapen import misshapen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.finding import Finding
    from gradaudit.runner.problems.audited_problem import AuditedFunction, Call


def comparable(function: AuditedFunction, base: Call, absent: Sequence[str]) -> tuple[list[Finding], list[int]]:
    """Why gradients can't be compared, and the numbers of those that can."""
    alone = [_unusable(function, number, base) for number in range(len(function.leaves))]
    excluded = told_of_order(alone, base.gradient, [leaf.value.shape for leaf in function.leaves])
    present = [leaf.name for leaf in function.leaves if leaf.name not in absent]
    findings = [finding for finding in excluded if finding is not None]
    findings += [missing(name, present) for name in absent]
    return findings, [number for number, finding in enumerate(excluded) if finding is None]


def _unusable(function: AuditedFunction, number: int, base: Call) -> Finding | None:
    """Why a gradient can't be compared; of a Jacobian it is the shape that was returned which is held against it."""
    leaf, returned = function.leaves[number], base.returned[function.leaves[number].name]
    if returned is not None and not base.contracted and function.form is not None:
        shapes = returned.shape, base.outputs[0].shape, leaf.value.shape
        found = misshapen(leaf.name, function.form, *shapes)
        if found is not None:
            return found
    found = unusable(leaf, base.gradient[number])
    is_flat = found is not None and found.code == "GA207" and leaf.value.ndim < 2
    return found._replace(help=MATRIX) if found and is_flat and MATRIX in function.evaluator.subject.remarks else found
