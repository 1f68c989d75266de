"""Drawing the inputs of a trial: streams, containers, what is differentiated, copies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradaudit import distributions
from gradaudit.drawing import draw_inputs
from gradaudit.errors import AuditError


class Pair(NamedTuple):
    w: Any
    b: Any


@dataclass(frozen=True, slots=True)
class Frozen:
    w: Any
    b: Any


@dataclass
class Layer:
    w: Any
    parts: list


NESTED = {
    "x": "N D",
    "parameters": {"W1": "D H", "b1": "H", "lr": 0.1},
    "layers": [{"w": "H H"}, ("N", 3)],
    "pair": Pair("D", distributions.positive("D")),
    "frozen": Frozen("H", None),
    "layer": Layer("N", ["D", "H"]),
    "y": distributions.integers("N", high="D"),
    "p": distributions.probabilities("N D"),
    "mode": distributions.constant("train"),
}


def draw(inputs, wrt=None, sizes=None, **options):
    given_options = {"seed": 0, "audit": "a.py::f", "trial": 0} | options
    return draw_inputs(inputs, wrt, sizes or {}, **given_options)


def plain(drawn):
    """All leaves by name, as what JSON can hold."""
    return {leaf.name: np.asarray(leaf.value).tolist() for leaf in drawn.leaves}


def differentiated(drawn):
    return [leaf.name for leaf in drawn.differentiable]


def test_containers_come_back_as_what_they_were():
    drawn = draw(NESTED)
    values, n, d, h = drawn.values, *(drawn.sizes[name] for name in "NDH")
    assert values["x"].shape == (n, d)
    assert values["parameters"]["W1"].shape == (d, h)
    assert values["parameters"]["lr"] == 0.1
    assert isinstance(values["layers"][1], tuple)
    assert values["layers"][1][0].shape == (n,)
    assert isinstance(values["pair"], Pair)
    assert values["pair"].b.min() >= 0.5
    assert isinstance(values["frozen"], Frozen)
    assert values["frozen"].w.shape == (h,)
    assert isinstance(values["layer"], Layer)
    assert [part.shape for part in values["layer"].parts] == [(d,), (h,)]
    assert values["mode"] == "train"


def test_what_is_declared_stays_as_it_is():
    layer = Layer("N", ["D"])
    draw({"layer": layer})
    assert layer == Layer("N", ["D"])


@pytest.mark.parametrize("container", [OrderedDict(w="N"), defaultdict(list, w="N")])
def test_subclasses_of_dict_stay_what_they_are(container):
    value = draw({"p": container}).values["p"]
    assert type(value) is type(container)
    assert getattr(value, "default_factory", None) is getattr(container, "default_factory", None)
    assert value["w"].ndim == 1


def test_leaves_are_named_by_dotted_paths():
    names = [leaf.name for leaf in draw(NESTED).leaves]
    assert names[:6] == ["x", "parameters.W1", "parameters.b1", "parameters.lr", "layers.0.w", "layers.1.0"]
    assert {"pair.w", "frozen.w", "layer.parts.1"} <= set(names)


def test_scalars_are_numpy_scalars_of_the_dtype():
    assert type(draw({"x": ""}).values["x"]) is np.float64
    assert type(draw({"x": ""}, dtype="float32").values["x"]) is np.float32


@pytest.mark.parametrize("value", [(3, 3), [1, 2], "same", 0.5, {"a": ("N",)}, None, True])
def test_a_constant_is_handed_on_as_it_is(value):
    drawn = draw({"x": "N", "c": distributions.constant(value)})
    assert drawn.values["c"] == value
    assert type(drawn.values["c"]) is type(value)
    assert type(drawn.placed({})["c"]) is type(value)


@given(seed=st.integers(0, 2**40), trial=st.integers(0, 9))
def test_the_same_trial_draws_the_same(seed, trial):
    assert plain(draw(NESTED, seed=seed, trial=trial)) == plain(draw(NESTED, seed=seed, trial=trial))


def test_the_same_is_drawn_in_another_process_with_other_hashes():
    code = (
        "import json, numpy as np; from gradaudit.drawing import draw_inputs;"
        "drawn = draw_inputs({'x': 'N D', 'p': {'w': 'D', 'b': ''}}, None, {}, seed=5, audit='a.py::f[µ]', trial=2);"
        "print(json.dumps({leaf.name: np.asarray(leaf.value).tolist() for leaf in drawn.leaves}))"
    )
    there = []
    for hashes in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hashes}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        there.append(json.loads(done.stdout))
    here = draw({"x": "N D", "p": {"w": "D", "b": ""}}, seed=5, audit="a.py::f[µ]", trial=2)
    assert there == [plain(here)] * 2


@pytest.mark.parametrize("changed", [{"seed": 1}, {"audit": "a.py::g"}, {"trial": 3}])
def test_another_seed_audit_or_trial_draws_something_else(changed):
    sizes = {"N": 4}
    assert plain(draw({"x": "N"}, sizes=sizes)) != plain(draw({"x": "N"}, sizes=sizes, **changed))


def test_a_further_input_changes_no_other():
    sizes = {"N": 4, "D": 3}
    alone = plain(draw({"x": "N D", "w": {"a": "D"}}, sizes=sizes))
    more = plain(draw({"v": "D", "x": "N D", "w": {"b": "D", "a": "D"}}, sizes=sizes))
    assert alone.items() <= more.items()


def test_no_two_leaves_draw_the_same_numbers():
    drawn = plain(draw({"x": "4", "y": "4", "p": ["4", "4"]}))
    assert len({tuple(numbers) for numbers in drawn.values()}) == 4


def test_global_random_states_neither_matter_nor_change():
    np.random.seed(0)
    before = np.random.get_state()[1].tolist()
    first = plain(draw(NESTED))
    assert np.random.get_state()[1].tolist() == before
    np.random.seed(1)
    assert plain(draw(NESTED)) == first


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_coarser_dtype_sees_the_same_numbers_rounded(dtype):
    fine, coarse = draw(NESTED), draw(NESTED, dtype=dtype)
    for leaf, rounded in zip(fine.leaves, coarse.leaves, strict=True):
        if leaf.drawn and leaf.is_floating:
            assert rounded.value.dtype == dtype
            np.testing.assert_array_equal(rounded.value, leaf.value.astype(dtype))
        elif leaf.drawn:
            np.testing.assert_array_equal(rounded.value, leaf.value)


def test_by_default_every_floating_drawn_leaf_is_differentiated():
    inputs = NESTED | {"mask": distributions.boolean("N"), "t": distributions.one_hot("N D"), "c": np.ones(3)}
    names = differentiated(draw(inputs))
    assert names[:5] == ["x", "parameters.W1", "parameters.b1", "layers.0.w", "layers.1.0"]
    assert not {"y", "mask", "t", "c", "mode", "parameters.lr"} & set(names)
    assert "p" in names


def test_tangents_and_notes_travel_with_their_leaf():
    leaves = {leaf.name: leaf for leaf in draw(NESTED).differentiable}
    assert leaves["p"].tangents is not None
    assert "simplex" in leaves["p"].note
    assert leaves["x"].tangents is None
    assert not leaves["x"].note


def test_wrt_names_inputs_and_leaves_in_its_own_order():
    assert differentiated(draw(NESTED, wrt="x")) == ["x"]
    assert differentiated(draw(NESTED, wrt=["parameters", "x"])) == ["parameters.W1", "parameters.b1", "x"]
    assert differentiated(draw(NESTED, wrt=["layers.1", "parameters.b1", "parameters"])) == [
        "layers.1.0", "parameters.b1", "parameters.W1",
    ]  # fmt: skip
    assert differentiated(draw(NESTED, wrt=[])) == []


def test_wrt_may_ask_for_what_is_not_differentiated_by_default():
    inputs = {"x": "N", "t": distributions.one_hot("N C"), "strength": 0.5, "c": {"a": np.ones(3), "eps": 1e-5}}
    assert differentiated(draw(inputs, wrt=["t", "strength", "c"])) == ["t", "strength", "c.a"]


@pytest.mark.parametrize(
    ("wrt", "message", "remedy"),
    [
        ("parametres", "wrt names 'parametres', which is no input", "did you mean 'parameters'?"),
        ("parameters.W2", "wrt names 'parameters.W2', which is no input", "did you mean 'parameters.W1'?"),
        ("y", "wrt names 'y', which is not floating (int64)", "draw it as a floating array"),
        ("mode", "wrt names 'mode', which is not floating (str)", "draw it as a floating array"),
    ],
)
def test_wrt_that_names_no_floating_input_is_told(wrt, message, remedy):
    with pytest.raises(AuditError) as caught:
        draw(NESTED, wrt=wrt)
    assert (caught.value.code, caught.value.message, caught.value.help) == ("GA004", message, remedy)


def test_a_callable_draws_everything_and_its_floating_arrays_count_as_drawn():
    def inputs(rng):
        return {
            "x": rng.normal(size=3),
            "s": np.float32(2),
            "k": rng.integers(3),
            "lr": 0.1,
            "p": {"w": rng.normal(size=2)},
        }

    drawn = draw(inputs, dtype="float32")
    assert differentiated(drawn) == ["x", "s", "p.w"]
    assert drawn.values["x"].dtype == np.float32
    assert type(drawn.values["lr"]) is float
    assert differentiated(draw(inputs, wrt=["lr"])) == ["lr"]
    assert draw(inputs).values["s"].dtype == np.float64
    assert plain(draw(inputs)) == plain(draw(inputs))
    assert plain(draw(inputs)) != plain(draw(inputs, trial=1))


@pytest.mark.parametrize(
    ("inputs", "wrt"), [(lambda rng: {"z": rng.normal(size=2) + 1j}, None), ({"z": np.ones(2) * 1j, "x": "N"}, ["z"])]
)
def test_complex_inputs_are_said_to_be_unsupported(inputs, wrt):
    with pytest.raises(AuditError, match="z is complex, which is not supported yet"):
        draw(inputs, wrt=wrt)


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        ({"p": {"x": "N,D"}}, {}, r"inputs: p\.x: malformed size 'N,D'"),
        (
            {"x": "N", "y": distributions.integers("N", low=9, high="N")},
            {"sizes": {"N": 3}},
            "inputs: y: integers: there",
        ),
        ({"x": "N-5"}, {"sizes": {"N": 3}}, "inputs: x: the size 'N-5' is -2 where N = 3"),
        ({"p": {"1": "N", 1: "N"}}, {}, r"both called 'p\.1'"),
        (lambda _: [1.0], {}, "the callable given as inputs= returned a list"),
        (["N"], {}, "inputs is a list"),
        (lambda rng: {"x": rng.normal()}, {"sizes": {"N": 3}}, "sizes names 'N', but inputs is a callable"),
        ({"x": "N"}, {"dtype": "bfloat16"}, "dtype='bfloat16' is no floating type"),
        ({"x": "N"}, {"dtype": "complex128"}, "complex inputs are not supported yet"),
    ],
)
def test_wrong_inputs_name_what_is_wrong_and_the_remedy(inputs, options, message):
    with pytest.raises(AuditError, match=message) as caught:
        draw(inputs, **options)
    assert caught.value.code == "GA004"
    assert caught.value.help


def test_placing_replaces_the_named_leaves_in_all_containers():
    new = np.zeros(2)
    names = ["x", "parameters.b1", "layers.0.w", "layers.1.0", "pair.w", "frozen.w", "layer.parts.1"]
    placed = draw(NESTED).placed(dict.fromkeys(names, new))
    found = [
        placed["x"], placed["parameters"]["b1"], placed["layers"][0]["w"], placed["layers"][1][0], placed["pair"].w,
        placed["frozen"].w, placed["layer"].parts[1],
    ]  # fmt: skip
    assert all(value is new for value in found)


def test_a_call_may_write_to_all_it_is_given():
    inputs = {
        "x": "N",
        "p": {"w": "N", "seen": []},
        "bn_param": distributions.constant({"mode": "train", "mean": [0.0]}),
    }
    drawn = draw(inputs)
    untouched = plain(drawn)
    spoilt = drawn.placed({})
    spoilt["x"][:] = 0
    spoilt["p"]["w"][:] = 0
    spoilt["p"]["seen"].append(1)
    spoilt["bn_param"]["mean"][0] = 9
    spoilt["bn_param"]["running"] = 1
    assert plain(drawn) == untouched
    assert drawn.placed({})["bn_param"] == {"mode": "train", "mean": [0.0]}
    assert drawn.placed({})["p"]["seen"] == []


def test_the_layout_of_a_constant_array_is_kept_in_copies():
    placed = draw({"x": "N", "c": np.ones((2, 3), order="F")}).placed({})
    assert placed["c"].flags.f_contiguous


def test_what_cannot_be_copied_is_handed_on_itself():
    lock = threading.Lock()
    placed = draw({"x": "N", "p": {"lock": lock, "w": "N"}}).placed({"x": 1})
    assert placed["p"]["lock"] is lock
    assert placed["x"] == 1


def test_a_constant_that_holds_itself_is_copied():
    loop = []
    loop.append(loop)
    copied = draw({"x": "N", "c": distributions.constant(loop)}).placed({})["c"]
    assert copied is not loop
    assert copied[0] is copied


def test_a_constant_that_is_differentiated_has_the_dtype_of_the_trial():
    inputs = {"w": distributions.constant(np.float32([0.1, 0.7])), "lr": 0.5, "kept": np.float32([1.0])}
    drawn = draw(inputs, wrt=["w", "lr"], dtype="float64")
    assert drawn.values["w"].dtype == drawn.values["lr"].dtype == np.float64
    assert [leaf.value.dtype for leaf in drawn.differentiable] == [np.float64, np.float64]
    np.testing.assert_array_equal(drawn.values["w"], np.float32([0.1, 0.7]))
    assert drawn.values["kept"].dtype == np.float32
    assert draw(inputs, wrt=["lr"], dtype="float32").values["lr"].dtype == np.float32
