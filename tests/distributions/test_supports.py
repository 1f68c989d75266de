"""Where draws may lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions
from gradaudit.errors import AuditError

seeds = st.integers(0, 2**32)
FLOAT64 = np.dtype("float64")


def draw(distribution, seed, **sizes):
    return distribution.draw(np.random.default_rng(seed), sizes, FLOAT64)


def test_normal_numbers_have_the_declared_mean_and_deviation():
    drawn = draw(distributions.normal("N", mean=3, std=0.5), 0, N=10_000)
    assert abs(drawn.mean() - 3) < 0.03  # six standard errors
    assert abs(drawn.std() - 0.5) < 0.03


@given(seed=seeds, low=st.floats(-1e3, 1e3), width=st.floats(1e-3, 1e3))
def test_uniform_numbers_lie_between_their_ends(seed, low, width):
    drawn = draw(distributions.uniform("N", low, low + width), seed, N=50)
    assert (drawn >= low).all()
    assert (drawn <= low + width).all()


@given(seed=seeds)
def test_positive_numbers_lie_from_a_half_to_two(seed):
    drawn = draw(distributions.positive("N"), seed, N=50)
    assert (drawn >= 0.5).all()
    assert (drawn <= 2).all()


@given(seed=seeds, classes=st.integers(1, 50))
def test_probabilities_lie_on_the_simplex_and_keep_off_its_boundary(seed, classes):
    drawn = draw(distributions.probabilities("N C"), seed, N=5, C=classes)
    np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-14)
    assert drawn.min() >= 1 / (21 * classes)


@given(seed=seeds, classes=st.integers(1, 9))
def test_one_hot_rows_have_a_single_one(seed, classes):
    drawn = draw(distributions.one_hot("N C"), seed, N=5, C=classes)
    assert sorted(np.unique(drawn)) == ([1.0] if classes == 1 else [0.0, 1.0])
    np.testing.assert_array_equal(drawn.sum(axis=1), 1)


@given(seed=seeds, low=st.integers(-5, 5), width=st.integers(1, 10))
def test_integers_lie_from_low_to_below_high(seed, low, width):
    drawn = draw(distributions.integers("N", low, low + width), seed, N=20)
    assert low <= drawn.min()
    assert drawn.max() < low + width


@given(seed=seeds, n=st.integers(3, 8))
def test_three_integers_or_more_always_repeat(seed, n):
    assert np.unique(draw(distributions.integers("N", high=1000), seed, N=n)).size < n


def test_the_upper_end_of_integers_may_be_a_size_or_arithmetic():
    drawn = draw(distributions.integers("N", high="V-1"), 0, N=500, V=4)
    assert sorted(set(drawn.tolist())) == [0, 1, 2]


def test_integers_without_room_say_which_size_to_bound():
    with pytest.raises(AuditError, match="no integer from low=3") as caught:
        draw(distributions.integers("N", low=3, high="C"), 0, N=2, C=3)
    assert '{"C": (4, 8)}' in caught.value.help.replace("'", '"')


def test_booleans_are_true_as_often_as_declared():
    drawn = draw(distributions.boolean("N", p=0.2), 0, N=10_000)
    assert abs(drawn.mean() - 0.2) < 0.024  # six standard errors
    assert draw(distributions.boolean("N", p=1), 0, N=100).all()
    assert not draw(distributions.boolean("N", p=0), 0, N=100).any()


@given(seed=seeds, n=st.integers(1, 30))
def test_a_permutation_holds_each_index_once(seed, n):
    assert sorted(draw(distributions.permutation("N"), seed, N=n)) == list(range(n))


@given(seed=seeds, d=st.integers(1, 8))
def test_positive_definite_matrices_are_symmetric_and_well_conditioned(seed, d):
    drawn = draw(distributions.positive_definite("B D D"), seed, B=2, D=d)
    np.testing.assert_array_equal(drawn, drawn.swapaxes(1, 2))
    eigenvalues = np.linalg.eigvalsh(drawn)
    assert eigenvalues.min() > 0.5 - 1e-9
    assert eigenvalues.max() < 2 + 1e-9


@given(seed=seeds, d=st.integers(1, 8))
def test_orthogonal_matrices_are_orthogonal(seed, d):
    drawn = draw(distributions.orthogonal("B D D"), seed, B=2, D=d)
    np.testing.assert_allclose(drawn @ drawn.swapaxes(1, 2), np.broadcast_to(np.eye(d), (2, d, d)), atol=1e-13)


def test_orthogonal_matrices_are_rotations_and_reflections():
    determinants = np.linalg.det(draw(distributions.orthogonal("B D D"), 0, B=100, D=3))
    assert {-1, 1} == set(determinants.round().astype(int).tolist())


@given(seed=seeds, margin=st.floats(0.01, 0.4))
def test_draws_keep_the_margin_from_every_kink(seed, margin):
    drawn = draw(distributions.away_from([-1, 0.0, 1], "N D", margin), seed, N=10, D=10)
    assert np.abs(drawn[..., None] - np.array([-1, 0, 1])).min() >= margin


def test_keeping_clear_leaves_the_support_of_the_distribution():
    drawn = draw(distributions.away_from(1, distributions.uniform("N", 0, 1.05)), 0, N=200)
    assert drawn.max() <= 0.9
    assert drawn.min() >= 0


def test_a_distribution_without_room_beside_the_kinks_says_so():
    with pytest.raises(AuditError, match="leaves no room") as caught:
        draw(distributions.away_from(0, distributions.uniform("N", -0.05, 0.05)), 0, N=3)
    assert "smaller margin" in caught.value.help


def test_a_constant_is_handed_on_as_it_is():
    value = {"mode": "train"}
    assert draw(distributions.constant(value), 0) is value
