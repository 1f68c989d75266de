"""What every adapter owes: arrays there and back, one seed one random state, and the state of the process put back."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from gradaudit.frameworks import FRAMEWORKS, framework

# cupy needs a device of its kind.
INSTALLED = [name for name in FRAMEWORKS if importlib.util.find_spec(name) is not None and name != "cupy"]


@pytest.fixture(params=INSTALLED)
def adapter(request):
    made = framework(request.param)
    with made.session("float64"):
        yield made


def test_an_adapter_is_called_as_the_table_calls_it(adapter):
    assert FRAMEWORKS[adapter.name][1] == type(adapter).__name__


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_go_there_and_back(adapter, dtype, order):
    array = np.arange(6).reshape((2, 3)).astype(dtype, order=order)
    native = adapter.to_native(array)
    assert adapter.is_native(native) or adapter.name == "numpy"
    back = adapter.to_numpy(native)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_a_scalar_is_an_array_without_axes(adapter):
    native = adapter.to_native(np.float64(2.5))
    assert (np.ndim(native), float(adapter.to_numpy(native))) == (0, 2.5)


def test_strides_do_not_matter(adapter):
    gaps = np.arange(12.0).reshape(3, 4)[:, ::2]
    np.testing.assert_array_equal(adapter.to_numpy(adapter.to_native(gaps)), gaps)
    one = np.broadcast_to(np.array(2.0), (3, 4))
    np.testing.assert_array_equal(adapter.to_numpy(adapter.to_native(one)), one)


@pytest.mark.parametrize("value", [None, "text", {"x": 1}, print])
def test_what_is_no_array_is_none(adapter, value):
    assert adapter.to_numpy(value) is None
    assert not adapter.is_native(value)


@pytest.mark.parametrize("parameter", ["rng", "generator", "key", "seed"])
def test_one_seed_is_one_random_state(adapter, parameter):
    made = [adapter.random_state(parameter, 3) for _ in range(2)]
    drawn = [state.random(3).tolist() if hasattr(state, "random") else repr(state) for state in made]
    if parameter == "rng":
        assert drawn[0] == drawn[1]
    assert type(made[0]) is type(made[1])


def test_the_global_random_state_is_seeded(adapter):
    drawn = []
    for _ in range(2):
        adapter.seed_global(5)
        drawn.append(np.random.rand(3).tolist())
    assert drawn[0] == drawn[1]
