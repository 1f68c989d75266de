"""Custom functions of MLX: a right one, and three that are wrong."""

import mlx.core as mx

from gradaudit import audited_backward, distributions


@audited_backward(inputs={"x": "N D"})
@mx.custom_function
def cube(x):
    return x**3


@cube.vjp
def cube_vjp(primals, cotangent, output):
    return 3 * cotangent * primals**2


@audited_backward(inputs={"x": "N D"})
@mx.custom_function
def scaled(x):
    return mx.tanh(x)


@scaled.vjp
def scaled_vjp(primals, cotangent, output):
    return 2 * cotangent * (1 - output**2)


@audited_backward(inputs={"x": distributions.positive("N D")})
@mx.custom_function
def reciprocal(x):
    return 1 / x


@reciprocal.vjp
def reciprocal_vjp(primals, cotangent, output):
    return cotangent * output**2


@audited_backward(inputs={"x": "N N", "w": "N N"})
@mx.custom_function
def product(x, w):
    return mx.tanh(x @ w)


@product.vjp
def product_vjp(primals, cotangent, output):
    x, w = primals
    inner = cotangent * (1 - output**2)
    return inner @ w.T, inner.T @ x
