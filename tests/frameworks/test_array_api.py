"""Arrays of the array API standard, by its own strict implementation."""

from __future__ import annotations

import pytest

xp = pytest.importorskip("array_api_strict")

from gradaudit import check_gradient  # noqa: E402 - after it is known to be there


def affine(x, w):
    return xp.tanh(x @ w), (x, w)


def gradients(dout, x, w):
    inner = dout * (1 - xp.tanh(x @ w) ** 2)
    return inner @ w.T, x.T @ inner


def test_a_right_pair_passes_on_arrays_of_the_standard():
    check = check_gradient(affine, lambda dout, cache: gradients(dout, *cache), {"x": "N D", "w": "D M"})
    assert (check.passed, check.framework) == (True, "array_api_strict")


def test_a_wrong_one_is_named():
    def backward(dout, cache):
        x, w = gradients(dout, *cache)
        return x, -w

    check = check_gradient(affine, backward, {"x": "N D", "w": "D M"})
    assert [(finding.code, finding.gradient) for finding in check.findings] == [("GA202", "w")]
