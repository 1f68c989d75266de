"""By what path and bytes a file need not be looked at; it stands alone, so that most files cost no import."""

from __future__ import annotations

import posixpath

# What may hold a hand-written backward pass, or call a gradient check, holds one of these; three files of four do not.
# Each is searched for in every file, so they are plain and few.
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
    """Whether a file is worth a closer look, which is that of `prefilter`.

    >>> may_matter(b"def relu_backward(dout, x): ..."), may_matter(b"import numpy as np")
    (True, False)
    """
    return any(stem in source for stem in STEMS)
