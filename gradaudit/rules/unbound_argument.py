"""A parameter of the backward or an input of the forward has no certain meaning, or what came back cannot be matched.

## What it means

Arguments are bound by name: the forward's own argument names, the names of a cache (`cache`, `ctx`, `saved`, ...), of
the output (`out`, `y_hat`, ...), of a random state (`rng`, `key`, ...), and otherwise the upstream gradients in order.
Something is left over, or there are more candidates than places. The same code is reported when the result of the
backward fits none of the inputs: a tuple of an unexpected length, a mapping with unknown keys.

## Why it matters

A guess could audit something other than what training computes, and a pass would then mean nothing. The message shows
the signature, what was bound, what was not, and the line to write.

## Wrong

```python
from gradaudit import audited_backward


def scale(x, factor):
    return factor * x


@audited_backward(forward=scale, inputs={"x": "N D", "factor": ""})
def scale_backward(dout, x, c):
    return c * dout, (x * dout).sum()
```

## Right

```python
from gradaudit import audited_backward


def scale(x, factor):
    return factor * x


@audited_backward(forward=scale, inputs={"x": "N D", "factor": ""}, bind={"c": "factor"})
def scale_backward(dout, x, c):
    return c * dout, (x * dout).sum()
```
"""
