"""A backward for each promise that can be broken; what is in the name of each comes first in its findings."""

import numpy as np

from gradaudit import audited_backward, distributions

MATRIX = {"x": "N D"}


def relu(x):
    return np.maximum(x, 0), x


def sine_with_cache(x):
    return np.sin(x), {"x": x.copy(), "shape": x.shape}


def sine_with_context(ctx, x):
    ctx.save_for_backward(x.copy())
    return np.sin(x)


@audited_backward(forward=relu, inputs=MATRIX)
def GA301_upstream(dout, cache):
    dout *= cache > 0
    return dout.copy()


@audited_backward(forward=relu, inputs=MATRIX)
def GA301_input(dout, cache):
    cache[cache < 0] = 0
    return dout * (cache > 0)


@audited_backward(forward=sine_with_cache, inputs=MATRIX)
def GA301_cache(dout, cache):
    x = cache["x"]
    np.cos(x, out=x)
    return dout * x


@audited_backward(forward=sine_with_context, inputs=MATRIX)
def GA301_context(ctx, dout):
    (x,) = ctx.saved_tensors
    np.cos(x, out=x)
    return dout * x


def sorts_its_labels(x, labels):
    labels.sort()
    return np.sin(x) * labels


@audited_backward(forward=sorts_its_labels, inputs={"x": "N", "labels": distributions.integers("N", high=9)})
def GA301_labels(dout, x, labels):
    return dout * np.cos(x) * np.sort(labels)


_last = {}


def remembers(x):
    _last["x"] = x
    return np.sin(x)


@audited_backward(forward=remembers, inputs=MATRIX)
def GA303_global(dout):
    return dout * np.cos(_last["x"])


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA303_accumulates(dout, x, total={}):
    total[x.shape] = total.get(x.shape, 0) + dout * np.cos(x)
    return total[x.shape]


_tape = []


def taped(x):
    _tape.append(x)
    return np.sin(x)


@audited_backward(forward=taped, inputs=MATRIX)
def GA303_tape(dout):
    return dout * np.cos(_tape.pop())


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA303_noise(dout, x):
    return dout * np.cos(x) * (1 + 1e-9 * np.random.default_rng().standard_normal())


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA209_all(dout, x):
    return np.cos(x)


@audited_backward(forward=lambda x: np.sin(x).sum(), inputs=MATRIX)
def GA209_scalar(dout, x):
    return np.cos(x)


@audited_backward(forward=lambda x: (np.sin(x), np.cos(x)), inputs=MATRIX, outputs=2)
def GA209_output(dsin, dcos, x):
    return dsin * np.cos(x)


@audited_backward(forward=lambda x: np.cumsum(x, axis=0), inputs=MATRIX, sizes={"N": (3, 6)})
def GA209_last(dout, x):
    dout = np.vstack([dout[:-1], np.zeros_like(dout[:1])])
    return np.cumsum(dout[::-1], axis=0)[::-1].copy()


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA210_clipped(dout, x):
    return np.clip(dout, -10, 10) * np.cos(x)


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA210_absolute(dout, x):
    return np.abs(dout) * np.cos(x)


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA210_squared(dout, x):
    return dout**2 * np.cos(x)


@audited_backward(forward=lambda x: np.sin(x).sum(), inputs=MATRIX)
def GA210_norm(dout, x):
    return dout * np.cos(x) / max(1.0, abs(dout) / 100)


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA304_single(dout, x):
    return (dout * np.cos(x)).astype(np.float32)


@audited_backward(forward=np.sin, inputs=MATRIX, dtype="float32")
def GA304_promoted(dout, x):
    return dout * np.cos(x) * np.ones(x.shape)


@audited_backward(forward=np.sin, inputs=MATRIX)
def GA305_memory_order(dout, x):
    return dout * np.cos(x.ravel(order="K")).reshape(x.shape)


@audited_backward(forward=np.sin, inputs={"x": "N"})
def GA305_strides(dout, x):
    flat = np.lib.stride_tricks.as_strided(x, (len(x),), (8,))
    return dout * np.cos(flat)


@audited_backward(forward=np.sin, inputs={"x": "N"})
def GA305_upstream_view(dout, x):
    return dout.view(np.uint8).view(np.float64) * np.cos(x)


@audited_backward(forward=lambda x, y: x + y, inputs={"x": "N D", "y": "N D"})
def GA306_upstream(dout):
    return dout * 1, dout.T.T


@audited_backward(forward=lambda x, y: x + y, inputs={"x": "N D", "y": "N D"})
def GA306_each_other(dout):
    gradient = dout * 1
    return gradient, gradient[:]


@audited_backward(forward=lambda x: (x**2).sum() / 2, inputs=MATRIX)
def GA306_input(x):
    return x


def logsumexp(x):
    highest = x.max()
    return highest + np.log(np.exp(x - highest).sum())


@audited_backward(forward=logsumexp, inputs={"x": distributions.uniform("N", low=90, high=92)}, dtype="float32")
def GA307_overflow(dout, x):
    return dout * np.exp(x) / np.exp(x).sum()


@audited_backward(forward=lambda x: 1 - np.cos(x), inputs={"x": "N"}, dtype="float32")
def GA307_cancellation(dout, x):
    big = x.dtype.type(2**16)
    return dout * np.sin((x + big) - big)
