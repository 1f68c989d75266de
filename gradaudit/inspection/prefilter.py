"""Which files may hold a hand-written backward pass, by its bytes: parsing takes a hundred times as long."""

from __future__ import annotations

import re

from gradaudit.inspection.marks import STEMS
from gradaudit.inspection.naming import is_whole, names_of_forward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITIONS = (
    b"backward", b"_bwd(", b"_bwd_ref(", b"prop(", b"grad(", b"gradient(", b"_der(", b"deriv",
    b"_prime(", b"_hess", b"def vjp(", b"loglike_",
)  # fmt: skip
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
MARKS = (*_DEFINITIONS, *_RULES, _LIKELIHOODS, *_SOLVERS, *_PAIRS, *_TOGETHER, *_REQUESTS, *_CHECKS)
"""A file without any of these is parsed only for what it returns. Each contains one of `marks.STEMS`."""

_DEFINED = re.compile(rb"def (\w+)")
_BLOCK = re.compile(
    rb"^([ \t]*)(?:(?:class|(?:async )?def) (\w+)|(?:if|elif|else|try|except|finally|with|for|while)\b)", re.MULTILINE
)
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
        or (any(mark in source for mark in _DEFINITIONS) and _defines(source))
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
    defined = {name.decode("ascii", "replace") for name in _DEFINED.findall(source)}
    if {"vjp", "forward"} <= defined:
        return True
    named = [name for name in defined if not defined.isdisjoint(names_of_forward(name))]
    if not named or any(map(is_whole, named)) or source.startswith(b"{"):  # lines of a notebook are in its strings
        return bool(named)
    beside = list(_beside(source))
    return any(name in names and not names.isdisjoint(names_of_forward(name)) for name in named for names in beside)


def _beside(source: bytes) -> Iterator[set[str]]:
    """The names of what is defined side by side: at the top, in one class, in one function."""
    top: set[str] = set()
    around = [(-1, top)]
    yield top
    for indent, name in _BLOCK.findall(source):
        depth = len(indent)
        while around[-1][0] >= depth:
            around.pop()
        if name:
            around[-1][1].add(name.decode("ascii", "replace"))
            inside: set[str] = set()
            around.append((depth, inside))
            yield inside


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
