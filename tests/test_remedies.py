"""What a message says to do can be done, and is not what was done already."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.errors import AuditError


def cost(params, x):
    return (x @ params["W"]).sum() + params["b"].sum()


def gradient_of_weights(params, x):
    return {"W": np.repeat(x.sum(0)[:, None], params["W"].shape[1], 1)}


INPUTS = {"params": {"W": "D H", "b": "H"}, "x": "N D"}


def test_a_leaf_without_a_gradient_is_left_out_by_naming_the_leaves_beside_it():
    (finding,) = check_gradient(cost, gradient_of_weights, INPUTS, wrt="params").findings
    assert (finding.code, finding.gradient) == ("GA206", "params.b")
    assert finding.help == 'return it; if params.b has no gradient, write wrt="params.W"'
    assert check_gradient(cost, gradient_of_weights, INPUTS, wrt="params.W").passed


def test_an_input_without_a_gradient_is_left_out_by_naming_the_inputs_beside_it():
    def backward(params, x):
        ones = np.ones((len(x), params["W"].shape[1]))
        return {"params": {"W": x.T @ ones, "b": np.ones(params["b"].shape)}, "dx": None}

    (finding,) = check_gradient(cost, backward, INPUTS).findings
    assert finding.help == 'return it; if x has no gradient, write wrt="params"'


class Sparse:
    """As much of SciPy's sparse arrays as tells them from others."""

    nnz, dtype = 3, np.dtype(float)

    def toarray(self): ...

    def tocsr(self): ...


@pytest.mark.parametrize("returned", [(Sparse(), np.ones(4)), {"dw": Sparse(), "dx": np.ones(4)}])
def test_a_sparse_gradient_is_told_to_be_made_dense(returned):
    with pytest.raises(AuditError, match="can't be matched") as caught:
        check_gradient(lambda w, x: w @ x, lambda g, w, x: returned, {"w": "3 4", "x": "4"})
    assert ".toarray()" in caught.value.help


async def asynchronous(x):
    return x


def generator(x):
    yield x


ONLY = {
    "complex": (lambda x: x * 1j, "is complex", "its real or its imaginary part"),
    "a generator": (generator, "is a generator", "of what it yields"),
    "a coroutine": (asynchronous, "is a coroutine", "not async"),
    "an integer": (lambda x: len(x), "is an int64 array", "return floating numbers"),
    "text": (lambda x: "text", "is a str", "a floating array"),
    "sparse": (lambda x: Sparse(), "is a Sparse of dtype float64", ".toarray()"),
}


@pytest.mark.parametrize("case", ONLY)
def test_the_only_output_is_told_what_to_be_instead(case):
    forward, message, remedy = ONLY[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AuditError, match=message) as caught:
            check_gradient(forward, lambda g, x: g, {"x": "N"})
    assert remedy in caught.value.help
    assert "outputs=" not in caught.value.help


def test_one_output_of_several_may_be_left_out():
    with pytest.raises(AuditError, match="is complex") as caught:
        check_gradient(lambda x: (x, x * 1j), lambda g, h, x: g, {"x": "N"})
    assert "outputs=" in caught.value.help


def test_a_relative_import_without_a_package_is_told_to_make_one(project):
    source = """
    from gradaudit import audited_backward
    from .n import square
    @audited_backward(forward=square, inputs={"x": "N"})
    def square_backward(g, x): return 2 * g * x
    """
    project.write(a__m=source, a__n="def square(x): return x**2\n")
    (finding,) = project.scan().audit("square_backward")["findings"]
    assert finding["code"] == "GA005"
    assert "put an __init__.py into a" in finding["help"]
    (project.root / "a" / "__init__.py").touch()
    assert project.scan().outcomes() == {"square_backward": "passed"}
