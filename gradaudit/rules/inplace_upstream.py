"""The backward writes into its upstream gradient, or into what the forward cached.

## What it means

The arrays that a backward is given belong to somebody else: the upstream gradient to the layer above, which may hand
the same array to another branch, and the cache to the forward, which may be differentiated a second time. Here one of
them is written to, by `dout *= mask`, `dout[...] = 0`, `out=dout`, `dout.mul_(mask)` or `dout.fill(0)`, also under
another name (`dx = dout`). Writing into a copy is not reported, nor is what is done only if somebody asks for
`inplace`.

## Why it matters

The first call gives the right gradient, so a test passes. Wrong is what comes after: the other branch of a residual
connection, a second backward, the sum of two losses.

## Wrong

```python
def relu_forward(x):
    return x.clip(0.0), x


def relu_backward(dout, cache):
    x = cache
    dx = dout
    dx[x <= 0] = 0.0
    return dx
```

## Right

```python
from gradaudit import audited_backward


def relu_forward(x):
    return x.clip(0.0), x


@audited_backward(forward=relu_forward, inputs={"x": "N D"})
def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)
```

Where memory is short, copy first and write into the copy: `dx = dout.copy()`.
"""
