"""The gradient has the right entries at the wrong places.

## What it means

The gradient is the transpose of the numerical one, or it is that with its axes in another order, reversed or shifted
along an axis, with equal chunks along an axis in another order, or with its entries in another order.

## Why it matters

The shapes agree, so nothing is raised, and the norm is right. A square weight matrix is where a missing transpose
hides best.

## Wrong

```python
from gradaudit import audited_backward


def linear(x, w):
    return x @ w


@audited_backward(forward=linear, inputs={"x": "N D", "w": "D D"})
def linear_backward(dout, x, w):
    return dout @ w.T, dout.T @ x
```

## Right

```python
from gradaudit import audited_backward


def linear(x, w):
    return x @ w


@audited_backward(forward=linear, inputs={"x": "N D", "w": "D D"})
def linear_backward(dout, x, w):
    return dout @ w.T, x.T @ dout
```

Follow the indices of one entry through the forward, and look for a transpose or a reshape that it does not have.
"""
