"""The backward as a contract: what it promises beside the values of one gradient, found out by a few more calls."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.numerics.contract import (
    FAINT,
    REORDERED,
    STRETCH,
    block_scales,
    constant_term,
    differs,
    identical,
    nonlinear_blocks,
    rounding,
    unequal_blocks,
)
from gradaudit.numerics.derivatives.base_point import rms
from gradaudit.runner.problems.layouts import (
    Layout,
    as_it_is,
    fortran_ordered,
    fortran_ordered_with_gaps,
    non_contiguous,
    zero_stride,
)
from gradaudit.runner.promises import contract_findings as words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gradaudit.numerics.contract import Gradient
    from gradaudit.numerics.problems.problem import Array
    from gradaudit.records.finding import Finding
    from gradaudit.runner.problems.audited_problem import AuditedFunction, Call
    from gradaudit.runner.promises.elsewhere import Elsewhere

# A gradient that belongs to another point, or lacks a slice of the upstream gradient, is off by some part of its size.
GROSS = 1e-2


@dataclass(frozen=True, eq=False)
class Contract:
    """What is asked of a backward at one point.

    A right backward takes two calls: one with a faint upstream gradient, equal everywhere and in one place in memory,
    and one with the sum of that and a multiple of the first, and with all arrays in another layout. Only what does not
    come out as it should is looked at again, one thing at a time.

    Attributes:
        function: The audited function.
        base: Its call at the base point.
        late: The gradient with a forward elsewhere between its forward and its backward; None where that raised.
        wrong: Names of the gradients that are not known to be right, each with its difference.
        writes: Whether a call writes to what it is handed, which is told already.
        elsewhere: Where the code was called before and in between.
        explained: Names of those of `wrong` of which it is known that a part is multiplied by a number, not zero, and
            the rest right: a call elsewhere changes more, and where upstream gradients do not reach nothing is left.
        hints: Findings that stand only where nothing else names the mistake.
    """

    function: AuditedFunction
    base: Call
    late: Gradient | None
    wrong: Mapping[str, float]
    writes: bool
    elsewhere: Elsewhere
    explained: Collection[str] = ()
    hints: list[Finding] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """Everything that is not kept."""
        stateful = list(self._changed_by_calls())
        yield from stateful
        if stateful:
            return  # what follows compares two calls as well
        if self.base.contracted:
            yield from self._linearity()
        elif self._may_be_laid_out:
            yield from self._layouts()

    @cached_property
    def _scales(self) -> list[float]:
        # A gradient that is zero but for rounding is as large as that is: about eps times φ over the size of the input.
        evaluation = self.base.evaluation
        noise = math.sqrt(evaluation.epsilon) * evaluation.magnitude
        sizes = zip(self._sizes, self.function.leaves, strict=True)
        return [scale + noise / rms(np.asarray(leaf.value, np.float64)) for scale, leaf in sizes]

    @cached_property
    def _sizes(self) -> list[float]:
        return block_scales(self.base.gradient)

    @property
    def _may_be_laid_out(self) -> bool:
        """Whether another layout says something: of values that are right, and of arrays that nothing writes to."""
        arrays = [*self.function.base, *self.function.evaluator.fixed.values(), *self.function.upstreams]
        return not self.wrong and not self.writes and any(array.size > 1 for array in arrays)

    def _names(self, blocks: Sequence[int]) -> list[str]:
        return [self.function.leaves[block].name for block in blocks]

    def _changed_by_calls(self) -> Iterator[Finding]:
        """Gradients that other calls change; a second backward tells whether that takes a forward elsewhere."""
        if self.late is None:
            yield words.stateful(None, plainly=False)
            return
        changed = []
        if any(late is not base for late, base in zip(self.late, self.base.gradient, strict=True)):
            changed = unequal_blocks(self.base.gradient, self.late, self._scales, reordered=False)
        if changed:
            repeated = self.function.called().gradient
            again = unequal_blocks(self.base.gradient, repeated, self._scales, reordered=False)
            for block, name in zip(changed, self._names(changed), strict=True):
                yield words.stateful(name, plainly=block in again)
            return
        for block, gradient in enumerate(self.base.gradient):
            stays = self._is_gross(block) and self.elsewhere.is_kept_from_here(block, gradient, self.function.upstreams)
            if stays:
                yield words.kept_from_first(self.function.leaves[block].name)

    def _is_gross(self, block: int) -> bool:
        """Whether a gradient is off by much: a few elements of many are no matter of other calls or of slices."""
        name = self.function.leaves[block].name
        gross = self.wrong.get(name, 0.0) > GROSS and name not in self.explained
        return gross and self.base.gradient[block] is not None

    def _linearity(self) -> Iterator[Finding]:
        """g(STRETCH·v + w) against STRETCH·g(v) + g(w)."""
        upstreams, laid_out = self.function.upstreams, self._may_be_laid_out
        small = [np.full_like(each, FAINT) for each in upstreams]
        sums = [STRETCH * each + each.dtype.type(FAINT) for each in upstreams]
        if laid_out and self._is_kept_in_any_layout(small, sums):
            return
        faint, both = self.function.called(small), self.function.called(sums)
        broken = list(self._broken_linearity(faint, both))
        yield from broken
        if laid_out and not broken:
            yield from self._layouts(faint)

    def _is_kept_in_any_layout(self, small: Sequence[Array], sums: Sequence[Array]) -> bool:
        try:
            both = self.function.called(sums, fortran_ordered_with_gaps, fortran_ordered_with_gaps)
            faint = self.function.called(small, upstream_layout=zero_stride)
        except AuditError:
            return False
        return not self._other_output(both) and not self._nonlinear(faint, both)

    def _nonlinear(self, faint: Call, both: Call) -> list[int]:
        upstreams = self.function.upstreams
        gradients = self.base.gradient, faint.gradient, both.gradient
        allowed = REORDERED * rounding(*upstreams, *(block for gradient in gradients for block in gradient))
        # The scales only add to these sizes, and take another pass over the inputs.
        found = nonlinear_blocks(*gradients, self._sizes, allowed)
        return nonlinear_blocks(*gradients, self._scales, allowed) if found else found

    def _broken_linearity(self, faint: Call, both: Call) -> Iterator[Finding]:
        base = self.base.gradient
        constant = [
            b
            for b, g in enumerate(base)
            if g is not None and g.any() and identical(g, faint.gradient[b]) and identical(g, both.gradient[b])
        ]
        others = [b for b in self._nonlinear(faint, both) if b not in constant]
        affine = [b for b in others if self._is_affine(b, faint, both)]
        nonlinear = [b for b in others if b not in affine]
        self.hints.extend(words.added(name) for name in self._names(affine))
        yield from (words.ignored(name, "the upstream gradient") for name in self._names(constant))
        yield from (words.nonlinear(name) for name in self._names(nonlinear))
        doubtful = [b for b in range(len(base)) if self._is_gross(b) and b not in constant + nonlinear]
        if not doubtful:
            return
        from gradaudit.runner.promises.ignored_upstream import ignored_parts

        for block, part in ignored_parts(self.function, self.base, doubtful).items():
            yield words.ignored(self.function.leaves[block].name, part)

    def _is_affine(self, block: int, faint: Call, both: Call) -> bool:
        """Whether it is but a term that the upstream gradient is no factor of: one of the values, which tell it."""
        if self._names([block])[0] not in self.wrong:
            return False
        term = constant_term(self.base.gradient[block], faint.gradient[block], both.gradient[block])
        none = self.function.called([np.zeros_like(each) for each in self.function.upstreams]).gradient[block]
        return not differs(term, none, block_scales([none])[0], rounding(term, none))

    def _layouts(self, faint: Call | None = None) -> Iterator[Finding]:
        """The call at the base point with one layout at a time; then with a zero-stride upstream gradient."""
        for kind, layout in (("Fortran-ordered", fortran_ordered), ("non-contiguous", non_contiguous)):
            found = self._compared(kind, self.base, layout, layout)
            yield from found
            if found:
                return
        if faint is not None:
            yield from self._compared("zero-stride", faint, as_it_is, zero_stride)

    def _compared(self, kind: str, expected: Call, layout: Layout, upstream_layout: Layout) -> list[Finding]:
        """What comes out otherwise than it did for contiguous arrays."""
        small = expected is not self.base
        upstreams = [np.full_like(each, FAINT) for each in self.function.upstreams] if small else None
        try:
            found = self.function.called(upstreams, layout, upstream_layout)
        except AuditError as error:
            return [words.layout(kind, raised=error)]
        if self._other_output(found):
            return [words.layout(kind)]
        scales = [FAINT * scale for scale in self._scales] if small else self._scales
        changed = unequal_blocks(expected.gradient, found.gradient, scales, reordered=True)
        return [words.layout(kind, name) for name in self._names(changed)]

    def _other_output(self, call: Call) -> bool:
        outputs = self.base.outputs
        return bool(unequal_blocks(outputs, call.outputs, block_scales(outputs), reordered=True))
