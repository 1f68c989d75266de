"""Functions that return a loss and its gradients, which they compute themselves."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.evidence import differentiates, is_for_shapes
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository

_LOSS = re.compile(
    r"(?:\w*_)?(?:loss|losses|cost|objective|obj|energy|nll|ll|llf|neg_?log_?lik\w*|log_?lik\w*|\w*divergence|elbo|kl|value|val|error|fx|fval)"
    r"(?:_\w+)?",
    re.IGNORECASE,
)
_GRADIENTS = re.compile(
    r"(?:\w+_)?(?:grads?|gradients?|d[wWxbB]|d_?theta|d_?params)(?:_\w+)?|gradients?\w*|grads?\w*", re.IGNORECASE
)


def losses_with_gradients(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that return ``(loss, grads)``, by the names of both."""
    del repository
    for qualname, pairs in module.pairs.items():
        function = module.functions.get(qualname)
        if function is None or function.outer or not function.is_written or is_for_shapes(function):
            continue
        if _computes_both(function, pairs) and not differentiates(function, module):
            yield HandWritten(
                module, function.qualname, function.node, "a function that returns a loss and its gradients",
                frozenset({function.qualname}), function.cell, backward=function, forward=function,
            )  # fmt: skip


def _computes_both(function: Function, pairs: Iterable[ast.Tuple]) -> bool:
    names = [tuple(map(_name, pair.elts)) for pair in pairs]
    gradients = [second for first, second in names if _LOSS.fullmatch(first)]
    own = _gradients_of_parameters(function) if gradients else set()
    named = [name for name in gradients if _GRADIENTS.fullmatch(name) or name in own]
    return any(_is_computed(name, function) for name in named)


def _gradients_of_parameters(function: Function) -> set[str]:
    """``dscores`` where ``scores`` is a parameter."""
    parameters = [node.arg for node in ast.walk(function.node.args) if isinstance(node, ast.arg)]
    return {f"{prefix}{name}" for name in parameters for prefix in ("d", "d_")}


def _name(node: ast.expr) -> str:
    """``grad`` of ``-self.grad``, ``grad / n``, ``grad.ravel()`` and ``np.array(grad)``."""
    match node:
        case ast.UnaryOp(operand=inner) | ast.BinOp(left=inner) if not isinstance(inner, ast.Constant):
            return _name(inner)
        case ast.BinOp(right=inner) | ast.Subscript(value=inner):
            return _name(inner)
        case ast.Call(func=ast.Attribute(value=ast.expr() as owner), args=[]):
            return _name(owner)
        case ast.Call(args=[inner, *_]):
            return _name(inner)
    return dotted(node).rpartition(".")[2]


def _is_computed(gradient: str, function: Function) -> bool:
    """Whether it is made here: ``loss, grad = compute(w)`` alone hands on what somebody else has computed."""
    makes = False
    for node in function.nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                makes |= any(_holds(target, gradient) for target in targets) and not (
                    isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Call)
                )
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                makes |= _holds(target, gradient)
    return makes


def _holds(target: ast.expr, name: str) -> bool:
    return any(dotted(node).rpartition(".")[2] == name for node in ast.walk(target))
