"""The gradient is right where all indices are distinct, and wrong where an index repeats.

## What it means

An input holds indices (token ids, labels, rows and columns). The wrong trial was run again with the same values and
each repeated index replaced by one of its own, and the gradient was right. So where an index comes several times, only
one of its contributions arrives. Where sizes leave no room for distinct indices, the finding rests on the rows of one
trial: those that an index names once are right, those that it names more than once are wrong.

## Why it matters

`dw[ids] = dout` keeps the last of the repeated rows, and so does `dw[ids] += dout`, which reads all rows before it
writes any. Frequent tokens, which repeat in every batch, learn slowest.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward, distributions


def embed(ids, w):
    return w[ids]


@audited_backward(forward=embed, inputs={"ids": distributions.integers("N", high="V"), "w": "V D"})
def embed_backward(dout, ids, w):
    dw = np.zeros_like(w)
    dw[ids] += dout
    return dw
```

## Right

```python
import numpy as np
from gradaudit import audited_backward, distributions


def embed(ids, w):
    return w[ids]


@audited_backward(forward=embed, inputs={"ids": distributions.integers("N", high="V"), "w": "V D"})
def embed_backward(dout, ids, w):
    dw = np.zeros_like(w)
    np.add.at(dw, ids, dout)
    return dw
```

A one-hot matrix product, `one_hot(ids).T @ dout`, adds them up as well.
"""
