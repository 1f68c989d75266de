"""The process that ran the audit died.

## What it means

The worker ended without an answer: killed by a signal (a segmentation fault in compiled code, the system's memory
guard) or by code that calls `os._exit`. The message names the signal or the exit code. Each audit has a process of its
own to lose, so the others went on.

## Why it matters

A kernel that reads or writes outside its arrays gives wrong gradients on the days when it does not crash.

## Wrong

```python
import ctypes

import numpy as np
from gradaudit import audited_backward


def double(x):
    return 2 * x


@audited_backward(forward=double, inputs={"x": "N"})
def double_backward(dout, x):
    dx = 2 * dout
    destination = 0
    ctypes.memmove(destination, dx.ctypes.data, dx.nbytes)
    return dx
```

## Right

```python
import ctypes

import numpy as np
from gradaudit import audited_backward


def double(x):
    return 2 * x


@audited_backward(forward=double, inputs={"x": "N"})
def double_backward(dout, x):
    result = np.ascontiguousarray(2 * dout)
    dx = np.empty_like(result)
    ctypes.memmove(dx.ctypes.data, result.ctypes.data, dx.nbytes)
    return dx
```

`python -X faulthandler` and a debugger find the place; the report's `reproduce` line runs this audit alone.
"""
