"""What is audited with ``order=2``: a scalar function and its Hessian, or its Hessian-vector product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradaudit.binding.plan import upstream_count
from gradaudit.binding.signatures import name_of
from gradaudit.errors import AuditError, an
from gradaudit.runner.subjects.pair import Pair
from gradaudit.runner.subjects.subject import Forwarded, Returned, Subject, Values


@dataclass(frozen=True, eq=False)
class SecondDerivative(Pair):
    """A scalar function and its Hessian, or its Hessian-vector product.

    Parameters of the second function that an upstream gradient would be bound to are the vectors, one for each
    differentiated input and shaped like it.
    """

    @property
    def vectors(self) -> tuple[str, ...]:
        """The differentiated inputs."""
        return tuple(dict.fromkeys(str(leaf.path[0]) for leaf in self.wiring.wanted))

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the forward function; the backward is given the vectors."""
        del parameters
        lookup, outputs, cache = self.evaluated(values)
        taken = upstream_count(self.backward_plan)
        self._check_count(taken)

        def backward(vectors: tuple[Any, ...]) -> Returned:
            returned = self.called(lookup.backward(outputs, cache, vectors))
            if taken == 0 and not (callable(returned) and self.wiring.framework.to_numpy(returned) is None):
                return Returned(self._times(returned, vectors), contracted=True)
            return self.wiring.pull(returned, vectors, contracted=True)

        return Forwarded(outputs, backward)

    def _check_count(self, taken: int | None) -> None:
        if taken in {None, 0, len(self.vectors)}:
            return
        inputs = ", ".join(self.vectors)
        name = name_of(self.backward_function)
        message = f"{name} takes {taken} vectors, but order=2 differentiates by {inputs}"
        remedy = "take a vector for each of them, or say by wrt= which are differentiated"
        raise AuditError("GA004", message, help=remedy)

    def _times(self, returned: Any, vectors: tuple[Any, ...]) -> dict[str, Any]:
        """The Hessian times the vectors, where it came back whole or in a row of blocks for each input."""
        nested = [leaf.name for leaf in self.wiring.wanted if len(leaf.path) > 1]
        if nested:
            message = f"order=2 is not supported for a Hessian by what lies in a container, such as {nested[0]}"
            raise AuditError("GA004", message, help="audit the product of the Hessian with a vector: hvp(x, v)")
        if returned is None:
            return {leaf.name: None for leaf in self.wiring.wanted}
        arrays = {
            name: np.asarray(self.wiring.framework.to_numpy(v)) for name, v in zip(self.vectors, vectors, strict=True)
        }
        rows = dict(zip(self.vectors, map(self.wiring.match, self._rows(returned)), strict=True))
        return {
            column: sum(_times(rows[row][column], arrays, row, column) for row in self.vectors)
            for column in self.vectors
        }

    def _rows(self, returned: Any) -> Sequence[Any]:
        if len(self.vectors) == 1:
            return [returned]
        if isinstance(returned, Mapping) and all(name in returned for name in self.vectors):
            return [returned[name] for name in self.vectors]
        if isinstance(returned, (tuple, list)) and len(returned) == len(self.vectors):
            return returned
        inputs = ", ".join(self.vectors)
        message = f"what came back is no Hessian by {inputs}: it is {an(type(returned).__name__)}"
        raise AuditError("GA004", message, help=f"return a row of blocks for each of {inputs}, in a tuple or by name")


def _times(block: Any, vectors: Mapping[str, Any], row: str, column: str) -> Any:
    """wᵀH of one block, whose shape is that of the row's input and then that of the column's."""
    vector, shape = vectors[row], vectors[row].shape + vectors[column].shape
    if block is None or block.shape != shape:
        found = "None" if block is None else f"an array of shape {block.shape}"
        message = f"the second derivative by {row} and {column} came back as {found}; it has shape {shape}"
        raise AuditError("GA004", message, help="return the Hessian, or take a vector and return their product")
    return np.tensordot(vector, block, axes=vector.ndim)


def inputs_of_vectors(subject: Subject) -> tuple[str, ...]:
    """The inputs that a second derivative's vectors are shaped like; none for a first derivative."""
    return subject.vectors if isinstance(subject, SecondDerivative) else ()
