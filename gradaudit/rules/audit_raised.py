"""The forward or the backward raised an exception.

## What it means

The audit was set up and inputs were drawn, then the audited code raised. The report shows the exception, the frames
that belong to the audited code, and the shapes of the inputs.

## Why it matters

The first trial gives every named size a value of its own, later ones use sizes of 1. Code that only works on square
matrices, or on batches of more than one, stops here, as it would in production on the day such a batch arrives.

## Wrong

```python
from gradaudit import audited_backward


def linear(x, w):
    return x @ w


@audited_backward(forward=linear, inputs={"x": "N D", "w": "D M"})
def linear_backward(dout, x, w):
    return dout @ w, x @ dout
```

## Right

```python
from gradaudit import audited_backward


def linear(x, w):
    return x @ w


@audited_backward(forward=linear, inputs={"x": "N D", "w": "D M"})
def linear_backward(dout, x, w):
    return dout @ w.T, x.T @ dout
```

If the function is only defined for some inputs, say so: draw them with `gradaudit.distributions` (`positive`,
`probabilities`, `positive_definite`, ...) and bound the sizes with `sizes={"N": (2, 8)}`.
"""
