"""Whole audits of large gradients say what decides which of their elements are wrong."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient, distributions

LARGE = {"N": 24, "D": 30}


def message(outcome):
    (finding,) = outcome.findings
    return finding.code, finding.message


def relu(x):
    return np.maximum(x, 0.0)


def dropped_out(x, kept):
    return x * kept / 0.8


def cross_entropy(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(scores)), labels]).mean()


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def embedded(w, ids):
    return w[ids]


def assigned(dout, w, ids):
    dw = np.zeros_like(w)
    dw[ids] = dout
    return dw


def gates(x, w):
    return np.tanh(x @ w)


def misordered(dout, x, w):
    dw = x.T @ (dout * (1.0 - np.tanh(x @ w) ** 2))
    first, second, *others = np.split(dw, 4, axis=1)
    return np.hstack((second, first, *others))


@pytest.mark.parametrize("seed", range(3))
def test_where_the_input_is_negative(seed):
    outcome = check_gradient(relu, lambda dout, x: dout + 0 * x, inputs={"x": "N D"}, sizes=LARGE, seed=seed)
    assert message(outcome) == ("GA208", "the gradient of x is wrong only where x is negative")


@pytest.mark.parametrize("seed", range(3))
def test_where_a_mask_is_zero(seed):
    inputs = {"x": "N D", "kept": distributions.boolean("N D")}
    outcome = check_gradient(dropped_out, lambda dout, kept: dout / 0.8, inputs=inputs, sizes=LARGE, seed=seed)
    code, words = message(outcome)
    assert code == "GA208"
    assert words.startswith("the gradient of x is wrong only where kept is zero; it is right in 1 of 3 trials")


@pytest.mark.parametrize("seed", range(3))
def test_where_labels_pick_an_entry(seed):
    inputs = {"scores": "N D", "labels": distributions.integers("N", high="D")}
    outcome = check_gradient(
        cross_entropy,
        lambda dout, scores, labels: dout * softmax(scores) / len(labels),
        inputs=inputs,
        sizes=LARGE,
        seed=seed,
    )
    assert message(outcome) == (
        "GA208",
        "the gradient of scores is wrong only at the entries that labels picks along axis 1",
    )


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_repeated_indices_lack_an_accumulation_also_where_no_room_is_left_for_distinct_ones(seed):
    inputs = {"w": "V D", "ids": distributions.integers("N", high="V")}
    sizes = {"V": 20, "D": 30, "N": 30}
    outcome = check_gradient(embedded, assigned, inputs=inputs, sizes=sizes, seed=seed)
    assert message(outcome) == ("GA214", "the gradient of w is wrong only in the rows that ids names more than once")
    assert "np.add.at(dw, ids, ...)" in outcome.findings[0].help


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sizes", [{"N": 5, "D": 6, "H": 5}, {"N": 5, "D": 30, "H": 12}])
def test_chunks_in_another_order(sizes, seed):
    outcome = check_gradient(gates, misordered, inputs={"x": "N D", "w": "D 4*H"}, wrt="w", sizes=sizes, seed=seed)
    assert message(outcome) == (
        "GA205",
        "the gradient of w has the 4 chunks of the numeric one along axis 1 in the order 1, 0, 2, 3",
    )


@pytest.mark.parametrize("factor", [1e4, 1e-4])
@pytest.mark.parametrize("seed", range(3))
def test_a_factor_far_from_one_is_a_number_beside_kinks(factor, seed):
    outcome = check_gradient(relu, lambda dout, x: factor * dout * (x > 0), inputs={"x": "N D"}, sizes=LARGE, seed=seed)
    (finding,) = outcome.findings
    assert finding.code == "GA203"
    assert finding.factor == pytest.approx(factor, rel=1e-6)


def penalised(w, x):
    return np.sin(x * w).sum() + 0.05 * (w**2).sum()


def with_too_weak_a_penalty(dout, w, x):
    return dout * (x * np.cos(x * w) + 0.1 * w * (1.0 - 3e-4))


def at_some_scale(rng):
    return {"w": rng.standard_normal(6), "x": rng.uniform(0.1, 2.0) * rng.standard_normal(6)}


@pytest.mark.parametrize("seed", range(6))
def test_a_term_is_named_also_where_it_is_too_small_to_fail_every_trial(seed):
    outcome = check_gradient(penalised, with_too_weak_a_penalty, inputs=at_some_scale, wrt="w", seed=seed)
    code, words = message(outcome)
    assert code == "GA204"
    assert float(words.removeprefix("the gradient of w lacks the term ").removesuffix("·w")) == pytest.approx(
        3e-5, 1e-5
    )
