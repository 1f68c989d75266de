"""The audited function is nested in another function, or cannot be imported for another reason.

## What it means

An audit is run by importing its module and taking what was declared there. A declaration inside a function body, or
under a branch that importing does not take (`if __name__ == "__main__":`), does not exist after the import.

## Why it matters

The decorator is in the source, so a reader believes that the gradient is checked. It never is.

## Wrong

```python
from gradaudit import audited_backward


def make_square():
    def square(x):
        return x**2

    @audited_backward(forward=square, inputs={"x": "N"})
    def square_backward(dout, x):
        return 2 * x * dout

    return square, square_backward
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

Where a function has to build the pair, call it at module level and audit what it returns:
`audit_square = audited_backward(forward=square, inputs={"x": "N"})(square_backward)`.
"""
