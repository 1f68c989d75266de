"""A pass says that an error above the threshold would have shown: what numerical errors hide is never certified."""

import numpy as np
import pytest

from gradaudit.numerics.checks.check import check
from gradaudit.numerics.differences import grade

from .problems import RIGHT, Counted, elementwise, hidden_float32, offset_quadratic

MODES = ["directional", "elementwise"]


def small_beside_large(factor, seed):
    """A term of 1e-3 beside one of 1e8, whose rounding is as large as what b adds to it."""
    rng = np.random.default_rng(seed)
    point = rng.standard_normal((4, 3)), rng.standard_normal(3), rng.standard_normal(5)
    return Counted(
        lambda x, w, b: 1e8 * (x @ w).sum() + 1e-3 * b.sum(),
        lambda x, w, b: (1e8 * np.outer(np.ones(len(x)), w), 1e8 * x.sum(0), np.full(b.shape, factor * 1e-3)),
        point,
        names=("x", "w", "b"),
    )


def checked(problem, seed=0, mode="directional", **options):
    return check(problem, np.random.default_rng([seed, 7]), mode, **options)


@pytest.mark.parametrize("factor", [1.0, 1.001, 1.003, 1.01])
def test_a_block_whose_error_bound_is_above_the_threshold_never_passes(factor):
    for seed in range(20):
        result = checked(small_beside_large(factor, seed), seed)
        assert [block.verdict for block in result.blocks[:2]] == ["right", "right"]
        assert result.blocks[2].verdict != "right", (seed, result.blocks[2])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", RIGHT)
def test_what_passes_in_float64_has_an_error_bound_below_the_threshold_and_the_grade_of_its_difference(name, mode):
    for seed in range(3):
        result = checked(RIGHT[name](np.random.default_rng(seed)), seed, mode)
        for block in result.blocks:
            if block.verdict == "right" and not block.vanishes:
                assert block.grade == grade(block.difference)
                assert block.error_bound <= 1e-5 or "float32" in name


@pytest.mark.parametrize("factor", [1.0, 1.001])
@pytest.mark.parametrize("mode", MODES)
def test_a_function_that_an_offset_drowns_passes_only_where_its_error_bound_is_small(factor, mode):
    for seed in range(10):
        x = np.random.default_rng(seed).standard_normal(5)
        drowned = Counted(lambda x: 1e9 + np.sin(x).sum(), lambda x: (factor * np.cos(x),), (x,))
        block = checked(drowned, seed, mode).blocks[0]
        assert block.verdict != "right" or (factor == 1.0 and block.error_bound <= 1e-5)


def test_an_offset_of_a_million_is_seen_through_by_larger_steps():
    for seed in range(10):
        result = checked(offset_quadratic(np.random.default_rng(seed), 1e6), seed)
        assert result.verdict == "right"
        assert all(block.error_bound <= 1e-5 for block in result.blocks)


def test_a_larger_threshold_asks_for_less():
    x = np.random.default_rng(0).standard_normal(5)
    drowned = Counted(lambda x: 1e9 + np.sin(x).sum(), lambda x: (np.cos(x),), (x,))
    assert checked(drowned).verdict == "undecided"
    assert checked(drowned, threshold=1e-3).verdict == "right"


def test_a_hidden_cast_to_float32_is_seen_to_the_digits_of_float32_and_said_so():
    results = [checked(hidden_float32(np.random.default_rng(seed)), seed) for seed in range(10)]
    passed = [result for result in results if result.verdict == "right"]
    assert len(passed) >= 9
    for result in passed:
        assert max(block.error_bound for block in result.blocks) < 1e-4
        assert any("fewer digits" in note for note in result.notes)
        assert not any("kink" in note for note in result.notes)


def test_rounding_is_not_taken_for_a_kink():
    """Large terms that cancel leave more rounding than the size of φ tells of."""
    for seed in range(20):
        result = checked(small_beside_large(1.0, seed), seed)
        assert {block.reason for block in result.blocks} <= {"", "noise"}
        assert not any("kink" in note for note in result.notes)


def test_a_kink_is_still_told_from_rounding():
    result = checked(elementwise(np.abs, lambda x: np.where(x >= 0, 1.0, -1.0), np.array([0.0, 1.0, -2.0])))
    assert result.verdict == "right"
    assert any("kink" in note for note in result.notes)
