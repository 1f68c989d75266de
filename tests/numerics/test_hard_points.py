"""Points at which differences mislead: symmetric ones, huge values, functions faster than the step, nowhere to move."""

import numpy as np
import pytest

from gradaudit.numerics.checks.check import check

from .problems import Counted, elementwise

MODES = ["directional", "elementwise"]
X = np.random.default_rng(7).standard_normal(12)


def verdict(problem, mode="directional", seed=0):
    return check(problem, np.random.default_rng([seed, 1]), mode).verdict


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("exponent", [150, 154, 170, 200, 250, 300, -150, -200, -300])
def test_squares_that_overflow_or_underflow_decide_nothing(exponent, mode):
    scale = 10.0**exponent
    square = lambda factor: elementwise(lambda x: x**2, lambda x: factor * x, X, scale)  # noqa: E731
    assert verdict(square(2.0), mode) == "right"
    assert verdict(square(3.0), mode) == "wrong"


@pytest.mark.parametrize("mode", MODES)
def test_values_beyond_all_floats_are_undecided(mode):
    assert verdict(elementwise(lambda x: x * 1e308, lambda x: 0 * x + 1e308, X), mode) != "wrong"
    beyond = elementwise(lambda x: np.exp(700 + 100 * x), lambda x: 3 * np.exp(700 + 100 * x), np.abs(X))
    assert verdict(beyond, mode) == "undecided"


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_gradient_that_is_zero_at_a_symmetric_point_is_wrong(mode):
    zero = np.zeros(3)
    assert verdict(elementwise(np.abs, lambda x: -np.sign(x), zero), mode) == "wrong"
    assert verdict(elementwise(lambda b: b**2, lambda b: -7 * b, zero), mode) == "wrong"
    assert verdict(elementwise(np.abs, np.sign, zero), mode) == "right"
    assert verdict(elementwise(lambda b: b**2, lambda b: 2 * b, zero), mode) == "right"


def test_the_convention_that_relu_has_no_slope_at_zero_is_right():
    assert verdict(elementwise(lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0), np.zeros(3))) == "right"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rest", [0.0, 1.0])
def test_a_penalty_with_its_sign_flipped_is_wrong_at_its_own_minimum(rest, mode):
    rng = np.random.default_rng(0)
    x, up = rng.standard_normal((6, 4)), rng.standard_normal((6, 3))

    def layer(sign):
        return Counted(
            lambda w, b: (up * (x @ w + b)).sum() + 0.1 * ((b - rest) ** 2).sum(),
            lambda w, b: (x.T @ up, up.sum(0) + sign * 0.2 * (b - rest)),
            (rng.standard_normal((4, 3)), np.full(3, rest)),
            names=("w", "b"),
        )

    assert verdict(layer(1.0), mode) == "right"
    result = check(layer(-1.0), np.random.default_rng(0), mode)
    assert [block.name for block in result.blocks if block.verdict == "wrong"] == ["b"]


def test_right_far_away_from_where_a_function_lives_excuses_nothing():
    """At 3 ± 0.03 a kernel of width 1e-5 and any gradient of it are zero."""
    kernel = lambda x: np.exp(-(((x - 3) / 1e-5) ** 2) / 2)  # noqa: E731
    point = 3 + 1e-5 * X
    for factor, expected in ((1.0, "right"), (2.0, "wrong"), (-1.0, "wrong")):
        problem = elementwise(kernel, lambda x, factor=factor: -factor * (x - 3) / 1e-10 * kernel(x), point)
        assert verdict(problem) == expected
        assert verdict(problem, "elementwise") == expected


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("frequency", [1e3, 1e4, 1e5, 1e6])
def test_a_function_faster_than_its_block_is_not_accused_and_its_mistakes_are_found(frequency, mode):
    for seed in range(5):
        x = np.random.default_rng(seed).standard_normal(12)
        claim = lambda c, x=x: elementwise(  # noqa: E731
            lambda t: np.sin(frequency * t), lambda t: c * frequency * np.cos(frequency * t), x
        )
        assert verdict(claim(1.0), mode, seed) == "right"
        assert [verdict(claim(c), mode, seed) for c in (2.0, -1.0)] == ["wrong", "wrong"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mean", [1e4, 1e5, 1e6, 1e7, 1e8])
def test_a_large_mean_is_not_the_scale_on_which_a_function_varies(mean, mode):
    for seed in range(5):
        x = mean + np.random.default_rng(seed).standard_normal(12)
        assert verdict(elementwise(np.sin, np.cos, x), mode, seed) == "right"
        wrong = [elementwise(np.sin, lambda t, c=c: c * np.cos(t), x) for c in (2.0, -1.0)]
        assert [verdict(each, mode, seed) for each in wrong] == ["wrong", "wrong"]


def test_a_small_fast_part_of_a_slow_function_is_not_accused():
    for seed in range(5):
        x = np.random.default_rng(seed).standard_normal(12)
        f = lambda t: 10 * np.sin(t) + 1e-5 * np.sin(1e6 * t)  # noqa: E731
        df = lambda t: 10 * np.cos(t) + 10 * np.cos(1e6 * t)  # noqa: E731
        assert verdict(elementwise(f, df, x), seed=seed) != "wrong"
        assert verdict(elementwise(f, df, x), "elementwise", seed) != "wrong"


class Orthogonal:
    """Moves orthogonal matrices among orthogonal matrices."""

    def project(self, point, direction):
        twist = point.T @ direction
        return point @ (twist - twist.T) / 2

    def move(self, point, tangent, t):
        q, r = np.linalg.qr(point + t * tangent)
        return q * np.sign(np.diag(r))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("mode", MODES)
def test_a_block_that_can_not_move_is_right_whatever_is_claimed(mode, dtype):
    one = np.array([[1.0]], dtype)
    alone = Counted(lambda x: 3 * x**2, lambda x: (17 * x,), (one,), tangents=(Orthogonal(),))
    result = check(alone, np.random.default_rng(0), mode)
    assert (result.verdict, result.difference, result.detects) == ("right", 0.0, None)
    beside = lambda factor: Counted(  # noqa: E731
        lambda x, w: 3 * x.sum() ** 2 + (w**2).sum(),
        lambda x, w: (17 * x, factor * w),
        (one, X),
        names=("x", "w"),
        tangents=(Orthogonal(), None),
    )
    assert verdict(beside(2.0), mode) == "right"
    assert [block.verdict for block in check(beside(3.0), np.random.default_rng(0), mode).blocks] == ["right", "wrong"]
