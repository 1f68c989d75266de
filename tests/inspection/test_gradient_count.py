"""GA103: a tuple of gradients that is too short or too long is found, and what the source leaves open is not."""

from __future__ import annotations

import pytest

FUNCTION = """
import torch
from torch.autograd.function import once_differentiable
class Scale(torch.autograd.Function):
    @staticmethod
    def forward({forward}):
        return x
    @staticmethod
    def backward(ctx, grad_output):
        {body}
"""
AUDITED = """
from gradaudit import audited_backward
from gradaudit.distributions import integers, positive
def affine({forward}):
    return x
@audited_backward(forward=affine, inputs={inputs}{options})
def affine_backward(dout, x):
    {body}
"""


def function(body, forward="ctx, x, scale"):
    return FUNCTION.format(forward=forward, body=body)


def audited(body, *, forward="x, w, b", inputs='{"x": "N D", "w": "D M", "b": "M"}', options=""):
    return AUDITED.format(forward=forward, inputs=inputs, options=options, body=body)


FOUND = {
    "one too few": (function("return grad_output, None", "ctx, x, scale, flag"), 2),
    "one too many": (function("return grad_output, None, grad_output"), 3),
    "a single gradient for two arguments": (function("return grad_output * ctx.scale"), 1),
    "a single one through a name": (function("dx = grad_output.clone(); dx[0] = 0; return dx"), 1),
    "in one branch": (function("if ctx.flag:\n            return (grad_output,)\n        return grad_output, None"), 1),
    "a sum of tuples": (function("return (grad_output,) + (None,)", "ctx, x, a, b"), 2),
    "less than without defaults": (function("return (grad_output,)", "ctx, x, scale, flag=True"), 1),
    "nothing for a context that is set up": (
        function("return grad_output, None, grad_output", "x, scale")
        + "    @staticmethod\n    def setup_context(ctx, inputs, output):\n        ctx.scale = inputs[1]\n",
        3,
    ),
}

NOT_FOUND = {
    "as many as arguments": function("return grad_output, None"),
    "further ones are None": function("return grad_output, None, None, None"),
    "further ones may be None": function("return grad_output, None, ctx.grad_of_flag"),
    "a sum of tuples": function("return (grad_output,) + (None,) * 2", "ctx, x, a, b"),
    "a starred tuple": function("return (grad_output, *ctx.rest)"),
    "arguments with a default may be left out": function("return grad_output, None", "ctx, x, scale, flag=True"),
    "as many arguments as are given": function("return grad_output, None", "ctx, x, *weights"),
    "a call may return a tuple": function("return kernel(grad_output)"),
    "a name may be a tuple": function("grads = kernel(grad_output); return grads"),
    "a product may be of tuples": function("return ctx.grads * 2"),
    "nothing at all": function("return None"),
    "one for one": function("return grad_output * 2", "ctx, x"),
    "the upstream gradient bound anew": function("grad_output = kernel(grad_output); return grad_output"),
    "a context that is set up": function("return grad_output, None", "x, scale")
    + "    @staticmethod\n    def setup_context(ctx, inputs, output):\n        ctx.scale = inputs[1]\n",
    "a function inside returns something else": function(
        "def inner():\n            return (grad_output,)\n        return inner()[0], None"
    ),
    "another decorator may add arguments": function("return (grad_output,)").replace(
        "@staticmethod\n    def forward", "@staticmethod\n    @with_defaults\n    def forward"
    ),
    "no forward of its own": """
        import torch
        from .base import Base
        class Scale(Base, torch.autograd.Function):
            @staticmethod
            def backward(ctx, grad_output):
                return (grad_output,)
    """,
}

AUDITS_FOUND = {
    "one too few": audited("return dout, dout"),
    "one too many": audited("return dout, dout, dout, dout"),
    "too many for wrt": audited("return dout, dout", options=', wrt="x"'),
    "too few for wrt": audited("return (dout,)", options=', wrt=["x", "w"]'),
    "integers have none": audited(
        "return dout, dout, dout", forward="x, ids", inputs='{"x": "N D", "ids": integers("N", high="D")}'
    ),
}

AUDITS_NOT_FOUND = {
    "as many as inputs": audited("return dout, dout, dout"),
    "as many as wrt": audited("return dout, dout", options=', wrt=["x", "w"]'),
    "as many as arguments, not wrt": audited("return dout, None, None", options=', wrt="x"'),
    "as many as floating inputs": audited(
        "return (dout,)", forward="x, ids", inputs='{"x": positive("N D"), "ids": integers("N", high="D")}'
    ),
    "as many as arguments with a default": audited("return dout, dout, dout, None", forward="x, w, b, eps=1e-5"),
    "a container of its own": audited("return dout, dout", forward="layers", inputs='{"layers": ["N D", "N D"]}'),
    "a distribution of another kind": audited(
        "return dout, dout", forward="x, kind", inputs='{"x": "N", "kind": mine("N")}'
    ),
    "inputs that are drawn at once": audited("return dout, dout", inputs="lambda rng: {}"),
    "a mapping": audited("return {'x': dout, 'w': dout, 'b': dout}"),
    "a branch that is right": audited("if dout is None:\n        return dout, dout\n    return dout, dout, dout"),
    "a skipped one": audited("return dout, dout", options=', skip="later"'),
    "another form of result": audited("return dout, dout", options=', returns="jacobian"'),
}


@pytest.mark.parametrize(("source", "count"), FOUND.values(), ids=FOUND)
def test_found(findings, source, count):
    (finding,) = findings("GA103", source)
    assert f"returns {count} gradient" in finding.message


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA103", source)


@pytest.mark.parametrize("source", AUDITS_FOUND.values(), ids=AUDITS_FOUND)
def test_found_in_audits(inspected, source):
    inspection = inspected({"layers.py": source})
    (finding,) = inspection.of_audits.values()
    assert finding.code == "GA103"


@pytest.mark.parametrize("source", AUDITS_NOT_FOUND.values(), ids=AUDITS_NOT_FOUND)
def test_not_found_in_audits(inspected, source):
    assert not inspected({"layers.py": source}).of_audits


def test_a_run_says_it_once(project):
    ended = project.write(layers=audited("return dout, dout")).scan()
    assert ended.codes("affine_backward") == ["GA103"]
    assert ended.status == 1
    assert not ended.report["findings"]


def test_a_run_that_ignores_it_says_what_it_met(project):
    ended = project.write(layers=audited("return dout, dout")).scan("--ignore=GA103")
    assert ended.codes("affine_backward") == ["GA004"]


def test_the_finding_is_at_the_return_statement(findings):
    (finding,) = findings("GA103", function("return grad_output, None", "ctx, x, scale, flag"))
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (10, 9, 10, 33)
