"""GA102: an upstream gradient that is never read is found, and one that is left out on purpose is not."""

from __future__ import annotations

import pytest

FUNCTION = """
import torch
class Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return ((x - y) ** 2).sum()
    @staticmethod
    def backward({signature}):
        x, y = ctx.saved_tensors
        {body}
"""
PAIR = """
import numpy as np
def act_forward(x):
    return np.tanh(x), x
def act_backward({signature}):
    {body}
"""

FOUND = {
    "an autograd.Function that returns what it kept": FUNCTION.format(
        signature="ctx, grad_output", body="return 2 * (x - y), None"
    ),
    "two upstream gradients and neither is read": FUNCTION.format(
        signature="ctx, grad_a, grad_b", body="return 2 * (x - y), None"
    ),
    "a name that is bound anew and never read": FUNCTION.format(
        signature="ctx, grad_output", body="grad_output = None; return x - y, None"
    ),
    "one branch is zero and another is not": FUNCTION.format(
        signature="ctx, grad_output", body="return (None, None) if ctx.stop else (x - y, None)"
    ),
    "a pair by name": PAIR.format(signature="dout, cache", body="return 1 - np.tanh(cache) ** 2"),
    "zeros that are written to": PAIR.format(
        signature="dout, cache", body="dx = np.zeros_like(cache); dx[cache > 0] = 1; return dx"
    ),
    "a layer": """
        class Sigmoid:
            def forward(self, x):
                self.y = 1 / (1 + exp(-x))
                return self.y
            def backward(self, grad):
                return self.y * (1 - self.y)
    """,
    "a rule of JAX": """
        import jax
        @jax.custom_vjp
        def f(x):
            return x ** 2
        def f_fwd(x):
            return f(x), x
        def f_bwd(res, g):
            return (2 * res,)
        f.defvjp(f_fwd, f_bwd)
    """,
    "an audited function of any name": """
        from gradaudit import audited_backward
        def value(x):
            return x ** 2
        @audited_backward(forward=value, inputs={"x": "N"})
        def pulled(above, x):
            return 2 * x
    """,
}

NOT_FOUND = {
    "it is read": FUNCTION.format(signature="ctx, grad_output", body="return grad_output * (x - y), None"),
    "it is read by a function inside": FUNCTION.format(
        signature="ctx, grad_output", body="return (lambda: grad_output * x)(), None"
    ),
    "it is handed on": FUNCTION.format(signature="ctx, grad_output", body="return kernel(x, grad_output)"),
    "it is deleted": FUNCTION.format(signature="ctx, grad_output", body="del grad_output; return x - y, None"),
    "its name says that it is meant": FUNCTION.format(signature="ctx, _grad_output", body="return x - y, None"),
    "one of several is read": FUNCTION.format(signature="ctx, grad_a, grad_b", body="return grad_b * x, None"),
    "as many as there are": FUNCTION.format(signature="ctx, *grads", body="return x - y, None"),
    "some of them starred": FUNCTION.format(signature="ctx, grad, *grads", body="return grads[0] * x, None"),
    "it returns None alone": FUNCTION.format(signature="ctx, grad_output", body="return None, None"),
    "it returns None as often as needed": FUNCTION.format(signature="ctx, grad_output", body="return (None,) * 2"),
    "it stops the gradient": FUNCTION.format(
        signature="ctx, grad_output", body="return torch.zeros_like(x), torch.zeros(y.shape)"
    ),
    "it stops the gradient by name": FUNCTION.format(
        signature="ctx, grad_output", body="dx = torch.zeros_like(x); return dx, None"
    ),
    "zero times something": FUNCTION.format(signature="ctx, grad_output", body="return 0 * x, None"),
    "an exercise that nobody has done yet": PAIR.format(
        signature="dout, cache", body="dx, dw = None, None; x, w = cache; return dx, dw"
    ),
    "it raises": FUNCTION.format(signature="ctx, grad_output", body='raise RuntimeError("not differentiable")'),
    "it returns nothing": FUNCTION.format(signature="ctx, grad_output", body="ctx.done = True"),
    "everything is read at once": FUNCTION.format(signature="ctx, grad_output", body="return kernel(**locals())"),
    "it says of which shape a gradient is": FUNCTION.format(
        signature="ctx, grad_output", body="return torch.empty_like(x).transpose(0, 1), None"
    ),
    "a default makes it a loss of its own": PAIR.format(
        signature="cache, dout=1.0", body="return 1 - np.tanh(cache) ** 2"
    ),
    "the forward has an argument of that name": """
        def scaled_forward(x, dy):
            return x / 2
        def scaled_backward(x, dy):
            return 1 / 2
    """,
    "a derivative that takes no upstream gradient": """
        def rosen(x):
            return x ** 4
        def rosen_der(x, scale):
            return 4 * x ** 3
    """,
    "a criterion of its inputs": """
        class MSE:
            def forward(self, x, target):
                return (x - target) ** 2
            def backward(self, x, target):
                return 2 * (self.x - self.target)
    """,
    "stop_gradient of JAX": """
        import jax, jax.numpy as jnp
        @jax.custom_vjp
        def stop(x):
            return x
        def stop_fwd(x):
            return x, None
        def stop_bwd(res, g):
            return (jax.tree.map(jnp.zeros_like, res),)
        stop.defvjp(stop_fwd, stop_bwd)
    """,
    "a step of training": """
        class Trainer:
            def forward(self, batch):
                return self.model(batch)
            def backward(self, loss):
                return self.engine.step()
    """,
    "the output is what the audit says": """
        from gradaudit import audited_backward
        def value(x):
            return x ** 2
        @audited_backward(forward=value, inputs={"x": "N"}, bind={"above": "output"})
        def derivative(above, x):
            return 2 * x
    """,
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(findings, source):
    (finding,) = findings("GA102", source)
    assert "never read" in finding.message


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA102", source)


def test_the_finding_is_at_the_parameter(findings):
    (finding,) = findings("GA102", PAIR.format(signature="dout, cache", body="return cache"))
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (5, 18, 5, 22)


def test_tests_are_wrong_on_purpose(findings):
    assert not findings("GA102", FOUND["a pair by name"], file="tests/layers.py")


def test_what_is_expected_to_fail_is_known(findings):
    source = FOUND["an audited function of any name"].replace('"N"}', '"N"}, xfail="shows what a run says"')
    assert not findings("GA102", source)
