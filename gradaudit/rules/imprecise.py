"""The gradient is right, but loses more digits in its own dtype than rounding explains.

## What it means

The audit is declared for float32, float16 or bfloat16. Its formula is right in float64, yet at the same point, which
both represent exactly, the backward in the declared dtype is off by more than a thousandth (float16: two hundredths,
bfloat16: a tenth) of the gradient's size, in two trials at least. Somewhere nearly equal numbers are subtracted,
something overflows, or a long sum is taken in low precision.

## Why it matters

Training in that dtype runs on noise where the formula looks perfect. Tests in float64 never show it, and tests in
float32 can't tell it from the rounding of their own finite differences.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward, distributions


def logsumexp(x):
    highest = x.max()
    return highest + np.log(np.exp(x - highest).sum())


@audited_backward(forward=logsumexp, inputs={"x": distributions.uniform("N", low=90, high=92)}, dtype="float32")
def logsumexp_backward(dout, x):
    return dout * np.exp(x) / np.exp(x).sum()
```

## Right

```python
import numpy as np
from gradaudit import audited_backward, distributions


def logsumexp(x):
    highest = x.max()
    return highest + np.log(np.exp(x - highest).sum())


@audited_backward(forward=logsumexp, inputs={"x": distributions.uniform("N", low=90, high=92)}, dtype="float32")
def logsumexp_backward(dout, x):
    shares = np.exp(x - x.max())
    return dout * shares / shares.sum()
```
"""
