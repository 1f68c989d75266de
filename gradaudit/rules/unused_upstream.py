"""The upstream gradient is never read in a backward that has one.

## What it means

A backward pass is given the gradient of the loss with respect to its output, and by the chain rule that is a factor of
every gradient that it returns. This one takes it as a parameter, does not read it, and returns something all the same.

A backward that returns zeros or None alone stops the gradient on purpose and is not reported. Neither is one that reads
one of several upstream gradients, one whose parameter has a default (`dout=1`), or one that says that it is meant: by
`del dout`, or by a name that begins with an underscore.

## Why it matters

The gradient is right as long as the output is the loss itself, whose upstream gradient is 1. As soon as the loss is
scaled, averaged or followed by another layer, it is wrong, and nothing else shows it.

## Wrong

```python
import numpy as np


def softplus_forward(x):
    return np.logaddexp(0.0, x), x


def softplus_backward(dout, cache):
    x = cache
    return 1.0 / (1.0 + np.exp(-x))
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def softplus_forward(x):
    return np.logaddexp(0.0, x), x


@audited_backward(forward=softplus_forward, inputs={"x": "N D"})
def softplus_backward(dout, cache):
    x = cache
    return dout / (1.0 + np.exp(-x))
```
"""
