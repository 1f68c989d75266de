"""Gradients in another order, which their shapes show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from gradaudit import check_gradient

INPUTS = {"x": "N D", "w": "D", "b": ""}


class Gradients(NamedTuple):
    dw: object
    db: object


def cost(x, w, b):
    return ((x @ w + b) ** 2).sum()


def gradients(x, w, b):
    residual = 2 * (x @ w + b)
    return np.outer(residual, w), x.T @ residual, residual.sum()


EXCHANGED = {
    "a tuple": lambda x, w, b: gradients(x, w, b)[:0:-1],
    "a mapping": lambda x, w, b: dict(zip(("db", "dw"), gradients(x, w, b)[1:], strict=True)),
    "a NamedTuple": lambda x, w, b: Gradients(*gradients(x, w, b)[:0:-1]),
}


def helps(check):
    assert {finding.code for finding in check.findings} == {"GA207"}
    return {finding.gradient: finding.help for finding in check.findings}


@pytest.mark.parametrize("case", EXCHANGED)
def test_two_that_fit_each_other_are_in_another_order(case):
    told = helps(check_gradient(cost, EXCHANGED[case], INPUTS, wrt=("w", "b")))
    assert told == dict.fromkeys(("w", "b"), "the gradients of w and b fit each other's shape: "
        "they are in another order than w, b")  # fmt: skip


def test_three_that_are_turned_round_are_in_another_order():
    check = check_gradient(cost, lambda x, w, b: gradients(x, w, b)[1:] + gradients(x, w, b)[:1], INPUTS)
    assert set(helps(check)) == {"x", "w", "b"}
    assert all("x, w and b fit each other's shapes" in remedy for remedy in helps(check).values())


def test_layers_in_reverse_are_in_another_order_but_for_the_one_in_the_middle():
    def forward(layers):
        return sum((weight**2).sum() for weight in layers)

    inputs = {"layers": ["A B", "B C", "C D"]}
    right = check_gradient(forward, lambda layers: [2 * weight for weight in layers], inputs)
    assert right.passed
    wrong = check_gradient(forward, lambda layers: [2 * weight for weight in layers][::-1], inputs)
    assert "layers.0 and layers.2 fit each other's shape" in helps(wrong)["layers.0"]


def test_a_shape_that_is_wrong_by_itself_is_told_by_its_axes():
    def unsummed(x, w, b):
        dx, dw, _ = gradients(x, w, b)
        return dx, dw, 2 * (x @ w + b)

    assert helps(check_gradient(cost, unsummed, INPUTS))["b"].startswith("axis 0 was not summed")


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_numpy_matrix_of_the_wrong_shape_is_named():
    weights = np.arange(6.0).reshape(2, 3)
    check = check_gradient(lambda x: weights @ x, lambda g, x: np.asmatrix(g) @ weights, {"x": "3"})
    assert helps(check)["x"].startswith("a gradient that came back is a numpy.matrix")


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_numpy_matrix_of_the_right_shape_is_no_matter():
    check = check_gradient(lambda x: x**2, lambda g, x: np.asmatrix(2 * x * g), {"x": "N D"})
    assert check.passed
    assert not check.notes
