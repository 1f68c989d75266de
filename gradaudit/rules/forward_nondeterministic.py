"""Two forward passes at one point differ although the random state was the same.

## What it means

Every evaluation of a trial starts from the same global random state of `random` and NumPy, and a parameter called
`rng`, `generator`, `key` or `seed` receives the same state each time. The forward pass still varies, so it takes its
randomness from somewhere else: a generator of its own, the clock, the hash seed, threads that race.

Of a rule that a framework applies, such as a `jax.custom_vjp`, it may be that the rule evaluates the function by
itself, and otherwise: then the output changes as soon as somebody differentiates.

## Why it matters

A function that changes between two evaluations has no difference quotient, so nothing can be said about its gradient.
It also makes every experiment with it impossible to repeat.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def dropout(x):
    mask = np.random.default_rng().random(x.shape) < 0.5
    return x * mask, mask


@audited_backward(forward=dropout, inputs={"x": "N D"})
def dropout_backward(dout, cache):
    return dout * cache
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def dropout(x, rng):
    mask = rng.random(x.shape) < 0.5
    return x * mask, mask


@audited_backward(forward=dropout, inputs={"x": "N D"})
def dropout_backward(dout, cache):
    return dout * cache
```
"""
