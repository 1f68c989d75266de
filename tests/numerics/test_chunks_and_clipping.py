"""Chunks in another order, and clipping that was left out: by the elements of small blocks, along lines in large."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit.numerics.causes.diagnosis import Case, diagnose
from gradaudit.numerics.checks.check import check

from .problems import Counted, elementwise

SEEDS = range(6)


def sine(shape):
    def make(rng):
        return elementwise(np.sin, np.cos, rng.standard_normal(shape), rng.standard_normal(shape))

    return make


def cause_of(problem, seed):
    block = check(problem, np.random.default_rng([seed, 7])).blocks[0]
    assert block.verdict == "wrong"
    return diagnose([Case(block.evidence)])


def changed(shape, change, seed):
    problem = sine(shape)(np.random.default_rng(seed))
    return cause_of(problem.with_backward(lambda gradients: [change(gradients[0])]), seed)


def in_order(order, axis):
    def change(g):
        chunks = np.split(g, len(order), axis)
        return np.concatenate([chunks[place] for place in order], axis)

    return change


@pytest.mark.parametrize("shape", [(8, 12), (40, 12), (5, 6, 24)])
@pytest.mark.parametrize("order", [(1, 0, 2), (1, 0, 2, 3), (3, 1, 0, 2)])
def test_chunks_in_another_order_are_named(shape, order):
    axis = len(shape) - 1
    for seed in SEEDS:
        cause = changed(shape, in_order(order, axis), seed)
        assert (cause.kind, cause.how, cause.axes, cause.order) == ("rearranged", "chunks", (axis,), order)


@pytest.mark.parametrize("shape", [(8, 12), (40, 12)])
def test_chunks_in_another_order_that_are_not_quite_right_are_not_named(shape):
    def change(g):
        return in_order((1, 0, 2, 3), 1)(g) * (1 + 1e-4 * np.cos(np.arange(g.size)).reshape(g.shape))

    for seed in SEEDS:
        cause = changed(shape, change, seed)
        assert cause is None or cause.kind == "partial", cause


def huber(x):
    """Half the square of what is below 1, and the absolute value less a half."""
    return np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5).mean()


def one_sided_huber(x):
    return np.where(x < 1, x**2 / 2, x - 0.5).mean()


def log_cosh(x):
    """Bent as the other two are, but smoothly."""
    return np.log(np.cosh(x)).mean()


def claiming_x(loss, shape, seed):
    x = 1.3 * np.random.default_rng(seed).standard_normal(shape)
    return cause_of(Counted(loss, lambda x: (x / x.size,), (x,), names=("x",)), seed)


@pytest.mark.parametrize("loss", [huber, one_sided_huber])
def test_that_the_clipping_of_a_large_gradient_is_left_out_is_named(loss):
    for seed in SEEDS:
        cause = claiming_x(loss, (40, 12), seed)
        assert (cause.kind, cause.how) == ("partial", "clipped"), seed


@pytest.mark.parametrize("shape", [(8, 12), (40, 12)])
def test_another_saturation_is_not_called_clipping(shape):
    for seed in SEEDS:
        assert claiming_x(log_cosh, shape, seed) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_elements_of_a_small_gradient_are_listed_or_called_clipped(seed):
    x = 1.3 * np.random.default_rng(seed).standard_normal((8, 12))
    cause = claiming_x(huber, (8, 12), seed)
    assert (cause.kind, cause.how) in {("partial", "elements"), ("partial", "clipped")}
    if cause.how == "elements":
        assert len(cause.indices) == np.count_nonzero(np.abs(x) > 1)
