"""PyTorch: tensors there and back, and everything that autograd differentiates by a rule of its users."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gradaudit import check_gradient  # noqa: E402 - after the framework is known to be there
from gradaudit.errors import AuditError  # noqa: E402
from gradaudit.frameworks import framework  # noqa: E402

HEADING = """
import torch
from gradaudit import audited_backward

class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w + b

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g @ w.T, x.T @ g, g.sum(0)

class Linear(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(n, m))
        self.bias = torch.nn.Parameter(torch.zeros(m))
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        return Affine.apply(x, self.weight, self.bias)
"""

AFFINE = '{"x": "N D", "w": "D M", "b": "M"}'

RIGHT = {
    "function": f"audit = audited_backward(inputs={AFFINE})(Affine)",
    "its apply": f"audit = audited_backward(inputs={AFFINE})(Affine.apply)",
    "a function that uses it": f"audit = audited_backward(inputs={AFFINE})(lambda x, w, b: Affine.apply(x, w, b) * 2)",
    "a setup_context, once differentiable, several outputs": """
@audited_backward(inputs={"x": "N D"})
class Several(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x.tanh(), (x**2).sum(-1), x.argmax(-1)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output[0])
        ctx.mark_non_differentiable(output[2])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g, h, _):
        x, y = ctx.saved_tensors
        return g * (1 - y * y) + 2 * x * h[..., None]
""",
    "None for what is no tensor": """
@audited_backward(inputs={"x": "N D", "power": 3})
class Power(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, power):
        ctx.save_for_backward(x)
        ctx.power = power
        return x**power

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.power * x ** (ctx.power - 1), None
""",
    "a gradient that autograd sums over broadcast axes": """
