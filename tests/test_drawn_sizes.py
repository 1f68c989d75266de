"""The named sizes of each trial."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions
from gradaudit.drawing import draw_inputs, draw_sizes
from gradaudit.errors import AuditError

seeds = st.integers(0, 2**32)
names_of_sizes = st.lists(st.sampled_from("ABCDEFGHIJKL"), min_size=1, max_size=12, unique=True)


def draw(names, bounds, trial, seed):
    return draw_sizes(names, bounds, trial, np.random.default_rng(seed))


@given(names=names_of_sizes, seed=seeds)
def test_in_the_first_trial_all_are_different_and_none_is_one(names, seed):
    sizes = draw(names, {}, 0, seed)
    assert list(sizes) == names
    assert len(set(sizes.values())) == len(names)
    assert min(sizes.values()) >= 2
    assert max(sizes.values()) <= max(8, len(names) + 1)


@given(names=names_of_sizes, seed=seeds)
def test_in_the_second_trial_exactly_one_is_one(names, seed):
    sizes = sorted(draw(names, {}, 1, seed).values())
    assert sizes[0] == 1
    assert all(2 <= size <= 8 for size in sizes[1:])


@given(names=names_of_sizes, seed=seeds)
def test_in_the_third_trial_they_are_larger(names, seed):
    assert all(9 <= size <= 16 for size in draw(names, {}, 2, seed).values())


@given(names=names_of_sizes, trial=st.integers(3, 20), seed=seeds)
def test_later_trials_have_a_one_every_other_time(names, trial, seed):
    sizes = sorted(draw(names, {}, trial, seed).values())
    assert sum(size == 1 for size in sizes) == trial % 2
    assert sizes[-1] <= 8


@given(data=st.data(), trial=st.integers(0, 5), seed=seeds)
def test_bounds_hold_in_every_trial(data, trial, seed):
    bound = st.tuples(st.integers(1, 30), st.integers(0, 30)).map(lambda pair: (pair[0], sum(pair)))
    bounds = data.draw(st.dictionaries(st.sampled_from("ABCD"), bound))
    sizes = draw("ABCDE", bounds, trial, seed)
    assert all(low <= sizes[name] <= high for name, (low, high) in bounds.items())


@given(seed=seeds)
def test_in_the_first_trial_sizes_are_as_different_as_their_bounds_allow(seed):
    sizes = draw("ABC", {"A": (1, 2), "B": (2, 3), "C": (1, 3)}, 0, seed)
    assert len(set(sizes.values())) == 3
    crowded = draw("ABCD", {"A": 2, "B": (2, 3), "C": (2, 3)}, 0, seed)
    assert len(set(crowded.values())) == 3


@given(seed=seeds)
def test_a_fixed_size_is_taken_by_no_other_in_the_first_trial(seed):
    sizes = draw(["N", "D", "C"], {"C": 3}, 0, seed)
    assert sizes["C"] == 3
    assert len(set(sizes.values())) == 3


@given(seed=seeds, trial=st.sampled_from([1, 3]))
def test_no_size_is_one_where_no_bounds_allow_it(seed, trial):
    assert min(draw("AB", {"A": (2, 5), "B": (3, 3)}, trial, seed).values()) >= 2


def test_every_size_is_one_at_some_seed():
    ones = {name for seed in range(40) for name, size in draw("ABC", {}, 1, seed).items() if size == 1}
    assert ones == set("ABC")


@given(seed=seeds, trial=st.integers(0, 6))
def test_sizes_are_large_enough_for_the_arithmetic_in_shapes(seed, trial):
    inputs = {"x": "N-3 H//2", "y": distributions.integers("N", low=2, high="C")}
    drawn = draw_inputs(inputs, None, {}, seed=seed, audit="a", trial=trial)
    assert min(drawn.values["x"].shape) >= 1
    assert drawn.sizes["N"] >= 4
    assert drawn.sizes["C"] >= 3


def test_without_names_there_are_no_sizes():
    assert draw([], {}, 0, 0) == draw([], {}, 1, 0) == {}


@pytest.mark.parametrize("bound", [(3, 2), 2.5, "3", (1, 2, 3), (1, 2.0), None, True, 0, -1, (0, 4)])
def test_a_wrong_bound_is_shown_with_a_right_one(bound):
    with pytest.raises(AuditError) as caught:
        draw(["N"], {"N": bound}, 0, 0)
    assert caught.value.code == "GA004"
    assert caught.value.message.startswith(f"sizes['N'] is {bound!r}")
    assert "(1, 8)" in caught.value.help


@pytest.mark.parametrize(
    ("names", "remedy"), [(["batch", "N"], "did you mean 'batch'?"), ([], "leave it out: no input has a named size")]
)
def test_bounds_of_a_size_that_no_input_has_name_the_nearest(names, remedy):
    with pytest.raises(AuditError, match="sizes names 'bach', which no input has") as caught:
        draw(names, {"bach": 3}, 0, 0)
    assert (caught.value.code, caught.value.help) == ("GA004", remedy)
