"""A few wrong elements of a large block, or a slice of it, are found with few evaluations, and nothing else is."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from gradaudit.numerics.causes.diagnosis import Case, diagnose
from gradaudit.numerics.checks.check import check
from gradaudit.numerics.differences import difference
from gradaudit.numerics.results.evidence import Located
from gradaudit.numerics.results.parts import Part

from .problems import Counted, affine, attention, elementwise, layer_norm, max_pool, relu_network, softmax_loss
from .test_diagnosis import LINEAR, NEAR_MISSES

SEEDS = range(20)
FEW = range(6)


def sine(rng, shape):
    return elementwise(np.sin, np.cos, rng.standard_normal(shape), rng.standard_normal(shape))


def tanh_layer(rng, inputs, outputs):
    """Its weights are not normalised, so that it varies on a scale that is much smaller than they are."""
    x, up = rng.standard_normal((16, inputs)), rng.standard_normal((16, outputs))

    def backward(w, b):
        d = up * (1 - np.tanh(x @ w + b) ** 2)
        return x.T @ d, d.sum(0)

    point = rng.standard_normal((inputs, outputs)), rng.standard_normal(outputs)
    return Counted(lambda w, b: np.tanh(x @ w + b), backward, point, up, ("w", "b"))


def relu_layers(rng, inputs, outputs):
    problem = relu_network(rng, 16, (inputs, outputs, 3))
    problem.point = (problem.point[0] / np.sqrt(inputs), *problem.point[1:])
    return problem


def wrong_at(problem, elements, change, block=0):
    """The problem with some elements of a block's gradient changed at every point."""

    def changed(gradients):
        gradients[block].reshape(-1)[elements] = change(gradients[block].reshape(-1)[elements])
        return gradients

    return problem.with_backward(changed)


def off_by(problem, count, relative, seed, block=0):
    """Some elements wrong by as much in all as a share of the block's norm."""
    rng = np.random.default_rng([seed, 1])
    size = np.linalg.norm(problem.backward(*problem.point)[block])
    errors = rng.uniform(0.5, 1.5, count) * rng.choice((-1.0, 1.0), count)
    errors *= relative * size / np.linalg.norm(errors)
    elements = np.sort(rng.choice(problem.point[block].size, count, replace=False))
    return elements, wrong_at(problem, elements, lambda g: g + errors, block)


def checked(problem, seed=0, **options):
    return check(problem, np.random.default_rng([seed, 7]), **{"threshold": 1e-9, **options})


def elements_of(block):
    """The flat indices of what was located."""
    located = block.evidence.located if block.evidence else None
    return None if located is None else located.part.elements(block.shape).tolist()


@pytest.mark.parametrize("relative", [1e-1, 1e-3, 1e-5])
@pytest.mark.parametrize(
    ("shape", "seeds"),
    [((100_000,), SEEDS), ((300, 400), FEW), ((20, 30, 20, 10), FEW)],
    ids=["vector", "matrix", "4-D"],
)
def test_one_wrong_element_is_located_with_both_values_in_about_two_dozen_forwards(shape, seeds, relative):
    counts = []
    for seed in seeds:
        right = sine(np.random.default_rng(seed), shape)
        (element,), wrong = off_by(right, 1, relative, seed)
        (block,) = checked(wrong, seed).blocks
        assert elements_of(block) == [element]
        claimed, true = (each.gradient(each.point)[0] for each in (wrong, right))
        assert np.ravel_multi_index(block.worst.index, shape) == element
        assert block.worst.analytic == claimed[block.worst.index]
        assert block.worst.numeric == pytest.approx(true[block.worst.index], rel=1e-5, abs=1e-6)
        assert block.difference == pytest.approx(difference(claimed, true), rel=1e-2)
        counts.append(wrong.forwards - 1)  # the gradient that was just asked for
    assert statistics.median(counts) <= (24 if len(shape) < 3 else 32)


