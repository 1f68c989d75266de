"""autograd's vector-Jacobian products of NumPy's array functions: reductions, shapes, products, broadcasting.

An audit is named after the expression that it differentiates, so that the two can't differ.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/autograd_arrays.py
"""

import autograd.numpy as np
from autograd import make_vjp

from gradaudit import audited_backward, distributions


def differentiated(function):
    """`function` as gradaudit takes it: it returns its value and what pulls an upstream gradient back."""

    def value_and_pullback(**arrays):
        argnum = 0 if len(arrays) == 1 else tuple(range(len(arrays)))
        pullback, value = make_vjp(function, argnum)(*arrays.values())
        return value, pullback

    return value_and_pullback


MATRIX = {"x": "N D"}
TENSOR = {"x": "N D E"}
VECTOR = {"x": "N"}
POSITIVE = {"x": distributions.positive("N D")}
PAIR = {"x": "N D", "y": "N D"}
ROW = {"x": "N D", "y": "D"}
CROSSED = {"x": "N 1", "y": "1 D"}
WITH_SCALAR = {"x": "N D", "y": ""}

EXPRESSIONS = {
    # Elementwise.
    "np.abs(x)": MATRIX,
    "np.exp2(x)": MATRIX,
    "np.expm1(x)": MATRIX,
    "np.tan(x)": MATRIX,
    "np.tanh(x)": MATRIX,
    "np.arcsinh(x)": MATRIX,
    "np.sinc(x)": MATRIX,
    "np.square(x)": MATRIX,
    "np.clip(x, -0.5, 0.5)": MATRIX,
    "np.log2(x)": POSITIVE,
    "np.log1p(x)": POSITIVE,
    "np.sqrt(x)": POSITIVE,
    "np.arccos(x)": {"x": distributions.uniform("N D", -0.9, 0.9)},
    "np.arctanh(x)": {"x": distributions.uniform("N D", -0.9, 0.9)},
    "np.arccosh(x)": {"x": distributions.uniform("N D", 1.1, 3.0)},
    # Of two arrays, broadcast or not.
    "x * y": CROSSED,
    "x / y": {"x": "N D", "y": distributions.positive("D")},
    "x - y": WITH_SCALAR,
    "np.power(x, y)": {"x": distributions.positive("N D"), "y": "D"},
    "np.maximum(x, y)": ROW,
    "np.fmin(x, y)": CROSSED,
    "np.logaddexp(x, y)": ROW,
    "np.logaddexp2(x, y)": PAIR,
    "np.arctan2(x, y)": CROSSED,
    "np.hypot(x, y)": WITH_SCALAR,
    "np.mod(x, y)": {"x": "N D", "y": distributions.positive("N D")},
    "np.where(x > y, x, y)": PAIR,
    "np.where(x > 0, x, 0.1 * x)": MATRIX,
    "np.where(np.eye(3, 4) > 0, x, 0.0)": {"x": "4"},
    # Reductions.
    "np.sum(x, axis=(-1, 0))": TENSOR,
    "np.mean(x, axis=-2, keepdims=True)": TENSOR,
    "np.var(x, axis=(0, 2))": TENSOR,
    "np.var(x, axis=0, ddof=1)": {"x": "5 D"},
    "np.std(x, axis=-1, ddof=1, keepdims=True)": {"x": "N 5"},
    "np.std(x)": MATRIX,
    "np.prod(x, axis=-1, keepdims=True)": POSITIVE,
    "np.max(x, axis=(0, 1))": TENSOR,
    "np.min(x, axis=-1)": MATRIX,
    "np.cumsum(x)": MATRIX,
    "np.cumsum(x, axis=-2)": TENSOR,
    # Shapes.
    "np.reshape(x, (x.shape[0], -1), order='F')": TENSOR,
    "np.ravel(x, order='F')": MATRIX,
    "np.transpose(x, (2, 0, 1))": TENSOR,
    "np.transpose(x, (-1, 0, 1))": TENSOR,
    "np.transpose(x, (2, 0, -2))": {"x": "4 4 4"},
    "np.swapaxes(x, -1, 0)": TENSOR,
    "np.moveaxis(x, [0, 1], [2, 0])": TENSOR,
    "np.rollaxis(x, 1, 3)": TENSOR,
    "np.roll(x, -1, axis=-1)": MATRIX,
    "np.rot90(x, k=3)": TENSOR,
    "np.triu(x, k=1)": MATRIX,
    "np.tril(x, -1)": TENSOR,
    "np.triu(x)": VECTOR,
    "np.tril(x)": VECTOR,
    "np.diag(x, k=-1)": VECTOR,
    "np.diag(x, 1)": {"x": "N N"},
    "np.diag(x)": MATRIX,
    "np.trace(x, offset=1)": TENSOR,
    "np.expand_dims(x, (0, 2))": MATRIX,
    "np.squeeze(x, axis=0)": {"x": "1 N"},
    "np.broadcast_to(x, (x.shape[0], 3))": {"x": "N 1"},
    "np.pad(x, ((1, 2), (0, 3)), mode='constant')": MATRIX,
    "x[[0, 0]]": MATRIX,
    "x[x > 0]": MATRIX,
    "x[:, ::2]": MATRIX,
    # Repetition.
    "np.tile(x, (2, 3))": MATRIX,
    "np.tile(x, (2, 1, 1))": MATRIX,
    "np.tile(x, 3)": {"x": "3 D"},
    "np.tile(x, (1, 2))": {"x": "3 2 D"},
    "np.repeat(x, 2)": MATRIX,
    "np.repeat(x, 2, axis=0)": TENSOR,
    "np.repeat(x, 2, axis=-1)": MATRIX,
    "np.repeat(x, 2, axis=-2)": MATRIX,
    # Joining and splitting.
    "np.concatenate((x, y), axis=-1)": PAIR,
    "np.stack((x, y), axis=1)": PAIR,
    "np.hstack((x, y))": PAIR,
    "np.append(x, y, axis=0)": PAIR,
    "np.array([x, y])": PAIR,
    "np.array_split(x, 3, axis=1)[1]": MATRIX,
    "np.sort(x)": VECTOR,
    "np.partition(x, 1)": {"x": "5"},
    # Differences.
    "np.diff(x, n=2, axis=0)": {"x": "6 D"},
    "np.gradient(x, axis=-1)": {"x": "N 6"},
    "np.linspace(x, y, 5)": {"x": "", "y": ""},
    # Products.
    "np.dot(x, y)": {"x": "B N D", "y": "B D M"},
    "np.matmul(x, y)": {"x": "D", "y": "B D M"},
    "np.inner(x, y)": {"x": "N D", "y": "M D"},
    "np.outer(x, y)": {"x": "N", "y": "D"},
    "np.kron(x, y)": {"x": "N D", "y": "D M"},
    "np.cross(x, y, axisb=0)": {"x": "N 3", "y": "3 N"},
    "np.cross(x, np.eye(3))": {"x": "3"},
    "np.tensordot(x, y, axes=([2, 0], [1, 0]))": {"x": "B N D", "y": "B D M"},
    "np.tensordot(x, y, axes=([-1], [-1]))": PAIR,
    "np.einsum('...ij,jk->...ik', x, y)": {"x": "B N D", "y": "D M"},
    "np.einsum('ij,kj', x, y)": {"x": "N D", "y": "M D"},
    "np.einsum('i,j->i', x, y)": {"x": "N", "y": "D"},
}

