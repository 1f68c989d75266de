"""Mistakes that only show at some sizes or for repeated indices, the right versions beside them, and mistakes that
depend on neither although they look like it."""

from __future__ import annotations

import numpy as np

from gradaudit import audited_backward, distributions
from gradaudit.distributions import boolean, integers

# --- wrong at some sizes


def centre(x):
    return x - x.mean(axis=0)


FEW = {"N": (1, 8), "D": (2, 8)}


@audited_backward(forward=centre, inputs={"x": "N D"}, sizes=FEW, name="squeezed")
def squeezed_centre(dout):
    rows = np.squeeze(dout)
    return (rows - rows.mean(axis=0)).reshape(dout.shape)


@audited_backward(forward=centre, inputs={"x": "N D"}, sizes=FEW, name="right")
def centre_backward(dout):
    return dout - dout.mean(axis=0)


@audited_backward(forward=centre, inputs={"x": "N D"}, sizes={"N": (2, 8), "D": (1, 8)}, name="all axes")
def all_axes_centre(dout):
    return dout - dout.mean()


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@audited_backward(forward=softmax, inputs={"x": "N C"}, sizes={"N": (1, 8), "C": (2, 8)}, name="squeezed")
def softmax_squeezed(dout, out):
    inner = np.squeeze(dout * out).sum(axis=-1, keepdims=len(out) > 1)
    return out * (dout - inner) if len(out) > 1 else out * dout - inner


@audited_backward(forward=softmax, inputs={"x": "N C"}, sizes={"N": (1, 8), "C": (2, 8)}, name="right")
def softmax_backward(dout, out):
    return out * (dout - (dout * out).sum(axis=1, keepdims=True))


def product(x, w):
    return x @ w


# Four sizes of two values each make for a trial in which D and M are equal, and one in which they are not.
@audited_backward(forward=product, inputs={"x": "N D", "w": "D M"}, sizes={"D": (3, 4), "M": (3, 4)}, trials=8)
def transposed_if_square(dout, x, w):
    dw = x.T @ dout
    return dout @ w.T, dw.T if dw.T.shape == w.shape else dw


@audited_backward(forward=lambda x: 2 * x, inputs={"x": "N"}, sizes={"N": (1, 8)}, name="sign")
def sign_of_one(dout):
    return -2 * dout if len(dout) == 1 else 2 * dout


@audited_backward(forward=lambda x: 2 * x, inputs={"x": "N"}, sizes={"N": (1, 8)}, name="zero")
def zero_of_one(dout):
    return 0 * dout if len(dout) == 1 else 2 * dout


def windows(x, size):
    return np.stack([x[start : start + size] for start in range(0, len(x) - size + 1, 2)])


def max_pool(x, window):
    return windows(x, len(window)).max(axis=1)


POOLED = {"x": "20*K", "window": distributions.normal("K")}
WINDOWS = {"K": (1, 5)}


@audited_backward(forward=max_pool, inputs=POOLED, wrt="x", sizes=WINDOWS, name="assigned")
def max_pool_assigned(dout, x, window):
    dx = np.zeros_like(x)
    for start, each in zip(range(0, len(x), 2), dout):
        dx[start + np.argmax(x[start : start + len(window)])] = each
    return dx


@audited_backward(forward=max_pool, inputs=POOLED, wrt="x", sizes=WINDOWS, name="right")
def max_pool_backward(dout, x, window):
    dx = np.zeros_like(x)
    for start, each in zip(range(0, len(x), 2), dout):
        dx[start + np.argmax(x[start : start + len(window)])] += each
    return dx


def convolve(x, w):
    return windows(x, len(w)) @ w


CONVOLVED = {"x": "3*K", "w": "K"}


@audited_backward(forward=convolve, inputs=CONVOLVED, sizes=WINDOWS, name="assigned")
def convolve_assigned(dout, x, w):
    dx = np.zeros_like(x)
    for start, each in zip(range(0, len(x), 2), dout):
        dx[start : start + len(w)] = each * w
    return dx, dout @ windows(x, len(w))


@audited_backward(forward=convolve, inputs=CONVOLVED, sizes=WINDOWS, name="right")
def convolve_backward(dout, x, w):
    dx = np.zeros_like(x)
    for start, each in zip(range(0, len(x), 2), dout):
        dx[start : start + len(w)] += each * w
    return dx, dout @ windows(x, len(w))


