import math

import numpy as np
import pytest

from gradaudit.numerics.checks.textbook import check_elementwise
from gradaudit.numerics.derivatives.elements import numeric_at

from .problems import RIGHT, Counted, attention, elementwise, with_mistake


def cubes(point=(1.0, 2.0), factor=3.0):
    return Counted(lambda x: (x**3).sum(), lambda x: (factor * x**2,), (np.array(point),), names=("x",))


def test_with_epsilon_given_it_is_the_formula_to_the_letter():
    epsilon = 1e-2
    # ((x+ε)³ - (x-ε)³) / 2ε = 3x² + ε²
    approximate = np.array([3.0 + epsilon**2, 12.0 + epsilon**2])
    exact = np.array([3.0, 12.0])
    by_hand = math.sqrt(2) * epsilon**2 / (np.linalg.norm(exact) + np.linalg.norm(approximate))
    result = check_elementwise(cubes(), epsilon=epsilon)
    assert result.overall_difference == pytest.approx(by_hand, rel=1e-9)
    assert result.blocks[0].difference == pytest.approx(by_hand, rel=1e-9)
    assert result.blocks[0].grade == "okay"


def test_each_element_is_moved_by_epsilon_alone_in_both_directions():
    problem = cubes()
    check_elementwise(problem, epsilon=0.5)
    moved = [tuple(point[0]) for point in problem.points[1:]]
    assert moved == [(1.5, 2.0), (0.5, 2.0), (1.0, 2.5), (1.0, 1.5)]


def test_it_takes_two_evaluations_an_element():
    problem = cubes(point=(1.0, 2.0, 3.0))
    check_elementwise(problem)
    assert problem.evaluations == 2 * 3 + 1
    assert problem.gradients == 1


def test_the_point_is_left_as_it_was_even_when_the_function_raises():
    problem = cubes()
    before = problem.point[0].copy()

    def raising(x):
        if x[0] != before[0]:
            raise ZeroDivisionError
        return x.sum()

    problem.forward = raising
    with pytest.raises(ZeroDivisionError):
        check_elementwise(problem)
    assert (problem.point[0] == before).all()


@pytest.mark.parametrize(
    "name", [n for n in RIGHT if n not in {"badly scaled", "offset 1e6"} and "zero biases" not in n]
)
def test_right_gradients_are_not_wrong(name):
    rng = np.random.default_rng(3)
    assert check_elementwise(RIGHT[name](rng)).verdict == "right"


def test_the_overall_difference_hides_what_a_small_blocks_own_does_not():
    rng = np.random.default_rng(0)
    weights, biases = 100.0 * rng.standard_normal(1000), 1e-3 * rng.standard_normal(10)
    problem = Counted(
        lambda w, b: 0.5 * (w**2).sum() + 0.5 * (b**2).sum(), lambda w, b: (w, -b), (weights, biases), names=("w", "b")
    )
    result = check_elementwise(problem)
    assert result.overall_difference < 1e-5
    assert result.blocks[1].difference == pytest.approx(1.0, abs=0.1)
    assert next(block.verdict for block in result.blocks) == "right"
    assert result.blocks[1].verdict in {"wrong", "undecided"}


def test_the_overall_difference_is_that_of_all_blocks_concatenated():
    problem = Counted(
        lambda a, b: (a**2).sum() + (b**2).sum(),
        lambda a, b: (2 * a, 4 * b),
        (np.array([[3.0], [0.0]]), np.array(2.0)),
        names=("a", "b"),
    )
    result = check_elementwise(problem)
    # (6, 0, 8) against (6, 0, 4)
    assert result.overall_difference == pytest.approx(4.0 / (10.0 + math.sqrt(52.0)), rel=1e-8)
    assert result.blocks[1].difference == pytest.approx(1 / 3, rel=1e-8)
    assert result.blocks[1].shape == ()


def test_the_worst_element_is_named_with_both_values():
    worst = check_elementwise(with_mistake(cubes(), "one element 1e-1", "x")).blocks[0].worst
    assert worst.index == (1,)
    assert worst.numeric == pytest.approx(12.0, rel=1e-8)
    assert worst.analytic == pytest.approx(12.0 + 0.1 * math.hypot(3.0, 12.0))


def test_zero_against_noise_is_not_wrong():
    block = check_elementwise(attention(np.random.default_rng(1)), epsilon=1e-7).blocks[2]
    assert block.verdict == "right"
    assert block.difference <= block.error_bound


def test_a_wrong_gradient_that_rounding_hides_is_undecided_not_right():
    problem = elementwise(lambda x: 1e-6 * x**2 + 1e8, lambda x: -2e-6 * x, np.array([1.0, 2.0]))
    block = check_elementwise(problem).blocks[0]
    assert (block.verdict, block.reason) == ("undecided", "noise")


def test_where_the_function_is_not_finite_nothing_is_decided():
    problem = Counted(lambda x: np.log(x).sum(), lambda x: (1 / x,), (np.array([1e-9, 1.0]),))
    block = check_elementwise(problem).blocks[0]
    assert (block.verdict, block.reason) == ("undecided", "not-finite")
    assert math.isnan(block.difference)


def test_the_numeric_derivative_at_single_elements_needs_no_gradient():
    problem = Counted(lambda x: np.sin(x).sum(), lambda x: 1 / 0, (np.arange(6.0).reshape(2, 3),))
    found = numeric_at(problem, 0, [(0, 1), (1, 2)])
    assert found == pytest.approx(np.cos([1.0, 5.0]), rel=1e-8)
    scalar = Counted(lambda x: x**2, lambda x: 1 / 0, (np.array(3.0),))
    assert numeric_at(scalar, 0, [()]) == pytest.approx([6.0], rel=1e-8)
