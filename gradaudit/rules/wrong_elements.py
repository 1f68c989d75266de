"""Only some elements of the gradient differ from the numerical ones.

## What it means

Most elements are right. The report gives the indices of those that are not, and what they form: an element, a row, a
column, a slice, or those at which the input is negative. In a gradient of more than 256 elements, a slice or up to 16
elements are found.

## Why it matters

Such mistakes come from edges: the first or last index of a loop, one side of a kink, a mask. They hide in any norm that
is taken over all elements.

## Wrong

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"}, sizes={"M": (5, 9)})
def affine_backward(dout, x, w):
    db = dout.sum(axis=0)
    db[0] = dout[0, 0]
    return dout @ w.T, x.T @ dout, db
```

## Right

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"}, sizes={"M": (5, 9)})
def affine_backward(dout, x, w):
    db = dout.sum(axis=0)
    return dout @ w.T, x.T @ dout, db
```

Start at an index that is wrong beside one that is right, and see where the code tells them apart.
"""