# --- wrong where indices repeat


def embed(w, ids):
    return w[ids]


def assigned(dout, w, ids):
    dw = np.zeros_like(w)
    dw[ids] = dout
    return dw


def added_once(dout, w, ids):
    dw = np.zeros_like(w)
    dw[ids] += dout
    return dw


def accumulated(dout, w, ids):
    dw = np.zeros_like(w)
    np.add.at(dw, ids, dout)
    return dw


SEQUENCE = {"w": "V D", "ids": integers("N", high="V")}
BATCH = {"w": "V D", "ids": integers("N T", high="V")}
FULL = {"w": "3 D", "ids": integers("N", high=3)}
PAIR = {"w": "H W", "ids": (integers("N", high="H"), integers("N", high="W"))}
for name, inputs in {"sequence": SEQUENCE, "batch": BATCH, "full": FULL, "pair": PAIR}.items():
    audited_backward(forward=embed, inputs=inputs, name=name)(assigned)
    audited_backward(forward=embed, inputs=inputs, name=name)(added_once)
    audited_backward(forward=embed, inputs=inputs, name=name)(accumulated)


@audited_backward(
    forward=lambda w, labels, ids: np.tanh(w[ids]).sum(axis=1) * labels,
    inputs={"w": "V D", "labels": integers("N", low=1, high=9), "ids": integers("N", high="V")},
)
def labelled(dout, w, labels, ids):
    dw = np.zeros_like(w)
    dw[ids] += (dout * labels)[:, None] * (1 - np.tanh(w[ids]) ** 2)
    return dw


# Rows of ids, each pooled into one: what repeats across rows is added up. By chance few rows of so many ids repeat any.
@audited_backward(
    forward=lambda w, ids: w[ids].sum(axis=1),
    inputs={"w": "V D", "ids": integers("N T", high="V")},
    sizes={"V": (200, 220), "N": (2, 4), "T": (2, 4)},
)
def pooled(dout, w, ids):
    dw = np.zeros_like(w)
    for row, each in zip(ids, dout):
        dw[row] += each
    return dw


@audited_backward(
    forward=lambda x, rows, columns: x[rows, columns],
    inputs={"x": "H W", "rows": integers("N", high="H"), "columns": integers("N", high="W")},
)
def entries(dout, x, rows, columns):
    dx = np.zeros_like(x)
    dx[rows, columns] += dout
    return dx


# --- wrong otherwise


@audited_backward(forward=lambda w, ids: np.tanh(w[ids]), inputs=SEQUENCE)
def other_mistake(dout, w, ids):
    dw = np.zeros_like(w)
    np.add.at(dw, ids, dout * (1 - np.tanh(w[ids])))
    return dw


@audited_backward(forward=lambda w, ids: 3 * w[ids], inputs=SEQUENCE)
def other_factor(dout, w, ids):
    dw = np.zeros_like(w)
    np.add.at(dw, ids, dout)
    return dw


@audited_backward(forward=lambda x, mask: x * mask, inputs={"x": "N D", "mask": boolean("N D")})
def without_mask(dout, x, mask):
    return dout


@audited_backward(forward=lambda a, x: abs(a) * x, inputs={"a": "", "x": "N"}, wrt="a")
def absolute(dout, a, x):
    return (dout * x).sum()


@audited_backward(forward=product, inputs={"x": "N D", "w": "D D"}, sizes={"N": (2, 8), "D": (1, 6)})
def transposed(dout, x, w):
    return dout @ w.T, dout.T @ x


@audited_backward(forward=lambda x: x.mean(axis=0), inputs={"x": "N D"}, sizes=FEW)
def summed(dout, x):
    return np.broadcast_to(dout, x.shape)


# --- right, at every draw that a trial is to visit


@audited_backward(
    forward=lambda x, masked: softmax(np.where(masked, -np.inf, x)),
    inputs={"x": "N D", "masked": boolean("N D", p=0.1)},
)
def masked_softmax(dout, x, masked, out):
    return out * (dout - (dout * out).sum(axis=1, keepdims=True))


@audited_backward(forward=lambda x: 2 * x, inputs={"x": "N D"})
def doubled(dout):
    return 2 * dout
