"""Primitives of HIPS autograd with rules of their own: a right one, and three that are wrong."""

import autograd.numpy as np
from autograd.extend import defvjp, primitive

from gradaudit import audited_backward, distributions


@audited_backward(inputs={"x": "N D", "w": "D M"})
@primitive
def product(x, w):
    return np.tanh(x @ w)


defvjp(
    product,
    lambda ans, x, w: lambda g: (g * (1 - ans**2)) @ w.T,
    lambda ans, x, w: lambda g: x.T @ (g * (1 - ans**2)),
)


@audited_backward(inputs={"x": distributions.positive("N D")})
@primitive
def inverse_square(x):
    return x**-2


defvjp(inverse_square, lambda ans, x: lambda g: 2 * g * x**-3)


@audited_backward(inputs={"x": "N D", "b": "D"})
@primitive
def shifted(x, b):
    return x + b


defvjp(shifted, lambda ans, x, b: lambda g: g, lambda ans, x, b: lambda g: g)


@audited_backward(inputs={"x": "N N"})
@primitive
def mirrored(x):
    return x.T**2


defvjp(mirrored, lambda ans, x: lambda g: 2 * x.T * g)
