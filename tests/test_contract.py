"""What the contract leaves uncertain is told, and what it makes certain is right: one audit for each, in one scan."""

from __future__ import annotations

import re

import pytest

HEADER = """
import dataclasses
from typing import NamedTuple
import numpy as np
from gradaudit import audited_backward as ab, distributions

def sq(x):
    return x * x

def two(x, p):
    return x.sum() + (p[0] ** 2).sum() + (p[1] ** 3).sum()

class Layer:
    def __init__(self):
        self.W = np.array([1.5, -0.5])
    def forward(self, x):
        self.x = x
        return x * self.W
    def backward(self, dout):
        self.dW = dout * self.x
        return dout * self.W

"""

RIGHT = {
    "a bound upstream gradient leaves the other indices": """
@ab(forward=lambda x: (x * 2, x * 3), inputs={"x": "N"}, outputs=2, bind={"second": "upstream.1"})
def b(second, dout): return 2 * dout + 3 * second""",
    "starred parameters are bound to all upstream gradients": """
@ab(forward=lambda x: (x * 2, x * 3), inputs={"x": "N"}, outputs=2, bind={"grads": "upstream"})
def b(*grads): return 2 * grads[0] + 3 * grads[1]""",
    "a float32 constant in wrt is upcast": """
@ab(forward=lambda w: np.sin(w * 100), inputs={"w": distributions.constant(np.float32([0.1, 0.7]))}, wrt="w",
    mode="elementwise")
def b(dout, w): return dout * np.cos(w * 100) * 100 * (w.dtype == np.float64)""",
    "a tuple in order for a list beside None": """
@ab(forward=two, inputs={"x": "N", "p": ["N", "N"]}, wrt="p", returns="gradient")
def b(x, p): return None, [2 * p[0], 3 * p[1] ** 2]""",
    "a tuple in order for a list beside another gradient": """
@ab(forward=two, inputs={"x": "N", "p": ["N", "N"]}, wrt="p", returns="gradient")
def b(x, p): return np.ones_like(x), [2 * p[0], 3 * p[1] ** 2]""",
    "a list under its name": """
@ab(forward=two, inputs={"x": "N", "p": ["N", "N"]}, returns="gradient")
def b(x, p): return {"dx": np.ones_like(x), "dp": [2 * p[0], 3 * p[1] ** 2]}""",
    "a tuple for a tuple": """
@ab(forward=two, inputs={"x": "N", "p": ("N", "N")}, wrt="p", returns="gradient")
def b(x, p): return 2 * p[0], 3 * p[1] ** 2""",
    "a parameter with an alias": """
class L(Layer):
    def __init__(self):
        super().__init__()
        self.params = (self.W,)
@ab(inputs={"x": "2"}, parameters={"params.0": "dW"})
class A(L): ...""",
    "a parameter behind a read-only property": """
class L(Layer):
    @property
    def weight(self): return self.W
@ab(inputs={"x": "2"}, parameters={"weight": "dW"})
class A(L): ...""",
    "bind may name a default of the forward": """
@ab(forward=lambda x, g=9.81: g * x * x, inputs={"x": "N"}, bind={"g": "g"})
def b(dout, g, x): return dout * 2 * g * x""",
    "a default of a layer's forward reaches its backward": """
@ab(inputs={"x": "N"})
class A:
    def forward(self, x, train=True):
        self.x = x
        return 3 * x if train else x
    def backward(self, dout, train): return 3 * dout if train is True else dout""",
    "a skipped default before positional arguments": """
def po(x, eps=1.0, w=2.0, /): return x * w + eps
@ab(forward=po, inputs={"x": "N", "w": "N"})
def b(dout, x, w): return dout * w, dout * x""",
    "a skipped default reaches the backward too": """
def po(x, eps=1.0, w=2.0, /): return x * w * (1 + eps)
@ab(forward=po, inputs={"x": "N", "w": "N"})
def b(dout, x, w, eps): return dout * w * (1 + eps), dout * x * (1 + eps)""",
    "a method that is wrapped after it was named": """
import functools
def wrapped(function):
    @functools.wraps(function)
    def call(*values): return function(*values)
    return call
class A:
    def forward(self, x):
        self.x = x
        return x * x
    @ab(forward=forward, inputs={"x": "N"})
    def backward(self, dout): return 2 * self.x * dout
    forward = wrapped(forward)""",
    "a layer that is made at random without a generator": """
class R(Layer):
    def __init__(self): self.W = np.random.standard_normal(2)
@ab(inputs={"x": "2"}, parameters={"W": "dW"})
class A(R): ...""",
}

