"""The gradient contains NaN or infinity where the numerical gradient is finite.

## What it means

The forward pass is finite and smooth at this point, so the gradient exists. The formula in the backward pass overflows
or divides zero by zero on the way to it. Where this code is ignored, the audit is inconclusive rather than passed.

## Why it matters

One NaN in one gradient is in every parameter after the next step, and hours of training are lost.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def sharp_softplus(x):
    return np.logaddexp(0.0, 1000.0 * x) / 1000.0


@audited_backward(forward=sharp_softplus, inputs={"x": "N D"})
def sharp_softplus_backward(dout, x):
    growth = np.exp(1000.0 * x)
    return dout * growth / (1.0 + growth)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def sharp_softplus(x):
    return np.logaddexp(0.0, 1000.0 * x) / 1000.0


@audited_backward(forward=sharp_softplus, inputs={"x": "N D"})
def sharp_softplus_backward(dout, x):
    return dout * np.exp(-np.logaddexp(0.0, -1000.0 * x))
```

The second form computes the same sigmoid without ever forming a number that is too large.
"""
