"""What a report adds where something was not checked, or may have been meant otherwise."""

from __future__ import annotations

import pytest

SOURCE = """
import numpy as np
from gradaudit import audited_backward

@audited_backward(make=lambda: Layer(), inputs={"x": "N 3"})
class Layer:
    def __init__(self):
        self.W = np.eye(3)
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dout):
        self.dW = 99 * self.x.T @ dout
        return dout @ self.W.T

@audited_backward(forward=lambda x: np.sum(x**2), inputs={"x": "N"})
def by_position(w):
    return 2 * w

def second(x):
    return x * x[1]

@audited_backward(forward=second, inputs={"x": "N"})
def needs_two(dout, x):
    return dout
"""


@pytest.fixture(scope="module")
def remarks(make_project):
    return make_project().write(a=SOURCE).scan("--trials", "2")


def test_a_layer_parameter_that_is_not_checked_is_named(remarks):
    assert remarks.audit("Layer")["outcome"] == "passed"
    assert 'W is not checked; write parameters={"W": "dW"}' in remarks.audit("Layer")["notes"]


def test_what_was_bound_by_position_alone_is_told_where_something_is_wrong(remarks):
    assert remarks.audit("by_position")["outcome"] == "failed"
    (note,) = [note for note in remarks.audit("by_position")["notes"] if "upstream" in note]
    assert 'bind={"w": "x"}' in note


def test_a_size_of_one_that_code_can_not_take_has_its_remedy(remarks):
    (finding,) = remarks.audit("needs_two")["findings"]
    assert finding["code"] == "GA006"
    assert 'sizes={"N": (2, 8)}' in finding["help"]
