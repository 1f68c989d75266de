import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradaudit.numerics.differences import difference, grade

vectors = hnp.arrays(np.float64, 4, elements=st.floats(-1e150, 1e150))


@given(vectors, vectors)
def test_it_is_symmetric_and_between_0_and_1(a, b):
    assert 0.0 <= difference(a, b) <= 1.0 + 1e-12
    assert difference(a, b) == difference(b, a)


@given(vectors)
def test_equal_gradients_do_not_differ_and_opposite_ones_differ_by_1(a):
    assert difference(a, a) == 0.0
    assert difference(a, -a) == (pytest.approx(1.0) if a.any() else 0.0)


@given(st.floats(1e-300, 1e300))
def test_it_does_not_depend_on_the_unit(scale):
    a, b = np.array([1.0, 2.0]), np.array([1.0, 2.5])
    assert difference(scale * a, scale * b) == pytest.approx(difference(a, b), rel=1e-12)


def test_nothing_differs_from_zero_by_less_than_1():
    assert difference([1e-300], [0.0]) == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_is_never_a_pass(bad):
    assert math.isnan(difference([bad], [1.0]))
    assert grade(difference([bad], [bad])) == "wrong"


@pytest.mark.parametrize(
    ("ratio", "word"),
    [(0.0, "great"), (1e-7, "great"), (1.01e-7, "okay"), (1e-5, "okay"), (1e-3, "concerning"), (1.01e-3, "wrong")],
)
def test_the_bands_are_those_of_the_literature_with_their_upper_ends(ratio, word):
    assert grade(ratio) == word
