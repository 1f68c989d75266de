"""Rules that a framework applies, and pairs of functions on its arrays."""

FUNCTION = """
import torch

OPTIONS
class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w.T, x.T @ grad_output
"""
AFFINE = 'audited_backward(inputs={"x": "N D", "w": "D M"}, OPTION)'
WRONG = ("x.T @ grad_output", "x.T @ grad_output * 0.5")
TORCH, JAX, AUTOGRAD, TENSORFLOW, MLX = ("torch",), ("jax",), ("autograd",), ("tensorflow",), ("mlx",)

CONVENTIONS = {
    "torch: an autograd function": {
        "needs": TORCH, "code": FUNCTION.replace("OPTIONS", f"@{AFFINE}"), "wrong": WRONG,
    },
    "torch: its apply": {
        "needs": TORCH, "code": FUNCTION.replace("OPTIONS", "") + f"\naudit = {AFFINE}(Affine.apply)\n", "wrong": WRONG,
    },
    "torch: a function that uses it": {
        "needs": TORCH,
        "code": FUNCTION.replace("OPTIONS", "") + f"\naudit = {AFFINE}(lambda x, w: torch.sin(Affine.apply(x, w)))\n",
        "wrong": WRONG,
    },
    "torch: a module that is given": {
        "needs": TORCH,
        "code": FUNCTION.replace("OPTIONS", "")
        + """
class Layer(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(n, m))

    def forward(self, x):
        return Affine.apply(x, self.weight)

audit = audited_backward(inputs={"x": "N 3"}, OPTION)(Layer(3, 4))
""",
        "wrong": WRONG,
    },
    "torch: a class of modules": {
        "needs": TORCH,
        "code": FUNCTION.replace("OPTIONS", "")
        + """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Layer(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(n, m))

    def forward(self, x):
        return Affine.apply(x, self.weight)
""",
        "option": "make=lambda rng: Layer(3, 4)",
        "asked": "write make=lambda rng: Layer(...)",
        "wrong": WRONG,
    },
    "torch: a pair on tensors": {
        "needs": TORCH,
        "code": """
import torch

def forward(x, w):
    return torch.tanh(x @ w), (x, w)

@audited_backward(forward=forward, inputs={"x": "N D", "w": "D M"}, OPTION)
def backward(dout, cache):
    x, w = cache
    dz = dout * (1 - torch.tanh(x @ w) ** 2)
    return dz @ w.T, x.T @ dz
""",
        "wrong": ("x.T @ dz", "-x.T @ dz"),
    },
    "torch: a pair beside another framework": {
        "needs": ("torch", "jax"),
        "code": """
import torch
import jax.numpy as jnp

def as_jax(x):
    return jnp.asarray(x.numpy())

def forward(x):
    return torch.sin(x), x

@audited_backward(forward=forward, inputs={"x": "N D"}, OPTION)
def backward(dout, cache):
    return dout * torch.from_numpy(__import__("numpy").array(jnp.cos(as_jax(cache))))
""",
        "option": 'framework="torch"',
        "asked": "write framework=",
        "wrong": ("jnp.cos(as", "-jnp.cos(as"),
    },
    "jax: custom_vjp": {
        "needs": JAX,
        "code": """
import jax
import jax.numpy as jnp

@audited_backward(inputs={"x": "N D"}, OPTION)
@jax.custom_vjp
def f(x):
    return jnp.sin(x)

f.defvjp(lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),))
""",
        "wrong": ("g * jnp.cos(x)", "-g * jnp.cos(x)"),
    },
    "jax: custom_jvp": {
        "needs": JAX,
        "code": """
import jax
import jax.numpy as jnp

@jax.custom_jvp
def f(x):
    return jnp.sin(x)

@f.defjvp
def f_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    return jnp.sin(x), t * jnp.cos(x)

audit = audited_backward(inputs={"x": "N D"}, OPTION)(f)
""",
        "wrong": ("t * jnp.cos(x)", "2 * t * jnp.cos(x)"),
    },
    "jax: fwd and bwd": {
        "needs": JAX,
        "code": """
import jax.numpy as jnp

def f_fwd(x, w):
    return jnp.tanh(x @ w), (x, w)

@audited_backward(forward=f_fwd, inputs={"x": "N D", "w": "D M"}, OPTION)
def f_bwd(res, g):
    x, w = res
    dz = g * (1 - jnp.tanh(x @ w) ** 2)
    return dz @ w.T, x.T @ dz
""",
        "wrong": ("x.T @ dz", "2 * x.T @ dz"),
    },
    "autograd: defvjp": {
        "needs": AUTOGRAD,
        "code": """
import autograd.numpy as anp
from autograd.extend import defvjp, primitive

@audited_backward(inputs={"x": "N D"}, OPTION)
@primitive
def f(x):
    return anp.sin(x)

defvjp(f, lambda ans, x: lambda g: g * anp.cos(x))
""",
        "wrong": ("g * anp.cos(x)", "g * anp.sin(x)"),
    },
    "tensorflow: custom_gradient": {
        "needs": TENSORFLOW,
        "code": """
import tensorflow as tf

@audited_backward(inputs={"x": "N D"}, OPTION)
@tf.custom_gradient
def f(x):
    return tf.sin(x), lambda g: g * tf.cos(x)
""",
        "wrong": ("g * tf.cos(x)", "-g * tf.cos(x)"),
    },
    "mlx: custom_function": {
        "needs": MLX,
        "code": """
import mlx.core as mx

@audited_backward(inputs={"x": "N D"}, OPTION)
@mx.custom_function
def f(x):
    return x**3

@f.vjp
def f_vjp(primals, cotangent, output):
    return 3 * cotangent * primals**2
""",
        "wrong": ("3 * cotangent", "2 * cotangent"),
    },
}  # fmt: skip
