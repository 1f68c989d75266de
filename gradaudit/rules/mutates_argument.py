"""The forward or the backward writes into an array that it was handed.

## What it means

After the call an input, the upstream gradient or what the forward kept for the backward is not what it was, compared
bit for bit. The message says which, and where the source shows it, by which statement on which line. Declared
constants, such as a dictionary with running means, may be written to.

## Why it matters

The caller still holds that array. A residual connection hands one upstream gradient to two branches, a second
backward finds a changed cache, a line search evaluates at a changed point: each gets wrong numbers, far away from the
cause.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def relu(x):
    return np.maximum(x, 0), x > 0


@audited_backward(forward=relu, inputs={"x": "N D"})
def relu_backward(dout, cache):
    dout *= cache
    return dout.copy()
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def relu(x):
    return np.maximum(x, 0), x > 0


@audited_backward(forward=relu, inputs={"x": "N D"})
def relu_backward(dout, cache):
    return dout * cache
```
"""
