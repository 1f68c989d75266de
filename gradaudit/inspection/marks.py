"""By what path and bytes a file need not be looked at; it stands alone, so that most files cost no import."""

from __future__ import annotations

import posixpath

# A file without any of these holds none. Each is searched for in every file, so they are plain and few.
DEFINITIONS = (
    b"backward", b"_bwd(", b"_bwd_ref(", b"prop(", b"grad(", b"gradient(", b"_der(", b"deriv(", b"derivative(",
    b"_prime(", b"_hess", b"def vjp(",
)  # fmt: skip
RULES = (
    b"custom_vjp", b"custom_jvp", b"custom_gradient", b"defvjp", b"defjvp", b"defgrad(", b"register_autograd(",
    b"interpreters",
)  # fmt: skip
LIKELIHOODS = b"loglike"
SOLVERS = (b"jac=", b"hess=", b"hessp=", b"prime=", b"Dfun=")
REQUESTS = (
    b"eval_grad",
    b"return_grad",
    b"compute_grad",
    b"return_deriv",
    b"return_jac=",
    b"return_hess",
    b"eval_hess",
)
BOTH = (b"loss_grad", b"and_grad", b"cost_grad")
PAIRS = (b", grad", b"_grad\n", b"_gradient\n")

# Nor is there a call of a gradient check without one of these.
CHECKS = (b"gradcheck", b"gradgradcheck", b"grad_check", b"gradient_check", b"check_grad", b"eval_numerical_gradient")

EVERY = (*DEFINITIONS, *RULES, LIKELIHOODS, *SOLVERS, *PAIRS, *BOTH, *REQUESTS, *CHECKS)

# Each of those contains one of these. Three files of four hold none, and are not searched for the others.
STEMS = (
    b"grad", b"backward", b"_bwd", b"prop(", b"deriv", b"_der(", b"hess", b"jac=", b"prime", b"Dfun=", b"vjp", b"jvp",
    b"interpreters", b"loglike",
)  # fmt: skip

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "_testing"})


def is_test(file: str) -> bool:
    """Whether a file holds tests, by its name and its folders.

    >>> is_test("src/layers.py"), is_test("tests/layers.py"), is_test("src/test_layers.py")
    (False, True, True)
    """
    *folders, name = file.split("/")
    stem = posixpath.splitext(name)[0]
    return (
        stem.startswith("test_")
        or stem.endswith("_test")
        or stem == "conftest"
        or not _TEST_FOLDERS.isdisjoint(folders)
    )


def may_matter(source: bytes) -> bool:
    """Whether a file has a mark at all.

    >>> may_matter(b"def relu_backward(dout, x): ..."), may_matter(b"import numpy as np")
    (True, False)
    """
    return any(stem in source for stem in STEMS) and any(mark in source for mark in EVERY)
