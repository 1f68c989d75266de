"""GA104: writing into what a backward was given is found, and writing into its own arrays is not."""

from __future__ import annotations

import pytest

PAIR = """
import numpy as np
def relu_forward(x, w, n):
    return x * w, (x, w, n)
def relu_backward(dout, cache):
    x, w, n = cache
    {body}
"""
FUNCTION = """
import torch
class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        {body}
"""


def pair(*lines):
    return PAIR.format(body="\n    ".join((*lines, "return dout")))


def function(*lines):
    return FUNCTION.format(body="\n        ".join((*lines, "return grad_output")))


FOUND = {
    "multiplied by a mask": (pair("dout *= x > 0"), "dout"),
    "at an index": (pair("dout[x <= 0] = 0"), "dout"),
    "at all indices": (pair("dout[...] = 0"), "dout"),
    "added to at an index": (pair("dout[:, 0] += 1"), "dout"),
    "by out=": (pair("np.multiply(dout, x, out=dout)"), "dout"),
    "by a tuple of out=": (pair("np.multiply(dout, x, out=(dout,))"), "dout"),
    "by fill": (pair("dout.fill(0)"), "dout"),
    "by copyto": (pair("np.copyto(dout, x)"), "dout"),
    "by add.at": (pair("np.add.at(dout, n, x)"), "dout"),
    "through a view": (pair("dout.T[0] = 0"), "dout"),
    "under another name": (pair("dx = dout", "dx[x <= 0] = 0"), "dx"),
    "in a loop": (pair("for t in range(3):", "    dout[t] += x[t]"), "dout"),
    "in a branch": (pair("if n > 1:", "    dout /= n"), "dout"),
    "what the forward kept": (pair("x[x < 0] = 0"), "x"),
    "what the forward kept, times a number": (pair("h = x @ w", "w *= 2"), "w"),
    "what the forward kept, of its tuple": (pair("y = cache[1]", "y[0] = 0"), "y"),
    "before the name stands for something else": (pair("dout *= 2", "dout = dout.copy()"), "dout"),
    "by a method of PyTorch": (function("grad_output.mul_(x > 0)"), "grad_output"),
    "by a method of PyTorch in what comes back": (function("return grad_output.masked_fill_(x < 0, 0)"), "grad_output"),
    "a saved tensor": (function("x.mul_(2)"), "x"),
    "a saved tensor by +=": (function("x += 1"), "x"),
    "data of a tensor": (function("grad_output.data.zero_()"), "grad_output"),
    "a layer's": (
        """
        class Relu:
            def forward(self, x):
                self.mask = x <= 0
                return x
            def backward(self, dout):
                dout[self.mask] = 0
                return dout
        """,
        "dout",
    ),
}

NOT_FOUND = {
    "a copy of the same name": pair("dout = dout.copy()", "dout *= x > 0"),
    "a product of the same name": pair("dout = dout * 1", "dout[0] = 0"),
    "a copy of another name": pair("dx = dout.copy()", "dx[x <= 0] = 0"),
    "np.array copies": pair("dx = np.array(dout, copy=True)", "dx[x <= 0] = 0"),
    "its own array": pair("dx = np.zeros_like(x)", "dx[x > 0] = 1", "dx *= 2"),
    "a new name of a product": pair("dx = dout", "dx = dx * x", "dx *= 2"),
    "a copy in one branch": pair("dx = dout if n else dout.copy()", "dx *= 2"),
    "one of two bindings": pair("dx = dout", "if n:", "    dx = dout.copy()", "dx *= 2"),
    "a number out of the cache": pair("n += 1"),
    "what is called like a buffer": pair("x, dw = cache", "dw[0] = 0"),
    "a place in the cache": pair('cache["dx"] = dout'),
    "an attribute": pair("dout.name = 3"),
    "out= of somebody else's function": pair("kernel(dout, out=x)"),
    "a function inside has its own names": pair("def inner(dout):", "    dout *= 2", "inner(dout.copy())"),
    "a setting of a tensor": function("grad_output.requires_grad_(True)", "x.detach_()"),
    "a clone": function("grad_output = grad_output.clone()", "grad_output[x < 0] = 0"),
    "a clone under another name": function("dx = grad_output.clone()", "dx.mul_(2)"),
    "only where somebody asks for it": function("if ctx.inplace:", "    grad_output.mul_(x)"),
    "a method that makes a new tensor": function("grad_output.mul(x)", "grad_output.__len__()"),
    "an attribute of the context": function("ctx.count += 1"),
    "JAX makes a new array": """
        import jax
        @jax.custom_vjp
        def f(x):
            return x
        def f_fwd(x):
            return x, x
        def f_bwd(res, g):
            g *= 2
            return (g,)
        f.defvjp(f_fwd, f_bwd)
    """,
    "a gradient that the caller wants filled": """
        def objective(x):
            return x
        def objective_grad(x, grad):
            grad[:] = 2 * x
            return grad
    """,
    "a buffer that is an argument": """
        def layer_forward(out, inp):
            out[:] = inp
        def layer_backward(dinp, dout, inp):
            dinp[:] = dout
    """,
}


@pytest.mark.parametrize(("source", "name"), FOUND.values(), ids=FOUND)
def test_found(findings, source, name):
    (finding,) = findings("GA104", source)
    assert f"writes into {name}," in finding.message


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA104", source)


def test_each_array_is_named_once(findings):
    found = findings("GA104", pair("dout *= 2", "dout[0] = 1", "x[0] = 1"))
    assert [finding.line for finding in found] == [7, 9]


def test_the_finding_is_the_whole_statement(findings):
    (finding,) = findings("GA104", pair("dout[0] = (", "    1", ")"))
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (7, 5, 9, 6)


def test_columns_count_characters(findings):
    (finding,) = findings("GA104", pair('"é𝛿"; dout *= 2'))
    assert (finding.column, finding.end_column) == (11, 20)
