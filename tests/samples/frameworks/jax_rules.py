"""Rules of JAX: a right one, and three that are wrong."""

import jax
import jax.numpy as jnp

from gradaudit import audited_backward


@audited_backward(inputs={"x": "N D", "w": "D M", "b": "M"})
@jax.custom_vjp
def affine(x, w, b):
    return x @ w + b


def affine_fwd(x, w, b):
    return affine(x, w, b), (x, w)


def affine_bwd(res, g):
    x, w = res
    return g @ w.T, x.T @ g, g.sum(0)


affine.defvjp(affine_fwd, affine_bwd)


@audited_backward(inputs={"x": "N D", "w": "D M"})
@jax.custom_vjp
def doubled_weights(x, w):
    return jnp.tanh(x @ w)


def doubled_weights_fwd(x, w):
    out = doubled_weights(x, w)
    return out, (x, w, out)


def doubled_weights_bwd(res, g):
    x, w, out = res
    inner = g * (1 - out**2)
    return inner @ w.T, 2 * x.T @ inner


doubled_weights.defvjp(doubled_weights_fwd, doubled_weights_bwd)


@audited_backward(inputs={"x": "N D"})
@jax.custom_jvp
def flipped_sign(x):
    return jnp.cos(x)


@flipped_sign.defjvp
def flipped_sign_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    return flipped_sign(x), jnp.sin(x) * t


@audited_backward(inputs={"x": "N D", "b": "D"})
@jax.custom_vjp
def unsummed_shift(x, b):
    return jnp.exp(x) + b


def unsummed_shift_fwd(x, b):
    out = unsummed_shift(x, b)
    return out, (x,)


def unsummed_shift_bwd(res, g):
    (x,) = res
    return g * jnp.exp(x), g


unsummed_shift.defvjp(unsummed_shift_fwd, unsummed_shift_bwd)
