"""Functions with their gradients as `Problem`s that count what they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.numerics.problems.problem import Evaluation, Point, Tangents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass
class Counted:
    """φ = Σ upstream ∘ f(*point), with the gradient that `backward` claims."""

    forward: Callable[..., np.ndarray]
    backward: Callable[..., Sequence[np.ndarray]]
    point: Point
    upstream: np.ndarray | float = 1.0
    names: tuple[str, ...] = ()
    tangents: tuple[Tangents | None, ...] = ()
    evaluations: int = 0
    gradients: int = 0
    points: list[Point] = field(default_factory=list)

    def __post_init__(self):
        self.point = tuple(np.asarray(block) for block in self.point)
        self.names = self.names or tuple("abcdefgh"[: len(self.point)])
        self.tangents = self.tangents or (None,) * len(self.point)

    def evaluate(self, point):
        self.evaluations += 1
        self.points.append(point)
        with np.errstate(all="ignore"):
            output = np.asarray(self.forward(*point))
            terms = np.asarray(self.upstream, np.float64) * output
            epsilon = float(np.finfo(output.dtype).eps)
            return Evaluation(float(terms.sum()), float(np.abs(terms).sum()), epsilon)

    def gradient(self, point):
        self.gradients += 1
        with np.errstate(all="ignore"):
            return tuple(
                np.asarray(g).reshape(np.shape(block)) for g, block in zip(self.backward(*point), point, strict=True)
            )

    @property
    def forwards(self):
        return self.evaluations + self.gradients

    def with_backward(self, change):
        """The same function, with another claim: `change` is given the gradients as a list, and returns one."""
        original = self.backward
        return Counted(
            self.forward,
            lambda *point: change([np.array(g) for g in original(*point)]),
            self.point,
            self.upstream,
            self.names,
            self.tangents,
        )


def affine(rng, n=4, d=3, m=5, scale=1.0):
    up = rng.standard_normal((n, m)) * scale
    return Counted(
        lambda x, w, b: x @ w + b,
        lambda x, w, b: (up @ w.T, x.T @ up, up.sum(0)),
        (rng.standard_normal((n, d)), rng.standard_normal((d, m)), rng.standard_normal(m)),
        up,
        ("x", "w", "b"),
    )


def relu_network(rng, n=6, widths=(4, 7, 3), zero_biases=False, padded=False):
    x = rng.standard_normal((n, widths[0]))
    if padded:
        x[0] = 0.0
    up = rng.standard_normal((n, widths[2]))
    draw = np.zeros if zero_biases else rng.standard_normal

    def forward(w1, b1, w2, b2):
        return np.maximum(x @ w1 + b1, 0.0) @ w2 + b2

    def backward(w1, b1, w2, b2):
        hidden = x @ w1 + b1
        dh = (up @ w2.T) * (hidden > 0)
        return x.T @ dh, dh.sum(0), np.maximum(hidden, 0.0).T @ up, up.sum(0)

    point = (rng.standard_normal(widths[:2]), draw(widths[1]), rng.standard_normal(widths[1:]), draw(widths[2]))
    return Counted(forward, backward, point, up, ("w1", "b1", "w2", "b2"))


def elementwise(f, df, x, upstream=1.0):
    return Counted(lambda t: f(t), lambda t: (upstream * df(t),), (x,), upstream, ("x",))


def tanh_network(rng, n=5, widths=(4, 6, 3)):
    x = rng.standard_normal((n, widths[0]))
    up = rng.standard_normal((n, widths[2]))

    def forward(w1, b1, w2):
        return np.tanh(x @ w1 + b1) @ w2

    def backward(w1, b1, w2):
        h = np.tanh(x @ w1 + b1)
        dh = (up @ w2.T) * (1 - h**2)
        return x.T @ dh, dh.sum(0), h.T @ up

    point = (rng.standard_normal(widths[:2]), rng.standard_normal(widths[1]), rng.standard_normal(widths[1:]))
    return Counted(forward, backward, point, up, ("w1", "b1", "w2"))


def softmax_loss(rng, n=6, c=5, scale=1.0, offset=0.0, spread=1.0):
    y = rng.integers(c, size=n)

    def probabilities(z):
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def forward(z):
        shifted = z - z.max(1, keepdims=True)
        return scale * (np.log(np.exp(shifted).sum(1)) - shifted[np.arange(n), y]).mean() + offset

    def backward(z):
        p = probabilities(z)
        p[np.arange(n), y] -= 1
        return (scale * p / n,)

    return Counted(forward, backward, (spread * rng.standard_normal((n, c)),), 1.0, ("z",))


def attention(rng, n=4, d=5):
    x = rng.standard_normal((n, d))
    up = rng.standard_normal((n, d))
    wv = rng.standard_normal((d, d))

    def parts(wq, wk, bk):
        q, k, v = x @ wq, x @ wk + bk, x @ wv
        z = q @ k.T / np.sqrt(d)
        e = np.exp(z - z.max(1, keepdims=True))
        return q, k, v, e / e.sum(1, keepdims=True)

    def forward(wq, wk, bk):
        _, _, v, p = parts(wq, wk, bk)
        return p @ v

    def backward(wq, wk, bk):
        q, k, v, p = parts(wq, wk, bk)
        dp = up @ v.T
        dz = p * (dp - (dp * p).sum(1, keepdims=True)) / np.sqrt(d)
        dq, dk = dz @ k, dz.T @ q
        return x.T @ dq, x.T @ dk, dk.sum(0)

    point = (rng.standard_normal((d, d)), rng.standard_normal((d, d)), rng.standard_normal(d))
    return Counted(forward, backward, point, up, ("wq", "wk", "bk"))


def hidden_float32(rng, n=5, widths=(4, 6, 3)):
    problem = tanh_network(rng, n, widths)
    inner = problem.forward
    problem.forward = lambda *point: inner(*(p.astype(np.float32) for p in point)).astype(np.float32).astype(np.float64)
    return problem


def layer_norm(rng, n=5, d=7):
    up = rng.standard_normal((n, d))

    def parts(x):
        centred = x - x.mean(1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(1, keepdims=True) + 1e-6)
        return centred / deviation, deviation

    def forward(x, gamma, beta):
        return gamma * parts(x)[0] + beta

    def backward(x, gamma, beta):
        h, deviation = parts(x)
        dh = up * gamma
        dx = (dh - dh.mean(1, keepdims=True) - h * (dh * h).mean(1, keepdims=True)) / deviation
        return dx, (up * h).sum(0), up.sum(0)

    return Counted(
        forward,
        backward,
        (rng.standard_normal((n, d)), rng.standard_normal(d), rng.standard_normal(d)),
        up,
        ("x", "gamma", "beta"),
    )


def max_pool(rng, n=4, groups=5, size=3):
    up = rng.standard_normal((n, groups))

    def backward(x):
        dx = np.zeros_like(x)
        np.put_along_axis(dx, x.argmax(2)[..., None], up[..., None], 2)
        return (dx,)

    return Counted(lambda x: x.max(2), backward, (rng.standard_normal((n, groups, size)),), up, ("x",))


def offset_quadratic(rng, offset):
    return Counted(
        lambda x: 0.5 * (x**2).sum() + np.sin(x).sum() + offset,
        lambda x: (x + np.cos(x),),
        (rng.standard_normal(20),),
        1.0,
        ("x",),
    )


def badly_scaled(rng):
    """Blocks whose sizes and gradients are twelve orders apart."""
    return Counted(
        lambda a, b: (a**2).sum() + np.exp(b / 1e6).sum(),
        lambda a, b: (2.0 * a, np.exp(b / 1e6) / 1e6),
        (1e-3 * rng.standard_normal(5), 1e6 * rng.standard_normal(5)),
        1.0,
        ("a", "b"),
    )


def saturated(rng):
    return elementwise(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 6.0 + rng.standard_normal(12), rng.standard_normal(12))


RIGHT: dict[str, Callable[[np.random.Generator], Counted]] = {
    "affine": affine,
    "tanh network": tanh_network,
    "relu network": relu_network,
    "relu network with zero biases and a padded row": lambda rng: relu_network(rng, zero_biases=True, padded=True),
    "softmax loss": softmax_loss,
    "softmax loss × 1e8": lambda rng: softmax_loss(rng, scale=1e8),
    "softmax loss × 1e-8": lambda rng: softmax_loss(rng, scale=1e-8),
    "attention, whose key bias has no gradient": attention,
    "layer norm": layer_norm,
    "max pool": max_pool,
    "badly scaled": badly_scaled,
    "saturated": saturated,
    "zero": lambda rng: Counted(lambda x: 0.0 * x, lambda x: (0.0 * x,), (rng.standard_normal(4),), names=("x",)),
    "offset 1e4": lambda rng: offset_quadratic(rng, 1e4),
    "offset 1e6": lambda rng: offset_quadratic(rng, 1e6),
    "sine": lambda rng: elementwise(np.sin, np.cos, rng.standard_normal((3, 4))),
}


def flip(name):
    return lambda g, names: g[names.index(name)].__imul__(-1.0)


def scaled(name, factor):
    return lambda g, names: g[names.index(name)].__imul__(factor)


def zeroed(name):
    return scaled(name, 0.0)


def one_element(name, relative):
    """The largest element off by `relative` of the norm of its block."""

    def change(g, names):
        block = g[names.index(name)].reshape(-1)
        block[np.argmax(np.abs(block))] += relative * np.linalg.norm(block)

    return change


def reversed_entries(name):
    """What a transposition does to a block: right entries at wrong places."""

    def change(g, names):
        block = g[names.index(name)]
        block[...] = block.reshape(-1)[::-1].reshape(block.shape)

    return change


def noisy(name, relative):
    """Errors in every element, together `relative` of the block's norm."""

    def change(g, names):
        block = g[names.index(name)]
        error = np.random.default_rng(5).standard_normal(block.shape)
        block += error * (relative * np.linalg.norm(block) / np.linalg.norm(error))

    return change


MISTAKES: dict[str, Callable[[str], Callable[[list[np.ndarray], tuple[str, ...]], object]]] = {
    "sign": flip,
    "factor 2": lambda name: scaled(name, 2.0),
    "factor 1.001": lambda name: scaled(name, 1.001),
    "zero": zeroed,
    "one element 1e-1": lambda name: one_element(name, 1e-1),
    "one element 1e-4": lambda name: one_element(name, 1e-4),
    "errors of 1e-3": lambda name: noisy(name, 1e-3),
    "errors of 5e-5": lambda name: noisy(name, 5e-5),
    "order": reversed_entries,
}


def with_mistake(problem: Counted, mistake: str, name: str) -> Counted:
    change = MISTAKES[mistake](name)

    def changed(gradients):
        change(gradients, problem.names)
        return gradients

    return problem.with_backward(changed)
