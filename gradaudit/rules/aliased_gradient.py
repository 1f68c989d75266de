"""A gradient shares memory with an input, the upstream gradient or another gradient.

## What it means

The array that was returned is a view of another one, or that one itself. The message names both.

## Why it matters

Gradients are added to, scaled and clipped in place. What is done to one is then done to the other as well: an
optimiser's step on a bias changes the upstream gradient of the layer before.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=lambda a, b: a + b, inputs={"a": "N D", "b": "N D"})
def add_backward(dout):
    return dout, dout
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=lambda a, b: a + b, inputs={"a": "N D", "b": "N D"})
def add_backward(dout):
    return dout.copy(), dout.copy()
```
"""
