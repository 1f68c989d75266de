"""The slope of a function is right within the error that it tells, and the step that it is taken with is a good one."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.numerics.derivatives.slope import STEPS, Slope, draw_direction, slope_along
from gradaudit.numerics.problems.problem import Evaluation

EPSILON = float(np.finfo(np.float64).eps)


def evaluated(function):
    def evaluate(point):
        value = float(function(point[0]))
        return Evaluation(value, abs(value), EPSILON)

    return evaluate


FUNCTIONS = {
    "quartic": (lambda x: (x**4).sum(), lambda x: 4 * x**3),
    "exponential": (lambda x: np.exp(x).sum(), np.exp),
    "steep exponential": (lambda x: np.exp(30 * x).sum(), lambda x: 30 * np.exp(30 * x)),
    "logarithm": (lambda x: np.log(x).sum(), lambda x: 1 / x),
    "oscillation": (lambda x: np.sin(1000 * x).sum(), lambda x: 1000 * np.cos(1000 * x)),
    "offset": (lambda x: 1e4 + np.tanh(x).sum(), lambda x: 1 - np.tanh(x) ** 2),
    "corner": (lambda x: (np.maximum(x - 0.7, 0) ** 2).sum(), lambda x: 2 * np.maximum(x - 0.7, 0)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_slope_is_right_within_its_error(name):
    function, gradient = FUNCTIONS[name]
    for seed in range(50):
        rng = np.random.default_rng(seed)
        point = (rng.uniform(0.3, 2.0, size=rng.integers(1, 6)),)
        direction = draw_direction(point, rng)
        slope = slope_along(evaluated(function), point, direction)
        for here in (point, (point[0] * (1 + 1e-2 * rng.standard_normal(point[0].shape)),)):
            found = slope.measured(here)
            exact = float(gradient(here[0]) @ direction[0])
            assert abs(found.value - exact) <= found.error, (seed, slope.step)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_error_is_small_beside_what_the_function_allows(name):
    function, _ = FUNCTIONS[name]
    point = (np.array([0.4, 1.1, 1.7]),)
    slope = slope_along(evaluated(function), point, draw_direction(point, np.random.default_rng(3)))
    found = slope.measured(point)
    assert found.error <= 1e-7 * max(abs(found.value), abs(function(point[0])))


def test_a_function_in_step_with_one_difference_is_not_taken_for_a_constant():
    point, direction = (np.array([2.0]),), (np.array([1.0]),)
    frequency = 2 * np.pi / STEPS[0]
    waves = evaluated(lambda x: np.sin(frequency * x).sum())
    aliased = Slope(waves, direction, STEPS[0]).measured(point)
    assert abs(aliased.value) < 1e-9 * frequency
    found = slope_along(waves, point, direction).measured(point)
    assert found.value == pytest.approx(frequency * np.cos(frequency * 2.0), rel=1e-6)


def test_a_step_that_leaves_the_domain_is_not_taken():
    point = (np.array([1e-3, 1.0]),)
    with np.errstate(invalid="ignore"):
        slope = slope_along(evaluated(lambda x: np.log(x).sum()), point, (np.array([1.0, 1.0]),))
        assert 4 * slope.step < 1e-3
        assert slope.evaluate(point).value == pytest.approx(1001.0, rel=1e-8)


def test_what_is_nowhere_finite_says_so():
    point = (np.array([1.0]),)
    slope = slope_along(lambda _: Evaluation(np.nan, np.nan, EPSILON), point, point)
    assert np.isnan(slope.evaluate(point).value)


def test_directions_move_every_element_by_about_the_size_of_its_block():
    point = (np.full((3, 4), 1e-6), np.zeros(5), np.array(1e8))
    for size, block in zip((1e-6, 1.0, 1e8), draw_direction(point, np.random.default_rng(0)), strict=True):
        assert np.all((0.5 * size <= np.abs(block)) & (np.abs(block) <= 1.5 * size))