WRONG = {
    "a complex gradient": (
        """
@ab(forward=lambda x: np.sin(x), inputs={"x": "N"})
def b(g, x): return g * np.cos(x) + 1j * x""",
        "GA004",
        r"gradient of x is complex.*not supported yet",
    ),
    "a surplus parameter beside a bound one": (
        """
@ab(forward=sq, inputs={"x": "N"}, bind={"g": "upstream"})
def b(a, g, x): return a * 2 * x""",
        "GA004",
        r"one output.*not bound: a, g",
    ),
    "returns misspelt": (
        """
@ab(forward=sq, inputs={"x": "N"}, returns="jacobain")
def b(x): return 2 * x""",
        "GA004",
        r"returns='jacobain': expected one of 'gradient', 'jacobian', 'elementwise'",
    ),
    "an input that a function of value and gradient does not take": (
        """
@ab(inputs={"x": "N", "scle": 2.0})
def b(x, scale=1.0): return (scale * x).sum(), scale * np.ones_like(x)""",
        "GA004",
        r"inputs has 'scle'.*did you mean 'scale'",
    ),
    "an input that a layer does not take": (
        """
@ab(inputs={"x": "2", "scle": 2.0})
class A(Layer):
    def forward(self, x, scale=1.0): return super().forward(x)""",
        "GA004",
        r"inputs has 'scle'.*did you mean 'scale'",
    ),
    "bind without a backward": (
        """
@ab(inputs={"x": "N"}, bind={"g": "upstream"})
def b(x): return x.sum(), np.ones_like(x)""",
        "GA004",
        r"bind names 'g'.*returns its gradients itself",
    ),
    "bind of a layer that returns its gradients itself": (
        """
class A:
    @ab(inputs={"x": "N"}, bind={"g": "upstream"})
    def b(self, x): return x.sum(), np.ones_like(x)""",
        "GA004",
        r"bind names 'g'.*returns its gradients itself",
    ),
    "a list that lacks a gradient": (
        """
@ab(forward=two, inputs={"x": "N", "p": ["N", "N"]}, wrt="p", returns="gradient")
def b(x, p): return ([2 * p[0]],)""",
        "GA004",
        r"can't be matched to the gradients of p.0, p.1",
    ),
    "a list flattened into the tuple": (
        """
@ab(forward=two, inputs={"x": "N", "p": ["N", "N"]}, wrt="p", returns="gradient")
def b(x, p): return np.ones_like(x), 2 * p[0], 3 * p[1] ** 2""",
        "GA004",
        r"can't be matched",
    ),
    "a tuple that is both": (
        """
@ab(forward=two, inputs={"x": "N", "p": ("N", "N")}, wrt="p.0", returns="gradient")
def b(x, p): return np.ones_like(x), 2 * p[0]""",
        "GA004",
        r"can't be matched",
    ),
    "a gradient of no scalar": (
        """
@ab(forward=sq, inputs={"x": "N"}, returns="gradient")
def b(x): return 2 * x""",
        "GA004",
        r"is that of a scalar, but the output has shape",
    ),
    "an elementwise derivative of an output with another shape": (
        """
@ab(forward=lambda x: (x ** 2)[None], inputs={"x": "N"}, returns="elementwise")
def b(x): return 2 * x""",
        "GA004",
        r"the output has shape \(1, \d+\), x \(\d+,\)",
    ),
    "an output of objects": (
        """
@ab(forward=lambda x: np.array([x, None], dtype=object), inputs={"x": "N"})
def b(dout, x): return dout""",
        "GA004",
        r"ndarray of dtype object",
    ),
    "returns with several outputs": (
        """
@ab(forward=lambda x: (x * 2, x * 3), inputs={"x": "N"}, outputs=2, returns="elementwise")
def b(x): return 2 * np.ones_like(x)""",
        "GA004",
        r"for one output, but the forward has 2",
    ),
    "a default called like an upstream gradient": (
        """
@ab(forward=lambda x, g=9.81: g * x, inputs={"x": "N"})
def b(g, x): return g * np.ones_like(x)""",
        "GA004",
        r"called like an upstream gradient.*bind=\{\"g\": \"g\"\}",
    ),
    "an upstream gradient of no output": (
        """
@ab(forward=lambda x: (x * 2, x * 3), inputs={"x": "N"}, outputs=2, bind={"b": "upstream.5"})
def b(a, b): return 2 * a + 3 * b""",
        "GA004",
        r"upstream\.5.*2 outputs",
    ),
    "inputs for starred arguments": (
        """
@ab(forward=lambda *xs: sum(xs, np.zeros(())), inputs={"a": "N", "b": "N"})
def b(dout, a, b): return 0 * a, 0 * b""",
        "GA004",
        r"does not take by name: it has \*xs",
    ),
    "a plain function as a method's forward": (
        """
def forward(x): return np.maximum(x, 0)
class A(Layer):
    @ab(forward=forward, inputs={"x": "N"})
    def backward(self, dout): return dout * (self.x > 0)""",
        "GA003",
        r"forward is not a method of A.*audit a plain function",
    ),
    "a mapping of text": (
        """
@ab(forward=sq, inputs={"x": "N"})
def b(dout, x): return {"dx": "hello"}""",
        "GA004",
        r"'dx': a str",
    ),
    "a name that two leaves share": (
        """
@ab(forward=lambda layers: layers[0]["w"] * layers[1]["w"], inputs={"layers": [{"w": "N"}, {"w": "N"}]})
def b(dout, layers): return {"dw": dout * layers[1]["w"]}""",
        "GA004",
        r"can't be matched to the gradients of layers.0.w, layers.1.w",
    ),
    "an annotation of integers": (
        """
class Int:
    dim_str = "N"
    dtypes = ["int8", "int32"]
def f(x: Int): return x * 1.0
@ab(forward=f)
def b(dout): return dout""",
        "GA004",
        r"annotation of x.*write inputs=",
    ),
    "a parameter in a tuple that can not be written": (
        """
@ab(inputs={"x": "2"}, parameters={"params.0": "dW"})
class A(Layer):
    def __init__(self):
        super().__init__()
        self.params = (np.float64(1.0),)""",
        "GA004",
        r"'params.0', which can't be set",
    ),
    "a parameter that a property copies": (
        """
@ab(inputs={"x": "2"}, parameters={"weight": "dW"})
class A(Layer):
    @property
    def weight(self): return self.W.copy()""",
        "GA004",
        r"'weight', which can't be set",
    ),
    "a gradient that raises when it is read": (
        """
class Odd:
    def __getattr__(self, name): raise RuntimeError("odd " + name)
@dataclasses.dataclass
class P:
    a: object
@ab(forward=lambda p: p.a * 2.0, inputs={"p": P("N")})
def b(dout, p): return Odd()""",
        "GA006",
        r"reading what the backward returned raised RuntimeError: odd",
    ),
}

