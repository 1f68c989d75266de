"""Functions that return a loss and its gradients, which they compute themselves."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository

_LOSS = re.compile(
    r"(?:\w+_)?(?:loss|cost|objective|energy|nll|kl|value|val|f|fval|out|neg_?log_?lik\w*)", re.IGNORECASE
)
_GRADIENTS = re.compile(r"(?:\w+_)?(?:grads?|gradients?|g|dx|dw|dtheta|deriv|jac)", re.IGNORECASE)
# Whoever calls one of these has the gradient computed by somebody else.
_DIFFERENTIATES = re.compile(
    r"grad|value_and_grad|vjp|jvp|jacfwd|jacrev|approx_fprime|backward|gradient|hessian|jacobian"
)


def losses_with_gradients(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those whose last statement returns ``(loss, grads)``, by the names of both."""
    del repository
    for function in module.functions.values():
        if function.outer or not function.is_written or not _returns_both(function):
            continue
        yield HandWritten(
            module, function.qualname, function.node, "a function that returns a loss and its gradients",
            frozenset({function.qualname}), function.cell, backward=function, forward=function,
        )  # fmt: skip


def _returns_both(function: Function) -> bool:
    last = function.node.body[-1]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple) or len(last.value.elts) != 2:
        return False
    loss, gradients = map(dotted, last.value.elts)
    if not _LOSS.fullmatch(loss) or not _GRADIENTS.fullmatch(gradients):
        return False
    return not any(
        isinstance(node, ast.Call) and _DIFFERENTIATES.search(dotted(node.func).rpartition(".")[2])
        for node in ast.walk(function.node)
    )
