"""Forms of mistakes are told from each other, and from everything that only looks like them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradaudit.numerics.causes.diagnosis import Case, diagnose
from gradaudit.numerics.checks.check import check

from .problems import Counted, affine, hidden_float32, layer_norm, relu_network, softmax_loss, tanh_network

SEEDS = range(12)
SMALL = {
    "affine": affine,
    "tanh": tanh_network,
    "relu": lambda rng: relu_network(rng, n=20),
    "norm": layer_norm,
    "softmax": softmax_loss,
}
LARGE = {
    "affine": lambda rng: affine(rng, 20, 30, 12),
    "tanh": lambda rng: tanh_network(rng, 7, (30, 20, 3)),
    "norm": lambda rng: layer_norm(rng, 20, 30),
}


def first_block(change):
    """A mistake in the first block: `change` is given its gradient and its values."""

    def apply(problem):
        original = problem.backward

        def backward(*point):
            first, *others = (np.array(g) for g in original(*point))
            return (change(first, point[0]), *others)

        return replace(problem, backward=backward)

    return apply


def at(index, change):
    def changed(g, _):
        g[index] = change(g[index])
        return g

    return changed


def evidence_of(problem, seed=0, block=0, mode="directional"):
    result = check(problem, np.random.default_rng(seed), mode=mode).blocks[block]
    assert result.verdict == "wrong"
    return result.evidence


def transposing(n=5):
    """The gradient of a square matrix, so that its transpose has its shape."""

    def make(rng):
        x, up = rng.standard_normal((2, 7, n))
        return Counted(lambda w: x @ w, lambda w: (x.T @ up,), (rng.standard_normal((n, n)),), up, ("w",))

    return make


def factor(number):
    return lambda cause: cause.kind == "scaled" and cause.numbers == pytest.approx((number,), rel=1e-6)


def of(kind, how="", *numbers):
    def matches(cause):
        return (cause.kind, cause.how) == (kind, how) and (not numbers or cause.numbers == pytest.approx(numbers, 1e-5))

    return matches


LINEAR = {
    "sign": (lambda g, x: -g, of("sign", "", -1.0)),
    "twice": (lambda g, x: 2 * g, factor(2.0)),
    "half": (lambda g, x: g / 2, factor(0.5)),
    "1.37 times": (lambda g, x: 1.37 * g, factor(1.37)),
    "1.0001 times": (lambda g, x: 1.0001 * g, factor(1.0001)),
    "constant": (lambda g, x: g + 0.3, of("offset", "", 0.3)),
    "lacks L2": (lambda g, x: g - 0.1 * x, of("regularisation", "l2", 0.1)),
    "extra L2": (lambda g, x: g + 1e-2 * x, of("regularisation", "l2", -1e-2)),
    "lacks L1": (lambda g, x: g - 0.2 * np.sign(x), of("regularisation", "l1", 0.2)),
    "lacks both": (lambda g, x: g - 0.1 * x - 0.3 * np.sign(x), of("regularisation", "both", 0.1, 0.3)),
}
OTHERS = {
    "reversed": (lambda g, x: g[::-1], of("rearranged", "flip")),
    "rolled": (lambda g, x: np.roll(g, 1, 0), of("rearranged", "roll")),
    "shuffled": (
        lambda g, x: np.random.default_rng(1).permutation(g.ravel()).reshape(g.shape),
        of("rearranged", "entries"),
    ),
    "summed": (lambda g, x: np.broadcast_to(g.sum(0), g.shape) + 0.0, of("summed", "sum")),
    "averaged": (lambda g, x: np.broadcast_to(g.mean(0), g.shape) + 0.0, of("summed", "mean")),
    "one element": (at((1, 2), lambda value: value + 0.01), of("partial", "element")),
    "one row": (at(2, lambda row: 3 * row), of("partial", "slice", 3.0)),
    "one column": (at((slice(None), 1), lambda column: column + np.arange(len(column)) + 1.0), of("partial", "slice")),
    "by row": (lambda g, x: g * np.arange(2, 2 + len(g))[:, None], of("slices")),
}
NEAR_MISSES = {
    "noise": lambda g, x: g * (1 + 1e-3 * np.random.default_rng(1).standard_normal(g.shape)),
    "minus, with noise": lambda g, x: -g * (1 + 1e-5 * np.random.default_rng(1).standard_normal(g.shape)),
    "twice, one element not quite": lambda g, x: at((0, 1), lambda v: v + 1e-5 * np.abs(g).max())(2 * g, x),
    "a power": lambda g, x: g * np.abs(g),
    "cubes of θ": lambda g, x: g + 0.1 * x**3,
    "θ and a constant": lambda g, x: g + 0.1 * x + 0.2,
    "twice, and θ": lambda g, x: 2 * g + 0.1 * x,
    "reversed, not quite": lambda g, x: g[::-1] * (1 + 1e-4 * np.cos(np.arange(g.size)).reshape(g.shape)),
    "reversed and negative": lambda g, x: -g[::-1],
    "summed twice": lambda g, x: np.broadcast_to(2 * g.sum(0), g.shape) + 0.0,
    "by row, not quite": lambda g, x: g * np.arange(2, 2 + len(g))[:, None] + 1e-4 * x,
    "random factors": lambda g, x: g * np.random.default_rng(1).uniform(0.5, 2.0, g.shape),
}


@pytest.mark.parametrize("mode", ["directional", "elementwise"])
@pytest.mark.parametrize("mistake", {**LINEAR, **OTHERS})
def test_a_mistake_is_named_by_its_form(mistake, mode):
    change, matches = {**LINEAR, **OTHERS}[mistake]
    for name, make in SMALL.items():
        for seed in SEEDS:
            problem = first_block(change)(make(np.random.default_rng(seed)))
            cause = diagnose([Case(evidence_of(problem, seed, mode=mode))])
            assert cause is not None, (name, seed)
            assert matches(cause), (name, seed, cause)


@pytest.mark.parametrize("mistake", LINEAR)
def test_a_number_is_found_from_a_few_directions_of_a_large_block(mistake):
    change, matches = LINEAR[mistake]
    for name, make in LARGE.items():
        for seed in SEEDS:
            evidence = evidence_of(first_block(change)(make(np.random.default_rng(seed))), seed)
            assert not evidence.whole
            cause = diagnose([Case(evidence)])
            assert cause is not None, (name, seed)
            assert matches(cause), (name, seed, cause)


@pytest.mark.parametrize("problems", [SMALL, LARGE], ids=["elements", "directions"])
@pytest.mark.parametrize("mistake", NEAR_MISSES)
def test_what_only_looks_like_a_form_is_not_named(mistake, problems):
    for name, make in problems.items():
        for seed in SEEDS:
            problem = first_block(NEAR_MISSES[mistake])(make(np.random.default_rng(seed)))
            cause = diagnose([Case(evidence_of(problem, seed))])
            assert cause is None, (name, seed, cause)


@pytest.mark.parametrize("size", [3, 5, 20])
def test_a_transpose_is_named(size):
    for seed in SEEDS:
        problem = first_block(lambda g, _: g.T)(transposing(size)(np.random.default_rng(seed)))
        cause = diagnose([Case(evidence_of(problem, seed))])
        assert (cause.kind, cause.how, cause.axes) == ("rearranged", "axes", (1, 0))


@pytest.mark.parametrize("n", [4, 40])
def test_exchanged_gradients_are_named_with_each_other(n):
    def forward(a, b):
        return np.sin(a) * b**2

    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        up, point = rng.standard_normal((n, 9)), tuple(rng.standard_normal((2, n, 9)))
        exchanged = Counted(forward, lambda a, b, up=up: (2 * up * np.sin(a) * b, up * np.cos(a) * b**2), point, up)
        cause = diagnose([Case(evidence_of(exchanged, seed))])
        assert (cause.kind, cause.other, cause.mutual) == ("swapped", "b", True)
        doubled = Counted(forward, lambda a, b, up=up: (2 * up * np.sin(a) * b,) * 2, point, up)
        cause = diagnose([Case(evidence_of(doubled, seed))])
        assert (cause.kind, cause.other, cause.mutual) == ("swapped", "b", False)


def test_wrong_only_where_the_input_is_negative():
    named = 0
    for seed in SEEDS:
        problem = first_block(lambda g, x: np.where(x < 0, g / 2, g))(tanh_network(np.random.default_rng(seed)))
        cause = diagnose([Case(evidence_of(problem, seed))])
        assert cause is None or cause.kind == "partial"
        named += cause is not None and cause.how == "negative"
    assert named >= len(SEEDS) - 2  # few negative elements may be negative by chance


def scalar(rng, factor, unit=1.0):
    """A block with a single element."""
    return Counted(
        lambda x: unit * np.sin(x), lambda x: (factor * unit * np.cos(x),), (rng.standard_normal(1),), names=("x",)
    )


def test_any_factor_explains_a_single_element_so_it_is_not_named():
    for seed in SEEDS:
        assert diagnose([Case(evidence_of(scalar(np.random.default_rng(seed), 1.37), seed))]) is None


@pytest.mark.parametrize("number", [-1.0, 2.0, 0.5])
def test_a_plain_factor_of_a_single_element_is_named(number):
    cause = diagnose([Case(evidence_of(scalar(np.random.default_rng(3), number)))])
    assert cause.factor == number


def cases_of(factors, sizes, make=tanh_network):
    return [
        Case(evidence_of(first_block(lambda g, _, c=c: c * g)(make(np.random.default_rng(i))), i), {"N": n, "D": d})
        for i, (c, (n, d)) in enumerate(zip(factors, sizes, strict=True))
    ]


SIZES = [(3, 4), (5, 7), (10, 12)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/N", lambda n, d: 1 / n),
        ("D", lambda n, d: d),
        ("√N", lambda n, d: n**0.5),
        ("-1/D", lambda n, d: -1 / d),
        ("N/D", lambda n, d: n / d),
        ("(N-1)/N", lambda n, d: (n - 1) / n),
        ("1/(N·D)", lambda n, d: 1 / (n * d)),
    ],
)
def test_a_factor_that_follows_a_size_is_named_by_it(text, value):
    cause = diagnose(cases_of([value(*size) for size in SIZES], SIZES))
    assert cause.expression == text
    assert cause.factor == pytest.approx(value(*SIZES[0]))


def test_a_factor_that_is_the_same_at_all_sizes_is_a_number():
    cause = diagnose(cases_of([3.0] * 3, SIZES))
    assert (cause.factor, cause.expression) == (3.0, "")


def test_a_factor_at_fixed_sizes_is_named_only_if_one_size_is_it():
    assert diagnose(cases_of([0.2] * 2, [(5, 7)] * 2)).expression == "1/N"
    assert diagnose(cases_of([0.2] * 2, [(5, 5)] * 2)).expression == ""
    assert diagnose(cases_of([5.0] * 2, [(25, 5)] * 2)).expression == ""


def test_a_factor_that_follows_nothing_is_not_named():
    cause = diagnose(cases_of([1.3, 0.7, 1.9], SIZES))
    assert (cause.how, cause.factor) == ("varying", None)


def test_a_constant_factor_is_refuted_by_a_trial_without_it():
    assert diagnose(cases_of([3.0] * 3, SIZES), passed=[{"N": 1, "D": 4}]).how == "varying"
    cause = diagnose(cases_of([1.0 / n for n, _ in SIZES], SIZES), passed=[{"N": 1, "D": 4}])
    assert cause.expression == "1/N"
    refuted = diagnose(cases_of([1.0 / n for n, _ in SIZES], SIZES), passed=[{"N": 2, "D": 4}])
    assert refuted.how == "varying"


def test_trials_that_tell_of_different_mistakes_have_no_common_cause():
    rng = np.random.default_rng(0)
    two = first_block(lambda g, _: 2 * g)(tanh_network(rng))
    reversed_ = first_block(lambda g, _: g[::-1])(tanh_network(rng))
    assert diagnose([Case(evidence_of(two)), Case(evidence_of(reversed_))]) is None


def test_a_trial_that_is_right_at_a_single_element_is_not_wrong_in_the_part_of_another():
    def all_but_one(g, x):
        off = g + 0.1 * x**2 + 0.01
        off[0, 0] = g[0, 0]
        return off

    rng = np.random.default_rng(0)
    column = first_block(lambda g, x: g + 0.1 * x**2 * (np.arange(g.shape[1]) == 1))(tanh_network(rng))
    everything = first_block(all_but_one)(tanh_network(rng))
    assert diagnose([Case(evidence_of(column))]).how == "slice"
    assert diagnose([Case(evidence_of(everything)), Case(evidence_of(column))]) is None


def test_two_numbers_that_explain_the_same_are_no_explanation():
    """The gradient of ½‖θ‖² is θ: what lacks 0.3 θ is also 0.7 of it."""
    problem = Counted(lambda x: (x**2).sum() / 2, lambda x: (0.7 * x,), (np.arange(1.0, 6.0),), names=("x",))
    assert diagnose([Case(evidence_of(problem))]) is None


def test_a_term_that_is_multiplied_by_the_upstream_gradient_is_found():
    cases = []
    for seed, unit in enumerate((0.7, -1.3)):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((5, 4))
        problem = Counted(
            lambda w, x=x, unit=unit: unit * (np.sin(x @ w).sum() + 0.05 * (w**2).sum()),
            lambda w, x=x, unit=unit: (unit * x.T @ np.cos(x @ w),),
            (rng.standard_normal(4),),
        )
        cases.append(Case(evidence_of(problem, seed), unit=unit))
    cause = diagnose(cases)
    assert of("regularisation", "l2", 0.1)(cause)


def test_a_form_is_not_named_beyond_the_precision_of_the_numbers():
    problem = first_block(lambda g, x: 2 * g + 1e-2 * np.abs(g).max() * np.cos(x))(
        hidden_float32(np.random.default_rng(0))
    )
    assert diagnose([Case(evidence_of(problem))]) is None
