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
