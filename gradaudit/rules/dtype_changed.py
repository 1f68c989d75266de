"""The gradient's dtype is not that of its input.

## What it means

The values are right, but the array that came back has another dtype than the input that it belongs to. An audit that
is declared for float32 is looked at in float32 as well.

## Why it matters

A gradient in less than the input's precision throws digits away; one in more doubles the memory, and everything that
is computed with it is promoted from there on. Frameworks refuse either.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N"}, dtype="float32")
def sine_backward(dout, x):
    return dout * np.cos(x) * np.ones(x.shape)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N"}, dtype="float32")
def sine_backward(dout, x):
    return dout * np.cos(x) * np.ones_like(x)
```
"""
