"""The forward pass that the audit names is missing or is not callable.

## What it means

`forward=` has to be the function whose gradient is audited or, for a layer class, the name of a method of that class.
What was given is neither: often the result of a call where the function itself was meant, or a misspelt method name.

## Why it matters

Without the forward pass there is nothing to differentiate, so nothing is known about the gradient.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def softplus(x):
    return np.logaddexp(0.0, x)


@audited_backward(forward=softplus(0.0), inputs={"x": "N"})
def softplus_backward(dout, x):
    return dout / (1.0 + np.exp(-x))
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def softplus(x):
    return np.logaddexp(0.0, x)


@audited_backward(forward=softplus, inputs={"x": "N"})
def softplus_backward(dout, x):
    return dout / (1.0 + np.exp(-x))
```

A function that returns the value and its gradients together needs no `forward=` at all.
"""
