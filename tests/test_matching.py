"""Whose gradient is which returned leaf: by container, by order, by name, or as the only one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from gradaudit.errors import AuditError
from gradaudit.frameworks.numpy_arrays import NumpyArrays
from gradaudit.matching import Wanted, containers_of, match_gradients

X, W, B = np.ones((2, 3)), np.ones((3, 4)), np.ones(4)
PLAIN = (Wanted("x", ("x",)), Wanted("w", ("w",)), Wanted("b", ("b",)))
NESTED = (Wanted("parameters.W1", ("parameters", "W1")), Wanted("parameters.b1", ("parameters", "b1")))


class Grads(NamedTuple):
    dx: np.ndarray
    dw: np.ndarray
    db: np.ndarray


@dataclass
class Record:
    x_grad: np.ndarray
    grad_w: np.ndarray
    b: np.ndarray


def matched(returned, wanted=PLAIN, arguments=("x", "w", "b")):
    found = match_gradients(returned, wanted, arguments, NumpyArrays().to_numpy)
    return {name: None if array is None else array.shape for name, array in found.items()}


ALL = {"x": (2, 3), "w": (3, 4), "b": (4,)}


@pytest.mark.parametrize(
    "returned",
    [
        (X, W, B),
        [X, W, B],
        {"dx": X, "dw": W, "db": B, "dZ3": B},
        {"x": X, "w": W, "b": B},
        {"grad_x": X, "w_grad": W, "d_b": B},
        Grads(X, W, B),
        Grads(dx=X, dw=W, db=B)._replace(),
        Record(X, W, B),
    ],
    ids=["tuple", "list", "d-names", "plain names", "grad-names", "NamedTuple", "replaced", "dataclass"],
)
def test_three_inputs(returned):
    assert matched(returned) == ALL


def test_a_tuple_as_long_as_the_arguments_has_none_for_the_others():
    arguments = ("x", "w", "b", "stride", "pad")
    assert matched((X, W, B, None, None), arguments=arguments) == ALL


def test_none_and_missing_gradients_are_told():
    assert matched((X, None, B)) == {**ALL, "w": None}
    assert matched({"dx": X, "db": B}) == {**ALL, "w": None}


def test_a_container_shaped_like_the_input():
    returned = {"W1": W, "b1": B}
    assert matched(returned, NESTED, ("X", "parameters")) == {"parameters.W1": (3, 4), "parameters.b1": (4,)}


def test_a_flat_mapping_for_a_nested_input_ignores_other_keys():
    returned = {"dZ1": X, "dW1": W, "db1": B, "dA0": X}
    assert matched(returned, NESTED, ("X", "parameters")) == {"parameters.W1": (3, 4), "parameters.b1": (4,)}


def test_containers_inside_a_tuple():
    wanted = (PLAIN[0], *NESTED)
    expected = {"x": (2, 3), "parameters.W1": (3, 4), "parameters.b1": (4,)}
    assert matched((X, {"dW1": W, "db1": B}), wanted, ("x", "parameters")) == expected


def test_lists_of_layers():
    wanted = (Wanted("layers.0.w", ("layers", 0, "w")), Wanted("layers.1.w", ("layers", 1, "w")))
    assert matched([{"w": X}, {"w": W}], wanted, ("layers",)) == {"layers.0.w": (2, 3), "layers.1.w": (3, 4)}


def test_a_single_array_and_a_number():
    assert matched(X, PLAIN[:1]) == {"x": (2, 3)}
    assert matched(2.0, PLAIN[:1]) == {"x": ()}


def test_nothing_returned_is_a_missing_gradient():
    assert matched(None, PLAIN[:1]) == {"x": None}


@pytest.mark.parametrize(
    "returned",
    [(X, W), X, {"loss": 1.0, "accuracy": 0.5}, "gradient", (X, W, "b")],
    ids=["too short", "single array for three", "no name fits", "a string", "a string inside"],
)
def test_what_can_not_be_matched_shows_type_and_shapes(returned):
    with pytest.raises(AuditError) as error:
        matched(returned)
    assert error.value.code == "GA004"
    assert "x, w, b" in error.value.message
    assert error.value.help


class Parts(NamedTuple):
    w: np.ndarray
    b: np.ndarray


def leaves_of(value):
    """The leaves of an input `p`."""
    steps = list(value) if isinstance(value, dict) else getattr(value, "_fields", range(len(value)))
    return tuple(Wanted(f"p.{step}", ("p", step), containers_of(value, ("p", step))) for step in steps)


@pytest.mark.parametrize(
    ("value", "returned"),
    [
        ([W, B], [W, B]),
        ([W, B], (None, [W, B])),
        ([W, B], (X, [W, B])),
        ([W, B], ([W, B],)),
        ([W, B], {"dp": [W, B]}),
        ((W, B), (W, B)),
        ((W, B), (X, (W, B))),
        (Parts(W, B), Parts(W, B)),
        (Parts(W, B), {"dp": Parts(W, B)}),
        ({"w": W, "b": B}, {"w": W, "b": B, "more": X}),
    ],
)
def test_a_container_is_matched_by_its_kind_and_length(value, returned):
    assert list(matched(returned, leaves_of(value), ("x", "p")).values()) == [(3, 4), (4,)]


@pytest.mark.parametrize(
    ("value", "returned"),
    [
        ([W, B], ([W],)),
        ([W, B], [W]),
        ([W, B], (X, W, B)),
        ([W, B], (W, B)),
        ((W, B), [W, B]),
        ((W, B), (X, (W,))),
        ([W, W], {"dp": [W, W, W]}),
        ({"T": W}, (X, "T")),
        ({"real": W, "imag": W}, W),
    ],
)
def test_a_container_of_another_kind_or_length_is_not_matched(value, returned):
    with pytest.raises(AuditError) as error:
        matched(returned, leaves_of(value), ("x", "p"))
    assert error.value.code == "GA004"


def test_a_tuple_that_fits_the_container_and_the_arguments_is_ambiguous():
    first = leaves_of((W, B))[:1]
    with pytest.raises(AuditError):
        matched((W, B), first, ("x", "p"))
    assert matched((W, B), first, ("p",)) == {"p.0": (3, 4)}


def test_a_name_that_several_leaves_share_is_ambiguous():
    wanted = (Wanted("layers.0.w", ("layers", 0, "w")), Wanted("layers.1.w", ("layers", 1, "w")))
    with pytest.raises(AuditError):
        matched({"dw": X}, wanted, ("layers",))


def test_a_name_that_holds_no_array_shows_its_type():
    with pytest.raises(AuditError, match="'dx': a str"):
        matched({"dx": "hello"}, PLAIN[:1])


def test_the_fields_of_a_structured_array_are_matched_by_name():
    returned = np.zeros(3, [("dw", "f8", (2,)), ("db", "f8")])
    returned["dw"], returned["db"] = 1.0, 2.0
    wanted = (Wanted("w", ("w",)), Wanted("b", ("b",)))
    assert matched(returned, wanted, ("w", "b")) == {"w": (3, 2), "b": (3,)}
    with pytest.raises(AuditError, match="a structured array with the fields p, q"):
        matched(returned.astype([("p", "f8", (2,)), ("q", "f8")]))
