import numpy as np
import pytest

from gradaudit.numerics.arrays.table import SIZE, fill


def filled(size, seed=0, scale=1.0):
    out = np.empty(size)
    fill(out, scale, np.random.default_rng(seed))
    return out


@pytest.mark.parametrize("size", [0, 1, 7, SIZE, 3 * SIZE + 5])
def test_every_entry_is_between_half_and_one_and_a_half_times_the_scale(size):
    entries = np.abs(filled(size, scale=10.0))
    assert ((entries >= 5.0) & (entries <= 15.0)).all()


def test_signs_are_balanced_and_magnitudes_uniform():
    entries = filled(SIZE)
    assert abs(np.sign(entries).mean()) < 0.02
    assert np.mean(entries**2) == pytest.approx(13 / 12, rel=0.01)


def test_the_same_random_state_gives_the_same_direction_and_another_one_another():
    assert (filled(100, 1) == filled(100, 1)).all()
    assert (filled(100, 1) != filled(100, 2)).any()


def test_stretches_of_a_large_block_do_not_repeat_each_other():
    entries = filled(4 * SIZE).reshape(4, SIZE)
    assert np.abs(np.corrcoef(entries) - np.eye(4)).max() < 0.03


def test_equal_and_opposite_errors_do_not_cancel():
    directions = np.array([filled(2, seed) for seed in range(500)])
    assert np.mean(np.abs(directions @ (1.0, -1.0)) < 1e-3) < 0.02
