"""The gradient does not change with the upstream gradient, or with a part of it.

## What it means

The backward was called with several upstream gradients at one point. What came back for this input was the same each
time, bit for bit, or did not change when the upstream gradient of one output, or one slice of it, was set to zero;
though that part of the output depends on the input. The message names the part.

## Why it matters

Such a backward is right for a loss that happens to have that upstream gradient, often a one, and wrong as soon as
anything follows: a scaled loss, a second term, another layer.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def two_waves(x):
    return np.sin(x), np.cos(x)


@audited_backward(forward=two_waves, inputs={"x": "N"}, outputs=2)
def two_waves_backward(dsin, dcos, x):
    return dsin * np.cos(x)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def two_waves(x):
    return np.sin(x), np.cos(x)


@audited_backward(forward=two_waves, inputs={"x": "N"}, outputs=2)
def two_waves_backward(dsin, dcos, x):
    return dsin * np.cos(x) - dcos * np.sin(x)
```
"""
