"""The gradient is not linear in the upstream gradient.

## What it means

A vector-Jacobian product is linear in its vector: for two upstream gradients v and w, the backward of a·v + w is a
times that of v plus that of w. It was called with all three, and is not. It clips, squares or takes the absolute
value of the upstream gradient, compares it with something, or adds a term that the upstream gradient is no factor of.

A rule that maps tangents forward, such as a `jax.custom_jvp`, is linear in the tangent in the same way.

## Why it matters

At the usual size of gradients nothing shows. Training goes wrong when gradients are large, small or negative, which
is when it is hardest to see why. Clipping belongs into the optimiser, where everybody expects it.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N"})
def sine_backward(dout, x):
    return np.clip(dout, -10, 10) * np.cos(x)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N"})
def sine_backward(dout, x):
    return dout * np.cos(x)
```
"""
