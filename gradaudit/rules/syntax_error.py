"""A file that mentions the decorator cannot be parsed as Python, or as a notebook of Python.

## What it means

The file contains the name `audited_backward`, so it may declare audits, but Python's own parser rejects it. gradaudit
cannot tell which audits it holds. The other files are searched and run as if this one were not there.

Of a Jupyter notebook the code cells are parsed one by one, without magics, and the cell and its line are named. What
no notebook of Python is, such as a file that is no JSON or not in the format of nbformat 4, is an error too.

## Why it matters

An audit that silently disappears looks exactly like an audit that passes. A file that cannot be read therefore fails
the run. The usual causes are a typing slip, merge markers that were left behind, and syntax that is newer than the
Python which runs gradaudit.

## Wrong

```text
from gradaudit import audited_backward


def square(x):
    return x**2


@audited_backward(forward=square, inputs={"x": "N"}
def square_backward(dout, x):
    return 2 * x * dout
```

## Right

```python
from gradaudit import audited_backward


def square(x):
    return x**2


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
```

A file that is broken on purpose, such as a test fixture, belongs under `exclude` in `[tool.gradaudit]`.
"""