def test_one_element_off_by_one_in_a_hundred_is_located():
    counts = []
    for seed in SEEDS:
        element = int(np.random.default_rng([seed, 2]).integers(100_000))
        wrong = wrong_at(sine(np.random.default_rng(seed), 100_000), [element], lambda g: 1.01 * g)
        assert elements_of(checked(wrong, seed).blocks[0]) == [element]
        counts.append(wrong.forwards)
    assert statistics.median(counts) <= 24


@pytest.mark.parametrize("change", [lambda g: 3.0 * g, lambda g: 1.001 * g, lambda g: 0.0 * g, lambda g: g + g[::-1]])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_wrong_row_or_column_is_located_in_less_than_thirty_forwards(axis, change):
    counts = []
    for seed in FEW:
        index = int(np.random.default_rng([seed, 3]).integers(300))
        part = Part((axis,), ((index,),))
        wrong = wrong_at(sine(np.random.default_rng(seed), (300, 400)), part.elements((300, 400)), change)
        (block,) = checked(wrong, seed).blocks
        assert block.evidence.located.part == part
        counts.append(wrong.forwards)
    assert statistics.median(counts) <= 28
    assert max(counts) <= 30


@pytest.mark.parametrize("factor", [3.0, 1.001, -1.0, 0.0])
def test_the_factor_of_a_wrong_slice_is_found(factor):
    for seed in FEW:
        elements = Part((1,), ((17,),)).elements((60, 50))
        right = sine(np.random.default_rng(seed), (60, 50))
        (block,) = checked(wrong_at(right, elements, lambda g: factor * g), seed).blocks
        cause = diagnose([Case(block.evidence)])
        assert (cause.kind, cause.how, cause.axes, cause.indices) == ("partial", "slice", (1,), ((17,),))
        assert cause.numbers == pytest.approx((factor,), rel=1e-6)


def test_a_slice_along_two_axes_is_located():
    for seed in FEW:
        part = Part((0, 2), ((3, 1),))
        elements = part.elements((9, 50, 8))
        (block,) = checked(wrong_at(sine(np.random.default_rng(seed), (9, 50, 8)), elements, lambda g: 2 * g)).blocks
        assert block.evidence.located.part == part


def test_two_wrong_elements_of_a_row_are_not_called_a_row():
    for seed in FEW:
        wrong = wrong_at(sine(np.random.default_rng(seed), (30, 40)), [7 * 40 + 3, 7 * 40 + 31], lambda g: 2 * g)
        assert elements_of(checked(wrong, seed).blocks[0]) == [283, 311]


@pytest.mark.parametrize(
    ("shape", "relative", "seeds"),
    [((100_000,), 1e-5, SEEDS), ((100_000,), 1e-2, FEW), ((300, 400), 1e-5, FEW)],
    ids=["vector-1e-5", "vector-1e-2", "matrix-1e-5"],
)
def test_five_wrong_elements_are_located(shape, relative, seeds):
    counts = []
    for seed in seeds:
        elements, wrong = off_by(sine(np.random.default_rng(seed), shape), 5, relative, seed)
        assert elements_of(checked(wrong, seed).blocks[0]) == elements.tolist()
        counts.append(wrong.forwards)
    assert statistics.median(counts) <= 150


MEDIUM = {
    "sine": lambda rng: sine(rng, 257),
    "affine": lambda rng: affine(rng, 40, 30, 50),
    "tanh": lambda rng: tanh_layer(rng, 60, 33),
    "relu": lambda rng: relu_layers(rng, 30, 20),
    "norm": lambda rng: layer_norm(rng, 20, 30),
    "softmax": lambda rng: softmax_loss(rng, 30, 40),
}


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("name", MEDIUM)
def test_wrong_elements_of_medium_blocks_beside_others_are_located(name, count):
    for seed in FEW:
        elements, wrong = off_by(MEDIUM[name](np.random.default_rng(seed)), count, 1e-3, seed)
        first, *others = checked(wrong, seed).blocks
        assert elements_of(first) == elements.tolist()
        assert {block.verdict for block in others} <= {"right"}


