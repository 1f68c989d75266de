"""Only some elements of the gradient differ from the numerical ones.

## What it means

Most elements are right. The report gives the indices of those that are not, and what they form: an element, a row, a
column, a slice; or what decides that it is these: where the input or another one, such as a mask, is negative,
positive, zero or not, the entries that labels pick, where the gradient is zero, of one magnitude, or not clipped as it
should be. In a gradient of more than 256 elements, a slice or up to 16 elements are found, and what decides for any
number of them; else some of the wrong ones are named, as long as most of those compared are right.

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
