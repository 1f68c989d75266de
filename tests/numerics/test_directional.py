import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradaudit.numerics.checks.check import check
from gradaudit.numerics.differences import difference

from .problems import (
    MISTAKES,
    RIGHT,
    Counted,
    affine,
    attention,
    hidden_float32,
    relu_network,
    tanh_network,
    with_mistake,
)

SEEDS = range(5)


def checked(problem, seed=0, **options):
    return check(problem, np.random.default_rng([seed, 99]), **options)


def wrong_blocks(result):
    return [block.name for block in result.blocks if block.verdict == "wrong"]


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_pass(name):
    for seed in SEEDS:
        result = checked(RIGHT[name](np.random.default_rng(seed)), seed)
        assert result.verdict == "right", (seed, result)
        assert all(block.grade in {"great", "okay"} for block in result.blocks)


def test_an_ordinary_right_gradient_takes_three_evaluations_and_one_gradient():
    problem = affine(np.random.default_rng(0))
    assert checked(problem).verdict == "right"
    assert (problem.evaluations, problem.gradients) == (3, 1)


def test_right_gradients_take_at_most_six_forwards_in_the_median():
    counts = []
    for make in RIGHT.values():
        for seed in SEEDS:
            problem = make(np.random.default_rng(seed))
            checked(problem, seed)
            counts.append(problem.forwards)
    assert statistics.median(counts) <= 6


WITH_NOTHING_TO_GET_WRONG = {("attention, whose key bias has no gradient", "bk"), ("zero", "x")}


@pytest.mark.parametrize("mistake", [mistake for mistake in MISTAKES if mistake != "errors of 5e-5"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_mistake_is_found_in_its_block_and_in_no_other(name, mistake):
    for block in RIGHT[name](np.random.default_rng(0)).names:
        if (name, block) in WITH_NOTHING_TO_GET_WRONG:
            continue
        right = RIGHT[name](np.random.default_rng(1))
        wrong = with_mistake(RIGHT[name](np.random.default_rng(1)), mistake, block)
        place = right.names.index(block)
        truth = difference(wrong.gradient(wrong.point)[place], right.gradient(right.point)[place])
        if truth > 2e-5:  # twice the threshold, since large blocks' differences are estimates
            result = checked(wrong, 1)
            assert wrong_blocks(result) == [block], result
            if not any(wrong.point[place].size and np.abs(b).max() == 0.0 for b in wrong.point):  # no kink at the point
                assert result.blocks[place].difference == pytest.approx(truth, rel=1e-2)
            assert [b.verdict for b in result.blocks if b.name != block] == ["right"] * (len(result.blocks) - 1)


def test_errors_of_5e_5_hide_from_a_random_direction_at_most_once_in_four_hundred_times():
    """An error δ is orthogonal to the direction to within the tolerance with a probability of tolerance / ‖δ∘v‖."""
    found = [
        wrong_blocks(checked(with_mistake(make(np.random.default_rng(seed)), "errors of 5e-5", block), seed)) == [block]
        for make in (tanh_network, affine, relu_network)
        for block in make(np.random.default_rng(0)).names
        for seed in range(40)
    ]
    assert len(found) == 400
    assert sum(found) >= 399


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6), st.sampled_from(["x", "w", "b"]))
def test_at_any_size_right_passes_and_a_flipped_sign_is_named(seed, n, d, block):
    make = lambda: affine(np.random.default_rng(seed), n, d, 3)  # noqa: E731
    assert checked(make(), seed).verdict == "right"
    assert wrong_blocks(checked(with_mistake(make(), "sign", block), seed)) == [block]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-8, 8))
def test_the_verdict_does_not_depend_on_the_unit_of_the_loss(seed, exponent):
    make = lambda: affine(np.random.default_rng(seed), scale=10.0**exponent)  # noqa: E731
    assert checked(make(), seed).verdict == "right"
    assert wrong_blocks(checked(with_mistake(make(), "factor 1.001", "w"), seed)) == ["w"]


def test_a_transposed_block_is_wrong():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 4))
    problem = Counted(lambda x: np.sum(a * np.sin(x)), lambda x: ((a * np.cos(x)).T,), (rng.standard_normal((4, 4)),))
    assert wrong_blocks(checked(problem)) == ["a"]


def test_a_small_bias_with_its_sign_flipped_beside_large_weights_is_wrong():
    rng = np.random.default_rng(0)
    problem = Counted(
        lambda w, b: 0.5 * (w**2).sum() + np.sin(b).sum() * 1e-3,
        lambda w, b: (w, -np.cos(b) * 1e-3),
        (100.0 * rng.standard_normal(1000), rng.standard_normal(10)),
        names=("w", "b"),
    )
    assert wrong_blocks(checked(problem)) == ["b"]


