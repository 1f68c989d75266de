"""The number of gradients returned differs from what the forward's arguments ask for.

## What it means

A tuple of gradients is matched by its order. Of a `torch.autograd.Function`, `backward` has to return one for each
argument of `forward` behind `ctx`, None for those that have none; PyTorch drops further ones if they are None. Of an
audited function, the tuple has to be as long as `wrt`, or as the forward's arguments. Every return statement is looked
at by itself. What the source leaves open is not reported: `*args`, arguments with a default that may be left out, and
tuples that are not written out.

Of an audit the finding stands for the error in which running it can only end.

## Why it matters

It fails at the first backward call, but only then: on the branch that nobody runs in a test, on a machine with a GPU,
after an argument was added to the forward and not to the backward.

## Wrong

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w):
    return dout @ w.T, x.T @ dout
```

## Right

```python
from gradaudit import audited_backward


def affine(x, w, b):
    return x @ w + b


@audited_backward(forward=affine, inputs={"x": "N D", "w": "D M", "b": "M"})
def affine_backward(dout, x, w):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
```
"""