@audited_backward(inputs={"x": "N D", "b": "D"})
class Shifted(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g, g
""",
    "an input marked dirty": """
@audited_backward(inputs={"x": "N D"})
class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return 2 * g
""",
    "any number of tensors": """
@audited_backward(inputs={"x": "N", "y": "N"})
class Total(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.count = len(tensors)
        return sum(tensors)

    @staticmethod
    def backward(ctx, g):
        return (g,) * ctx.count
""",
    "a rule called vjp": """
@audited_backward(inputs={"x": "N"})
class Sine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def vjp(ctx, g):
        return g * ctx.saved_tensors[0].cos()
""",
    "a module that is built": 'audit = audited_backward(inputs={"x": "N 3"}, make=lambda: Linear(3, 4))(Linear)',
    "a module that is given": 'audit = audited_backward(inputs={"x": "N 3"})(Linear(3, 4))',
    "a network": """
audit = audited_backward(inputs={"input": "N 3"})(torch.nn.Sequential(Linear(3, 4), torch.nn.Tanh(), Linear(4, 2)))
""",
    "a custom operator": """
@torch.library.custom_op("gradaudit_tests::scaled", mutates_args=())
def scaled(x: torch.Tensor, y: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
    return x * y * factor

def setup(ctx, inputs, output):
    ctx.save_for_backward(*inputs[:2])
    ctx.factor = inputs[2]

def backward(ctx, g):
    x, y = ctx.saved_tensors
    return g * y * ctx.factor, g * x * ctx.factor, None

scaled.register_autograd(backward, setup_context=setup)
audit = audited_backward(inputs={"x": "N", "y": "N"})(scaled)
audit_packet = audited_backward(inputs={"x": "N", "y": "N"})(torch.ops.gradaudit_tests.scaled)
""",
    "a pair on tensors with a generator": """
def drop(x, generator):
    mask = torch.rand(x.shape, generator=generator) > 0.3
    return x * mask, mask

@audited_backward(forward=drop, inputs={"x": "N D"})
def drop_backward(dout, cache):
    return dout * cache
""",
    "a pair, seen as PyTorch's by its annotations alone": """
def halved(x: torch.Tensor):
    return x / 2, x.dim()

@audited_backward(forward=halved, inputs={"x": "N D"})
def halved_backward(dout: torch.Tensor, cache):
    return dout.mul(0.5)
""",
    "an embedding": """
from gradaudit import distributions

@audited_backward(inputs={"ids": distributions.integers("N", high="V"), "table": "V D"})
class Embedding(torch.autograd.Function):
    @staticmethod
    def forward(ctx, ids, table):
        ctx.save_for_backward(ids)
        ctx.rows = table.shape[0]
        return table[ids]

    @staticmethod
    def backward(ctx, g):
        (ids,) = ctx.saved_tensors
        return None, torch.zeros(ctx.rows, g.shape[1], dtype=g.dtype).index_add(0, ids, g)
""",
}


@pytest.fixture(scope="module")
def right(make_project):
    project = make_project()
    project.write(**{f"right_{number}": HEADING + text for number, text in enumerate(RIGHT.values())})
    return project.scan("--trials", "2", timeout=600)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_passes_without_a_finding(right, name):
    file = f"right_{list(RIGHT).index(name)}.py"
    audits = [audit for audit in right.report["audits"] if audit["file"] == file]
    assert audits
    for audit in audits:
        assert (audit["outcome"], audit["findings"], audit["framework"]) == ("passed", [], "torch")


def test_the_parameters_of_a_module_have_gradients_beside_its_inputs(right):
    file = f"right_{list(RIGHT).index('a network')}.py"
    (audit,) = [audit for audit in right.report["audits"] if audit["file"] == file]
    assert [gradient["name"] for gradient in audit["gradients"]] == [
        "input",
        "0.weight",
        "0.bias",
        "2.weight",
        "2.bias",
    ]


WRONG = {
    "a transposed gradient keeps its shape for the report": (
        """
@audited_backward(inputs={"x": "N D", "w": "D M"})
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g @ w.T, g.T @ x
""",
        "GA207",
        r"the gradient of w has shape \(\d, \d\), its input \(\d, \d\)",
    ),
    "a gradient that is None": (
        """
@audited_backward(inputs={"x": "N D", "b": "D"})
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g, None
""",
        "GA206",
        "the backward returns no gradient for b",
    ),
    "a gradient in another dtype": (
        """
@audited_backward(inputs={"x": "N D"})
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, g):
        return (g * ctx.saved_tensors[0].cos()).float()
""",
        "GA304",
        "the gradient of x is float32, its input float64",
    ),
    "digits that bfloat16 does not have": (
        """
@audited_backward(inputs={"x": "N D"}, dtype="bfloat16")
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, g):
        x = ctx.saved_tensors[0] + 1e4
        return g * ((x - 1e4)).cos()
""",
        "GA307",
        "in bfloat16",
    ),
    "a number of gradients that autograd refuses": (
        """
@audited_backward(inputs={"x": "N D", "b": "D"})
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g
""",
        "GA006",
        r"incorrect number of gradients \(expected 2, got 1\)",
    ),
    "an operator without a backward": (
        """
@torch.library.custom_op("gradaudit_tests::bare", mutates_args=())
def bare(x: torch.Tensor) -> torch.Tensor:
    return x * 2

wrong = audited_backward(inputs={"x": "N"})(bare)
""",
        "GA004",
        "has no backward",
    ),
    "a module that needs arguments": (
        'wrong = audited_backward(inputs={"x": "N 3"})(Linear)',
        "GA004",
        r"Linear can't be built without n, m",
    ),
    "an option that has no meaning": (
        'wrong = audited_backward(inputs={"x": "N"}, returns="jacobian")(Affine)',
        "GA004",
        "returns= is given, but Affine is given an upstream gradient",
    ),
    "a parameter of a module by a wrong factor": (
        """
class Skewed(Linear):
    def forward(self, x):
        return Doubling.apply(super().forward(x))

class Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, g):
        return 3 * g

