"""Layers as CS231n writes them: a forward that returns ``(out, cache)``, a backward that takes ``(dout, cache)``.

None of these audits needs an option to be bound: ``cache`` is what the forward kept, every other parameter the upstream
gradient of an output, and the gradients come back in the order of the forward's arguments.

    gradaudit scan examples/cs231n_layers.py
"""

import numpy as np

from gradaudit import audited_backward, distributions


def affine_forward(x, w, b):
    """x is (N, d1, ..., dk), w is (d1·...·dk, M), b is (M,)."""
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w)


@audited_backward(forward=affine_forward, inputs={"x": "N D", "w": "D M", "b": "M"}, name="vectors")
@audited_backward(forward=affine_forward, inputs={"x": "N 2 3", "w": "6 M", "b": "M"}, name="images")
def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(x, 0), x


@audited_backward(forward=relu_forward, inputs={"x": "N D"})
def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


@audited_backward(inputs={"x": "N C", "y": distributions.integers("N", high="C")})
def softmax_loss(x, y):
    """Returns the loss and its gradient, so there is no forward to name. y holds a label in [0, C) for each row of x."""
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probabilities[rows, y].mean()

    dx = np.exp(log_probabilities)
    dx[rows, y] -= 1
    dx /= len(x)
    return loss, dx


def batchnorm_forward(x, gamma, beta, bn_param):
    """Each column of x is normalised over the batch; the running statistics are kept in bn_param."""
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros_like(beta))
    running_var = bn_param.setdefault("running_var", np.ones_like(gamma))
    if bn_param["mode"] == "test":
        normalized = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * normalized + beta, None

    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    std = np.sqrt(var + eps)
    normalized = (x - mean) / std
    return gamma * normalized + beta, (normalized, gamma, std)


@audited_backward(
    forward=batchnorm_forward,
    # The shapes of a dictionary's values would be drawn; a constant is handed on as it is, as a copy for each call.
    inputs={"x": "N D", "gamma": "D", "beta": "D", "bn_param": distributions.constant({"mode": "train"})},
    sizes={"N": (4, 8)},  # of two rows only the signs are left after normalisation
)
def batchnorm_backward(dout, cache):
    normalized, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normalized).sum(axis=0)
    dnormalized = dout * gamma
    # What moves the whole column, or stretches it, is taken out again by the normalisation.
    dx = dnormalized - dnormalized.mean(axis=0) - normalized * (dnormalized * normalized).mean(axis=0)
    return dx / std, dgamma, dbeta


def conv_forward_naive(x, w, b, conv_param):
    """x is (N, C, H, W), the F filters in w are (F, C, HH, WW), b is (F,)."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    (N, _, H, W), (F, _, HH, WW) = padded.shape, w.shape
    out = np.empty((N, F, 1 + (H - HH) // stride, 1 + (W - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            out[:, :, i, j] = np.einsum("nchw,fchw->nf", window, w) + b
    return out, (padded, w, conv_param)


@audited_backward(
    forward=conv_forward_naive,
    inputs={
        "x": "N C H W",
        "w": "F C 3 3",
        "b": "F",
        "conv_param": distributions.constant({"stride": 2, "pad": 1}),  # a stride below the filter: windows overlap
    },
    sizes={"N": (1, 3), "C": (1, 4), "F": (1, 5), "H": (1, 7), "W": (1, 7)},
)
def conv_backward_naive(dout, cache):
    padded, w, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    HH, WW = w.shape[2:]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            dpadded[:, :, rows, columns] += np.einsum("nf,fchw->nchw", dout[:, :, i, j], w)
            dw += np.einsum("nf,nchw->fchw", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dpadded[:, :, pad : dpadded.shape[2] - pad, pad : dpadded.shape[3] - pad]
    return dx, dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward_naive(x, pool_param):
    """The largest entry of each window; windows may overlap."""
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    out = np.empty((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, pool_param)


@audited_backward(
    forward=max_pool_forward_naive,
    inputs={
        "x": "N C H W",
        "pool_param": distributions.constant({"pool_height": 3, "pool_width": 3, "stride": 2}),
    },
    sizes={"N": (1, 3), "C": (1, 4), "H": (3, 8), "W": (3, 8)},  # an image is no smaller than a window
)
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * stride, i * stride + height), slice(j * stride, j * stride + width)
            window = x[:, :, rows, columns]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
    return dx


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step of an LSTM; the second-last axis of Wx, Wh and b runs over the gates i, f, o and g."""
    gates = np.einsum("nd,dkh->knh", x, Wx) + np.einsum("nh,hkj->knj", prev_h, Wh) + b[:, None]
    i, f, o = 1 / (1 + np.exp(-gates[:3]))
    g = np.tanh(gates[3])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


@audited_backward(
    forward=lstm_step_forward,
    inputs={"x": "N D", "prev_h": "N H", "prev_c": "N H", "Wx": "D 4 H", "Wh": "H 4 H", "b": "4 H"},
)
def lstm_step_backward(dh, dc, cache):
    """Two outputs, hence two upstream gradients, in the order of the outputs."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dc + dh * o * (1 - tanh_c**2)  # not +=: the upstream gradient belongs to the caller
    di, df, do, dg = dc * g, dc * prev_c, dh * tanh_c, dc * i
    dgates = np.stack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    dx = np.einsum("knh,dkh->nd", dgates, Wx)
    dprev_h = np.einsum("knj,hkj->nh", dgates, Wh)
    dWx = np.einsum("nd,knh->dkh", x, dgates)
    dWh = np.einsum("nh,knj->hkj", prev_h, dgates)
    return dx, dprev_h, dc * f, dWx, dWh, dgates.sum(axis=1)
