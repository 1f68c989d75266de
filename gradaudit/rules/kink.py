"""The function is not differentiable at, or next to, every point that was tried.

## What it means

The slopes to the left and to the right differ, the function jumps, or it ends (it is not finite on one side), wherever
the audit looked: at the drawn point and at others near it. This is a warning and never a pass: the gradient was not
confirmed.

## Why it matters

At a kink every value between the two slopes is a fair answer, and at the edge of its domain a function has only half a
derivative, so no comparison can tell a right gradient from a wrong one there. It mostly says something about the
inputs: they sit on a boundary, where training rarely does.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def slack(x):
    return (1.0 - x) ** 1.5


@audited_backward(forward=slack, inputs=lambda rng: {"x": np.ones(5)})
def slack_backward(dout, x):
    return -1.5 * dout * np.sqrt(1.0 - x)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward
from gradaudit.distributions import uniform


def slack(x):
    return (1.0 - x) ** 1.5


@audited_backward(forward=slack, inputs={"x": uniform("N D", low=0.0, high=0.9)})
def slack_backward(dout, x):
    return -1.5 * dout * np.sqrt(1.0 - x)
```

A ReLU needs none of this: only single points are kinks, and the audit steps aside from one that it meets. Where kinks
are dense or wide, `away_from` keeps the inputs clear of those that are named.
"""
