"""The audit took longer than its timeout and was ended.

## What it means

The worker process that ran the audit was stopped after `timeout` seconds: those of the decorator, else of
`--timeout` or the configuration, else 60. The other audits were not affected.

## Why it matters

Audits draw small inputs, sizes of 2 to 8, so a slow one is mostly an endless one: a loop whose condition no longer
changes, an iteration that does not converge, a lock that is never released.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def exponential(x):
    return np.exp(x)


@audited_backward(forward=exponential, inputs={"x": "N"}, timeout=2)
def exponential_backward(dout, x):
    total, term, n = np.ones_like(x), np.ones_like(x), 1
    while np.max(np.abs(term)) > 1e-17:
        total = total + term * x / n
        n = n + 1
    return dout * total
```

The term of the series is never updated, so the loop never ends.

## Right

```python
import numpy as np
from gradaudit import audited_backward


def exponential(x):
    return np.exp(x)


@audited_backward(forward=exponential, inputs={"x": "N"}, timeout=20)
def exponential_backward(dout, x):
    total, term, n = np.ones_like(x), np.ones_like(x), 1
    while np.max(np.abs(term)) > 1e-17:
        term = term * x / n
        total = total + term
        n = n + 1
    return dout * total
```

Code that is slow by nature gets a longer `timeout`, or smaller inputs through `sizes`.
"""
