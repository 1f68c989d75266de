"""A comment that says to ignore a finding, where there is none.

## What it means

`# gradaudit: ignore[GA203]` stands on the line of a `def`, `class`, decorator or call, and nothing that was found there
is of that rule; or it names no rule at all. Only what the run has looked for is held against a comment: a rule of the
numbers is not missed by `gradaudit list`, in an audit that did not run or was not decided, or where `--trials`,
`--seed` and the like change what is checked; a rule of the source is not where it is not selected.

## Why it matters

The mistake has gone and the comment has stayed: the next one of its kind on this line would be ignored unseen. A code
that is misspelt ignores nothing, and its finding fails the build all the same.

## Wrong

```python
from gradaudit import audited_backward


def square(x):
    return x * x


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):  # gradaudit: ignore[GA203]
    return 2 * x * dout
```

## Right

```python
from gradaudit import audited_backward


def square(x):
    return x * x


@audited_backward(forward=square, inputs={"x": "N"})
def square_backward(dout, x):
    return 2 * x * dout
```
"""
