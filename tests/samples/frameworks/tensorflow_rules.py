"""Functions with a custom gradient in TensorFlow: a right one, and three that are wrong."""

import tensorflow as tf

from gradaudit import audited_backward


@audited_backward(inputs={"x": "N D", "w": "D M"})
@tf.custom_gradient
def product(x, w):
    y = tf.tanh(x @ w)

    def grad(upstream):
        inner = upstream * (1 - y**2)
        return inner @ tf.transpose(w), tf.transpose(x) @ inner

    return y, grad


@audited_backward(inputs={"x": "N D"})
@tf.custom_gradient
def softplus(x):
    return tf.math.log1p(tf.exp(x)), lambda upstream: 2 * upstream * tf.sigmoid(x)


@audited_backward(inputs={"x": "N D"})
@tf.custom_gradient
def cosine(x):
    return tf.cos(x), lambda upstream: upstream * tf.sin(x)


@audited_backward(inputs={"x": "N D"})
@tf.custom_gradient
def narrowed(x):
    half = tf.cast(x, tf.float32)
    return x**2, lambda upstream: 2 * tf.cast(half, tf.float64) * tf.abs(upstream)
