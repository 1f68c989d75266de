"""Where ``forward=`` is missing, that is said before anything that follows from it."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.binding.forward import bind_forward
from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.errors import AuditError

HEADER = "from gradaudit import audited_backward\n"

ALONE = {
    "a backward that takes an upstream gradient": 'inputs={"x": "N"})\ndef back(g, x): return 2 * x * g',
    "a backward without inputs": ")\ndef back(g, x): return 2 * x * g",
    "a backward that returns its gradients": 'inputs={"x": "N", "w": "N M"})\ndef back(x, w): return w.sum(1), x',
    "a backward that returns an array": 'inputs={"x": "N"})\ndef back(x): return 2 * x',
}


def test_a_backward_without_its_forward_is_told_to_name_it(project):
    source = "".join(f"@audited_backward(name={name!r}, {rest}\n" for name, rest in ALONE.items())
    ended = project.write(a=HEADER + source).scan()
    for name in ALONE:
        (finding,) = ended.audit(f"back[{name}]")["findings"]
        assert finding["code"] == "GA004"
        assert "stands alone" in finding["message"]
        assert "name by forward= the function whose gradient it is" in finding["help"]


def test_what_else_it_may_be_is_said_too():
    with pytest.raises(AuditError, match="not bound: g") as caught:
        check_gradient(lambda g, x: (x @ x, 2 * x * g), inputs={"x": "N"})
    assert caught.value.help.endswith('else write inputs={..., "g": "N"} with how each is drawn')


def test_an_input_that_differs_in_case_from_an_argument_is_taken_for_it():
    with pytest.raises(AuditError, match="not bound: w") as caught:
        bind_forward(lambda x, w: None, ["x", "W"])
    assert caught.value.help == "inputs has 'W', which it does not take; did you mean 'w'?"


def test_an_input_that_is_like_no_argument_is_not_taken_for_one():
    with pytest.raises(AuditError) as caught:
        bind_forward(lambda x, w: None, ["x", "temperature"])
    assert caught.value.help.startswith("write inputs=")


MISUSED = {
    "a function of one argument": "def f(x): return x\n@audited_backward(f)\ndef back(g, x): return g",
    "a function of two": "def f(x, w): return x * w\n@audited_backward(f)\ndef back(g, x, w): return w * g, x * g",
    "with options beside it": '@audited_backward(f, inputs={"x": "N"})\ndef back(g, x): return g',
    "under another name": "audit = audited_backward\n@audit(f)\ndef back(g, x): return g",
}


@pytest.mark.parametrize("case", MISUSED)
def test_a_forward_that_is_given_by_position_is_told_from_the_source(tmp_path, case):
    (tmp_path / "a.py").write_text(HEADER + textwrap.dedent(MISUSED[case]))
    (target,) = discover([], Settings(root=str(tmp_path)), str(tmp_path)).targets
    assert target.qualname == "back"
    assert target.finding.code == "GA004"
    assert target.finding.help == "write @audited_backward(forward=f, inputs={...})"


def test_a_function_that_returns_both_may_be_given_by_position(tmp_path):
    (tmp_path / "a.py").write_text(HEADER + "audited_backward(f)\naudited_backward(forward=f)(g)\n")
    targets = discover([], Settings(root=str(tmp_path)), str(tmp_path)).targets
    assert [target.finding for target in targets] == [None, None]


def test_a_function_that_returns_both_stands_alone():
    check = check_gradient(lambda x: (np.sum(x**3), 3 * x**2), inputs={"x": "N"})
    assert check.passed
