"""The audit is nested in a function that importing does not call, or is not declared on import for another reason.

## What it means

An audit is run by importing its module and taking what was declared there. A declaration inside a function that the
module's top level does not call, or under a branch that importing does not take (`if __name__ == "__main__":`), does
not exist after the import.

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

Where a function has to build the pair, call it at module level, `square, square_backward = make_square()`: what it
declares then is an audit a call, with its `name=` or a number behind its name. Audits that a function of another module
declares are none of this one's: audit what that function returns.
"""
