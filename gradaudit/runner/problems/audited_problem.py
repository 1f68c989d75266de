"""An audit's scalar function and its claimed gradient, as the problem that numerics check."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.runner.problems.batches import Batches
from gradaudit.runner.problems.freed_memory import LARGE
from gradaudit.runner.problems.layouts import Layout, as_it_is, uncopied
from gradaudit.runner.problems.pairing import pair
from gradaudit.runner.subjects.kept import Kept, changed_arrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.numerics.problems.problem import Array, Evaluation, Point, Tangents
    from gradaudit.runner.problems.evaluator import Evaluator, Leaf
    from gradaudit.runner.subjects.subject import Forwarded


class Call(NamedTuple):
    """What one forward and its backward gave.

    Attributes:
        outputs: The arrays among the forward's outputs.
        evaluation: φ, with the upstream gradients that the backward was handed.
        returned: For each leaf the very array that came back, or None.
        gradient: For each leaf the gradient of φ, which later calls leave as it is; None where there is none.
        contracted: Whether the backward was given the upstream gradients itself.
    """

    outputs: tuple[Any, ...]
    evaluation: Evaluation
    returned: Mapping[str, Any]
    gradient: tuple[Any, ...]
    contracted: bool


class ObservedCall(NamedTuple):
    """A call with all that it was handed and may have written to, which is as large as what it gave.

    Attributes:
        call: What it gave.
        forwarded: The forward evaluation.
        handed: The upstream gradients, as the backward left them.
        kept: What the forward kept, as it was before the backward.
        written: The inputs that were written to.
    """

    call: Call
    forwarded: Forwarded
    handed: Sequence[Any]
    kept: Kept
    written: Sequence[str]


class AuditedFunction:
    """The scalar function φ of all leaves, and its claimed gradient, which may lack arrays or have wrong shapes."""

    def __init__(self, evaluator: Evaluator, upstreams: Sequence[Any], returns: Any) -> None:
        self._start(evaluator, upstreams)
        self.form = returns
        self.strays: dict[str, None] = {}
        """Leaves whose gradient was not finite at a point that is not the base, though φ was."""

    @property
    def unit(self) -> float:
        """What every gradient is multiplied by: the upstream gradient of a scalar output, else 1."""
        if len(self.upstreams) == 1 and self.upstreams[0].size == 1:
            return float(self.upstreams[0].reshape(()))
        return 1.0

    def evaluate(self, point: Point) -> Evaluation:
        """One forward evaluation; none where the last gradient was, nor at the base point: there it is known."""
        if self._at_base is not None and _is_same_point(point, self.base):
            return self._at_base.evaluation
        if self._latest is not None and _is_same_point(point, self._latest[0]):
            return self._latest[1]
        return self.paired(self.evaluator.outputs(self.evaluator.forward(point, self._handing)))

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """φ at many points, in few forward evaluations where the framework can."""
        return self._batches.evaluate(points)

    def paired(self, outputs: Sequence[Any], upstreams: Sequence[Any] | None = None) -> Evaluation:
        """What one forward evaluation comes to as a scalar, with these or other upstream gradients."""
        return pair(outputs, self.upstreams if upstreams is None else upstreams)

    def recast(self, evaluator: Evaluator, upstreams: Sequence[Any]) -> AuditedFunction:
        """The same function with leaves and upstream gradients of another dtype; nothing is known of it yet."""
        made = copy.copy(self)
        made._start(evaluator, upstreams)  # noqa: SLF001 - one of its own kind
        return made

    def _start(self, evaluator: Evaluator, upstreams: Sequence[Any]) -> None:
        """Know nothing yet."""
        self.evaluator = evaluator
        self.leaves = tuple(evaluator.leaves)
        self.upstreams = upstreams
        self.base: Point = tuple(leaf.value for leaf in self.leaves)
        self._at_base: Call | None = None
        self._before: Mapping[str, Any] | None = None
        self._latest: tuple[Point, Evaluation] | None = None
        self._batches = Batches(self)
        self._handing: Layout = as_it_is
        self._taking: Layout = as_it_is

    def at(self, point: Point) -> Call:
        """One forward and one backward; none at the base point, where both are known."""
        if self._at_base is not None and _is_same_point(point, self.base):
            return self._at_base
        call = self.completed(self.evaluator.forward(point, self._handing))
        self._latest = point, call.evaluation
        if math.isfinite(call.evaluation.value):
            self.strays |= dict.fromkeys(_not_finite(self.leaves, call))
        return call

    def first(self, probe: Forwarded, *, held: bool) -> tuple[Any, ...]:
        """The gradient by a forward at the base point that was evaluated before all others.

        Args:
            probe: That.
            held: Whether the code may hold on to what it returns, and write to it again.
        """
        # Small arrays are copied once more, so that another call has to confirm what this one shows.
        large = any(array.nbytes > LARGE for array in self.base)
        self._taking = uncopied if large and not held else as_it_is
        call = self.completed(probe)
        self._before = call.returned
        if large and not self._changed(probe):
            self._handing = uncopied
        return call.gradient

    def observed(self) -> ObservedCall:
        """The call at the base point, which is known from then on."""
        forwarded = self.evaluator.forward(self.base, self._handing)
        kept = Kept(forwarded, self.evaluator.framework)
        call, handed = self._pulled(forwarded, self.upstreams, as_it_is)
        written = self._changed(forwarded)
        # Copies are for calls that write to what they are handed, or that will write to what they gave.
        if not written:
            self._handing = uncopied
        if self._before is not None:
            shared = _share_memory(self._before, call.returned)
            if shared and self._taking is uncopied:
                call = call._replace(gradient=tuple(None if each is None else as_it_is(each) for each in call.gradient))
            self._taking = as_it_is if shared else uncopied
        self._before = None
        self._at_base = call
        return ObservedCall(call, forwarded, handed, kept, written)

    def _changed(self, forwarded: Forwarded) -> list[str]:
        """The inputs that are not what they were when they were handed on."""
        return changed_arrays(forwarded.given, self.originals, self.evaluator.framework)

    @property
    def originals(self) -> dict[str, Any]:
        """The arrays that a forward is handed at the base point, by dotted name."""
        return {leaf.name: leaf.value for leaf in self.leaves} | dict(self.evaluator.fixed)

    def called(
        self,
        upstreams: Sequence[Any] | None = None,
        layout: Layout | None = None,
        upstream_layout: Layout | None = None,
    ) -> Call:
        """One forward and one backward at the base point, whatever is known there.

        Args:
            upstreams: Other upstream gradients than this function's.
            layout: How the inputs lie in memory; as they are by default.
            upstream_layout: How the upstream gradients do.
        """
        forwarded = self.evaluator.forward(self.base, layout or self._handing)
        return self.completed(forwarded, upstreams, upstream_layout or as_it_is)

    def completed(
        self, forwarded: Forwarded, upstreams: Sequence[Any] | None = None, layout: Layout = as_it_is
    ) -> Call:
        """The backward of a forward evaluation."""
        return self._pulled(forwarded, self.upstreams if upstreams is None else upstreams, layout)[0]

    def _pulled(self, forwarded: Forwarded, upstreams: Sequence[Any], layout: Layout) -> tuple[Call, Sequence[Any]]:
        """The same, with the upstream gradients that the backward was handed."""
        outputs = self.evaluator.outputs(forwarded)
        evaluation = self.paired(outputs, upstreams)
        handed = self.evaluator.natives(forwarded, upstreams, layout)
        returned = self.evaluator.backward(forwarded, handed)
        arrays = {name: None if array is None else self._taking(array) for name, array in returned.arrays.items()}
        _check_real(arrays)
        if not returned.contracted and any(array is not None for array in arrays.values()):
            from gradaudit.runner.problems.returned_form import contract, form_of

            self.form = form_of(arrays, self.leaves, outputs, self.form)
            for leaf in self.leaves:
                array = arrays[leaf.name]
                if array is not None:
                    arrays[leaf.name] = contract(array, self.form, upstreams[0], leaf.value.shape)
        gradient = tuple(arrays[leaf.name] for leaf in self.leaves)
        return Call(outputs, evaluation, returned.arrays, gradient, returned.contracted), handed


def _share_memory(some: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    return any(
        one is not None and other is not None and np.may_share_memory(one, other)
        for one in some.values()
        for other in others.values()
    )


def _not_finite(leaves: Sequence[Leaf], call: Call) -> list[str]:
    pairs = zip(leaves, call.gradient, strict=True)
    return [leaf.name for leaf, array in pairs if array is not None and not np.isfinite(array).all()]


def _check_real(arrays: Mapping[str, Any]) -> None:
    for name, array in arrays.items():
        if array is not None and array.dtype.kind == "c":
            message = f"the gradient of {name} is complex ({array.dtype}), which is not supported yet"
            raise AuditError("GA004", message, help="return the real gradient of a real function, for example by .real")


def _is_same_point(point: Point, other: Point) -> bool:
    return all(array is base for array, base in zip(point, other, strict=True))


class Restricted:
    """The problem that is checked: the leaves whose gradients can be compared, the others held fixed."""

    def __init__(self, function: AuditedFunction, blocks: tuple[int, ...]) -> None:
        self.function = function
        self.blocks = blocks

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the leaves."""
        return tuple(self.function.leaves[number].name for number in self.blocks)

    @property
    def point(self) -> Point:
        """The drawn values."""
        return tuple(self.function.base[number] for number in self.blocks)

    @property
    def tangents(self) -> tuple[Tangents | None, ...]:
        """Those of the leaves."""
        return tuple(self.function.leaves[number].tangents for number in self.blocks)

    def _whole(self, point: Point) -> Point:
        whole = list(self.function.base)
        for number, array in zip(self.blocks, point, strict=True):
            whole[number] = array
        return tuple(whole)

    def evaluate(self, point: Point) -> Evaluation:
        """One forward evaluation."""
        return self.function.evaluate(self._whole(point))

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[Evaluation]:
        """φ at many points, in few forward evaluations where the framework can."""
        return self.function.evaluate_many([self._whole(point) for point in points])

    def gradient(self, point: Point) -> Point:
        """One forward and one backward."""
        gradient = self.function.at(self._whole(point)).gradient
        return tuple(_comparable(gradient[number], array) for number, array in zip(self.blocks, point, strict=True))


def _comparable(gradient: Any, array: Array) -> Array:
    """A gradient as numerics want it: None is zero; what is unusable away from the base point is NaN there."""
    if gradient is None:
        return np.zeros_like(array)
    if gradient.shape != array.shape:
        return np.full_like(array, math.nan)
    comparable: Array = gradient if gradient.dtype.kind == "f" else gradient.astype(array.dtype)
    return comparable
