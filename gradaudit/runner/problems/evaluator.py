"""Calls of an audited subject at points: arrays in and outputs out, upstream gradients in and gradients out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.problems.batches import stacked
from gradaudit.runner.problems.layouts import Layout, as_it_is
from gradaudit.runner.problems.no_output import no_output

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Framework
    from gradaudit.numerics.problems.problem import Array, Point, Tangents
    from gradaudit.runner.subjects.subject import Forwarded, Returned, Subject


class Leaf(NamedTuple):
    """One differentiated array.

    Attributes:
        name: Dotted.
        value: At the base point.
        tangents: Where it may move; None for everywhere.
        scalar: Whether it is handed on as a NumPy scalar.
        parameter: Whether it is a parameter of a layer object.
    """

    name: str
    value: Array
    tangents: Tangents | None = None
    scalar: bool = False
    parameter: bool = False


@dataclass
class Counter:
    """How many times the audited code was called."""

    forward: int = 0
    backward: int = 0


@dataclass(eq=False)
class Evaluator:
    """Calls a subject at points, always in the same random state.

    Attributes:
        subject: What is audited.
        leaves: The differentiated arrays, in the order of points.
        framework: Makes and reads arrays.
        seed: The trial's random state.
        place: Gives the inputs with the given leaves in their places, everything else copied.
        fixed: The other arrays that were drawn, such as labels, by dotted name.
        vectors: Of a second derivative the inputs that what stands for the upstream gradients is shaped like.
        count: Calls so far.
        dtype: The floating dtype of the framework's own arrays where NumPy has none such; None for that of NumPy's.
    """

    subject: Subject
    leaves: Sequence[Leaf]
    framework: Framework
    seed: int
    place: Callable[[Mapping[str, Any]], dict[str, Any]]
    fixed: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    vectors: Sequence[str] = ()
    count: Counter = field(default_factory=Counter)
    dtype: str | None = None

    def forward(self, point: Point, layout: Layout = as_it_is) -> Forwarded:
        """One forward evaluation, with its arrays laid out in memory as asked for."""
        self.count.forward += 1
        self.framework.seed_global(self.seed)
        given = self._natives(point, layout)
        given |= {name: self._native(layout(array)) for name, array in self.fixed.items()}
        parameters = {leaf.name: given[leaf.name] for leaf in self.leaves if leaf.parameter}
        values = self.place({name: array for name, array in given.items() if name not in parameters})
        forwarded = self.subject.forward(values, parameters)
        return forwarded._replace(given=given, constants=tuple(values.values()))

    def outputs_at_once(self, points: Sequence[Point]) -> list[np.ndarray[Any, Any]]:
        """The outputs at several points by one forward evaluation, each with the points along a new first axis.

        Raises:
            Exception: Of any kind; the function can't be mapped over an axis.
        """
        self.count.forward += 1
        self.framework.seed_global(self.seed)
        blocks = stacked(points, tuple(leaf.value for leaf in self.leaves))
        given = {leaf.name: self._native(array) for leaf, (array, _) in zip(self.leaves, blocks, strict=True)}
        given |= {name: self._native(array) for name, array in self.fixed.items()}
        over = {leaf.name for leaf, (_, moves) in zip(self.leaves, blocks, strict=True) if moves}
        batched: Callable[..., Any] = getattr(self.framework, "batched")  # noqa: B009 - not every adapter has it
        return [np.asarray(self.framework.to_numpy(output)) for output in batched(self._outputs_of, over)(given)]

    def _outputs_of(self, given: Mapping[str, Any]) -> Any:
        parameters = {leaf.name: given[leaf.name] for leaf in self.leaves if leaf.parameter}
        values = self.place({name: array for name, array in given.items() if name not in parameters})
        return self.subject.outputs_at(values, parameters)

    def _natives(self, arrays: Sequence[np.ndarray[Any, Any]], layout: Layout) -> dict[str, Any]:
        """An array of the framework's own for each leaf."""
        return {
            leaf.name: self._native(layout(array)[()] if leaf.scalar else layout(array))
            for leaf, array in zip(self.leaves, arrays, strict=True)
        }

    def _native(self, array: Any) -> Any:
        return self.framework.to_native(array, self.dtype if array.dtype.kind == "f" else None)

    def outputs(self, forwarded: Forwarded) -> tuple[np.ndarray[Any, Any], ...]:
        """All arrays among the outputs, in order.

        Raises:
            AuditError: GA004, an output is no floating array.
        """
        with audited_code("reading what the forward returned"):
            found = tuple(self._arrays(forwarded.outputs))
        if not found:
            raise AuditError("GA004", "the forward returned no array", help="return its output")
        return found

    @property
    def _flattened(self) -> Callable[[Any], tuple[Sequence[Any], Callable[[Sequence[Any]], Any]]] | None:
        """How the framework itself reads containers of outputs, where it has a word in that."""
        return getattr(self.framework, "flattened", None)

    def _parts(self, value: Any) -> Iterator[Any]:
        """What is no container among the outputs, in order."""
        if self._flattened is not None:
            yield from self._flattened(value)[0]
        elif isinstance(value, Mapping):
            for item in value.values():
                yield from self._parts(item)
        elif isinstance(value, tuple) or (isinstance(value, list) and self.framework.to_numpy(value) is None):
            for item in value:
                yield from self._parts(item)
        else:
            yield value

    def _arrays(self, outputs: Any) -> Iterator[np.ndarray[Any, Any]]:
        for value in self._parts(outputs):
            array = self.framework.to_numpy(value)
            if array is None or array.dtype.kind != "f":
                alone = len(outputs) == 1 and value is outputs[0]
                raise no_output(value, array, self.framework.name, alone=alone)
            yield array

    def backward(self, forwarded: Forwarded, upstreams: Sequence[Any]) -> Returned:
        """The backward that belongs to a forward evaluation, with an upstream gradient for each array of its outputs.

        Args:
            forwarded: The forward evaluation.
            upstreams: The framework's own arrays, which the backward may write to; see `natives`.
        """
        self.count.backward += 1
        if self.vectors:
            placed = self.place({leaf.name: each for leaf, each in zip(self.leaves, upstreams, strict=True)})
            return forwarded.backward(tuple(placed[name] for name in self.vectors))
        if self._flattened is not None:
            return forwarded.backward(self._flattened(forwarded.outputs)[1](upstreams))
        remaining = iter(upstreams)
        return forwarded.backward(tuple(self._shaped(output, remaining) for output in forwarded.outputs))

    def repeated(self) -> Sequence[str]:
        """What one more call of a subject that keeps something tells, if there is such."""
        notes = self.subject.repeated()
        if notes is None:
            return ()
        self.count.forward += 1
        self.count.backward += 1
        return notes

    def natives(self, forwarded: Forwarded, upstreams: Sequence[np.ndarray[Any, Any]], layout: Layout) -> list[Any]:
        """Upstream gradients as the framework's own arrays, copied; for outputs that are no arrays, as scalars."""
        if self.vectors:
            return list(self._natives(upstreams, layout).values())
        scalars = [np.ndim(output) == 0 for output in self._parts(forwarded.outputs)]
        return [
            self._native(layout(upstream)[()] if scalar else layout(upstream))
            for upstream, scalar in zip(upstreams, scalars, strict=True)
        ]

    def _shaped(self, output: Any, remaining: Iterator[Any]) -> Any:
        if isinstance(output, Mapping):
            return {key: self._shaped(item, remaining) for key, item in output.items()}
        if isinstance(output, tuple):
            return tuple(self._shaped(item, remaining) for item in output)
        if isinstance(output, list) and self.framework.to_numpy(output) is None:
            return [self._shaped(item, remaining) for item in output]
        return next(remaining)
