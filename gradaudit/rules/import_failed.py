"""The module that declares the audit could not be imported.

## What it means

Importing the file raised an exception. Where a package is missing, the message names it together with the interpreter
that looked for it.

## Why it matters

No audit of that file ran. It is an error and not a skip, because a job that forgets to install its packages would
otherwise be green for ever.

## Wrong

```python
import a_package_that_is_not_installed
from gradaudit import audited_backward


@audited_backward(forward=a_package_that_is_not_installed.square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
```

## Right

Install the package where the audits run, or let the interpreter that has it run them. gradaudit itself need not be
installed there:

```sh
gradaudit scan --python .venv/bin/python src/
```

A pre-commit hook of `language: python` lives in an environment of its own without your packages; the hook called
`gradaudit` is of `language: system` for that reason. Files that are found only with a certain folder on the import
path need that folder in `pythonpath` in `[tool.gradaudit]`.
"""
