"""Which sizes decide: conditions that fit, and the sizes that tell them apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit.numerics.causes.coincidence import surprise
from gradaudit.numerics.causes.idle_causes import may_be_idle
from gradaudit.numerics.causes.size_conditions import (
    Alone,
    Observation,
    Related,
    confirming,
    contradictory,
    fitting,
    neighbours,
    telling,
)
from gradaudit.numerics.results.cause import Cause
from gradaudit.numerics.results.evidence import Evidence

TRUTHS = {
    "N is 1": lambda s: s["N"] == 1,
    "N is not 1": lambda s: s["N"] != 1,
    "H is odd": lambda s: s["H"] % 2 == 1,
    "N and D are equal": lambda s: s["N"] == s["D"],
    "N and D differ": lambda s: s["N"] != s["D"],
    "N is less than D": lambda s: s["N"] < s["D"],
    "N is at least D": lambda s: s["N"] >= s["D"],
}
sizes = st.fixed_dictionaries({name: st.integers(1, 8) for name in "NDH"})


def anything(_name, _value):
    return True


def searched(truth, first):
    """Observations where the question that tells most is answered until none is left."""
    seen = [Observation(each, truth(each)) for each in first]
    while (asked := telling(fitting(seen), seen, [], anything)) is not None:
        seen.append(Observation(asked, truth(asked)))
        assert len(seen) < 40
    return seen


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
@given(first=st.lists(sizes, min_size=3, max_size=3))
def test_what_decides_is_never_dropped(truth, first):
    seen = searched(truth, first)
    if len({each.wrong for each in seen}) == 2:
        kept = fitting(seen)
        assert any(all(each.foretells(o.sizes) == truth(o.sizes) for o in seen) for each in kept)
        assert all(each.foretells(o.sizes) == o.wrong for each in kept for o in seen)


def test_a_batch_of_one_is_told_from_all_else():
    seen = searched(TRUTHS["N is 1"], [{"N": 4, "D": 3, "H": 7}, {"N": 1, "D": 5, "H": 6}, {"N": 9, "D": 10, "H": 12}])
    assert fitting(seen)[0] == Alone("N", frozenset({4, 9}), frozenset({1}))
    assert not any(isinstance(each, Alone) for each in fitting(seen)[1:])


def test_equal_sizes_are_told_from_all_else():
    seen = searched(TRUTHS["N and D are equal"], [{"N": 4, "D": 3, "H": 7}, {"N": 5, "D": 5, "H": 6}])
    assert fitting(seen) == [Related("N", "D", "=", wrong=True)]


def test_nothing_fits_where_two_sizes_decide_together():
    seen = searched(
        lambda s: s["N"] == 1 and s["D"] == 1, [{"N": n, "D": d, "H": 2} for n, d in [(1, 1), (1, 4), (3, 1), (3, 4)]]
    )
    assert not any(isinstance(each, Alone) for each in fitting(seen))


def test_right_and_wrong_at_the_same_sizes_contradict_each_other():
    seen = [Observation({"N": 1}, wrong=True), Observation({"N": 2}, wrong=False)]
    assert not contradictory(seen)
    assert contradictory([*seen, Observation({"N": 1}, wrong=False)])
    assert contradictory([Observation({}, wrong=True), Observation({}, wrong=False)])


def test_all_right_fits_nothing():
    assert fitting([Observation({"N": 1}, wrong=False), Observation({"N": 2}, wrong=False)]) == []


@given(seen=st.lists(st.builds(Observation, sizes, st.booleans()), min_size=2, max_size=5), least=st.integers(1, 4))
def test_neighbours_are_new_allowed_and_one_size_away(seen, least):
    known = [each.sizes for each in seen]
    found = list(neighbours(seen, known[:1], lambda _, value: value >= least))
    assert len({frozenset(each.items()) for each in found}) == len(found)
    for each in found:
        assert each not in known
        changes = [[name for name in each if each[name] != base[name]] for base in known]
        assert any(len(names) == 1 and each[names[0]] >= least for names in changes)


def test_a_condition_is_confirmed_at_new_sizes_before_known_ones():
    seen = [Observation({"N": 1, "D": 3}, wrong=True), Observation({"N": 4, "D": 5}, wrong=False)]
    alone = fitting(seen)[0]
    assert confirming(alone, seen, [], anything, wrong=True) == {"N": 1, "D": 5}
    assert confirming(alone, seen, [], lambda *_: False, wrong=True) == {"N": 1, "D": 3}
    assert confirming(None, seen, [], anything, wrong=False) == {"N": 4, "D": 5}


def block(residual):
    residual = np.array(residual, float)
    ones = np.ones_like(residual)
    return Evidence("x", ones, ones, ones + residual, np.full(residual.shape, 1e-9))


def test_right_elements_surprise_where_most_are_wrong():
    assert surprise([block([1, 0, 1, 0, 1, 0])], 4) == pytest.approx(-4 * math.log2(4 / 7))
    assert surprise([block([0.0] * 49 + [1.0])], 4) < 0.2
    assert surprise([block([1.0])], 5) == pytest.approx(5.0)
    assert surprise([block([1.0])], 0) == 0.0


IDLE = [
    (Cause("rearranged", "axes", axes=(1, 0)), (1, 1), True),
    (Cause("rearranged", "axes", axes=(1, 0)), (3, 3), False),
    (Cause("rearranged", "axes", axes=(0, 2, 1)), (4, 1, 1), True),
    (Cause("rearranged", "flip", axes=(0,)), (1, 5), True),
    (Cause("rearranged", "flip", axes=(0,)), (2, 5), False),
    (Cause("rearranged", "roll", axes=(0,), shift=2), (2,), True),
    (Cause("rearranged", "roll", axes=(0,), shift=2), (3,), False),
    (Cause("rearranged", "entries"), (1,), True),
    (Cause("summed", "mean", axes=(1,)), (4, 1), True),
    (Cause("summed", "mean", axes=(1,)), (4, 2), False),
    (Cause("scaled", numbers=(0.5,), expression="1/N"), (3,), True),
    (Cause("scaled", "varying", numbers=(0.5,)), (3,), False),
    (Cause("partial", "negative"), (3,), True),
    (Cause("partial", "elements"), (3,), False),
    (Cause("zero"), (3,), False),
    (Cause("swapped", other="b"), (3,), False),
]


@pytest.mark.parametrize(("cause", "shape", "idle"), IDLE, ids=[f"{c.kind} {c.how} {s}" for c, s, _ in IDLE])
def test_a_cause_is_idle_where_it_changes_nothing(cause, shape, idle):
    assert may_be_idle(cause, shape) is idle
