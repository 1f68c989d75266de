"""Code that hides its framework, and returns arrays of it: the message says which option names the framework."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.errors import AuditError

HINT = 'an array of torch came back: write framework="torch"'


class Tensor:
    """As one that requires grad: NumPy can't read it."""

    requires_grad = True

    def __array__(self, *args, **kwargs):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


Tensor.__module__ = "torch"
HELPERS = {"make": Tensor}  # what a name in the code is seen to be would say whose arrays it takes


@pytest.fixture
def torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))


CODE = {
    "a backward": (np.tanh, lambda dout, x: HELPERS["make"]()),
    "a backward's tuple": (lambda x, y: x * y, lambda dout, x, y: (dout * y, HELPERS["make"]())),
    "a backward's mapping": (lambda x, y: x * y, lambda dout, x, y: {"dx": dout * y, "dy": HELPERS["make"]()}),
    "a forward": (lambda x: HELPERS["make"](), lambda dout, x: dout),
    "a lone function": (None, lambda x: HELPERS["make"]()),
    "a lone function's gradient": (None, lambda x: (np.sum(x**2), HELPERS["make"]())),
    "a lone function's value": (None, lambda x: (HELPERS["make"](), 2 * x)),
}


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("code", CODE)
def test_an_array_of_another_framework_suggests_the_option_that_names_it(code):
    forward, audited = CODE[code]
    inputs = {"x": "N", "y": "N"} if "y" in audited.__code__.co_varnames else {"x": "N"}
    with pytest.raises(AuditError, match="GA004") as raised:
        check_gradient(forward or audited, audited if forward else None, inputs)
    assert HINT in raised.value.help


def test_what_is_no_array_at_all_suggests_no_framework():
    with pytest.raises(AuditError, match="GA004") as raised:
        check_gradient(np.tanh, lambda dout, x: "nothing", {"x": "N"})
    assert "framework=" not in raised.value.help


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_the_option_that_is_suggested_is_the_remedy(make_project):
    project = make_project()
    project.write(
        helper="""
        import importlib

        def loss_and_gradient(x):
            torch = importlib.import_module("torch")
            x = torch.as_tensor(x).requires_grad_()
            return (x**2).sum(), 2 * x
        """,
        audited="""
        import torch
        from helper import loss_and_gradient
        from gradaudit import audited_backward

        @audited_backward(inputs={"x": "N"})
        def unnamed(x):
            return loss_and_gradient(x)

        @audited_backward(inputs={"x": "N"}, framework="torch")
        def named(x):
            return loss_and_gradient(x)
        """,
    )
    report = project.scan()
    assert report.outcomes() == {"unnamed": "error", "named": "passed"}
    assert HINT in report.audit("unnamed")["findings"][0]["help"]
