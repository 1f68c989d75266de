"""autograd's vector-Jacobian products of SciPy's special functions, distributions and convolutions.

An audit is named after the expression that it differentiates, so that the two can't differ.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/autograd_scipy.py
"""

import autograd.numpy as np
from autograd import make_vjp
from autograd.scipy import signal, special
from autograd.scipy.stats import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t

from gradaudit import audited_backward, distributions


def differentiated(function):
    """`function` as gradaudit takes it: it returns its value and what pulls an upstream gradient back."""

    def value_and_pullback(**arrays):
        argnum = 0 if len(arrays) == 1 else tuple(range(len(arrays)))
        pullback, value = make_vjp(function, argnum)(*arrays.values())
        return value, pullback

    return value_and_pullback


REAL = {"x": "N D"}
POSITIVE = {"x": distributions.positive("N")}
UNIT = {"x": distributions.uniform("N D", 0.1, 0.9)}
SHAPES = {"a": distributions.positive("N D"), "b": distributions.positive("D")}
NORMAL = {"x": "N D", "loc": "D", "scale": distributions.positive("D")}
STUDENT = {"x": "N D", "df": distributions.positive("D", 1.0, 9.0), "loc": "D", "scale": distributions.positive("D")}
VECTORS = {"x": "N D", "mean": "D", "cov": distributions.positive_definite("D D")}
RATE = {"mu": distributions.positive("4")}

EXPRESSIONS = {
    # Special functions.
    "special.beta(a, b)": SHAPES,
    "special.betaln(a, b)": SHAPES,
    "special.betainc(2.0, 3.0, x)": UNIT,
    "special.psi(x)": POSITIVE,
    "special.gamma(-x)": {"x": distributions.uniform("N", 0.1, 0.9)},
    "special.gammaln(x)": POSITIVE,
    "special.rgamma(x)": POSITIVE,
    "special.gammainc(2.5, x)": POSITIVE,
    "special.gammaincc(2.5, x)": POSITIVE,
    "special.polygamma(2, x)": POSITIVE,
    "special.multigammaln(x, 3)": {"x": distributions.positive("N", 3.0, 6.0)},
    "special.j1(x)": REAL,
    "special.jn(3, x)": REAL,
    "special.y0(x)": POSITIVE,
    "special.yn(2, x)": POSITIVE,
    "special.i1(x)": REAL,
    "special.iv(2.5, x)": POSITIVE,
    "special.ive(2, x)": REAL,
    "special.erf(x)": REAL,
    "special.erfcinv(x)": UNIT,
    "special.expit(x)": REAL,
    "special.logit(x)": UNIT,
    "special.logsumexp(x)": REAL,
    "special.logsumexp(x, axis=(0, 2))": {"x": "N D E"},
    "special.logsumexp(x, axis=-1, keepdims=True)": REAL,
    "special.logsumexp(x, axis=0, b=np.arange(1.0, 5.0))": {"x": "N 4"},
    # Distributions.
    "norm.pdf(x, loc, scale)": NORMAL,
    "norm.cdf(x, loc, scale)": NORMAL,
    "norm.sf(x, loc, scale)": NORMAL,
    "norm.logpdf(x, loc, scale)": NORMAL,
    "norm.logcdf(x, loc, scale)": NORMAL,
    "norm.logsf(x, loc, scale)": NORMAL,
    "t.pdf(x, df, loc, scale)": STUDENT,
    "t.logpdf(x, df, loc, scale)": STUDENT,
    "t.cdf(x, 3.0, loc, 2.0)": {"x": "N D", "loc": "D"},
    "t.logcdf(x, 3.0, loc, 2.0)": {"x": "N D", "loc": "D"},
    "gamma.pdf(x, a)": {"x": distributions.positive("N D"), "a": distributions.positive("D")},
    "gamma.logpdf(x, a)": {"x": distributions.positive("N D"), "a": distributions.positive("D")},
    "gamma.cdf(x, 2.5)": POSITIVE,
    "beta.logpdf(x, a, b)": UNIT | {"a": distributions.positive("D"), "b": distributions.positive("D")},
    "beta.cdf(x, 2.0, 3.0)": UNIT,
    "chi2.cdf(x, 2.5)": POSITIVE,
    "chi2.logpdf(x, 3)": POSITIVE,
    "chi2.logpdf(x, 2.5)": POSITIVE,
    "chi2.pdf(x, 2.5)": POSITIVE,
    "poisson.pmf(np.arange(4), mu)": RATE,
    "poisson.cdf(np.arange(4), mu)": RATE,
    "dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), alpha)": {"alpha": distributions.positive("3", 1.0, 3.0)},
    "multivariate_normal.pdf(x, mean, cov)": VECTORS,
    "multivariate_normal.logpdf(x, mean, cov)": VECTORS,
    "multivariate_normal.entropy(np.zeros(len(cov)), cov)": {"cov": distributions.positive_definite("D D")},
    # Convolutions.
    "signal.convolve(a, b)": {"a": "9", "b": "4"},
    "signal.convolve(a, b, mode='valid')": {"a": "3 2", "b": "6 7"},
    "signal.convolve(a, b, mode='same')": {"a": "6 7", "b": "3 2"},
    "signal.convolve(a, b, axes=([2], [2]), dot_axes=([1], [0]))": {"a": "N 3 7", "b": "3 M 4"},
    "signal.convolve(a, b, axes=([2], [2]), dot_axes=([1], [0]), mode='valid')": {"a": "N 3 7", "b": "3 M 4"},
    "signal.convolve(a, b, axes=([0], [0]), mode='same')": {"a": "8 N", "b": "3 M"},
}

WRONG = {
    "chi2.logpdf(x, 2.5)": "zero where the degrees of freedom are no whole number, autograd 1.9.1",
    "chi2.pdf(x, 2.5)": "zero where the degrees of freedom are no whole number, autograd 1.9.1",
}

for expression, inputs in EXPRESSIONS.items():
    function = eval(f"lambda {', '.join(inputs)}: {expression}")
    scipy_vjp = audited_backward(inputs=inputs, name=expression, xfail=WRONG.get(expression))(differentiated(function))
