"""Statements that are nested so deeply that Python itself gives up on them end no run."""

from __future__ import annotations

import pytest

SOURCE = """
import numpy as np
from torch.autograd import gradcheck
def act_forward(x, ids):
    return x[ids], x
def act_backward(dout, cache):
    x, ids = cache
    dx = np.zeros_like(x)
    for i in range(3):
        gradcheck(dx)
        w = {chain}
        dx[ids] = {chain}
        dx[i : {chain}] = w
    return {chain}, (dx + {chain}).sum(), {attributes}
"""


@pytest.mark.parametrize("depth", [100, 200, 300, 400, 450, 480])
def test_a_deep_expression_ends_no_run(inspected, depth):
    source = SOURCE.format(chain=" + ".join(["x"] * depth), attributes="x" + ".T" * depth)
    inspected({"layers.py": source})


FORMS = """
from autograd.extend import defvjp
from jax.interpreters import ad
def loss_and_grad(w):
    loss = grad = w
    return loss, {chain}
def cost(x):
    return {attributes}
def slope(x):
    return {chain}
def cost_backward(dout, x):
    return {attributes}(dout)
minimize(cost, {attributes}, jac=slope)
ad.defjvp(p, lambda g, x: {chain})
defvjp(f, lambda ans, x: g{items})
"""


@pytest.mark.parametrize("depth", [300, 600, 900, 1500, 2900])
def test_forms_leave_out_what_is_too_deep_for_them_and_find_the_rest(project, depth):
    chain, attributes, items = " + ".join(["grad"] * depth), "x" + ".T" * depth, "[0]" * depth
    deep = FORMS.format(chain=chain, attributes=attributes, items=items)
    project.write(deep=deep, flat="def f(x): return x\ndef f_backward(dout): return dout\n")
    ended = project.run("list")  # which may read the file and may not: that depends on the version of Python
    assert ("f_backward" in ended.out, ended.err) == (True, "")
