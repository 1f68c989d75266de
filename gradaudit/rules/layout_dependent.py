"""The result depends on how the arrays lie in memory.

## What it means

The same values were handed in again as Fortran-ordered arrays, as arrays with gaps such as `a[..., ::2]`, and with a
read-only upstream gradient of equal elements, all of them in one place, as the gradient of a sum is. The output or a
gradient is another one, by more than rounding, or something raises.

## Why it matters

Transposes, slices and broadcasts give such arrays all the time, and callers do not see which. Kernels that count on C
order read the wrong elements and say nothing.

## Wrong

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N D"})
def sine_backward(dout, x):
    slopes = np.cos(x).ravel(order="K").reshape(x.shape)
    return dout * slopes
```

## Right

```python
import numpy as np
from gradaudit import audited_backward


@audited_backward(forward=np.sin, inputs={"x": "N D"})
def sine_backward(dout, x):
    slopes = np.cos(x).ravel().reshape(x.shape)
    return dout * slopes
```
"""
