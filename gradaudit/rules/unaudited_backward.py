"""A hand-written backward pass that no audit names.

## What it means

The source holds a gradient that somebody wrote:

- a `torch.autograd.Function`;
- a rule for `jax.custom_vjp`, `jax.custom_jvp`, `tf.custom_gradient`, autograd's `defvjp`, `register_autograd`, a
  primitive of JAX (`ad.defjvp`, `ad.primitive_transposes[p] = rule`);
- a layer with a `backward` of its own;
- a function called as the derivative of another one beside it (`affine_backward`, `rosen_hess`, `score` beside
  `loglike`);
- a function that returns a value and its gradient, always or for `eval_gradient=True`;
- a function that a solver is given: `minimize(cost, x0, jac=slope)`.

No audit names it, in this file or in another. Tests, abstract methods and stubs do not count, nor does what is
differentiated automatically or numerically. A helper that one backward alone calls, and a Triton kernel that it
launches, belong to it.

The rule is not selected by default, so that a first scan does not fail for what nobody has audited yet.
`gradaudit list` names every such backward, and `--fail-under` holds the percentage that is audited.

## Why it matters

A gradient that no one checks is wrong unnoticed: training still goes down, only less far.

## Wrong

```python
def affine_forward(x, w):
    return x @ w, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout
```

## Right

```python
from gradaudit import audited_backward


def affine_forward(x, w):
    return x @ w, (x, w)


@audited_backward(forward=affine_forward, inputs={"x": "N D", "w": "D M"})
def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout
```

Code that is not to be written to is audited from a file of your own, by a call:
`audit_affine = audited_backward(forward=affine_forward, inputs={...})(affine_backward)`.
"""
