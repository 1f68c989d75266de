"""The gradient depends on what was called before.

## What it means

Two backwards, each after a forward of its own at the same point, give two gradients; or a forward at another point,
called between a forward and its backward, changes the gradient. Something is kept between calls: a global, an
attribute of the function or the module, a mutable default argument, a buffer that is added to. A layer object is
built anew for each backward, so that gradients which it adds up by design are no finding.

## Why it matters

It works as long as every forward is followed by its own backward, once. Gradient accumulation, a validation batch in
between, two towers that share a layer or a second thread break it, and nothing raises.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


_last = {}


def square(x):
    _last["x"] = x
    return x**2


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout):
    return 2 * dout * _last["x"]
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


def square(x):
    return x**2, x


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, cache):
    return 2 * dout * cache
```
"""
