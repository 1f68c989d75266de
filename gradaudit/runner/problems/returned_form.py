"""What a backward returns that takes no upstream gradient: a gradient, a Jacobian, or a derivative of each element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.runner.problems.evaluator import Leaf

Form: TypeAlias = Literal["gradient", "jacobian", "elementwise"]


def form_of(
    returned: Mapping[str, Any], leaves: Sequence[Leaf], outputs: Sequence[np.ndarray[Any, Any]], declared: Form | None
) -> Form:
    """What a backward without an upstream gradient returns: told by the declaration, else by the shapes.

    Raises:
        AuditError: GA004, the shapes leave it open.
    """
    if declared is not None:
        _check_declared(declared, leaves, outputs)
        return declared
    if len(outputs) == 1:
        out = outputs[0].shape
        pairs = [
            (np.shape(returned[leaf.name]), leaf.value.shape) for leaf in leaves if returned.get(leaf.name) is not None
        ]
        if outputs[0].size == 1 and any(shape != out + inside or shape == inside for shape, inside in pairs):
            return "gradient"
        if pairs and all(shape == out + inside for shape, inside in pairs):
            return "jacobian"
        if pairs and all(shape == inside == out for shape, inside in pairs):
            return "elementwise"
    shapes = ", ".join(f"{leaf.name} {leaf.value.shape} -> {_shape(returned.get(leaf.name))}" for leaf in leaves)
    given = ", ".join(str(output.shape) for output in outputs)
    message = (
        f"the backward takes no upstream gradient, and shapes leave open what it returns: {shapes}; output {given}"
    )
    remedy = (
        'write returns="jacobian" (shape out.shape + in.shape), "elementwise" or "gradient", '
        "or let it take the upstream gradient"
    )
    raise AuditError("GA004", message, help=remedy)


def _check_declared(form: Form, leaves: Sequence[Leaf], outputs: Sequence[np.ndarray[Any, Any]]) -> None:
    if len(outputs) > 1:
        message = f'returns="{form}" is given, which is for one output, but the forward has {len(outputs)}'
        raise AuditError("GA004", message, help="audit a function of one output, or let it take the upstream gradients")
    if form == "gradient" and outputs[0].size != 1:
        message = f'returns="gradient" is that of a scalar, but the output has shape {outputs[0].shape}'
        remedy = 'write returns="jacobian" or "elementwise", or let it take the upstream gradient'
        raise AuditError("GA004", message, help=remedy)
    other = next((leaf for leaf in leaves if leaf.value.shape != outputs[0].shape), None)
    if form == "elementwise" and other is not None:
        shapes = f"the output has shape {outputs[0].shape}, {other.name} {other.value.shape}"
        message = f'returns="elementwise" is for an output that is shaped like its input, but {shapes}'
        remedy = (
            'bring the output to the shape of its input, write returns="jacobian", or let it take the upstream gradient'
        )
        raise AuditError("GA004", message, help=remedy)


def _shape(array: Any) -> object:
    return None if array is None else np.shape(array)


def contract(
    array: np.ndarray[Any, Any], form: Form, upstream: np.ndarray[Any, Any], shape: tuple[int, ...]
) -> np.ndarray[Any, Any]:
    """The gradient of φ from what a backward without an upstream gradient returned.

    A result whose shape is not what `form` asks for comes back as it is, and is reported with its shape.
    """
    if form == "jacobian":
        if array.shape != upstream.shape + shape:
            return array
        contracted: np.ndarray[Any, Any] = np.tensordot(upstream, array, axes=upstream.ndim)
        return contracted
    if form == "elementwise":
        return array * upstream if array.shape == upstream.shape else array
    return array * upstream.reshape(())[()] if upstream.size == 1 else array
