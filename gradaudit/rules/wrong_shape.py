"""The gradient does not have the shape of its input.

## What it means

The gradient of a scalar has one entry for each entry of the input. What came back has another shape, most often because
an input that was broadcast in the forward pass was not summed over the broadcast axis in the backward pass, or because
one axis too many was summed. A Jacobian (`returns="jacobian"`) has the axes of the output and then those of the input;
an elementwise derivative has those of the input.

## Why it matters

Broadcasting hides it. `b -= rate * db` with a `db` of another shape may raise, or it may widen `b` and train a model
that nobody wrote down.

## Wrong

```python
from gradaudit import audited_backward


def shift(x, b):
    return x + b


@audited_backward(forward=shift, inputs={"x": "N D", "b": "D"})
def shift_backward(dout, x, b):
    return dout.copy(), dout.copy()
```

## Right

```python
from gradaudit import audited_backward


def shift(x, b):
    return x + b


@audited_backward(forward=shift, inputs={"x": "N D", "b": "D"})
def shift_backward(dout, x, b):
    return dout.copy(), dout.sum(axis=0)
```
"""
