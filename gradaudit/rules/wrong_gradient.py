"""The gradient differs from the numerical one by more than the threshold and the numerical error allow.

## What it means

The backward pass was compared with differences of the forward pass at seeded random inputs. They disagree by more than
`threshold` (1e-5) of their size, and the error bound of the numerical estimate cannot explain it. No more specific
cause could be named.

## Why it matters

A wrong gradient rarely stops training. The loss falls, only slower or to a worse value, and the cause is looked for
everywhere else.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def squash(x):
    out = np.tanh(x)
    return out, out


@audited_backward(forward=squash, inputs={"x": "N D"})
def squash_backward(dout, cache):
    return dout * (1 - cache)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def squash(x):
    out = np.tanh(x)
    return out, out


@audited_backward(forward=squash, inputs={"x": "N D"})
def squash_backward(dout, cache):
    return dout * (1 - cache**2)
```

Start at the element that differs most, which the report shows with both its values. A gradient by another convention
(with respect to log θ, of the logits, of a symmetric matrix) differs too: audit the function it is the gradient of.
"""
