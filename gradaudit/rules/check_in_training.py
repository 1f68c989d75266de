"""A gradient check runs inside a training loop, or whenever a module is imported.

## What it means

A gradient check (`torch.autograd.gradcheck`, `jax.test_util.check_grads`, `scipy.optimize.check_grad`,
`gradaudit.check_gradient`, or one's own `gradient_check`) is called in a loop that also updates the parameters, or at
module level of a file that defines backward passes, outside `if __name__ == "__main__":`. Tests, notebooks' cells and
scripts that print are not reported for what runs at module level.

## Why it matters

A check by numerical differentiation costs two forward passes for each parameter, and tells nothing new in the second
turn of the loop: whether a gradient is right does not depend on how far training has got. In single precision and at
the parameters of the moment it may even fail where the gradient is right. At import everybody pays for it who uses the
module.

## Wrong

```python
import numpy as np


def loss_and_gradient(w, x, y):
    residual = x @ w - y
    return 0.5 * (residual**2).mean(), x.T @ residual / len(y)


def train(w, x, y, learning_rate=0.1):
    for _ in range(100):
        loss, gradient = loss_and_gradient(w, x, y)
        assert gradient_check(lambda v: loss_and_gradient(v, x, y)[0], w, gradient) < 1e-6
        w -= learning_rate * gradient
    return w


def gradient_check(f, w, gradient, eps=1e-6):
    numeric = [(f(w + eps * e) - f(w - eps * e)) / (2 * eps) for e in np.eye(len(w))]
    return np.abs(gradient - numeric).max()
```

## Right

```python
from gradaudit import audited_backward


@audited_backward(inputs={"w": "D", "x": "N D", "y": "N"}, wrt="w")
def loss_and_gradient(w, x, y):
    residual = x @ w - y
    return 0.5 * (residual**2).mean(), x.T @ residual / len(y)


def train(w, x, y, learning_rate=0.1):
    for _ in range(100):
        loss, gradient = loss_and_gradient(w, x, y)
        w -= learning_rate * gradient
    return w
```
"""
