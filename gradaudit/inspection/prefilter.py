"""Which files may hold a hand-written backward pass, by its bytes: parsing takes a hundred times as long."""

from __future__ import annotations

import re
from typing import NamedTuple

from gradaudit.inspection.marks import STEMS
from gradaudit.inspection.naming import is_derivative, is_gradient, is_whole, names_of_forward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_RULES = (
    b"custom_vjp", b"custom_jvp", b"custom_gradient", b"defvjp", b"defjvp", b"defgrad(", b"register_autograd(",
    b"interpreters",
)  # fmt: skip
_LIKELIHOODS = b"loglike"
_SOLVERS = (b"jac=", b"hess=", b"hessp=", b"prime=", b"Dfun=")
# Of these each holds the first stem, and files without that are not searched for them.
_REQUESTS = (b"eval_grad", b"return_grad", b"compute_grad")
_TOGETHER = (b"loss_grad", b"and_grad", b"cost_grad")
_PAIRS = (b", grad", b"_grad\n", b"_gradient\n")
_CHECKS = (b"gradcheck", b"gradgradcheck", b"grad_check", b"gradient_check", b"check_grad", b"eval_numerical_gradient")
MARKS = (*_RULES, _LIKELIHOODS, *_SOLVERS, *_PAIRS, *_TOGETHER, *_REQUESTS, *_CHECKS)
"""A file without any of these is parsed only for what it returns. Each contains one of `marks.STEMS`."""

_DEFINED = re.compile(rb"def (\w+)")
_CANDIDATE = re.compile(rb"def (\w*(?:backward|bwd|prop|grad|der|prime|hess|vjp|score|jac)\w*)\(")
"""What `naming.names_of_forward` may know a forward of."""
_BLOCK = re.compile(
    rb"^([ \t]*)(?:(class|(?:async )?def) (\w+)(?:\(([^()]*))?|(?:if|elif|else|try|except|finally|with|for|while)\b)",
    re.MULTILINE,
)
_PARAMETER = re.compile(rb"(?:^|,)\s*(\w+)")
_CUSTOM = re.compile(rb"custom_(?:vjp|jvp|gradient)\b")
_CHECK = re.compile(rb"(?!\s*def ).*(?:" + b"|".join(_CHECKS) + rb")\w*(?:\(| as )")
_PRIMITIVE = re.compile(
    rb"\bdef(?:jvp|jvp2|linear|linear2|bilinear)\("
    rb"|\b(?:primitive_jvps|primitive_linearizations|primitive_transposes|fancy_transposes)\["
)
_LIKELIHOOD = re.compile(rb"def n?loglike(?:_?obs)?\(")
_SCORE = re.compile(rb"def (?:score|hessian)(?:_obs)?\(")
_GIVEN = re.compile(rb"\b(?:jac|hessp?|fprime2?|fprime_i?eqcons|fhess|fhess_p|Dfun)=(?:self\.)?(\w+)")
_FLAG = re.compile(
    rb"\b(?:eval|return|compute)_(?:grad|gradient|jac|deriv|derivative|hess|hessian)s?(?::[^=,]*)?\s*=\s*(?:False|True)\s*[,)]"
)
_NAMED_AFTER = re.compile(
    rb"return \(?(\w+), \(?(?:(?:d_?|G_?|grad_|gradient_)\1|\1_(?:grad|gradient|prime|der|deriv|derivative|jac)\w*)\b"
)
_BOTH = re.compile(rb"def \w*(?:loss|cost|value|val|obj\w*|energy|f)_(?:and_)?(?:grad|gradient)s?\w*\(")
_LOSS = re.compile(
    rb"\breturn\b[^,]*(?:loss|cost|objective|energy|nll|lik\w*|divergence|obj|error|value|val|fx)\b.*, ", re.IGNORECASE
)
_LINES = ((_REQUESTS, _FLAG), (_TOGETHER, _BOTH), (_PAIRS, _LOSS))
"""What a line with one of the marks has to be."""


