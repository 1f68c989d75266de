"""Points at which right gradients are taken for wrong ones: differences lose digits there, or meet a kink."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair
from detection_suite.pairs.attention import attention_backward, attention_forward
from detection_suite.pairs.losses import logsumexp_backward, logsumexp_forward

Generator = np.random.Generator


def network(offset: float = 0.0, scale: float = 1.0) -> tuple[Any, Any]:
    """Scale · mean (tanh(x W + b)²) + offset."""

    def forward(x: Array, w: Array, b: Array) -> tuple[Any, Any]:
        hidden = np.tanh(x @ w + b)
        return scale * (hidden**2).mean() + offset, (x, w, hidden)

    def backward(dloss: Any, cache: Any) -> Gradients:
        x, w, hidden = cache
        dz = dloss * scale * 2.0 * hidden * (1.0 - hidden**2) / hidden.size
        return dz @ w.T, x.T @ dz, dz.sum(axis=0)

    return forward, backward


def affine_inputs(n: int = 6, d: int = 5, m: int = 4, x: float = 1.0, w: float = 1.0, b: float = 1.0) -> Any:  # noqa: PLR0913, PLR0917
    """Normal inputs of an affine layer, each block with a scale of its own."""

    def draw(rng: Generator) -> dict[str, Array]:
        return {
            "x": x * rng.standard_normal((n, d)),
            "w": w * rng.standard_normal((d, m)),
            "b": b * rng.standard_normal(m),
        }

    return draw


def sigmoid_forward(x: Array) -> tuple[Array, Any]:
    """1 / (1 + exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, 1.0, e) / (1.0 + e)
    return s, e


def sigmoid_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x, which stays exact where the output rounds to 1."""
    return dout * cache / (1.0 + cache) ** 2


def single_forward(x: Array, w: Array) -> tuple[Array, Any]:
    """A float32 layer inside float64 code, which nothing in the result's dtype tells of."""
    z = x.astype(np.float32) @ w.astype(np.float32)
    return np.tanh(z).astype(np.float64), (x, w)


def single_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x and w, in float64."""
    x, w = cache
    dz = dout * (1.0 - np.tanh(x @ w) ** 2)
    return dz @ w.T, x.T @ dz


def single_result_forward(x: Array, w: Array) -> tuple[Array, Any]:
    """The same, which returns float32 as well."""
    out, cache = single_forward(x, w)
    return out.astype(np.float32), cache


def key_bias_forward(x: Array, wq: Array, wk: Array, bias: Array) -> tuple[Array, Any]:
    """Attention whose keys have a bias: softmax takes it out again, so that its gradient is zero."""
    q, k = x @ wq, x @ wk + bias
    out, kept = attention_forward(q, k, x)
    return out, (x, wq, wk, kept)


def key_bias_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x, of both weights and of the bias."""
    x, wq, wk, kept = cache
    dq, dk, dv = attention_backward(dout, kept)
    return dq @ wq.T + dk @ wk.T + dv, x.T @ dq, x.T @ dk, dk.sum(axis=0)


def padded_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """relu(x W + b) with rows of padding: where x is 0 and b is 0, so is the argument."""
    z = x @ w + b
    return np.maximum(z, 0.0), (x, w, z)


def padded_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients with the convention that relu's slope at 0 is 0."""
    x, w, z = cache
    dz = dout * (z > 0)
    return dz @ w.T, x.T @ dz, dz.sum(axis=0)


def padded_inputs(rng: Generator) -> dict[str, Array]:
    """A batch with one row of zeros, and biases as they are initialised."""
    x = rng.standard_normal((6, 5))
    x[-1] = 0.0
    return {"x": x, "w": rng.standard_normal((5, 4)), "b": np.zeros(4)}


def absolute_forward(prediction: Array, target: Array) -> tuple[Any, Any]:
    """The mean absolute error."""
    r = prediction - target
    return np.abs(r).mean(), r


