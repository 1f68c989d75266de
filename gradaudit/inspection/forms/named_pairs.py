"""Functions and methods that are called as the backward of another one beside them."""

from __future__ import annotations

from gradaudit.inspection.evidence import computes_gradients
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.launched import is_kernel
from gradaudit.inspection.naming import is_derivative, names_of_forward, order_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository


def named_pairs(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those with a forward beside them: in the same module, or in the same class."""
    del repository
    for function in module.functions.values():
        if function.outer or not function.parameters or is_kernel(function, module):
            continue
        forward = _forward_of(function, module)
        if forward is not None and computes_gradients(function, forward, module):
            yield HandWritten(
                module, function.qualname, function.node, _kind(function, forward),
                frozenset({function.qualname}), function.cell, backward=function, forward=forward,
                order=order_of(function.name),
            )  # fmt: skip


def _forward_of(function: Function, module: Module) -> Function | None:
    """The function whose backward it is by its name, if that is beside it: a base class may leave it to others."""
    for candidate in names_of_forward(function.name):
        forward = module.functions.get(function.scope + candidate)
        if forward is not None and forward.node is not function.node:
            return forward
    return None


def _kind(function: Function, forward: Function) -> str:
    if not is_derivative(function.name):
        return f"the backward of {forward.name}"
    order = {1: "", 2: "second ", 3: "third "}.get(order_of(function.name), "higher ")
    return f"the {order}derivative of {forward.name}"
