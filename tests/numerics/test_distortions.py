"""Distortions change what they say they change, where something can be seen of it, and each is found wrong."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.numerics.checks.check import check
from gradaudit.numerics.problems.distortions import KINDS, ROUNDING, Distorted, distortion
from gradaudit.numerics.problems.remembered import Remembered

from .problems import Counted

RNG = np.random.default_rng(5)


def quadratic(point):
    """φ = ½⟨θ, θ⟩, whose gradient is the point itself."""
    return Counted(lambda x: 0.5 * x**2, lambda x: [x.copy()], (np.asarray(point, float),))


def distorted(point, kind):
    problem = quadratic(point)
    found = distortion(problem, problem.gradient(problem.point), 0, kind)
    return None if found is None else found.change(problem.gradient(problem.point)[0])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("flipped", [[-1.0, 3.0], [-2.0, -0.5]]),
        ("scaled", [[1.01, -3.03], [2.02, 0.505]]),
        ("zeroed", [[1.0, 0.0], [2.0, 0.5]]),
        ("swapped", [[1.0, 2.0], [-3.0, 0.5]]),
        ("transposed", [[1.0, 2.0], [-3.0, 0.5]]),
    ],
)
def test_each_kind_changes_what_it_says(kind, expected):
    np.testing.assert_allclose(distorted([[1.0, -3.0], [2.0, 0.5]], kind), expected)


@pytest.mark.parametrize(
    ("point", "kinds"),
    [
        (np.zeros((2, 2)), set()),
        (np.ones((2, 2)), {"flipped", "scaled", "zeroed"}),
        ([[1.0, 2.0], [2.0, 3.0]], {"flipped", "scaled", "zeroed", "swapped"}),
        (2.0, {"flipped", "scaled", "zeroed"}),
        (np.ones((0, 3)), set()),
        (np.arange(6.0).reshape(2, 3), {"flipped", "scaled", "zeroed", "swapped"}),
        (np.arange(12.0).reshape(2, 3, 2), set(KINDS)),
    ],
)
def test_what_would_change_nothing_is_not_done(point, kinds):
    assert {kind for kind in KINDS if distorted(point, kind) is not None} == kinds


def test_of_several_pairs_of_equal_axes_the_one_that_changes_most_is_exchanged():
    gradient = np.zeros((2, 2, 2))
    gradient[0, 1, :] = 1.0  # the same along the last axis: only the first two exchange anything large
    gradient[1, 1, 0] = 1e-3
    problem = quadratic(gradient)
    found = distortion(problem, problem.point, 0, "transposed")
    assert found.places == ((0,), (1,))


class Sum:
    """Directions that keep a sum: nothing is seen of what is the same in every element."""

    def project(self, point, direction):
        return direction - direction.mean()

    def move(self, point, tangent, t):
        return point + t * tangent


def test_what_lies_outside_of_the_tangents_is_no_change():
    gradient = (np.ones(4),)
    problem = Counted(lambda x: x, lambda x: gradient, (np.ones(4),), tangents=(Sum(),))
    assert distortion(problem, gradient, 0, "flipped") is None
    assert distortion(problem, gradient, 0, "zeroed").difference > ROUNDING


def test_the_arrays_that_a_backward_returned_are_not_written_to():
    kept = RNG.standard_normal((3, 3))
    problem = Counted(lambda x: 0.5 * x**2, lambda x: [kept], (kept.copy(),))
    before = kept.copy()
    for kind in KINDS:
        Distorted(problem, 0, distortion(problem, (kept,), 0, kind).change).gradient(problem.point)
    np.testing.assert_array_equal(kept, before)


def affine(seed):
    rng = np.random.default_rng(seed)
    x, w, b = rng.standard_normal((5, 3)), rng.standard_normal((3, 3)), rng.standard_normal(3)
    upstream = rng.standard_normal((5, 3))
    return Counted(
        lambda x, w, b: np.tanh(x @ w + b),
        lambda x, w, b: _pulled(upstream * (1 - np.tanh(x @ w + b) ** 2), x, w),
        (x, w, b),
        upstream,
    )


def _pulled(d, x, w):
    return d @ w.T, x.T @ d, d.sum(axis=0)


@pytest.mark.parametrize("mode", ["directional", "elementwise"])
@pytest.mark.parametrize("seed", range(5))
def test_every_distortion_of_a_right_gradient_is_found_wrong_and_no_other_block(mode, seed):
    problem = Remembered(affine(seed))
    gradient = problem.gradient(problem.point)
    found = {(b, kind): distortion(problem, gradient, b, kind) for b in range(3) for kind in KINDS}
    assert {place for place, each in found.items() if each is None} == {(0, "transposed"), (2, "transposed")}
    for (block, kind), each in found.items():
        if each is None:
            continue
        result = check(Distorted(problem, block, each.change), np.random.default_rng(seed), mode)
        verdicts = [each.verdict for each in result.blocks]
        assert verdicts == ["wrong" if b == block else "right" for b in range(3)], kind


def test_a_remembered_point_is_not_evaluated_again():
    counted = affine(0)
    problem = Remembered(counted)
    check(problem, np.random.default_rng(0), "elementwise")
    first = counted.evaluations
    again = check(problem, np.random.default_rng(0), "elementwise")
    assert counted.evaluations == first
    assert again.verdict == "right"
    assert problem.evaluate(problem.point) == counted.evaluate(counted.point)
    moved = (counted.point[0] + 1e-9, *counted.point[1:])
    assert problem.evaluate(moved) != problem.evaluate(problem.point)
