"""A Jacobian or an elementwise derivative whose shape is not what such a thing has for its input and output."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

from gradaudit.records.finding import Finding

if TYPE_CHECKING:
    from gradaudit.runner.problems.returned_form import Form

Shape: TypeAlias = tuple[int, ...]


def misshapen(name: str, form: Form, returned: Shape, output: Shape, argument: Shape) -> Finding | None:
    """What is wrong with a shape, if something is; of a gradient it is told otherwise, by the axes that were summed.

    Args:
        name: The input's.
        form: What is returned.
        returned: Its shape.
        output: That of the forward's output.
        argument: That of the input.

    Example:
        >>> found = misshapen("x", "jacobian", (3, 5), (5,), (3,))
        >>> found.message
        'the Jacobian of x has shape (3, 5), not (5, 3): (5,) of the output, then (3,) of x'
        >>> found.help
        'the axes of x come first: transpose it'
    """
    if form == "jacobian" and returned != output + argument:
        expected = f"{output + argument}: {output} of the output, then {argument} of {name}"
        message = f"the Jacobian of {name} has shape {returned}, not {expected}"
        return Finding("GA207", message, _jacobian_help(name, returned, output, argument), gradient=name)
    if form == "elementwise" and returned != argument:
        message = f"the elementwise derivative of {name} has shape {returned}, its input {argument}"
        remedy = "return a derivative for each element, in the shape of the input"
        return Finding("GA207", message, remedy, gradient=name)
    return None


def _jacobian_help(name: str, returned: Shape, output: Shape, argument: Shape) -> str:  # noqa: PLR0911 - a mistake a line
    whole = output + argument
    if returned == argument + output:
        turn = "transpose it" if len(whole) == 2 else "move those of the output to the front"
        return f"the axes of {name} come first: {turn}"
    if sorted(returned) == sorted(whole):
        return "its axes are in another order"
    if _long(returned) == _long(whole):
        return "an axis of length 1 was dropped or added: look for squeeze(), an index, keepdims=True"
    if returned == (prod(output), prod(argument)):
        return f"output and input are flattened: reshape it to {whole}"
    if returned == output == argument:
        return 'it has the diagonal alone: if every output depends on its own input, write returns="elementwise"'
    if returned == argument:
        return "it has one row alone: those of the other outputs are missing, or all are summed"
    if returned == output:
        return f"it has one derivative for each output: those by the other elements of {name} are missing"
    return f"return the derivative of every output by every element of {name}"


def _long(shape: Shape) -> list[int]:
    return [size for size in shape if size != 1]