OPTIONS = {
    "bind={'g': 0}": "bind=",
    "bind={'g': None}": "bind=",
    "bind='upstream'": "bind=",
    "wrt=3": "wrt=3",
    "returns=3": "returns=3",
    "outputs='2'": "outputs='2'",
    "sizes=['N']": "sizes=",
    "parameters='W'": "parameters='W'",
    "make=3": "make=3",
    "epsilon=0": "epsilon=0",
    "epsilon='a'": "epsilon='a'",
    "epsilon=-1.0": "epsilon=-1.0",
    "epsilon=1e-6, mode='directional'": r"epsilon=1e-06.*mode=\"elementwise\"",
    "mode=['auto']": "mode=",
    "dtype=['float64']": "dtype=",
    "framework=['numpy']": "framework=",
    "timeout=0": "timeout=0: expected a number of seconds above 0",
    "timeout=-1": "timeout=-1: expected a number of seconds above 0",
}


@pytest.fixture(scope="module")
def contract(make_project):
    right = {f"right{number}": HEADER + source for number, source in enumerate(RIGHT.values())}
    wrong = {f"wrong{number}": HEADER + source for number, (source, _, _) in enumerate(WRONG.values())}
    options = {
        f"options{number}": f"{HEADER}@ab(forward=sq, inputs={{'x': 'N'}}, {words})\ndef b(g, x): return 2 * g * x"
        for number, words in enumerate(OPTIONS)
    }
    return make_project().write(**right, **wrong, **options).scan()


def audited(contract, file):
    (audit,) = [audit for audit in contract.report["audits"] if audit["file"] == file]
    return audit


def check_told(audit, code, pattern):
    assert audit["outcome"] == "error"
    (finding,) = audit["findings"]
    assert finding["code"] == code
    assert re.search(pattern, finding["message"] + " " + finding.get("help", ""), re.DOTALL), finding


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_certain_passes(contract, case):
    audit = audited(contract, f"right{list(RIGHT).index(case)}.py")
    assert audit["outcome"] == "passed", audit["findings"]


@pytest.mark.parametrize("case", WRONG)
def test_what_is_uncertain_is_told(contract, case):
    _, code, pattern = WRONG[case]
    check_told(audited(contract, f"wrong{list(WRONG).index(case)}.py"), code, pattern)


@pytest.mark.parametrize("words", OPTIONS)
def test_an_option_of_the_wrong_kind_is_named(contract, words):
    check_told(audited(contract, f"options{list(OPTIONS).index(words)}.py"), "GA004", OPTIONS[words])


def test_mistakes_of_users_are_no_failure_of_ours(contract):
    assert contract.status == 1


def test_parameters_at_random_are_the_same_in_every_run(project):
    source = """
@ab(inputs={"x": "2"}, parameters={"W": "dW"})
class A(Layer):
    def __init__(self): self.W = np.random.standard_normal(2)
    def backward(self, dout):
        self.dW = 2 * dout * self.x
        return dout * self.W
"""
    project.write(a=HEADER + source)
    one, other = project.scan().audit("A"), project.scan().audit("A")
    assert one["gradients"] == other["gradients"]
    assert one["outcome"] == "failed"


def test_missing_gradients_are_told_in_the_order_of_the_arguments(project):
    source = """
@ab(forward=lambda a, b, c, d: (a + b + c + d).sum(), inputs=dict.fromkeys("abcd", "N"))
def missing(dout): return None
"""
    project.write(a=HEADER + source)
    for seed in ("1", "2", "3"):
        run = project.scan(PYTHONHASHSEED=seed)
        assert [finding["gradient"] for finding in run.audit("missing")["findings"]] == list("abcd")
