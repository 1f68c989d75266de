"""The gradient of one input was returned for another.

## What it means

What the backward returns for one input is the numerical gradient of another one of the same shape.

## Why it matters

Both have the right shape, and nothing is raised. Each parameter is moved by what the other one asks for.

## Wrong

```python
from gradaudit import audited_backward


def product(a, b):
    return a * b


@audited_backward(forward=product, inputs={"a": "N D", "b": "N D"})
def product_backward(dout, a, b):
    return dout * a, dout * b
```

## Right

```python
from gradaudit import audited_backward


def product(a, b):
    return a * b


@audited_backward(forward=product, inputs={"a": "N D", "b": "N D"})
def product_backward(dout, a, b):
    return dout * b, dout * a
```

Gradients come in the order of the arguments of the forward; a mapping by name cannot be misordered.
"""
