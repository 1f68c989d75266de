"""The numerical error is larger than what the audit has to tell apart.

## What it means

The forward pass loses so many digits that differences of it say less about the gradient than the threshold asks for.
The message says which dtype, scale or input would resolve it. This is a warning and never a pass: the gradient was not
confirmed.

It is said, too, where the forward rounds its result, to so many decimals or to fixed-point numbers: between two such
values it is flat, and its slope shows only as far as it exceeds the rounding. A gradient that is off by more than that
is wrong all the same. Round what is printed or stored, not what the forward returns.

It is also said where the gradient is zero at every point tried, numerically too: zero equals zero whatever the formula
is, so nothing was verified. Draw inputs for which it is not zero, such as values on both sides of a relu.

## Why it matters

A checker that passes whatever it cannot see gives false certainty. The usual causes are a cast to a short dtype inside
the forward pass, a large constant that is added before the interesting part, and terms that are small beside others.
Where such an error is acceptable, `threshold=1e-3` in the audit asks for less.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def mean_square(x):
    return np.mean(x.astype(np.float16) ** 2)


@audited_backward(forward=mean_square, inputs={"x": "N D"})
def mean_square_backward(dout, x):
    return dout * 2 * x / x.size
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def mean_square(x):
    return np.mean(x**2)


@audited_backward(forward=mean_square, inputs={"x": "N D"})
def mean_square_backward(dout, x):
    return dout * 2 * x / x.size
```

Audits hand on float64 unless they are declared otherwise, so a forward pass that keeps the dtype of its input is
judged by its formula and not by its rounding.
"""
