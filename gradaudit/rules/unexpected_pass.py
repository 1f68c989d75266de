"""An audit that is declared `xfail` passes.

## What it means

The audit says that its gradient is known to be wrong. It is right.

## Why it matters

An expected failure is strict: the mark has to go as soon as the gradient is repaired. Left in place, it would hide the
next mistake in the same function.

## Wrong

```python
from gradaudit import audited_backward


def square(x):
    return x**2


@audited_backward(forward=square, inputs={"x": "N"}, xfail="the factor 2 is missing")
def square_backward(dout, x):
    return 2 * x * dout
```

## Right

```python
from gradaudit import audited_backward


def square(x):
    return x**2


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
```
"""
