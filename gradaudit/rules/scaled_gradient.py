"""The gradient is a multiple of the numerical one.

## What it means

Every element of the gradient is c times the numerical derivative. The report gives c, and names it where it is an
expression in the sizes of the inputs: 1/N, N, √D.

## Why it matters

It acts as another learning rate for this parameter alone. A factor that depends on a size makes the same code train
differently with another batch.

## Wrong

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w):
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)
```

## Right

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
```

Look for a mean in place of a sum, a 2 of a square that was lost, or a factor that is counted twice.
"""