def test_a_wrong_element_of_any_large_block_is_located_in_that_block():
    for seed in FEW:
        problem = affine(np.random.default_rng(seed), 20, 30, 400)  # x: 600, w: 12000, b: 400
        for block in range(3):
            (element,), wrong = off_by(problem, 1, 1e-2, seed, block)
            blocks = checked(wrong, seed).blocks
            assert [each.verdict for each in blocks] == ["wrong" if b == block else "right" for b in range(3)]
            assert elements_of(blocks[block]) == [element]
            assert wrong.forwards <= 36


@pytest.mark.parametrize("mistake", [*LINEAR, *NEAR_MISSES])
def test_errors_all_over_a_block_are_not_localised_and_noticed_early(mistake):
    change, counts = LINEAR[mistake][0] if mistake in LINEAR else NEAR_MISSES[mistake], []
    for seed in FEW:
        problem = sine(np.random.default_rng(seed), (50, 60))
        wrong = problem.with_backward(lambda g, problem=problem: [change(g[0], problem.point[0])])
        (block,) = checked(wrong, seed).blocks
        assert elements_of(block) is None
        counts.append(wrong.forwards)
    assert statistics.median(counts) <= (65 if mistake in LINEAR else 75)


def test_a_factor_of_the_few_elements_that_have_a_gradient_is_a_factor():
    """Of an embedding most rows have none: what is wrong is little, and all there is."""
    for seed in FEW:
        rng = np.random.default_rng(seed)
        up, rows = rng.standard_normal((3, 20)), np.array([4, 9, 41])

        def backward(w, up=up, rows=rows):
            g = np.zeros_like(w)
            g[rows] = -up * np.cos(w[rows])
            return (g,)

        problem = Counted(lambda w, rows=rows: np.sin(w[rows]), backward, (rng.standard_normal((50, 20)),), up)
        assert diagnose([Case(checked(problem, seed).blocks[0].evidence)]).kind == "sign"


def test_a_gradient_that_is_zero_beside_a_wrong_element_is_no_localisation():
    wrong = wrong_at(sine(np.random.default_rng(0), 500), range(500), lambda g: 0.0 * g)
    assert diagnose([Case(checked(wrong).blocks[0].evidence)]).kind == "zero"


def test_below_the_threshold_the_element_is_shown_and_nothing_is_wrong():
    (element,), wrong = off_by(sine(np.random.default_rng(0), 5000), 1, 1e-6, 0)
    (block,) = checked(wrong, threshold=1e-5).blocks
    assert (block.verdict, block.grade) == ("right", "okay")
    assert block.worst.index == (element,)


class Symmetric:
    """Moves symmetric matrices among symmetric matrices."""

    def project(self, point, direction):
        return (direction + direction.T) / 2

    def move(self, point, tangent, t):
        return point + t * tangent


def test_a_block_that_moves_along_tangents_has_no_elements_to_locate():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((20, 20))
    right = Counted(lambda x: np.sin(x), lambda x: (np.cos(x),), (a + a.T,), tangents=(Symmetric(),))
    (block,) = checked(wrong_at(right, [17], lambda g: g + 1.0)).blocks
    assert block.verdict == "wrong"
    assert elements_of(block) is None


def test_what_float32_locates_is_wrong():
    for seed in SEEDS:
        right = affine(np.random.default_rng(seed), 20, 30, 40)
        _, wrong = off_by(right, 3, 0.3, seed, block=1)
        coarse = Counted(
            lambda *p, wrong=wrong: wrong.forward(*p).astype(np.float32),
            lambda *p, wrong=wrong: [np.asarray(g, np.float32) for g in wrong.backward(*p)],
            tuple(block.astype(np.float32) for block in wrong.point),
            wrong.upstream,
        )
        block = checked(coarse, seed, threshold=1e-5).blocks[1]
        true = right.backward(*right.point)[1]
        differs = np.flatnonzero(np.abs(wrong.backward(*wrong.point)[1] - true))
        assert block.verdict == "wrong"
        assert set(elements_of(block) or differs.tolist()) <= set(differs.tolist())


# A suspect: what an earlier trial located.


