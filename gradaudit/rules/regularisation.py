"""The gradient of a penalty on the parameter is missing, extra, or has another factor.

## What it means

What the gradient lacks of the numerical one is λ·θ, or λ·sign(θ), or both, with θ the parameter itself: the derivative
of a penalty λ/2·θ² or λ·|θ|. The report gives the λ that is missing or too much. A term with the wrong sign is told
from one that is missing by a trial in which all other arrays are zero, so that nothing but the penalty is left.

## Why it matters

The cost that is reported is not the one that is minimised: weights decay faster or slower than λ says, and tuning λ
tunes the mistake.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def ridge_cost(w, x, y):
    return 0.5 * np.sum((x @ w - y) ** 2) + 0.05 * np.sum(w**2)


@audited_backward(forward=ridge_cost, inputs={"w": "D", "x": "N D", "y": "N"}, wrt="w")
def ridge_gradient(w, x, y):
    return x.T @ (x @ w - y)
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def ridge_cost(w, x, y):
    return 0.5 * np.sum((x @ w - y) ** 2) + 0.05 * np.sum(w**2)


@audited_backward(forward=ridge_cost, inputs={"w": "D", "x": "N D", "y": "N"}, wrt="w")
def ridge_gradient(w, x, y):
    return x.T @ (x @ w - y) + 0.1 * w
```

The derivative of λ/2·θ² is λ·θ, that of λ·θ² is 2λ·θ.
"""
