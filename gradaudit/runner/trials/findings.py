"""What a trial finds, in words: gradients that can't be compared, and those that can't be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradaudit.records.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.numerics.problems.problem import Evaluation
    from gradaudit.numerics.results.agreement import BlockResult
    from gradaudit.runner.problems.evaluator import Leaf


class Compared(NamedTuple):
    """A gradient that was compared with a numeric one in a trial.

    Attributes:
        block: The verdict on it.
        sizes: The trial's named sizes.
        unit: The upstream gradient of a scalar output, else 1.
    """

    block: BlockResult
    sizes: Mapping[str, int]
    unit: float


def nondeterministic(one: Evaluation, other: Evaluation) -> Finding:
    """The forward is not a function of its inputs."""
    message = f"two forwards at one point differ with the random state fixed: {one.value!r} and {other.value!r}"
    remedy = (
        "draw from a generator that the forward, or make= for its object, takes as `rng`; keep nothing between calls"
    )
    return Finding("GA302", message, remedy)


def missing(name: str, present: Sequence[str]) -> Finding:
    """A gradient that is None, or not there, while others are present."""
    message = f"the backward returns no gradient for {name}: None, or it is missing"
    own = name.partition(".")[0]  # to leave out a leaf is to name those beside it
    roots = {other: other.partition(".")[0] for other in present}
    inputs = list(dict.fromkeys(other if root == own else root for other, root in roots.items()))
    quoted = ", ".join(f'"{each}"' for each in inputs)
    named = quoted if len(inputs) == 1 else f"({quoted})"
    line = f"write wrt={named}" if inputs else "leave it out of wrt="
    remedy = f"return it; if {name} has no gradient, {line}"
    return Finding("GA206", message, remedy, gradient=name)


def unusable(leaf: Leaf, array: Any) -> Finding | None:
    """Why a gradient can't be compared, if it can't."""
    if array is None:
        return None
    if array.shape != leaf.value.shape:
        message = f"the gradient of {leaf.name} has shape {array.shape}, its input {leaf.value.shape}"
        return Finding("GA207", message, shape_help(array.shape, leaf.value.shape), gradient=leaf.name)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        count = int((~np.isfinite(array)).sum())
        message = (
            f"the gradient of {leaf.name} is not finite in {count} of {array.size} elements, first at {list(where)}"
        )
        return Finding("GA211", message, "look for 0/0, log(0) or an overflow in the backward", gradient=leaf.name)
    return None


def not_finite_nearby(name: str) -> Finding:
    """A gradient that is finite where the inputs were drawn and not beside it, where the forward is finite too."""
    message = f"the gradient of {name} is not finite at a point beside the drawn one, though the forward is"
    return Finding("GA211", message, "look for 0/0, log(0) or an overflow in the backward", gradient=name)


def shape_help(gradient: tuple[int, ...], value: tuple[int, ...]) -> str:  # noqa: PLR0911 - a mistake a line
    """What to do about a gradient of the wrong shape: names the axis that was not summed, or was by mistake.

    >>> shape_help((4, 3), (3,))
    'axis 0 was not summed: the input is broadcast along it'
    >>> shape_help((1,), (1, 1))
    'an axis was summed by mistake, or without keepdims=True'
    """
    extra = len(gradient) - len(value)
    if extra > 0 and gradient[extra:] == value:
        axes = "axis 0 was" if extra == 1 else f"axes 0 to {extra - 1} were"
        return f"{axes} not summed: the input is broadcast along {'it' if extra == 1 else 'them'}"
    if extra == 0:
        unsummed = [axis for axis, (g, v) in enumerate(zip(gradient, value, strict=True)) if g != v]
        if all(value[axis] == 1 for axis in unsummed):
            return f"sum over axis {', '.join(map(str, unsummed))} with keepdims: the input is broadcast along it"
        if sorted(gradient) == sorted(value):
            return "it has the shape of the transposed input"
        if all(gradient[axis] == 1 for axis in unsummed):
            return f"axis {', '.join(map(str, unsummed))} was summed by mistake"
    if not gradient:
        return "everything was summed, or a scalar was returned"
    leading, trailing = value[-extra:] == gradient, value[:extra] == gradient
    if extra < 0 and (leading or trailing):
        which = "a leading axis" if not trailing else "a trailing axis" if not leading else "an axis"
        return f"{which} was summed by mistake, or without keepdims=True"
    return "return a gradient of the input's shape"


def undecided(block: BlockResult) -> Finding | None:
    """Why a gradient could not be judged, if it could not."""
    name = block.name
    match block.verdict, block.reason:
        case "undecided", "kink":
            slopes = (
                f": the slopes on both sides are {block.slopes[0]:.6g} and {block.slopes[1]:.6g}"
                if block.slopes
                else ""
            )
            message = (
                f"every point tried lies on or next to a point where the forward has no derivative in {name}{slopes}"
            )
            remedy = "draw the inputs away from it, for example with distributions.away_from"
            return Finding("GA401", message, remedy, gradient=name)
        case "undecided", "not-finite":
            message = f"the forward is not finite near the drawn point in {name}"
            remedy = "draw the inputs from inside its domain, for example with distributions.positive"
            return Finding("GA401", message, remedy, gradient=name)
        case "undecided", "rounded":
            grid = f" to multiples of {block.quantum:.6g}" if block.quantum else ""
            message = (
                f"the forward rounds its result{grid}: between two such values it is flat, "
                f"so the gradient of {name} can't be confirmed"
            )
            remedy = "round what is shown or stored, not what the forward returns"
            return Finding("GA402", message, remedy, gradient=name)
        case "undecided", _:
            error = max(block.tolerance, 2.0 * (block.error_bound or 0.0) * block.scale)
            size = f"{error:.2g} against a derivative of {block.scale:.2g}"
            message = f"the numerical error is too large to judge the gradient of {name}: {size}"
            remedy = "compute in float64 throughout, scale the loss, or remove a large constant that is added to it"
            return Finding("GA402", message, remedy, gradient=name)
    return None