wrong = audited_backward(inputs={"x": "N 3"}, make=lambda: Skewed(3, 4))(Skewed)
""",
        "GA203",
        "the gradient of weight is 3/2 × the numeric one",
    ),
}


@pytest.fixture(scope="module")
def wrong(make_project):
    project = make_project()
    project.write(**{f"wrong_{number}": HEADING + text for number, (text, *_) in enumerate(WRONG.values())})
    return project.scan(timeout=600)


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named(wrong, name):
    import re

    _, code, message = WRONG[name]
    file = f"wrong_{list(WRONG).index(name)}.py"
    (audit,) = [audit for audit in wrong.report["audits"] if audit["file"] == file]
    assert {finding["code"] for finding in audit["findings"]} == {code}
    assert any(re.search(message, finding["message"]) for finding in audit["findings"])


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * g * x**2


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "bool"])
def test_arrays_go_there_and_back(dtype):
    adapter = framework("torch")
    array = np.arange(6).reshape(2, 3).astype(dtype)
    back = adapter.to_numpy(adapter.to_native(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_a_tensor_shares_the_memory_of_its_array_and_its_strides():
    adapter = framework("torch")
    array = np.asfortranarray(np.ones((2, 3)))
    tensor = adapter.to_native(array)
    tensor[0, 1] = 7.0
    assert array[0, 1] == 7.0
    assert tensor.stride() == (1, 2)


def test_an_array_with_all_elements_in_one_place_is_expanded():
    tensor = framework("torch").to_native(np.broadcast_to(np.array(2.0), (3, 4)))
    assert (tuple(tensor.shape), tensor.stride()) == ((3, 4), (0, 0))


def test_what_numpy_has_no_dtype_for_comes_wider():
    adapter = framework("torch")
    assert adapter.to_native(np.ones(3), "bfloat16").dtype == torch.bfloat16
    assert adapter.to_numpy(torch.ones(3, dtype=torch.bfloat16)).dtype == np.float32
    assert adapter.to_numpy(torch.eye(2).to_sparse()).tolist() == [[1, 0], [0, 1]]


def test_one_seed_is_one_random_state():
    adapter = framework("torch")
    drawn = [torch.rand(4, generator=adapter.random_state("generator", 3)) for _ in range(2)]
    assert torch.equal(*drawn)
    again = []
    for _ in range(2):
        adapter.seed_global(5)
        again.append(torch.rand(4))
    assert torch.equal(*again)


def test_a_check_leaves_the_state_of_the_process_as_it_was():
    torch.manual_seed(11)
    before = torch.random.get_rng_state()
    with torch.no_grad():
        assert check_gradient(Cube, inputs={"x": "N"}).passed
        assert not torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_tensor_that_is_given_is_the_point_that_is_checked():
    point = torch.tensor([1.0, 2.0, -1.5], requires_grad=True)
    check = check_gradient(Cube, inputs={"x": point})
    assert (check.passed, check.trials) == (True, 1)
    assert point.grad is None


def test_what_a_forward_creates_has_the_dtype_that_is_checked():
    class Plus(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x + torch.linspace(0.1, 1, x.shape[-1])

        @staticmethod
        def backward(ctx, g):
            return g

    check = check_gradient(Plus, inputs={"x": "N D"})
    assert check.passed
    assert check.detects < 1e-6


def test_a_device_that_is_not_there_is_a_mistake_of_the_call():
    with pytest.raises(AuditError, match="device='abacus'"):
        check_gradient(Cube, inputs={"x": "N"}, device="abacus")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_tensors_are_put_on_the_device_that_is_asked_for():
    seen = []

    class Seen(Cube):
        @staticmethod
        def forward(ctx, x):
            seen.append(x.device.type)
            return Cube.forward(ctx, x)

    assert check_gradient(Seen, inputs={"x": "N"}, device="cuda").passed
    assert set(seen) == {"cuda"}
