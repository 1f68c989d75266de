"""What the trials of an audit visit between them: repeated labels, masks on and off, both signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions
from gradaudit.distributions import DISTRIBUTIONS
from gradaudit.drawing import draw_inputs
from gradaudit.drawing.repeats import roomy_sizes, with_repeats

seeds = st.integers(0, 2**32)
counts = st.integers(1, 12)


def draw(inputs, trial, seed=0, sizes=None, *, plain=False):
    return draw_inputs(inputs, (), sizes or {}, seed=seed, audit="a.py::f", trial=trial, plain=plain).values


def distinct(array):
    return np.unique(array).size == array.size


@given(seed=seeds, n=counts, room=counts)
def test_labels_repeat_in_the_first_trial_and_are_distinct_in_the_second_where_there_is_room(seed, n, room):
    inputs = {"y": distributions.integers("N", low=3, high="C+2")}
    sizes = {"N": n, "C": room + 1}
    first, second = (draw(inputs, trial, seed, sizes)["y"] for trial in (0, 1))
    assert distinct(first) is (n == 1)
    assert distinct(second) or n > room
    for drawn in (first, second):
        assert drawn.min() >= 3
        assert drawn.max() < 3 + room


@given(seed=seeds, n=st.integers(2, 8), t=st.integers(2, 8))
def test_ids_repeat_within_a_row_and_across_rows_in_the_first_trial(seed, n, t):
    ids = draw({"ids": distributions.integers("N T", high=10**6)}, 0, seed, {"N": n, "T": t})["ids"]
    assert [row for row in ids.tolist() if len(set(row)) < t] == [ids[-1].tolist()]
    assert ids[0, 0] in ids[1:]


@given(seed=seeds, n=st.integers(2, 8))
def test_rows_and_columns_repeat_together(seed, n):
    ids = (distributions.integers("N", high=1000), distributions.integers("N", high=1000))
    rows, columns = draw({"ids": ids}, 0, seed, {"N": n})["ids"]
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) < n


@given(seed=seeds, n=counts, trial=st.sampled_from([0, 2, 3]))
def test_told_apart_the_labels_that_were_there_are_still_there(seed, n, trial):
    inputs = {"w": "N", "y": distributions.integers("N 2", high=40)}
    usual = draw(inputs, trial, seed, {"N": n})
    apart = draw(with_repeats(inputs, ["y"], "none"), trial, seed, {"N": n})
    assert distinct(apart["y"])
    assert set(usual["y"].flat) <= set(apart["y"].flat)
    np.testing.assert_array_equal(apart["w"], usual["w"])


@given(seed=seeds, p=st.floats(0.01, 0.99), n=st.integers(2, 6))
def test_a_mask_is_mixed_then_all_on_then_off_somewhere(seed, p, n):
    inputs = {"mask": distributions.boolean("N", p)}
    mixed, on, off = (draw(inputs, trial, seed, {"N": n})["mask"] for trial in range(3))
    assert mixed.any()
    assert not mixed.all()
    assert on.all()
    assert not off.all()


@given(seed=seeds, trial=st.integers(0, 4))
def test_a_mask_of_one_kind_keeps_its_kind(seed, trial):
    drawn = draw({"on": distributions.boolean("N", 1), "off": distributions.boolean("N", 0)}, trial, seed)
    assert drawn["on"].all()
    assert not drawn["off"].any()


@given(seed=seeds)
def test_a_flag_is_on_and_off(seed):
    assert {bool(draw({"flag": distributions.boolean("")}, trial, seed)["flag"]) for trial in (1, 2)} == {True, False}


BOTH_SIGNS = {
    "normal": distributions.normal(""),
    "a shape": "1",
    "uniform": distributions.uniform("", -2, 2),
    "away_from": distributions.away_from(0.0, ""),
}


@pytest.mark.parametrize("spec", BOTH_SIGNS.values(), ids=BOTH_SIGNS)
@given(seed=seeds)
def test_a_single_number_takes_both_signs(spec, seed):
    assert {float(np.sign(draw({"a": spec}, trial, seed)["a"]).flat[0]) for trial in (0, 1)} == {-1.0, 1.0}


def test_two_numbers_do_not_always_share_their_sign():
    signs = [[draw({"a": "", "b": ""}, 0, seed)[name] > 0 for name in "ab"] for seed in range(40)]
    assert {one == other for one, other in signs} == {True, False}


@given(seed=seeds, trial=st.integers(0, 2))
def test_a_side_without_room_is_left(seed, trial):
    spec = distributions.away_from(0.0, distributions.uniform("N", -1.0, 0.05))
    assert (draw({"a": spec}, trial, seed)["a"] <= -0.1).all()


@pytest.mark.parametrize("trial", range(4))
def test_plain_draws_are_those_of_the_distribution_itself(trial):
    inputs = {"mask": distributions.boolean("9"), "y": distributions.integers("9", high=99), "a": ""}
    drawn = [draw(inputs, trial, seed, plain=True) for seed in range(30)]
    assert not any(each["mask"].all() for each in drawn)
    assert not any(distinct(each["y"]) for each in drawn)
    assert {each["a"] > 0 for each in drawn} == {True, False}


@pytest.mark.parametrize("name", sorted(DISTRIBUTIONS.keys() - {"constant"}))
def test_no_trial_leaves_what_a_distribution_declares(name):
    """Where a draw is the same but for what is visited, the shapes and kinds are those of the declared one."""
    shape = {"permutation": "N", "positive_definite": "N N", "orthogonal": "N N"}.get(name, "N 3")
    words = {"integers": (shape, 0, 5), "away_from": (0.0, shape)}.get(name, (shape,))
    spec = getattr(distributions, name)(*words)
    for trial in range(4):
        visited, plain = (draw({"a": spec}, trial, 5, plain=plain)["a"] for plain in (False, True))
        assert (visited.shape, visited.dtype) == (plain.shape, plain.dtype)


ROOM = [
    (distributions.integers("N", high="V"), {"N": 5, "V": 3}, {}, {"N": 5, "V": 5}),
    (distributions.integers("N", high="V-1"), {"N": 5, "V": 3}, {}, {"N": 5, "V": 6}),
    (distributions.integers("N", high="V"), {"N": 5, "V": 3}, {"V": (2, 4)}, {"N": 4, "V": 4}),
    (distributions.integers("N T", high=6), {"N": 5, "T": 3}, {}, {"N": 2, "T": 3}),
    (distributions.integers("N", high=1), {"N": 5}, {}, None),
    (distributions.integers("N", high=3), {"N": 5}, {"N": (4, 8)}, None),
    (distributions.integers("N", high="N"), {"N": 5}, {}, {"N": 5}),
    (distributions.integers("N N", high="N"), {"N": 5}, {}, None),
]


@pytest.mark.parametrize(("spec", "sizes", "bounds", "expected"), ROOM)
def test_room_is_made_with_the_least_change_that_the_bounds_allow(spec, sizes, bounds, expected):
    assert roomy_sizes({"ids": spec}, ["ids"], sizes, bounds) == expected


def test_what_is_not_asked_for_stays_as_it_was():
    inputs = {"a": [distributions.integers("N", high=9), "N"], "b": distributions.integers("N", high=9), "c": {"d": 1}}
    changed = with_repeats(inputs, ["a.0"], "none")
    assert changed["a"] == [with_repeats({"x": inputs["a"][0]}, ["x"], "none")["x"], "N"]
    assert changed["a"][0] != inputs["a"][0]
    assert (changed["b"], changed["c"]) == (inputs["b"], inputs["c"])


def test_a_batch_of_one_is_what_the_second_trial_mostly_is():
    ones = [draw({"x": "N D M"}, 1, seed)["x"].shape.index(1) for seed in range(200)]
    assert ones.count(0) == pytest.approx(150, abs=37)  # six standard errors
    assert min(ones.count(1), ones.count(2)) > 0
