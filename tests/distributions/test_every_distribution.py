"""What holds for every row of the table of distributions."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions
from gradaudit.distributions import DISTRIBUTIONS

EXAMPLES = {
    "normal": distributions.normal("B N D", mean=0, std=1),
    "uniform": distributions.uniform("B N D", low=-1, high=1),
    "positive": distributions.positive("B N D"),
    "probabilities": distributions.probabilities("B N D"),
    "one_hot": distributions.one_hot("B N D"),
    "integers": distributions.integers("B N D", high="C"),
    "boolean": distributions.boolean("B N D"),
    "permutation": distributions.permutation("N"),
    "positive_definite": distributions.positive_definite("B D D"),
    "orthogonal": distributions.orthogonal("B D D"),
    "away_from": distributions.away_from([0.0], "B N D"),
    "constant": distributions.constant({"mode": "train"}),
}
ARRAYS = sorted(EXAMPLES.keys() - {"constant"})
SHAPES = {"permutation": ("N",), "positive_definite": ("B", "D", "D"), "orthogonal": ("B", "D", "D")}
DTYPES = {"integers": "int64", "permutation": "int64", "boolean": "bool"}
NOT_DIFFERENTIABLE = {"one_hot", "boolean", "integers", "permutation", "constant"}

sizes_of_axes = st.fixed_dictionaries({name: st.integers(1, 6) for name in ("B", "N", "D", "C")})
seeds = st.integers(0, 2**32)


def draw(name, sizes, seed, dtype="float64"):
    return EXAMPLES[name].draw(np.random.default_rng(seed), sizes, np.dtype(dtype))


def test_every_row_of_the_table_has_an_example_here_and_is_public():
    assert EXAMPLES.keys() == DISTRIBUTIONS.keys()
    assert {name: getattr(distributions, name).__module__ for name in DISTRIBUTIONS} == DISTRIBUTIONS
    assert {*DISTRIBUTIONS} < {*dir(distributions)}
    assert set(distributions.__all__) == {*DISTRIBUTIONS, "DISTRIBUTIONS", "Distribution"}


@pytest.mark.parametrize("name", ARRAYS)
@given(sizes=sizes_of_axes, seed=seeds)
def test_the_shape_is_the_declared_one(name, sizes, seed):
    axes = SHAPES.get(name, ("B", "N", "D"))
    assert draw(name, sizes, seed).shape == tuple(sizes[axis] for axis in axes)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("name", ARRAYS)
def test_floating_numbers_are_those_of_float64_rounded_to_the_audits_dtype(name, dtype):
    sizes = {"B": 2, "N": 3, "D": 4, "C": 5}
    drawn = draw(name, sizes, 7, dtype)
    assert drawn.dtype == DTYPES.get(name, dtype)
    np.testing.assert_array_equal(drawn, draw(name, sizes, 7).astype(drawn.dtype))


@pytest.mark.parametrize("name", ARRAYS)
@given(sizes=sizes_of_axes, seed=seeds)
def test_the_same_random_state_draws_the_same(name, sizes, seed):
    np.testing.assert_array_equal(draw(name, sizes, seed), draw(name, sizes, seed))


@pytest.mark.parametrize("name", ARRAYS)
def test_other_random_states_draw_something_else(name):
    sizes = {"B": 3, "N": 8, "D": 5, "C": 5}
    assert any((draw(name, sizes, 0) != draw(name, sizes, seed)).any() for seed in (1, 2))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_only_floating_ones_that_may_move_are_differentiated_by_default(name):
    assert EXAMPLES[name].differentiable is (name not in NOT_DIFFERENTIABLE)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_note_is_there_exactly_where_only_tangents_are_compared(name):
    assert bool(EXAMPLES[name].note) is (EXAMPLES[name].tangents is not None)
    assert bool(EXAMPLES[name].note) is (name in {"probabilities", "positive_definite", "orthogonal"})


@pytest.mark.parametrize("name", ["normal", "uniform", "positive", "boolean"])
def test_a_scalar_is_a_numpy_scalar(name):
    drawn = getattr(distributions, name)("").draw(np.random.default_rng(0), {}, np.dtype("float64"))
    assert type(drawn) is (np.bool_ if name == "boolean" else np.float64)


def test_a_scalar_integer_and_a_scalar_away_from_kinks_are_numpy_scalars():
    rng = np.random.default_rng(0)
    assert type(distributions.integers("", high=3).draw(rng, {}, np.dtype("float64"))) is np.int64
    assert type(distributions.away_from(0, "").draw(rng, {}, np.dtype("float32"))) is np.float32


def test_size_names_come_in_order_each_once():
    assert EXAMPLES["normal"].size_names() == ("B", "N", "D")
    assert EXAMPLES["integers"].size_names() == ("B", "N", "D", "C")
    assert EXAMPLES["orthogonal"].size_names() == ("B", "D")
    assert EXAMPLES["constant"].size_names() == ()


def test_declaring_imports_no_third_party_package():
    code = (
        "import sys; from gradaudit import distributions as d;"
        "d.away_from(0, d.normal('N 2*D')); d.orthogonal('D D'); d.integers('N', high='C');"
        "from importlib.metadata import packages_distributions as p;"
        "print(sorted(set(p()) & {m.partition('.')[0] for m in list(sys.modules)} - {'gradaudit'}))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("declare", "error", "words"),
    [
        (lambda: distributions.normal(("N", "D")), TypeError, 'a string of sizes such as "N D"'),
        (lambda: distributions.normal("N, D"), ValueError, "malformed size 'N,' in the shape 'N, D'"),
        (lambda: distributions.normal("N", std=0), ValueError, "normal: std must be above 0"),
        (lambda: distributions.normal("N", mean="0"), TypeError, "normal: mean must be a number"),
        (lambda: distributions.normal("N", mean=float("nan")), ValueError, "normal: mean must be a finite number"),
        (lambda: distributions.uniform("N", low=True), TypeError, "uniform: low must be a number"),
        (lambda: distributions.uniform("N", 1, 1), ValueError, "uniform: low must be below high"),
        (lambda: distributions.positive("N", low=0), ValueError, "positive: low must be above 0"),
        (lambda: distributions.positive("N", low=3), ValueError, "positive: low must be below high"),
        (lambda: distributions.probabilities(""), ValueError, "probabilities: shape needs an axis"),
        (lambda: distributions.one_hot(""), ValueError, "one_hot: shape needs an axis"),
        (lambda: distributions.integers("N"), TypeError, "integers: high is missing"),
        (lambda: distributions.integers("N", high=2.5), TypeError, "integers: high must be a whole number"),
        (lambda: distributions.integers("N", low=True, high=2), TypeError, "integers: low must be a whole number"),
        (lambda: distributions.integers("N", low=2, high=2), ValueError, "integers: low must be below high"),
        (lambda: distributions.integers("N", high="N C"), ValueError, "integers: high: malformed size 'N C'"),
        (lambda: distributions.boolean("N", p=1.5), ValueError, "boolean: p is a probability"),
        (lambda: distributions.permutation("N D"), ValueError, "permutation: shape is one size"),
        (lambda: distributions.positive_definite("N D"), ValueError, "positive_definite: shape needs the same size"),
        (lambda: distributions.orthogonal("D"), ValueError, "orthogonal: shape needs the same size"),
        (lambda: distributions.away_from([], "N"), ValueError, "away_from: kinks names no point"),
        (lambda: distributions.away_from("N", [0]), TypeError, "a shape is a string"),
        (lambda: distributions.away_from("N", "N"), TypeError, "away_from: kinks come first"),
        (lambda: distributions.away_from(0, "N", margin=0), ValueError, "away_from: margin must be above 0"),
        (lambda: distributions.away_from(0, distributions.one_hot("N C")), TypeError, "away_from: shape must be"),
    ],
)
def test_a_wrong_parameter_is_told_when_declared(declare, error, words):
    with pytest.raises(error) as caught:
        declare()
    assert words in str(caught.value)
