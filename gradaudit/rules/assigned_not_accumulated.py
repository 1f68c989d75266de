"""A gradient is assigned at indices that may repeat, or in windows that may overlap.

## What it means

What a forward reads several times gets the sum of several gradients. Here the backward begins with zeros and writes to
them where the forward read: at an array of indices that is an argument of the forward (`dw[ids] = dout`), or in windows
that a loop moves by less than their width (`dx[:, i * stride : i * stride + size] = ...`). A second gradient for the
same place replaces the first one. `dw[ids] += dout` loses it as well: NumPy and PyTorch read, add and write once for
each place.

Masks, permutations, slices that part an array, and one index for each row (`dx[np.arange(N), y]`) are not reported.

## Why it matters

As long as all indices of a batch are distinct, or the stride is as wide as the window, the gradient is right. Training
with real data then goes down a little slower than it could, and no error says why.

## Wrong

```python
import numpy as np


def embedding_forward(ids, w):
    return w[ids], (ids, w.shape)


def embedding_backward(dout, cache):
    ids, shape = cache
    dw = np.zeros(shape)
    dw[ids] += dout
    return dw
```

## Right

```python
import numpy as np
from gradaudit import audited_backward
from gradaudit.distributions import integers


def embedding_forward(ids, w):
    return w[ids], (ids, w.shape)


@audited_backward(forward=embedding_forward, inputs={"ids": integers("N", high="V"), "w": "V D"})
def embedding_backward(dout, cache):
    ids, shape = cache
    dw = np.zeros(shape)
    np.add.at(dw, ids, dout)
    return dw
```
"""