WRONG = {
    "np.where(np.eye(3, 4) > 0, x, 0.0)": "not summed over the axes that are broadcast, autograd 1.9.1",
    "np.cross(x, np.eye(3))": "not summed over the axes that are broadcast, autograd 1.9.1",
    "np.transpose(x, (-1, 0, 1))": "negative axes are sorted before they are counted from the end, autograd 1.9.1",
    "np.transpose(x, (2, 0, -2))": "negative axes are sorted before they are counted from the end, autograd 1.9.1",
    "np.triu(x)": "a vector becomes a matrix, and so does its gradient, autograd 1.9.1",
    "np.tril(x)": "a vector becomes a matrix, and so does its gradient, autograd 1.9.1",
    "np.diag(x)": "the gradient of a matrix that is not square is square, autograd 1.9.1",
    "np.tile(x, 3)": "fewer repetitions than axes are split off the first axes, autograd 1.9.1",
    "np.tile(x, (1, 2))": "fewer repetitions than axes are split off the first axes, autograd 1.9.1",
    "np.repeat(x, 2, axis=-1)": "a negative axis is counted from the start, autograd 1.9.1",
    "np.repeat(x, 2, axis=-2)": "a negative axis is counted from the start, autograd 1.9.1",
}

for expression, inputs in EXPRESSIONS.items():
    function = eval(f"lambda {', '.join(inputs)}: {expression}")
    array_vjp = audited_backward(inputs=inputs, name=expression, xfail=WRONG.get(expression))(differentiated(function))
