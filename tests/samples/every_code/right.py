"""The right version of every backward in `wrong.py`, under the same names."""

import numpy as np

from gradaudit import audited_backward, distributions

AFFINE = {"x": "N D", "w": "D M", "b": "M"}
SIZES = {"N": (2, 9), "D": (2, 9), "M": (3, 9)}


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_gradients(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


@audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"})
def GA201(dout, x):
    return dout * (1 - np.tanh(x) ** 2)


@audited_backward(
    forward=lambda y, target: 0.5 * np.sum((y - target) ** 2), inputs={"y": "N D", "target": "N D"}, wrt="y"
)
def GA202(dout, y, target):
    return dout * (y - target)


@audited_backward(forward=lambda y, target: np.mean((y - target) ** 2), inputs={"y": "N D", "target": "N D"}, wrt="y")
def GA203(dout, y, target):
    return dout * 2 * (y - target) / y.size


def ridge(x, w):
    return 0.5 * np.sum((x @ w) ** 2) + 0.05 * np.sum(w**2)


@audited_backward(forward=ridge, inputs={"x": "N D", "w": "D"}, wrt="w")
def GA204(dout, x, w):
    return dout * (x.T @ (x @ w) + 0.1 * w)


@audited_backward(forward=lambda x, w: x @ w, inputs={"x": "N D", "w": "D D"}, sizes={"D": (2, 9)})
def GA205(dout, x, w):
    return dout @ w.T, x.T @ dout


@audited_backward(forward=affine, inputs=AFFINE, sizes=SIZES)
def GA206(dout, cache):
    return affine_gradients(dout, cache)


@audited_backward(forward=affine, inputs=AFFINE, sizes=SIZES)
def GA207(dout, cache):
    return affine_gradients(dout, cache)


@audited_backward(forward=affine, inputs=AFFINE, sizes=SIZES)
def GA208(dout, cache):
    return affine_gradients(dout, cache)


@audited_backward(forward=lambda x: (np.sin(x), np.cos(x)), inputs={"x": "N D"}, outputs=2)
def GA209(dsin, dcos, x):
    return dsin * np.cos(x) - dcos * np.sin(x)


@audited_backward(forward=lambda x: np.sin(x), inputs={"x": "N D"})
def GA210(dout, x):
    return dout * np.cos(x)


@audited_backward(forward=lambda x, w: np.log1p(x**2) * w, inputs={"x": "N D", "w": "N D"})
def GA211(dout, x, w):
    return dout * w * 2 * x / (1 + x**2), dout * np.log1p(x**2)


@audited_backward(forward=lambda a, b: np.sin(a) * b, inputs={"a": "N D", "b": "N D"})
def GA212(dout, a, b):
    return dout * np.cos(a) * b, dout * np.sin(a)


@audited_backward(forward=lambda x: x - x.mean(axis=0), inputs={"x": "N D"}, sizes={"N": (1, 8), "D": (2, 8)})
def GA213(dout):
    return dout - dout.mean(axis=0)


@audited_backward(
    forward=lambda table, ids: table[ids],
    inputs={"table": "V D", "ids": distributions.integers("N", high="V")},
    sizes={"V": (6, 9), "N": (3, 5)},
)
def GA214(dout, table, ids):
    dtable = np.zeros_like(table)
    np.add.at(dtable, ids, dout)
    return dtable


@audited_backward(forward=lambda x: (np.maximum(x, 0), x > 0), inputs={"x": "N D"})
def GA301(dout, cache):
    return dout * cache


@audited_backward(
    forward=lambda x, rng: x * (rng.random(x.shape) < 0.5), inputs={"x": "N D"}, sizes={"N": (4, 9), "D": (4, 9)}
)
def GA302(dout, x, rng):
    return dout * (rng.random(x.shape) < 0.5)


@audited_backward(forward=lambda x: x**2, inputs={"x": "N D"})
def GA303(dout, x):
    return dout * 2 * x


@audited_backward(forward=lambda x: x**2, inputs={"x": "N D"})
def GA304(dout, x):
    return dout * 2 * x


@audited_backward(forward=lambda x: x**2, inputs={"x": "N D"})
def GA305(dout, x):
    return dout * 2 * x


@audited_backward(forward=lambda a, b: a + b, inputs={"a": "N D", "b": "N D"})
def GA306(dout):
    return dout.copy(), dout.copy()


def logsumexp(x):
    highest = x.max()
    return highest + np.log(np.exp(x - highest).sum())


@audited_backward(forward=logsumexp, inputs={"x": distributions.uniform("N", low=90, high=92)}, dtype="float32")
def GA307(dout, x):
    shares = np.exp(x - x.max())
    return dout * shares / shares.sum()