def test_equal_and_opposite_errors_of_two_numbers_beside_a_large_block_do_not_cancel():
    problem = Counted(
        lambda a, b, w: (a - b).sum() + 5.0 * (w**2).sum(),
        lambda a, b, w: (-np.ones_like(a), np.ones_like(b), 10.0 * w),
        (np.array([1.3]), np.array([-0.4]), np.random.default_rng(0).standard_normal(5)),
        names=("a", "b", "w"),
    )
    assert [wrong_blocks(checked(problem, seed)) for seed in range(50)] == [["a", "b"]] * 50


def test_one_wrong_element_among_a_hundred_thousand_is_enough():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(100_000)

    def backward(x):
        g = np.cos(x)
        g[4321] += 0.01 * np.linalg.norm(g)
        return (g,)

    problem = Counted(lambda x: np.sin(x), backward, (x,), names=("x",))
    result = checked(problem)
    assert wrong_blocks(result) == ["x"]
    assert result.difference == pytest.approx(0.005, rel=1e-2)
    assert result.blocks[0].worst.index == (4321,)


def test_wrong_below_the_threshold_is_okay_with_its_difference():
    result = checked(with_mistake(tanh_network(np.random.default_rng(0)), "errors of 5e-5", "w1"), threshold=1e-3)
    block = result.blocks[0]
    assert (block.verdict, block.name) == ("right", "w1")
    assert block.difference == pytest.approx(2.5e-5, rel=1e-2)
    assert block.grade == "concerning"
    tiny = Counted(lambda x: np.sin(x), lambda x: (np.cos(x) * (1 + 5e-6),), (np.linspace(-1, 1, 9),))
    block = checked(tiny).blocks[0]
    assert (block.verdict, block.grade) == ("right", "okay")
    assert block.difference == pytest.approx(2.5e-6, rel=1e-2)


def test_a_guard_epsilon_of_1e_12_passes_and_one_of_1e_5_does_not():
    p = np.random.default_rng(0).uniform(0.01, 1.0, 20)
    guarded = lambda eps: Counted(lambda p: np.log(p), lambda p: (1 / (p + eps),), (p,))  # noqa: E731
    assert checked(guarded(1e-12)).verdict == "right"
    assert checked(guarded(1e-4)).verdict == "wrong"


def test_an_exact_kink_at_the_point_is_decided_at_a_point_nearby_and_said_so():
    x = np.array([0.0, 1.0, -2.0])
    right = Counted(lambda x: np.abs(x), lambda x: (np.where(x >= 0, 1.0, -1.0),), (x,))
    result = checked(right)
    assert result.verdict == "right"
    assert "decided at a point nearby" in result.notes[0]
    assert wrong_blocks(checked(Counted(lambda x: np.abs(x), lambda x: (-np.sign(x),), (x,)))) == ["a"]


def test_wrong_gradients_of_a_network_on_its_kinks_are_wrong():
    for seed in SEEDS:
        problem = relu_network(np.random.default_rng(seed), zero_biases=True, padded=True)
        assert wrong_blocks(checked(with_mistake(problem, "factor 2", "w1"), seed)) == ["w1"]


def test_a_kink_with_nothing_decidable_nearby_is_undecided_with_its_slopes():
    problem = Counted(
        lambda x: np.where(np.abs(x) < 4e-5, np.abs(x) + 2.0 * x, np.nan), lambda x: (0 * x + 1.7,), (np.array([0.0]),)
    )
    block = checked(problem).blocks[0]
    assert (block.verdict, block.reason) == ("undecided", "kink")
    left, right = sorted(block.slopes, key=abs)
    assert abs(right) == pytest.approx(3.0 * abs(left), rel=1e-6)
    assert left * right > 0


def test_kinks_everywhere_are_undecided_whatever_is_claimed():
    def zigzag(x):
        return np.abs((x * 1e3) % 2.0 - 1.0) + np.abs((x * 1.7e4) % 2.0 - 1.0) + np.abs((x * 1.3e6) % 2.0 - 1.0)

    assert checked(Counted(zigzag, lambda x: (0.3 * x,), (np.linspace(0.1, 0.9, 50),))).verdict == "undecided"


def test_a_function_drowned_in_noise_is_undecided():
    problem = Counted(
        lambda x: np.sum(1e-6 * x**2 + 1e9), lambda x: (-2e-6 * x,), (np.random.default_rng(0).standard_normal(5),)
    )
    block = checked(problem).blocks[0]
    assert (block.verdict, block.reason) == ("undecided", "noise")
    assert block.tolerance > 1e-2 * block.scale


def test_a_function_that_is_not_finite_is_undecided():
    problem = Counted(lambda x: np.full_like(x, np.nan), lambda x: (x,), (np.ones(3),))
    block = checked(problem).blocks[0]
    assert (block.verdict, block.reason) == ("undecided", "not-finite")
    assert math.isnan(block.difference)


