"""Functions that return a value and its gradient together, and compute both themselves."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.checks.bodies import returned
from gradaudit.inspection.evidence import differentiates, is_for_shapes, makes
from gradaudit.inspection.hand_written import HandWritten
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
# With these, `dx` and the like are as often a spacing, a time step or an uncertainty.
_COORDINATES = frozenset({"x", "y", "t"})
_FLAG = re.compile(
    r"(?:eval|return|compute|calc|calculate|get|need|want)_(?:the_)?"
    r"(?:grads?|gradients?|jac|jacobian|deriv|derivatives?|hess|hessian)"
)
_BY_DIFFERENCES = ("approx", "numeric")


def values_with_gradients(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that say so: by the names of the two, or by a flag that asks for the second."""
    del repository
    for qualname, pairs in module.pairs.items():
        function = module.functions.get(qualname)
        if function is None or function.outer or not function.is_written or is_for_shapes(function):
            continue
        flag = _flag(function)
        kind = _kind(function, pairs, flag)
        if kind and not _is_numerical(function, module):
            yield HandWritten(
                module, qualname, function.node, kind, frozenset({qualname}), function.cell,
                backward=function, forward=function, flag=flag,
            )  # fmt: skip


def _kind(function: Function, pairs: Sequence[ast.Tuple], flag: str) -> str:
    both = [(pair.elts[0], pair.elts[1]) for pair in pairs]
    if any(_is_loss(value) and _makes_one(function, gradient, _gradients(function)) for value, gradient in both):
        return "a function that returns a loss and its gradients"
    if any(_makes_one(function, gradient, _derivatives(value)) for value, gradient in both):
        return "a function that returns a value and its derivative"
    if flag and _returns_alone(function) and any(_is_made(gradient, function) for _, gradient in both):
        return f"a function that returns its gradient too, for {flag}=True"
    return ""


def _is_loss(value: ast.expr) -> bool:
    return any(_LOSS.fullmatch(name) for name in _names(value))


def _makes_one(function: Function, gradient: ast.expr, meant: re.Pattern[str]) -> bool:
    """Whether a gradient is called as it is meant, and computed here."""
    return any(meant.fullmatch(name) and makes(function, name) for name in _names(gradient))


def _gradients(function: Function) -> re.Pattern[str]:
    """What gradients of a loss are called: also ``dscores`` where ``scores`` is a parameter."""
    parameters = [node.arg for node in ast.walk(function.node.args) if isinstance(node, ast.arg)]
    return re.compile(rf"{_GRADIENTS.pattern}|d_?(?-i:{'|'.join(parameters) or '-'})", re.IGNORECASE)


def _derivatives(value: ast.expr) -> re.Pattern[str]:
    """What the derivative of a value is called: ``Gphi`` or ``phi_prime`` beside ``phi``."""
    is_called = any(isinstance(node, ast.Call) for node in ast.walk(value))
    of = "|".join(name for name in _names(value) if name not in _COORDINATES and not is_called) or "-"
    return re.compile(
        rf"(?:d_?|G_?|grad_|gradient_)(?:{of})|(?:{of})_(?:grads?|gradients?|prime|der|deriv|derivatives?|jac|jacobian)"
    )


def _flag(function: Function) -> str:
    """The parameter that asks for a gradient; empty for none."""
    given = function.node.args
    with_default = (*given.posonlyargs, *given.args)[-len(given.defaults) :] if given.defaults else ()
    return next((each.arg for each in (*with_default, *given.kwonlyargs) if _FLAG.fullmatch(each.arg)), "")


def _returns_alone(function: Function) -> bool:
    return any(each.value is not None and not isinstance(each.value, ast.Tuple) for each in returned(function))


def _is_made(gradient: ast.expr, function: Function) -> bool:
    """Whether a gradient is more than a name for what somebody else has computed."""
    bare = gradient.operand if isinstance(gradient, ast.UnaryOp) else gradient
    return not isinstance(bare, ast.Name) or makes(function, bare.id)


def _is_numerical(function: Function, module: Module) -> bool:
    return function.name.lstrip("_").startswith(_BY_DIFFERENCES) or differentiates(function, module)


def _names(node: ast.expr) -> list[str]:
    """What it may be called: ``grad`` of ``-self.grad``, ``grad / n``, ``grad.ravel()`` and ``np.array(grad)``."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [*_names(left), *_names(right)]
        case ast.UnaryOp(operand=inner) | ast.BinOp(left=inner) if not isinstance(inner, ast.Constant):
            return _names(inner)
        case ast.BinOp(right=inner) | ast.Subscript(value=inner):
            return _names(inner)
        case ast.Call(func=ast.Attribute(value=ast.expr() as owner), args=[]):
            return _names(owner)
        case ast.Call(args=[inner, *_]):
            return _names(inner)
    name = dotted(node).rpartition(".")[2]
    return [name] if name else []
