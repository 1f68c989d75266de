"""autograd's vector-Jacobian products of linear algebra and of Fourier transforms.

An audit is named after the expression that it differentiates, so that the two can't differ.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/autograd_linalg.py
"""

import autograd.numpy as np
from autograd import make_vjp
from autograd.scipy import linalg

from gradaudit import audited_backward, distributions


def differentiated(function):
    """`function` as gradaudit takes it: it returns its value and what pulls an upstream gradient back."""

    def value_and_pullback(**arrays):
        argnum = 0 if len(arrays) == 1 else tuple(range(len(arrays)))
        pullback, value = make_vjp(function, argnum)(*arrays.values())
        return value, pullback

    return value_and_pullback


MATRIX = {"x": "N D"}
TENSOR = {"x": "B N D"}
SQUARE = {"x": "N N"}
DEFINITE = {"x": distributions.positive_definite("N N")}
SYSTEM = {"x": distributions.positive_definite("N N"), "y": "N M"}
SYSTEMS = {"x": distributions.positive_definite("B N N"), "y": "B N M"}
TRIANGULAR = {"x": distributions.uniform("N N", 3.0, 4.0), "y": "N"}
BANDED = {"x": distributions.uniform("3 6", 3.0, 4.0), "y": "6"}
EVEN = {"x": "2*N"}
EVEN_MATRIX = {"x": "2*N 2*M"}

EXPRESSIONS = {
    # Factorisations, determinants, inverses.
    "np.linalg.inv(x)": DEFINITE,
    "np.linalg.pinv(x)": MATRIX,
    "np.linalg.det(x)": {"x": "B N N"},
    "np.linalg.slogdet(x)[1]": SQUARE,
    "np.linalg.cholesky(x)": {"x": distributions.positive_definite("B N N")},
    "np.linalg.eigh(x)[0]": SQUARE,
    "np.linalg.eigh(x, 'U')[0]": {"x": "B N N"},
    "np.linalg.eigh(x)[1] ** 2": SQUARE,
    "np.linalg.svd(x, full_matrices=False)[1]": TENSOR,
    "np.linalg.svd(x, compute_uv=False)": MATRIX,
    "linalg.sqrtm(x)": DEFINITE,
    # Systems of equations.
    "np.linalg.solve(x, y)": SYSTEMS,
    "np.linalg.solve(x, np.ones((2, len(x), 1)))": DEFINITE,
    "linalg.solve_triangular(x, y)": TRIANGULAR,
    "linalg.solve_triangular(x, y, lower=True)": SYSTEM,
    "linalg.solve_triangular(x, y, trans='T', lower=True)": TRIANGULAR,
    "linalg.solve_triangular(x, y, unit_diagonal=True)": TRIANGULAR,
    "linalg.solve_banded((1, 1), x, y)": BANDED,
    "linalg.solve_sylvester(x, y, z)": {
        "x": distributions.positive_definite("N N"),
        "y": distributions.positive_definite("M M"),
        "z": "N M",
    },
    # Norms.
    "np.linalg.norm(x)": TENSOR,
    "np.linalg.norm(x, axis=-1)": MATRIX,
    "np.linalg.norm(x, 4, 1)": MATRIX,
    "np.linalg.norm(x, ord=1.5, axis=0)": MATRIX,
    "np.linalg.norm(x, axis=(2, 0))": TENSOR,
    "np.linalg.norm(x, 'nuc', axis=(1, 0))": TENSOR,
    "np.linalg.norm(x, axis=1, keepdims=True)": MATRIX,
    "np.linalg.norm(x, axis=(0, 1), keepdims=True)": MATRIX,
    "np.linalg.norm(x, np.inf, axis=1)": MATRIX,
    "np.linalg.norm(x, axis=(-1, -3))": {"x": "3 3 3"},
    # Fourier transforms.
    "np.abs(np.fft.fft(x))": {"x": "N"},
    "np.abs(np.fft.fft(x, n=5))": {"x": "N"},
    "np.abs(np.fft.fft(x, norm='forward'))": {"x": "N"},
    "np.imag(np.fft.ifft(x))": {"x": "N"},
    "np.abs(np.fft.fft2(x))": MATRIX,
    "np.abs(np.fft.fftn(x, axes=(0,)))": MATRIX,
    "np.abs(np.fft.rfft(x))": EVEN,
    "np.abs(np.fft.rfft(x, 6))": EVEN,
    "np.abs(np.fft.rfft(x, norm='ortho'))": EVEN,
    "np.abs(np.fft.rfft2(x))": EVEN_MATRIX,
    "np.abs(np.fft.rfftn(x, axes=(1, 0)))": EVEN_MATRIX,
    "np.fft.irfft(x + 0j)": {"x": "N"},
    "np.fft.irfft2(x + 0j)": MATRIX,
    "np.fft.ifftshift(x, axes=1)": MATRIX,
    "np.abs(np.fft.rfft(x, norm='backward'))": EVEN,
    "np.abs(np.fft.rfft(x, norm='forward'))": EVEN,
    "np.fft.irfft(x + 0j, 6, norm='backward')": {"x": "N"},
    "np.fft.irfft(x + 0j, 6, norm='forward')": {"x": "N"},
    "np.abs(np.fft.rfft2(x, norm='backward'))": EVEN_MATRIX,
    "np.fft.irfft2(x + 0j, norm='backward')": MATRIX,
    "np.abs(np.fft.rfft(x, n=6))": EVEN,
}

