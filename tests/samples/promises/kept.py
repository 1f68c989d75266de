"""Backwards that do what looks like breaking a promise, and does not."""

import numpy as np

from gradaudit import audited_backward, distributions

MATRIX = {"x": "N D"}


def sine_with_list(x):
    return np.sin(x), [x]


@audited_backward(forward=sine_with_list, inputs=MATRIX)
def consumes_its_cache(dout, cache):
    return dout * np.cos(cache.pop())


def sine_with_dictionary(x):
    return np.sin(x), {"x": x}


@audited_backward(forward=sine_with_dictionary, inputs=MATRIX)
def adds_to_its_cache(dout, cache):
    cache["slope"] = np.cos(cache["x"])
    return dout * cache["slope"]


@audited_backward(forward=np.sin, inputs=MATRIX)
def works_in_place_on_a_copy(dout, x):
    dout = dout.copy()
    dout *= np.cos(x)
    return dout


def running_mean(x, bn_param):
    bn_param["mean"] = 0.9 * bn_param["mean"] + 0.1 * x.mean(axis=0)
    bn_param["steps"] += 1
    return x - x.mean(axis=0), bn_param


@audited_backward(
    forward=running_mean,
    inputs={"x": "N 3", "bn_param": distributions.constant({"mean": np.zeros(3), "steps": np.zeros(1)})},
)
def writes_to_a_constant(dout, cache):
    cache["steps"] += 1
    return dout - dout.mean(axis=0)


@audited_backward(inputs=MATRIX, make=lambda rng: Accumulates(), parameters={"scale": "dscale"})
class Accumulates:
    def __init__(self):
        self.scale = np.array([1.5])
        self.dscale = np.zeros(1)

    def forward(self, x):
        self.x = x
        return x * self.scale

    def backward(self, dout):
        self.dscale += (dout * self.x).sum()
        return dout * self.scale


@audited_backward(forward=lambda x: np.sin(x).sum(), inputs=MATRIX)
def needs_no_upstream(x):
    return np.cos(x)


def attention_scores(q, k, b):
    scores = q @ (k + b).T
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights, (q, k, b, weights)


@audited_backward(forward=attention_scores, inputs={"q": "N D", "k": "M D", "b": "D"})
def has_a_true_zero(dout, cache):
    q, k, b, weights = cache
    ds = weights * (dout - (dout * weights).sum(axis=1, keepdims=True))
    return ds @ (k + b), ds.T @ q, (ds.T @ q).sum(axis=0)


@audited_backward(forward=lambda x: x - x.mean(axis=0), inputs={"x": "N D"})
def cancels_a_constant_upstream(dout):
    return dout - dout.mean(axis=0)


def offset_normalised(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


@audited_backward(
    forward=offset_normalised,
    inputs={"x": distributions.normal("N D", mean=1e5)},
    sizes={"N": (4, 9)},
)
def is_badly_conditioned(dout, x):
    xhat = offset_normalised(x)
    return (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)) / x.std(axis=0)


def cross_entropy(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(y)), y].mean()


@audited_backward(
    forward=cross_entropy, inputs={"x": "N C", "y": distributions.integers("N", high="C")}, dtype="float32"
)
def keeps_its_digits(dout, x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return dout * p / x.dtype.type(len(y))


@audited_backward(forward=lambda a, x: a * x, inputs={"a": "", "x": "N"})
def takes_scalars(dout, a, x):
    return (dout * x).sum(), dout * a


@audited_backward(forward=np.sin, inputs=MATRIX)
def gives_a_pullback(x):
    return lambda dout: dout * np.cos(x)


@audited_backward(inputs=MATRIX)
def gives_both(x):
    return np.sin(x).sum(), np.cos(x)


@audited_backward(forward=np.sin, inputs={"x": "N"}, returns="jacobian")
def gives_a_jacobian(x):
    return np.diag(np.cos(x))


@audited_backward(forward=lambda x, rng: x * (rng.random(x.shape) < 0.5), inputs=MATRIX)
def drops_out(dout, rng, x):
    return dout * (rng.random(x.shape) < 0.5)