def suspected(element, shape, name="x"):
    return {name: Located(Part((), (tuple(int(i) for i in np.unravel_index(element, shape)),)))}


def test_a_suspect_that_is_wrong_again_takes_six_forwards():
    counts = []
    for seed in SEEDS:
        (element,), wrong = off_by(sine(np.random.default_rng(seed), 100_000), 1, 1e-3, seed)
        (block,) = checked(wrong, seed, suspects=suspected(element, (100_000,))).blocks
        assert (block.verdict, elements_of(block)) == ("wrong", [element])
        counts.append(wrong.forwards)
    assert statistics.median(counts) == 6


def test_a_suspected_slice_that_is_wrong_again_is_cheaper_than_another_search():
    for seed in FEW:
        part = Part((0,), ((12,),))
        wrong = wrong_at(sine(np.random.default_rng(seed), (60, 50)), part.elements((60, 50)), lambda g: 2 * g)
        (block,) = checked(wrong, seed, suspects={"x": Located(part)}).blocks
        assert block.evidence.located.part == part
        assert block.evidence.located.factor == pytest.approx((2.0,), rel=1e-6)
        assert wrong.forwards <= 20


def test_a_right_gradient_takes_four_forwards_whatever_is_suspected():
    for seed in FEW:
        problem = sine(np.random.default_rng(seed), 1000)
        assert checked(problem, seed, suspects=suspected(5, (1000,))).verdict == "right"
        assert problem.forwards == 4


@pytest.mark.parametrize(
    "suspect", [Part((), ((9,),)), Part((), ((5000,),)), Part((1,), ((0,),)), Part((), ((1, 2),)), Part((0,), ((3,),))]
)
def test_another_suspect_or_none_that_fits_changes_nothing(suspect):
    (element,), wrong = off_by(sine(np.random.default_rng(3), 1000), 1, 1e-2, 3)
    assert elements_of(checked(wrong, suspects={"x": Located(suspect), "y": Located(suspect)}).blocks[0]) == [element]


def test_more_than_the_suspect_is_found():
    for seed in FEW:
        elements, wrong = off_by(sine(np.random.default_rng(seed), 1000), 2, 1e-2, seed)
        (block,) = checked(wrong, seed, suspects=suspected(elements[0], (1000,))).blocks
        assert elements_of(block) == elements.tolist()


def test_a_suspect_does_not_hide_a_gradient_that_is_right_by_symmetry_alone():
    """Where b is zero, b² has the derivative of -b²."""
    rng = np.random.default_rng(0)
    problem = Counted(
        lambda x, b: np.sin(x).sum() + (b**2).sum(),
        lambda x, b: (np.cos(x) * np.where(np.arange(1000) == 7, 2.0, 1.0), -2.0 * b),
        (rng.standard_normal(1000), np.zeros(400)),
        names=("x", "b"),
    )
    for seed in FEW:
        x, b = checked(problem, seed, suspects=suspected(7, (1000,))).blocks
        assert x.verdict == "wrong"
        assert b.verdict != "right"


# Right gradients that look wrong in a part: nothing may be accused.

DISTANCES = [0.0, 1e-9, 1e-7, 1e-6, 1e-5, 3e-5, 1e-4, 1e-3, 5e-3]


def at_kinks(rng, f, df, distance, count):
    """A function of single elements, some of which lie near its kink at zero."""
    x, elements = rng.standard_normal(1000), rng.choice(1000, count, replace=False)
    x[elements] = distance * rng.uniform(0.2, 1.8, count)
    return elements, elementwise(f, df, x, rng.standard_normal(1000))


KINKED = {
    "abs": (np.abs, np.sign),
    "relu": (lambda x: np.maximum(x, 0.0), lambda x: 1.0 * (x > 0)),
    "leaky": (lambda x: np.where(x > 0, x, 0.1 * x), lambda x: np.where(x > 0, 1.0, 0.1)),
}


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize("distance", DISTANCES)
def test_a_kink_near_the_point_accuses_neither_an_element_nor_a_suspect(name, distance):
    for seed in range(4):
        for count in (1, 3):
            elements, problem = at_kinks(np.random.default_rng([seed, count]), *KINKED[name], distance, count)
            part = Part((), tuple((int(element),) for element in elements))
            assert checked(problem, seed, threshold=1e-5).verdict == "right"
            assert checked(problem, seed, threshold=1e-5, suspects={"x": Located(part)}).verdict == "right"


