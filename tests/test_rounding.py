"""Rounding is no mistake: where the true gradient is zero, and where two calls add up in another order."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient


def normalised(x):
    """Layer normalisation: of one element it is zero."""
    centred = x - x.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return centred * scale, (x, centred * scale, scale)


def rounded_gradient(dout, cache):
    """Right, up to a rounding that the reciprocal of a small root makes large."""
    x, out, scale = cache
    moved = dout * (1 + x) - dout * x  # dout, but for rounding
    return scale * (moved - dout.mean(axis=1, keepdims=True) - out * (dout * out).mean(axis=1, keepdims=True))


@pytest.mark.parametrize("seed", range(5))
def test_the_rounding_of_a_gradient_that_is_zero_is_no_mistake(seed):
    assert check_gradient(normalised, rounded_gradient, {"x": "N D"}, sizes={"D": (1, 6)}, seed=seed, trials=8).passed


@pytest.mark.parametrize("size", [1e-9, 1e-6, 1.0])
def test_a_claim_where_the_output_is_zero_and_stays_so_is_a_mistake(size):
    check = check_gradient(
        lambda x: np.maximum(x - 10, 0), lambda dout, x: size * dout, {"x": "N D"}, sizes={"N": 4, "D": 5}
    )
    assert check.verdict == "failed"


def test_two_forwards_that_differ_in_rounding_alone_are_the_same():
    calls = []

    def forward(x):
        calls.append(None)
        return np.sin(x) * (1 + 4e-16 * (len(calls) % 2))

    assert check_gradient(forward, lambda dout, x: dout * np.cos(x), {"x": "N D"}).passed


def test_a_difference_above_rounding_is_nondeterminism():
    calls = []

    def forward(x):
        calls.append(None)
        return np.sin(x) * (1 + 1e-10 * (len(calls) % 2))

    check = check_gradient(forward, lambda dout, x: dout * np.cos(x), {"x": "N D"})
    assert [finding.code for finding in check.findings] == ["GA302"]