def test_near_the_edge_of_its_domain_a_function_is_still_decided():
    x = np.array([1e-4, 1.0, 2.0])
    assert checked(Counted(np.log, lambda x: (1 / x,), (x,))).verdict == "right"
    assert checked(Counted(np.log, lambda x: (-1 / x,), (x,))).verdict == "wrong"


def test_a_hidden_cast_to_float32_is_never_called_wrong():
    for seed in range(20):
        assert wrong_blocks(checked(hidden_float32(np.random.default_rng(seed)), seed)) == []


def test_a_float32_gradient_is_judged_by_float32_and_said_so():
    problem = tanh_network(np.random.default_rng(0))
    point = tuple(block.astype(np.float32) for block in problem.point)
    coarse = lambda change: Counted(  # noqa: E731
        lambda *p: problem.forward(*p).astype(np.float32),
        lambda *p: [(change * g).astype(np.float32) for g in problem.backward(*p)],
        point,
        problem.upstream,
    )
    result = checked(coarse(1.0))
    assert result.verdict == "right"
    assert "float64" in result.notes[0]
    assert result.detects > 1e-5
    assert checked(coarse(1.1)).verdict == "wrong"


def test_a_zero_gradient_is_right_only_where_the_function_does_not_change():
    result = checked(attention(np.random.default_rng(0)))
    assert result.blocks[2].verdict == "right"
    faint = lambda claim: Counted(  # noqa: E731
        lambda x, b: np.sin(x).sum() + 1e-9 * b.sum(),
        lambda x, b: (np.cos(x), np.full_like(b, claim)),
        (np.linspace(-1, 1, 5), np.ones(2)),
        names=("x", "b"),
    )
    assert checked(faint(1e-9)).verdict == "right"
    assert wrong_blocks(checked(faint(0.0))) == ["b"]


def test_what_it_says_it_detects_it_detects():
    for seed in SEEDS:
        detects = checked(tanh_network(np.random.default_rng(seed)), seed).detects
        right = tanh_network(np.random.default_rng(seed))

        def change(gradients, detects=detects):
            block = gradients[0].reshape(-1)
            block[3] += 3.0 * detects * np.linalg.norm(block)
            return gradients

        # Seen, and below the threshold: an error of 1e-6 is reported as okay with its size.
        block = checked(right.with_backward(change), seed).blocks[0]
        assert block.difference == pytest.approx(1.5 * detects, rel=0.05)
        assert block.worst.index == np.unravel_index(3, block.shape)


class Symmetric:
    """Moves symmetric matrices among symmetric matrices."""

    def project(self, point, direction):
        return (direction + direction.T) / 2

    def move(self, point, tangent, t):
        return point + t * tangent


@pytest.mark.parametrize("mode", ["directional", "elementwise"])
def test_gradients_are_compared_along_tangents_only(mode):
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 4))
    twist = rng.standard_normal((4, 4))
    x = a + a.T

    def problem(gradient):
        return Counted(
            lambda x: np.sum(np.tril(x) ** 2), lambda x: (gradient(x),), (x,), names=("x",), tangents=(Symmetric(),)
        )

    lower = lambda x: 2 * np.tril(x)  # noqa: E731
    assert checked(problem(lower), mode=mode).verdict == "right"
    assert checked(problem(lambda x: lower(x) + twist - twist.T), mode=mode).verdict == "right"
    assert checked(problem(lambda x: 2 * x), mode=mode).verdict == "wrong"


def test_the_same_random_state_gives_the_same_result():
    make = lambda: with_mistake(tanh_network(np.random.default_rng(0)), "errors of 1e-3", "w2")  # noqa: E731
    assert checked(make(), 5) == checked(make(), 5)


def test_the_point_and_its_blocks_are_never_written_to():
    problem = with_mistake(tanh_network(np.random.default_rng(0)), "sign", "b1")
    for block in problem.point:
        block.setflags(write=False)
    assert wrong_blocks(checked(problem)) == ["b1"]


def test_scalars_and_empty_blocks_are_blocks():
    problem = Counted(lambda a, b: a**2 + b.sum(), lambda a, b: (2 * a, np.ones_like(b)), (np.array(3.0), np.zeros(0)))
    result = checked(problem)
    assert result.verdict == "right"
    assert [block.shape for block in result.blocks] == [(), (0,)]


def test_auto_is_directional_unless_a_step_is_given():
    problem = affine(np.random.default_rng(0))
    assert checked(problem).mode == "directional"
    assert checked(problem, epsilon=1e-7).mode == "elementwise"
    assert checked(problem, mode="elementwise").mode == "elementwise"
