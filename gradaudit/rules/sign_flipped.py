"""The gradient is minus the numerical one.

## What it means

Every element of the gradient is the numerical derivative with its sign reversed, in every trial that failed.

## Why it matters

A step along it climbs where it should descend. One reversed gradient among many right ones still trains, since the
others make up for it, and the model ends worse for no reason that anybody sees.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def squared_error(prediction, target):
    return 0.5 * np.sum((prediction - target) ** 2)


@audited_backward(forward=squared_error, inputs={"prediction": "N", "target": "N"}, wrt="prediction")
def squared_error_gradient(prediction, target):
    return target - prediction
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def squared_error(prediction, target):
    return 0.5 * np.sum((prediction - target) ** 2)


@audited_backward(forward=squared_error, inputs={"prediction": "N", "target": "N"}, wrt="prediction")
def squared_error_gradient(prediction, target):
    return prediction - target
```

Look for a difference taken the wrong way round, or the minus of a log-likelihood that was lost.
"""
