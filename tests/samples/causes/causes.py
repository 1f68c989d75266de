"""A mistake for each cause; the same functions with right gradients are called right, and near misses look like one."""

from __future__ import annotations

import numpy as np

from gradaudit import audited_backward

AFFINE = {"x": "N D", "w": "D M", "b": "M"}


def affine(x, w, b):
    return np.tanh(x @ w + b)


def gradients(dout, x, w, out):
    dz = dout * (1 - out**2)
    return dz @ w.T, x.T @ dz, dz.sum(axis=0)


def first_bias_wrong(dx, dw, db, x, w):
    db[0] += 1.0
    return dx, dw, db


def last_column_wrong(dx, dw, db, x, w):
    dw[:, -1] = 3 * dw[:, -1]
    return dx, dw, db


MISTAKES = {
    "right": lambda dx, dw, db, x, w: (dx, dw, db),
    "sign": lambda dx, dw, db, x, w: (dx, -dw, db),
    "twice": lambda dx, dw, db, x, w: (dx, 2 * dw, db),
    "mean": lambda dx, dw, db, x, w: (dx, dw, db / len(x)),
    "root": lambda dx, dw, db, x, w: (dx / np.sqrt(x.shape[1]), dw, db),
    "decay": lambda dx, dw, db, x, w: (dx, dw + 0.25 * w, db),
    "lasso": lambda dx, dw, db, x, w: (dx, dw - 0.25 * np.sign(w), db),
    "reverse": lambda dx, dw, db, x, w: (dx, dw, db[::-1]),
    "element": first_bias_wrong,
    "column": last_column_wrong,
    "noisy": lambda dx, dw, db, x, w: (dx, dw * (1 + 0.01 * np.cos(7 * w)), db),
    "varying": lambda dx, dw, db, x, w: (dx, (2.5 + np.sin(x[0, 0])) * dw, db),
    "both": lambda dx, dw, db, x, w: (dx, -dw, db / len(x)),
}


def with_mistake(change):
    def backward(dout, x, w, out):
        return change(*gradients(dout, x, w, out), x, w)

    return backward


for name, change in MISTAKES.items():
    audited_backward(forward=affine, inputs=AFFINE, sizes={"D": (1, 5), "M": (2, 7)}, name=name)(with_mistake(change))


@audited_backward(forward=lambda x, w: x @ w, inputs={"x": "N D", "w": "D D"})
def transpose(dout, x, w):
    return dout @ w.T, dout.T @ x


@audited_backward(forward=lambda a, b: np.sin(a) * b, inputs={"a": "N D", "b": "N D"})
def swap(dout, a, b):
    return dout * np.sin(a), dout * np.cos(a) * b


@audited_backward(forward=lambda x: np.where(x > 0, x, 0.1 * x), inputs={"x": "N D"}, sizes={"N": (5, 9), "D": (4, 9)})
def leaky(dout, x):
    return np.where(x > 0, dout, dout)


def ridge(w, x, y):
    return 0.5 * np.sum((x @ w - y) ** 2) / len(y) + 0.05 * np.sum(w**2) / len(y)


@audited_backward(forward=ridge, inputs={"w": "D", "x": "N D", "y": "N"}, wrt="w")
def ridge_by_size(w, x, y):
    return x.T @ (x @ w - y) / len(y)