def absolute_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradient, 0 where the prediction is exact."""
    return dloss * np.sign(cache) / cache.size


def absolute_inputs(rng: Generator) -> dict[str, Array]:
    """One prediction of eight is exact."""
    target = rng.standard_normal(8)
    prediction = target + rng.standard_normal(8)
    prediction[3] = target[3]
    return {"prediction": prediction, "target": target}


def root_forward(x: Array) -> tuple[Array, Any]:
    """√|x|, which has a cusp at 0."""
    root = np.sqrt(np.abs(x))
    return root, (x, root)


def root_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    x, root = cache
    return dout * np.sign(x) / (2.0 * root)


def variance_forward(x: Array) -> tuple[Array, Any]:
    """The variance of each column."""
    centred = x - x.mean(axis=0)
    return (centred**2).mean(axis=0), centred


def variance_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    return 2.0 * dout * cache / len(cache)


def rosenbrock_forward(x: Array) -> tuple[Any, Any]:
    """Σ 100 (x[i + 1] - x[i]²)² + (1 - x[i])²."""
    valley = x[1:] - x[:-1] ** 2
    return (100.0 * valley**2 + (1.0 - x[:-1]) ** 2).sum(), (x, valley)


def rosenbrock_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradient of x."""
    x, valley = cache
    dx = np.zeros_like(x)
    dx[1:] += 200.0 * valley
    dx[:-1] -= 400.0 * x[:-1] * valley + 2.0 * (1.0 - x[:-1])
    return dloss * dx


def deep_forward(x: Array, w: Array) -> tuple[Array, Any]:
    """Thirty layers of tanh with one weight matrix."""
    layers = [x]
    for _ in range(30):
        layers.append(np.tanh(layers[-1] @ w))
    return layers[-1], (layers, w)


def deep_backward(dout: Array, cache: Any) -> Gradients:
    """The gradients of x and w."""
    layers, w = cache
    d, dw = dout, np.zeros_like(w)
    for before, after in zip(layers[-2::-1], layers[:0:-1], strict=True):
        dz = d * (1.0 - after**2)
        dw += before.T @ dz
        d = dz @ w.T
    return d, dw


def log1p_forward(x: Array) -> tuple[Array, Any]:
    """Log(1 + x²)."""
    return np.log1p(x**2), x


def log1p_backward(dout: Array, cache: Any) -> Gradients:
    """The gradient of x."""
    return dout * 2.0 * cache / (1.0 + cache**2)


def one(scale: float, shift: float = 0.0, shape: tuple[int, ...] = (5, 4), name: str = "x") -> Any:
    """One normal array, scaled and shifted."""
    return lambda rng: {name: scale * rng.standard_normal(shape) + shift}


def two(first: tuple[int, ...], second: tuple[int, ...], scale: float = 1.0) -> Any:
    """Normal x and w."""
    return lambda rng: {"x": rng.standard_normal(first), "w": scale * rng.standard_normal(second)}


def key_bias_inputs(rng: Generator) -> dict[str, Array]:
    """A sequence of six, and square weights."""
    shapes = {"x": (6, 5), "wq": (5, 5), "wk": (5, 5), "bias": (5,)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


STRESS: tuple[Pair, ...] = (
    Pair("a loss of 1e4 and more", *network(offset=1e4), affine_inputs()),
    Pair("a loss of 1e6 and more", *network(offset=1e6), affine_inputs()),
    Pair("a loss times 1e8", *network(scale=1e8), affine_inputs()),
    Pair("a loss times 1e-8", *network(scale=1e-8), affine_inputs()),
    Pair("blocks from 1e-4 to 1e4", *network(), affine_inputs(x=1e-4, w=1e4, b=1e-4)),
    Pair("saturated tanh", *network(), affine_inputs(w=8.0, b=8.0)),
    Pair("saturated sigmoid", sigmoid_forward, sigmoid_backward, one(5.0, 20.0)),
    Pair("a hidden cast to float32", single_forward, single_backward, two((6, 5), (5, 4))),
    Pair("float32 returned", single_result_forward, single_backward, two((6, 5), (5, 4))),
    Pair("a zero gradient: keys' bias", key_bias_forward, key_bias_backward, key_bias_inputs),
    Pair("relu at 0: padding, no bias", padded_forward, padded_backward, padded_inputs),
    Pair("|r| at 0: an exact prediction", absolute_forward, absolute_backward, absolute_inputs, wrt=("prediction",)),
    Pair("√|x| within 1e-3 of its cusp", root_forward, root_backward, one(1e-3)),
    Pair("logsumexp of numbers near 700", logsumexp_forward, logsumexp_backward, one(5.0, 700.0)),
    Pair("inputs of 1e-8", log1p_forward, log1p_backward, one(1e-8)),
    Pair("inputs of 1e6", log1p_forward, log1p_backward, one(1e6)),
    Pair("variance about a mean of 1e5", variance_forward, variance_backward, one(1.0, 1e5, (8, 3))),
    Pair("Rosenbrock's valley", rosenbrock_forward, rosenbrock_backward, one(0.3, 1.0, (10,))),
    Pair("thirty layers", deep_forward, deep_backward, two((3, 5), (5, 5), scale=0.6)),
    Pair("3,280 elements", *network(), affine_inputs(n=20, d=60, m=34)),
)
