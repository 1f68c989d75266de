"""Jacobians and elementwise derivatives of the wrong shape: they are told in their own words."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient

WEIGHTS = np.linspace(-0.5, 1.0, 15).reshape(5, 3)
SQUARE = np.linspace(-0.4, 0.8, 9).reshape(3, 3)
POINT = np.array([0.1, -0.2, 0.3])


def jacobian(x, weights=WEIGHTS):
    return (1 - np.tanh(weights @ x) ** 2)[:, None] * weights


def rows_jacobian(x):
    """Of tanh(x Wᵀ), each row of which depends on its own row of x."""
    found = np.zeros((len(x), 5, len(x), 3))
    for row, entries in enumerate(x):
        found[row, :, row, :] = jacobian(entries)
    return found


MISTAKES = {
    "transposed": (lambda x: jacobian(x).T, "(3, 5), not (5, 3)", "the axes of x come first: transpose it"),
    "a row": (lambda x: jacobian(x)[0], "(3,), not (5, 3)", "one row alone"),
    "a column": (lambda x: jacobian(x)[:, 0], "(5,), not (5, 3)", "by the other elements of x are missing"),
    "an axis too many": (lambda x: jacobian(x)[None], "(1, 5, 3), not (5, 3)", "an axis of length 1"),
    "something else": (lambda x: jacobian(x)[:2], "(2, 3), not (5, 3)", "every output by every element of x"),
}
ROWS = {
    "inputs first": (lambda x: rows_jacobian(x).transpose(2, 3, 0, 1), "move those of the output to the front"),
    "another order": (lambda x: rows_jacobian(x).transpose(0, 2, 1, 3), "its axes are in another order"),
    "flattened": (lambda x: rows_jacobian(x).reshape(10, 6), "reshape it to (2, 5, 2, 3)"),
}


def only(outcome):
    (finding,) = outcome.findings
    assert (finding.code, finding.gradient) == ("GA207", "x")
    return finding


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_jacobian_of_the_wrong_shape_is_held_against_output_and_input(mistake):
    backward, shapes, remedy = MISTAKES[mistake]
    outcome = check_gradient(lambda x: np.tanh(WEIGHTS @ x), backward, {"x": POINT}, returns="jacobian")
    finding = only(outcome)
    assert finding.message == f"the Jacobian of x has shape {shapes}: (5,) of the output, then (3,) of x"
    assert remedy in finding.help


@pytest.mark.parametrize("mistake", ROWS)
def test_the_axes_of_a_jacobian_of_matrices_are_told_apart(mistake):
    backward, remedy = ROWS[mistake]
    point = {"x": np.linspace(-1, 1, 6).reshape(2, 3)}
    assert remedy in only(check_gradient(lambda x: np.tanh(x @ WEIGHTS.T), backward, point, returns="jacobian")).help


def test_a_diagonal_is_no_gradient_though_it_has_the_shape_of_one():
    """Without its upstream gradient it was compared as if it had been contracted with it."""
    outcome = check_gradient(
        lambda x: np.tanh(SQUARE @ x), lambda x: np.diag(jacobian(x, SQUARE)), {"x": POINT}, returns="jacobian"
    )
    assert 'returns="elementwise"' in only(outcome).help


def test_an_elementwise_derivative_of_the_wrong_shape_is_called_so():
    outcome = check_gradient(np.tanh, lambda x: (1 - np.tanh(x) ** 2)[:, None], {"x": POINT}, returns="elementwise")
    assert only(outcome).message == "the elementwise derivative of x has shape (3, 1), its input (3,)"


def test_the_right_jacobians_pass():
    assert (
        check_gradient(lambda x: np.tanh(WEIGHTS @ x), jacobian, {"x": POINT}, returns="jacobian").verdict == "passed"
    )
    point = {"x": np.linspace(-1, 1, 6).reshape(2, 3)}
    outcome = check_gradient(lambda x: np.tanh(x @ WEIGHTS.T), rows_jacobian, point, returns="jacobian")
    assert outcome.verdict == "passed"
