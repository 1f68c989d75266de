"""Of a block too large to be seen element by element it is told what its wrong elements have in common."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.numerics.causes.diagnosis import Case, diagnose
from gradaudit.numerics.checks.check import check
from gradaudit.numerics.location import one_sided

from .problems import Counted, elementwise, relu_network, tanh_network

SEEDS = range(6)
SHAPE = (30, 20)
ROWS, COLUMNS = np.indices(SHAPE)


def sine(rng):
    return elementwise(np.sin, np.cos, rng.standard_normal(SHAPE), rng.standard_normal(SHAPE))


def weights(rng):
    return tanh_network(rng, 7, (30, 20, 3))


def kinks(rng):
    """A gradient with kinks in reach of a step."""
    problem = relu_network(rng, 40, (30, 20, 3))
    problem.point = (problem.point[0] / 5.0, *problem.point[1:])
    return problem


PROBLEMS = {"elementwise": sine, "smooth": weights, "with kinks": kinks}


def cause_of(problem, change, seed, fixed=None, trials=1):
    """What is said of the first block, where `change` makes its gradient wrong from that, its values and draws."""
    cases = []
    for trial in range(trials):
        made = problem(np.random.default_rng([seed, trial]))
        original = made.backward

        def backward(*point, original=original):
            first, *others = (np.array(g) for g in original(*point))
            return (change(first, point[0], np.random.default_rng(9)), *others)

        wrong = Counted(made.forward, backward, made.point, made.upstream, made.names)
        block = check(wrong, np.random.default_rng([seed, 7]), fixed=fixed).blocks[0]
        assert block.verdict == "wrong"
        assert not block.evidence.whole
        cases.append(Case(block.evidence))
    return diagnose(cases)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize(("how", "side"), [("negative", lambda x: x < 0), ("positive", lambda x: x > 0)])
def test_a_sign_of_the_values_is_named_with_the_factor(problem, how, side):
    for seed in SEEDS:
        cause = cause_of(problem, lambda g, x, _: np.where(side(x), g / 2, g), seed)
        assert (cause.kind, cause.how, cause.other) == ("partial", how, ""), (seed, cause)
        assert cause.numbers == pytest.approx((0.5,), rel=1e-6)


def test_errors_of_any_size_on_one_side_are_named_without_a_factor():
    for seed in SEEDS:
        cause = cause_of(sine, lambda g, x, _: g + 0.1 * x**2 * (x < 0), seed)
        assert (cause.how, cause.numbers) == ("negative", ())


MASKS = {
    "zero": ("zero", "mask", (np.random.default_rng(1).random(SHAPE) < 0.8).astype(float), lambda m: m == 0),
    "bool": ("nonzero", "mask", np.random.default_rng(1).random(SHAPE) < 0.3, lambda m: m),
    "rows": ("zero", "segment", np.arange(30) % 4, lambda m: np.broadcast_to((m == 0)[:, None], SHAPE)),
    "columns": ("negative", "slope", np.cos(np.arange(20.0)), lambda m: np.broadcast_to(m < 0, SHAPE)),
    "weights": ("positive", "weight", np.sin(ROWS * 20.0 + COLUMNS + 1), lambda m: m > 0),
    "labels": ("picked", "labels", (np.arange(30) * 7) % 20, lambda m: m[:, None] == COLUMNS),
    "ids": ("repeated", "ids", np.array([[0, 3, 3, 7], [8, 9, 9, 9]]), lambda m: np.isin(ROWS, [3, 9])),
}


@pytest.mark.parametrize("mask", MASKS)
def test_an_array_that_decides_is_named(mask):
    how, name, array, wrong = MASKS[mask]
    other = np.random.default_rng(2).integers(0, 2, SHAPE)
    for seed in SEEDS:
        cause = cause_of(sine, lambda g, _x, _: np.where(wrong(array), 3 * g, g), seed, {"other": other, name: array})
        assert (cause.kind, cause.how, cause.other) == ("partial", how, name), (seed, cause)
        assert cause.numbers == pytest.approx((3.0,), rel=1e-6)


def test_entries_that_are_zero_by_mistake_are_named():
    for seed in SEEDS:
        cause = cause_of(sine, lambda g, x, _: g * (np.abs(x) < 0.8), seed)
        assert (cause.how, cause.numbers) == ("unclaimed", (0.0,))


def test_entries_that_are_clipped_by_mistake_are_named():
    for seed in SEEDS:
        cause = cause_of(sine, lambda g, _x, _: g.clip(-0.4, 0.4), seed)
        assert (cause.how, cause.numbers) == ("level", ())


# Wrong elsewhere, or elsewhere as well: no side of a division is wrong and all of the other right.
OTHERWISE = {
    "below another value": lambda g, x, _: np.where(x < np.quantile(x, 0.75), g / 2, g),
    "half of the negative ones": lambda g, x, rng: np.where((x < 0) & (rng.random(g.shape) < 0.5), g / 2, g),
    "a third, at random": lambda g, _x, rng: np.where(rng.random(g.shape) < 0.3, g / 2, g),
    "negative, and a little elsewhere": lambda g, x, _: np.where(x < 0, g / 2, g * (1 + 1e-4)),
    "positive, and one negative": lambda g, x, _: np.where((x > 0) | (x == x.min()), g / 2, g),
    "all, by another factor": lambda g, x, _: np.where(x < 0, g / 2, 3 * g),
    "all, at random": lambda g, _x, rng: g * rng.uniform(0.5, 2.0, g.shape),
}


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("mistake", OTHERWISE)
def test_what_is_wrong_otherwise_has_no_such_name(mistake, problem):
    masks = {name: array for _, name, array, _ in MASKS.values()}
    for seed in SEEDS:
        cause = cause_of(problem, OTHERWISE[mistake], seed, masks, trials=3)
        assert cause is None or cause.how == "some", (seed, cause)


def test_that_most_of_a_block_is_right_is_said_where_no_more_is_known():
    said = [cause_of(sine, OTHERWISE["a third, at random"], seed, trials=3) for seed in SEEDS]
    assert sum(cause is not None and cause.how == "some" for cause in said) >= len(SEEDS) - 2
    for cause, seed in zip(said, SEEDS, strict=True):
        wrong = np.random.default_rng(9).random(SHAPE) < 0.3
        assert cause is None or all(wrong[index] for index in cause.indices), (seed, cause)


def test_of_a_block_that_is_wrong_all_over_nothing_is_said_to_be_right():
    for seed in SEEDS:
        assert cause_of(sine, OTHERWISE["all, at random"], seed, trials=3) is None


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("mistake", ["below another value", "a third, at random", "half of the negative ones"])
def test_it_takes_a_dozen_evaluations_at_most(mistake, problem, monkeypatch):
    masks = {name: array for _, name, array, _ in MASKS.values()}

    found, taken = one_sided.Sides.found, []

    def counted(sides, evidence):
        before = sides.probes[0].problem.evaluations
        causes = found(sides, evidence)
        taken.append(sides.probes[0].problem.evaluations - before)
        return causes

    monkeypatch.setattr(one_sided.Sides, "found", counted)
    for seed in SEEDS:
        cause_of(problem, OTHERWISE[mistake], seed, masks)
    assert len(taken) == len(SEEDS)
    assert 0 < max(taken) <= 12
