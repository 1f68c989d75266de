"""The gradient is zero, `None` or missing where the numerical gradient is not zero.

## What it means

The output does change with this input, but the backward pass returns all zeros or `None` for it, or a mapping without
its name.

## Why it matters

The parameter is never trained. Nothing is raised: an optimiser skips `None` and adds zeros without a word, and the
other parameters make up for part of the loss.

## Wrong

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w, b):
    return dout @ w.T, x.T @ dout, None
```

## Right

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w, b):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
```

An input that is not meant to have a gradient (targets, a mask) is left out of `wrt`: `wrt=("x", "w")`.
"""
