"""Which files may hold a hand-written backward pass, by its bytes: parsing takes a hundred times as long."""

from __future__ import annotations

import re

from gradaudit.inspection.marks import CHECKS, DEFINITIONS, LIKELIHOODS, PAIRS, RULES, SOLVERS
from gradaudit.inspection.naming import names_of_forward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINED = re.compile(rb"def (\w+)")
_CUSTOM = re.compile(rb"custom_(?:vjp|jvp|gradient)\b")
_PRIMITIVE = re.compile(
    rb"\bdef(?:jvp|jvp2|linear|linear2|bilinear)\("
    rb"|\b(?:primitive_jvps|primitive_linearizations|primitive_transposes|fancy_transposes)\["
)
_LIKELIHOOD = re.compile(rb"def n?loglike(?:_?obs)?\(")
_SCORE = re.compile(rb"def (?:score|hessian)(?:_obs)?\(")
_GIVEN = re.compile(rb"\b(?:jac|hessp?|fprime2?|fprime_i?eqcons|fhess|fhess_p|Dfun)=(?:self\.)?(\w+)")
_LOSS = re.compile(
    rb"\breturn\b.*(?:loss|cost|objective|energy|nll|lik\w*|divergence|obj|error|value|val|fx)\b.*, ", re.IGNORECASE
)


def may_hold_backward(source: bytes) -> bool:
    r"""Whether a file defines or registers a function that looks like a backward pass with its forward beside it.

    >>> may_hold_backward(b"def relu(x): ...\ndef relu_backward(dout, cache): ...")
    True
    >>> may_hold_backward(b"def step(loss):\n    loss.backward()\n    optimizer.zero_grad()")
    False
    """
    return (
        any(mark in source and _registers(source, mark) for mark in RULES)
        or (any(mark in source for mark in DEFINITIONS) and _defines(source))
        or (LIKELIHOODS in source and _LIKELIHOOD.search(source) is not None and _SCORE.search(source) is not None)
        or (any(mark in source for mark in SOLVERS) and _hands_over(source))
        or any(_LOSS.search(line) for mark in PAIRS for line in _lines(source, mark))
    )


def may_call_check(source: bytes) -> bool:
    """Whether a file names a function that checks gradients."""
    return any(mark in source for mark in CHECKS)


def _defines(source: bytes) -> bool:
    defined = {name.decode("ascii", "replace") for name in _DEFINED.findall(source)}
    return {"vjp", "forward"} <= defined or any(not defined.isdisjoint(names_of_forward(name)) for name in defined)


def _hands_over(source: bytes) -> bool:
    """Whether a solver is given a derivative that the file defines."""
    return not set(_GIVEN.findall(source)).isdisjoint(_DEFINED.findall(source))


def _registers(source: bytes, mark: bytes) -> bool:
    """Whether a rule is made: imports of the word, and comments, are everywhere."""
    if mark == b"interpreters":
        return _PRIMITIVE.search(source) is not None
    if mark != b"custom_":
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
