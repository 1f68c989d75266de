"""The audited forward draws from global or unseeded random state.

## What it means

The forward of an audit calls `np.random.rand`, `random.random`, `torch.rand` without a generator, or makes a generator
of its own without a seed (`default_rng()`). A forward that seeds the global state itself is not reported.

gradaudit sets the global random states of Python, NumPy and the framework to the trial's before each call, so the audit
itself can be decided. A generator without a seed escapes even that: then the finding is GA302, at the draw.

## Why it matters

A gradient is that of one function, and a forward that draws from global state is another function at every call: the
mask that the backward uses has to be the one that the forward drew. Nothing but the order of calls says so, and no
test outside gradaudit can repeat it. A generator that is passed makes the draw an argument like any other: the caller
sees it, seeds it, and gives it to two calls that have to agree.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


def dropout_forward(x, keep=0.8):
    mask = (np.random.rand(*x.shape) < keep) / keep
    return x * mask, mask


@audited_backward(forward=dropout_forward, inputs={"x": "N D"})
def dropout_backward(dout, cache):
    return dout * cache
```

## Right

```python
from gradaudit import audited_backward


def dropout_forward(x, rng, keep=0.8):
    mask = (rng.random(x.shape) < keep) / keep
    return x * mask, mask


@audited_backward(forward=dropout_forward, inputs={"x": "N D"})
def dropout_backward(dout, cache):
    return dout * cache
```
"""