@pytest.mark.parametrize("distance", DISTANCES)
def test_a_unit_at_its_kink_accuses_neither_a_column_nor_a_suspect(distance):
    """All weights of a hidden unit that is nearly zero in one sample share its kink."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x, w, up = rng.standard_normal((6, 30)), rng.standard_normal((30, 20)), rng.standard_normal((6, 20))
        w[:, 4] -= x[0] * (x[0] @ w[:, 4] - distance) / (x[0] @ x[0])
        problem = Counted(
            lambda w, x=x: np.maximum(x @ w, 0.0), lambda w, x=x, up=up: (x.T @ (up * (x @ w > 0)),), (w,), up, ("w",)
        )
        for suspects in ({}, {"w": Located(Part((1,), ((4,),)))}, suspected(4, (30, 20), "w")):
            assert checked(problem, seed, threshold=1e-5, suspects=suspects).verdict == "right"


def test_kinks_of_a_whole_row_do_not_hide_each_other():
    """Opposite kinks bend the function less than they add to a residual."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((20, 30))
        x[3] = 0.0
        problem = elementwise(*KINKED["relu"], x, rng.standard_normal((20, 30)))
        for suspects in ({}, {"x": Located(Part((0,), ((3,),)))}):
            assert checked(problem, seed, threshold=1e-5, suspects=suspects).verdict == "right"


@pytest.mark.parametrize("frequency", [1e3, 1e5, 1e7])
def test_an_element_that_oscillates_within_the_steps_is_not_accused(frequency):
    for seed in FEW:
        rng = np.random.default_rng(seed)
        scale = np.ones(1000)
        scale[int(rng.integers(1000))] = frequency
        problem = elementwise(
            lambda x, s=scale: np.sin(s * x), lambda x, s=scale: s * np.cos(s * x), rng.standard_normal(1000)
        )
        assert checked(problem, seed, threshold=1e-5).verdict != "wrong"


@pytest.mark.parametrize("make", [attention, max_pool, layer_norm])
def test_right_gradients_of_large_blocks_pass(make):
    for seed in SEEDS:
        assert checked(make(np.random.default_rng(seed), 24, 30), seed, threshold=1e-5).verdict == "right"


# What trials with located parts say together.


def located(seed, elements, change, shape=(30, 40)):
    wrong = wrong_at(sine(np.random.default_rng(seed), shape), elements, change)
    return Case(checked(wrong, seed).blocks[0].evidence)


def test_trials_of_other_sizes_tell_of_the_same_row():
    """In a block of one row the row is all there is, and in one that is small each element is known."""
    cases = [
        located(0, range(40), lambda g: 3.0 * g),
        located(1, range(7), lambda g: 3.0 * g, (6, 7)),
        located(2, range(90), lambda g: 3.0 * g, (50, 90)),
    ]
    cause = diagnose(cases)
    assert (cause.how, cause.axes, cause.indices) == ("slice", (0,), ((0,),))
    assert cause.numbers == pytest.approx((3.0,))


def test_a_factor_that_differs_from_trial_to_trial_is_none():
    cause = diagnose([located(0, [3, 5, 9, 77], lambda g: 3.0 * g), located(1, [3, 5, 9, 77], lambda g: 2.0 * g)])
    assert (cause.how, cause.numbers) == ("elements", ())


def test_a_trial_that_is_wrong_all_over_has_no_part_in_common_with_one_that_is_not():
    dense = located(1, range(1200), lambda g: g * np.random.default_rng(1).uniform(1, 2, g.size))
    assert dense.evidence.located is None
    assert diagnose([located(0, [3], lambda g: 3.0 * g), dense]) is None
