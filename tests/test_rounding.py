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


def rounded(digits, factor=1.0, seed=0):
    return check_gradient(
        lambda x: np.round(np.sin(x), digits), lambda dout, x: factor * dout * np.cos(x), {"x": "N"}, seed=seed
    )


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_forward_that_rounds_its_result_is_inconclusive_and_names_the_rounding(digits):
    for seed in range(6):
        check = rounded(digits, seed=seed)
        assert check.verdict == "inconclusive"
        assert {finding.code for finding in check.findings} == {"GA402"}
        assert any(f"multiples of {10.0**-digits:g}" in finding.message for finding in check.findings)
        assert not any("kink" in note for note in check.notes)


@pytest.mark.parametrize("factor", [2.0, -1.0])
def test_a_mistake_that_is_larger_than_the_rounding_is_found(factor):
    assert [rounded(6, factor, seed).verdict for seed in range(6)] == ["failed"] * 6


def test_rounding_before_other_arithmetic_is_no_mistake_of_the_gradient():
    for seed in range(6):
        check = check_gradient(
            lambda x: np.pi * np.round(np.sin(x), 5).mean(),
            lambda x: np.pi * np.cos(x) / x.size,
            {"x": "N"},
            seed=seed,
        )
        assert check.verdict == "inconclusive"


@pytest.mark.parametrize("limit", [0.5, 0.25])
def test_values_that_are_clipped_to_a_half_are_not_rounded(limit):
    check = check_gradient(lambda x: np.clip(x, -limit, limit), lambda dout, x: dout, {"x": "N D"})
    assert check.verdict == "failed"


def test_a_claim_for_whole_numbers_which_do_not_change_is_a_mistake():
    assert check_gradient(lambda x: np.floor(x), lambda dout, x: dout, {"x": "N D"}).verdict == "failed"
