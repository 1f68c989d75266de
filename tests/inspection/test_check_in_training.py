"""GA105: a gradient check in training or at import is found, and one in a test, a script or a notebook is not."""

from __future__ import annotations

import json

import pytest

TRAINING = """
import torch, jax, scipy.optimize, gradaudit
from torch.autograd import gradcheck
def train(model, optimizer, w, lr):
    for batch in data:
        {lines}
"""
LIBRARY = """
import torch
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output
{lines}
"""


def training(*lines):
    return TRAINING.format(lines="\n        ".join(lines))


FOUND = {
    "gradcheck before an optimiser's step": training("torch.autograd.gradcheck(model, batch)", "optimizer.step()"),
    "an imported name": training("assert gradcheck(model, batch)", "self.opt.step()"),
    "of second derivatives": training("torch.autograd.gradgradcheck(model, batch)", "optimizer.step()"),
    "JAX": training("jax.test_util.check_grads(f, (w,), 1)", "params = update_params(params, grads)"),
    "SciPy": training("scipy.optimize.check_grad(f, g, w)", "w = w - lr * g(w)"),
    "our own": training("gradaudit.check_gradient(g, forward=f)", "w -= lr * g(w)"),
    "a project's own": training("gradient_check(parameters, gradients)", "parameters = update_parameters(parameters)"),
    "a course's": training("dw = eval_numerical_gradient(f, w)", "self.W1 -= self.learning_rate * dw"),
    "in a branch": training("if debug:", "    gradcheck(f, w)", "optimizer.step()"),
    "in a loop inside": training("for w in model:", "    gradcheck(f, w)", "optimizer.step()"),
    "parameters updated in a loop of their own": training(
        "grad_check(f, w)", "for p in params:", "    p -= lr * grads[p]"
    ),
    "a function of these files that divides by a step": training("check_gradients(f, w)", "optimizer.step()")
    + "def check_gradients(f, w, eps=1e-6):\n    return (f(w + eps) - f(w - eps)) / (2 * eps)\n",
    "at import": LIBRARY.format(lines="assert torch.autograd.gradcheck(Scale.apply, x)"),
    "at import under a condition": LIBRARY.format(lines="if DEBUG:\n    torch.autograd.gradcheck(Scale.apply, x)"),
}

NOT_FOUND = {
    "a loop that updates nothing": training("gradcheck(model, batch)", "scheduler.step()"),
    "a check behind the loop": training("optimizer.step()") + "    gradcheck(model, batch)\n",
    "a loop of its own": training("optimizer.step()") + "    for batch in data:\n        gradcheck(model, batch)\n",
    "a training loop inside": training("for epoch in range(9):", "    optimizer.step()", "gradcheck(model, batch)"),
    "a function that is defined there": training("def check():", "    gradcheck(model, batch)", "optimizer.step()"),
    "what looks for NaN": training("check_gradients(model)", "optimizer.step()"),
    "what looks for NaN in these files": training("check_gradients(model)", "optimizer.step()")
    + "def check_gradients(model):\n    return [p.grad.isnan().any() for p in model]\n",
    "a method that reports": training("self.gradient_check_logger(model)", "optimizer.step()"),
    "a numerical gradient to train with": training("g = numerical_gradient(f, w)", "w -= lr * g"),
    "a counter": training("gradcheck(model, batch)", "step += 1", "x = x - 1"),
    "in a function": LIBRARY.format(lines="def check():\n    return torch.autograd.gradcheck(Scale.apply, x)"),
    "in a lambda": LIBRARY.format(lines="check = lambda x: torch.autograd.gradcheck(Scale.apply, x)"),
    "as a script": LIBRARY.format(lines='if __name__ == "__main__":\n    torch.autograd.gradcheck(Scale.apply, x)'),
    "a script that prints": LIBRARY.format(lines="print(torch.autograd.gradcheck(Scale.apply, x))"),
    "no backward pass of its own": "import torch\ntorch.autograd.gradcheck(f, x)\n",
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(findings, source):
    (finding,) = findings("GA105", source)
    assert "checks a gradient" in finding.message


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA105", source)


@pytest.mark.parametrize("file", ["tests/scale.py", "test_scale.py", "examples/scale.py", "check_scale.py"])
def test_where_checks_belong(findings, file):
    assert not findings("GA105", FOUND["at import"], file=file)


def test_the_cells_of_a_notebook_are_run_by_hand(inspected):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": FOUND["at import"]}, {**cell, "source": FOUND["gradcheck before an optimiser's step"]}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (finding,) = inspected({"course.ipynb": json.dumps(notebook)}, "GA105").findings
    assert (finding.cell, finding.line) == (2, 6)


def test_the_finding_is_the_call(findings):
    (finding,) = findings("GA105", training("assert gradcheck(model, batch)", "optimizer.step()"))
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (6, 16, 6, 39)
