"""Directions on sets: what `project` gives and where `move` goes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions

SETS = {
    "simplex": distributions.probabilities("B D"),
    "symmetric": distributions.positive_definite("B D D"),
    "orthogonal": distributions.orthogonal("B D D"),
}
each_set = pytest.mark.parametrize("name", sorted(SETS))
seeds = st.integers(0, 2**32)
widths = st.integers(1, 6)


def drawn(name, seed, d, dtype="float64"):
    """Tangents of the set, a point, and two directions."""
    rng = np.random.default_rng(seed)
    point = SETS[name].draw(rng, {"B": 2, "D": d}, np.dtype(dtype))
    first, second = rng.standard_normal((2, *point.shape)).astype(dtype)
    return SETS[name].tangents, point, first, second


def residual(name, point):
    """How far a point is from its set."""
    if name == "simplex":
        return max(np.abs(point.sum(axis=-1) - 1).max(), -point.min())
    if name == "symmetric":
        return max(np.abs(point - point.swapaxes(-1, -2)).max(), -np.linalg.eigvalsh(point).min())
    return np.abs(point @ point.swapaxes(-1, -2) - np.eye(point.shape[-1])).max()


@each_set
@given(seed=seeds, d=widths, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_projecting_is_linear(name, seed, d, a, b):
    tangents, point, first, second = drawn(name, seed, d)
    together = tangents.project(point, a * first + b * second)
    apart = a * tangents.project(point, first) + b * tangents.project(point, second)
    np.testing.assert_allclose(together, apart, atol=1e-12)


@pytest.mark.parametrize("name", ["symmetric", "orthogonal"])
@given(seed=seeds, d=widths)
def test_projecting_a_tangent_changes_nothing(name, seed, d):
    tangents, point, direction, _ = drawn(name, seed, d)
    tangent = tangents.project(point, direction)
    np.testing.assert_allclose(tangents.project(point, tangent), tangent, atol=1e-12)


@given(seed=seeds, d=widths)
def test_tangents_of_the_simplex_keep_the_sum_and_ignore_what_is_common_to_a_row(seed, d):
    tangents, point, direction, _ = drawn("simplex", seed, d)
    tangent = tangents.project(point, direction)
    np.testing.assert_allclose(tangent.sum(axis=-1), 0, atol=1e-13)
    np.testing.assert_allclose(tangents.project(point, direction + 5), tangent, atol=1e-12)


@given(seed=seeds, d=st.integers(2, 6))
def test_tangents_of_the_simplex_reach_every_direction_that_keeps_the_sum(seed, d):
    tangents, point, direction, _ = drawn("simplex", seed, d)
    wanted = direction - direction.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(tangents.project(point, wanted / point), wanted, atol=1e-11)


@each_set
@given(seed=seeds, d=widths, t=st.floats(-0.05, 0.05))
def test_moving_stays_in_the_set(name, seed, d, t):
    tangents, point, direction, _ = drawn(name, seed, d)
    assert residual(name, tangents.move(point, tangents.project(point, direction), t)) < 1e-13


@pytest.mark.parametrize(("name", "t"), [("simplex", 50.0), ("orthogonal", 1e3)])
@given(seed=seeds, d=widths)
def test_moving_far_stays_in_the_set(name, t, seed, d):
    tangents, point, direction, _ = drawn(name, seed, d)
    assert residual(name, tangents.move(point, tangents.project(point, direction), t)) < 1e-9


@each_set
@given(seed=seeds, d=widths)
def test_the_velocity_of_a_curve_at_its_start_is_its_tangent(name, seed, d):
    tangents, point, direction, _ = drawn(name, seed, d)
    tangent = tangents.project(point, direction)
    h = 1e-5  # truncation about h² ‖third derivative‖ < 1e-8, round-off about eps/h = 1e-11
    velocity = (tangents.move(point, tangent, h) - tangents.move(point, tangent, -h)) / (2 * h)
    np.testing.assert_allclose(velocity, tangent, atol=1e-7)


@each_set
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_a_curve_starts_exactly_at_its_point_in_its_dtype(name, dtype):
    tangents, point, direction, _ = drawn(name, 3, 4, dtype)
    start = tangents.move(point, tangents.project(point, direction), 0.0)
    assert start.dtype == point.dtype
    np.testing.assert_array_equal(start, point)


@each_set
def test_neither_point_nor_direction_is_written_to(name):
    tangents, point, direction, _ = drawn(name, 0, 3)
    kept = point.copy(), direction.copy()
    tangent = tangents.project(point, direction)
    copied = tangent.copy()
    tangents.move(point, tangent, 0.1)
    np.testing.assert_array_equal(point, kept[0])
    np.testing.assert_array_equal(direction, kept[1])
    np.testing.assert_array_equal(tangent, copied)