# Without a bound the second trial is a vector of one element, which an inverse real transform takes for none.
SIZES = {"np.fft.irfft(x + 0j)": {"N": (2, 8)}, "np.fft.irfft2(x + 0j)": {"N": (2, 8), "D": (2, 8)}}
SIZES["np.fft.irfft2(x + 0j, norm='backward')"] = SIZES["np.fft.irfft2(x + 0j)"]

ANOTHER_NORM = "only norm=None and 'ortho' are known, any other is scaled as 'ortho', autograd 1.9.1"
WRONG = {
    "np.linalg.solve(x, np.ones((2, len(x), 1)))": "not summed over the axes that are broadcast, autograd 1.9.1",
    "linalg.solve_triangular(x, y, unit_diagonal=True)": "unit_diagonal is not handed on, autograd 1.9.1",
    "np.linalg.norm(x, axis=1, keepdims=True)": "the axis that was kept is inserted again, autograd 1.9.1",
    "np.linalg.norm(x, axis=(0, 1), keepdims=True)": "the axes that were kept are inserted again, autograd 1.9.1",
    "np.linalg.norm(x, np.inf, axis=1)": "infinity is taken for a finite power, autograd 1.9.1",
    "np.linalg.norm(x, axis=(-1, -3))": "negative axes are inserted one after the other, autograd 1.9.1",
    "np.abs(np.fft.rfft(x, norm='backward'))": ANOTHER_NORM,
    "np.abs(np.fft.rfft(x, norm='forward'))": ANOTHER_NORM,
    "np.fft.irfft(x + 0j, 6, norm='backward')": ANOTHER_NORM,
    "np.fft.irfft(x + 0j, 6, norm='forward')": ANOTHER_NORM,
    "np.abs(np.fft.rfft2(x, norm='backward'))": ANOTHER_NORM,
    "np.fft.irfft2(x + 0j, norm='backward')": ANOTHER_NORM,
    "np.abs(np.fft.rfft(x, n=6))": "a length that is given as n= is not seen, autograd 1.9.1",
}

for expression, inputs in EXPRESSIONS.items():
    function = eval(f"lambda {', '.join(inputs)}: {expression}")
    linalg_vjp = audited_backward(
        inputs=inputs, name=expression, sizes=SIZES.get(expression), xfail=WRONG.get(expression)
    )(differentiated(function))
