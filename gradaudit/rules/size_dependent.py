"""The gradient is right at some sizes and wrong at others.

## What it means

In some trials the gradient agrees with the numerical one, in others it does not, and no form in the sizes (1/N, a
transpose that a single element does not show) explains all of them. Further trials, which change one size at a time,
show which size decides: a batch of one, two sizes that are equal or not, a window that overlaps its neighbour. What
was zero in a trial, or could not be decided, is not taken for right.

## Why it matters

Tests are written at one size, and the code runs at all of them: the last batch of an epoch is shorter, a model is asked
about a single example, an image is not square.

## Wrong

```python
from gradaudit import audited_backward


def centre(x):
    return x - x.mean(axis=0)


@audited_backward(forward=centre, inputs={"x": "N D"}, sizes={"N": (2, 8), "D": (1, 8)})
def centre_backward(dout):
    return dout - dout.mean()
```

## Right

```python
from gradaudit import audited_backward


def centre(x):
    return x - x.mean(axis=0)


@audited_backward(forward=centre, inputs={"x": "N D"}, sizes={"N": (2, 8), "D": (1, 8)})
def centre_backward(dout):
    return dout - dout.mean(axis=0)
```

If a size is not meant to occur, bound it: `sizes={"N": (2, 8)}`.
"""