def may_hold_backward(source: bytes) -> bool:
    r"""Whether a file defines or registers a function that looks like a backward pass with its forward beside it.

    >>> may_hold_backward(b"def relu(x): ...\ndef relu_backward(dout, cache): ...")
    True
    >>> may_hold_backward(b"def step(loss):\n    loss.backward()\n    optimizer.zero_grad()")
    False
    """
    return (
        any(mark in source and _registers(source, mark) for mark in _RULES)
        or _defines(source)
        or (_LIKELIHOODS in source and _LIKELIHOOD.search(source) is not None and _SCORE.search(source) is not None)
        or (any(mark in source for mark in _SOLVERS) and _hands_over(source))
        or _NAMED_AFTER.search(source) is not None
        or (
            STEMS[0] in source
            and any(says.search(line) for marks, says in _LINES for mark in marks for line in _lines(source, mark))
        )
    )


def may_call_check(source: bytes) -> bool:
    """Whether a file calls a function that is named like a check of gradients, or gives it another name."""
    return STEMS[0] in source and any(_CHECK.match(line) for mark in _CHECKS for line in _lines(source, mark))


def _defines(source: bytes) -> bool:
    """Whether a function has its forward beside it, or is called like the backward of some class of the file."""
    candidates = {name.decode("ascii", "replace") for name in _CANDIDATE.findall(source)}
    if not candidates:
        return False
    defined = {name.decode("ascii", "replace") for name in _DEFINED.findall(source)}
    if {"vjp", "forward"} <= defined:
        return True
    named = [name for name in candidates if not defined.isdisjoint(names_of_forward(name))]
    if not named or source.startswith(b"{"):  # lines of a notebook are in its strings
        return bool(named)
    scopes = list(_scopes(source))
    return any(_is_beside(name, scope) for name in named for scope in scopes if name in scope.parameters)


class _Scope(NamedTuple):
    """What is defined side by side: at the top, in one class, in one function.

    Attributes:
        is_function: Whether it is in a function.
        parameters: Those of each function as they are written, by its name; of classes nothing.
    """

    is_function: bool
    parameters: dict[str, bytes]


def _scopes(source: bytes) -> Iterator[_Scope]:
    around = [(-1, _Scope(is_function=False, parameters={}))]
    yield around[0][1]
    for indent, keyword, name, parameters in _BLOCK.findall(source):
        depth = len(indent)
        while around[-1][0] >= depth:
            around.pop()
        if name:
            around[-1][1].parameters[name.decode("ascii", "replace")] = parameters
            inside = _Scope(is_function=keyword != b"class", parameters={})
            around.append((depth, inside))
            yield inside


def _is_beside(name: str, scope: _Scope) -> bool:
    """Whether a function may be the backward of one beside it, or of that of a base class."""
    if is_whole(name):
        return not scope.is_function
    forwards = [forward for forward in names_of_forward(name) if forward in scope.parameters]
    if not is_derivative(name) or "grad" in name:
        return bool(forwards)
    own = _names_in(scope.parameters[name])
    return any(map(is_gradient, own)) or any(_names_in(scope.parameters[each])[:1] == own[:1] for each in forwards)


def _names_in(parameters: bytes) -> list[str]:
    """The names of parameters, up to the first bracket among them."""
    names = (each.decode("ascii", "replace") for each in _PARAMETER.findall(parameters))
    return [name for name in names if name not in {"self", "cls"}]


def _hands_over(source: bytes) -> bool:
    """Whether a solver is given a derivative that the file defines."""
    return not set(_GIVEN.findall(source)).isdisjoint(_DEFINED.findall(source))


def _registers(source: bytes, mark: bytes) -> bool:
    """Whether a rule is made: imports of the word, and comments, are everywhere."""
    if mark == b"interpreters":
        return _PRIMITIVE.search(source) is not None
    if not mark.startswith(b"custom_"):
        return True
    return any(
        _CUSTOM.search(line)
        and (b"@" in line or b"(" in line)
        and not line.lstrip().startswith((b"#", b"from ", b"import "))
        for line in _lines(source, mark)
    )


def _lines(source: bytes, mark: bytes) -> Iterator[bytes]:
    """Those that hold a mark."""
    at = source.find(mark)
    while at >= 0:
        start, end = source.rfind(b"\n", 0, at) + 1, source.find(b"\n", at + len(mark) - 1)
        yield source[start:end] if end >= 0 else source[start:]
        at = source.find(mark, end) if end >= 0 else -1
