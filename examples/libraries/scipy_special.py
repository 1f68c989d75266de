"""SciPy's special functions that come with their derivatives.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scipy_special.py
"""

import numpy as np
from scipy import linalg, special

from gradaudit import audited_backward, distributions

REAL = distributions.normal("N", std=2.0)
POSITIVE = distributions.positive("N", 0.5, 5.0)
INSIDE = distributions.uniform("N", -0.9, 0.9)

# A function of one variable and its derivative.

PAIRS = {
    "jv, order 0": (lambda x: special.jv(0, x), lambda x: special.jvp(0, x), REAL),
    "jv, order 2.5": (lambda x: special.jv(2.5, x), lambda x: special.jvp(2.5, x), POSITIVE),
    "jvp, order 3": (lambda x: special.jvp(3, x, 1), lambda x: special.jvp(3, x, 2), REAL),
    "yv, order 1": (lambda x: special.yv(1, x), lambda x: special.yvp(1, x), POSITIVE),
    "yvp, order 0.5": (lambda x: special.yvp(0.5, x, 2), lambda x: special.yvp(0.5, x, 3), POSITIVE),
    "iv, order 1": (lambda x: special.iv(1, x), lambda x: special.ivp(1, x), REAL),
    "ivp, order 1.5": (lambda x: special.ivp(1.5, x, 1), lambda x: special.ivp(1.5, x, 2), POSITIVE),
    "kv, order 0": (lambda x: special.kv(0, x), lambda x: special.kvp(0, x), POSITIVE),
    "kvp, order 2.5": (lambda x: special.kvp(2.5, x, 1), lambda x: special.kvp(2.5, x, 2), POSITIVE),
    "spherical_jn, order 0": (
        lambda x: special.spherical_jn(0, x),
        lambda x: special.spherical_jn(0, x, derivative=True),
        REAL,
    ),
    "spherical_jn, order 3": (
        lambda x: special.spherical_jn(3, x),
        lambda x: special.spherical_jn(3, x, derivative=True),
        REAL,
    ),
    "spherical_yn, order 0": (
        lambda x: special.spherical_yn(0, x),
        lambda x: special.spherical_yn(0, x, derivative=True),
        POSITIVE,
    ),
    "spherical_yn, order 2": (
        lambda x: special.spherical_yn(2, x),
        lambda x: special.spherical_yn(2, x, derivative=True),
        POSITIVE,
    ),
    "spherical_in, order 0": (
        lambda x: special.spherical_in(0, x),
        lambda x: special.spherical_in(0, x, derivative=True),
        POSITIVE,
    ),
    "spherical_in, order 2": (
        lambda x: special.spherical_in(2, x),
        lambda x: special.spherical_in(2, x, derivative=True),
        POSITIVE,
    ),
    "spherical_kn, order 0": (
        lambda x: special.spherical_kn(0, x),
        lambda x: special.spherical_kn(0, x, derivative=True),
        POSITIVE,
    ),
    "spherical_kn, order 2": (
        lambda x: special.spherical_kn(2, x),
        lambda x: special.spherical_kn(2, x, derivative=True),
        POSITIVE,
    ),
    "ber": (special.ber, special.berp, REAL),
    "bei": (special.bei, special.beip, REAL),
    "ker": (special.ker, special.kerp, POSITIVE),
    "kei": (special.kei, special.keip, POSITIVE),
    "gammaln": (special.gammaln, special.digamma, POSITIVE),
    "digamma": (special.digamma, lambda x: special.polygamma(1, x), POSITIVE),
    "polygamma, order 2": (lambda x: special.polygamma(2, x), lambda x: special.polygamma(3, x), POSITIVE),
    "legendre_p, degree 4": (
        lambda x: special.legendre_p(4, x)[0],
        lambda x: special.legendre_p(4, x, diff_n=1)[1],
        INSIDE,
    ),
    "legendre_p, second derivative": (
        lambda x: special.legendre_p(5, x, diff_n=1)[1],
        lambda x: special.legendre_p(5, x, diff_n=2)[2],
        INSIDE,
    ),
    "assoc_legendre_p, (4, 2)": (
        lambda x: special.assoc_legendre_p(4, 2, x)[0],
        lambda x: special.assoc_legendre_p(4, 2, x, diff_n=1)[1],
        INSIDE,
    ),
    "assoc_legendre_p, (3, -1), normalised": (
        lambda x: special.assoc_legendre_p(3, -1, x, norm=True)[0],
        lambda x: special.assoc_legendre_p(3, -1, x, norm=True, diff_n=1)[1],
        INSIDE,
    ),
    "assoc_legendre_p, second derivative": (
        lambda x: special.assoc_legendre_p(4, 1, x, diff_n=1)[1],
        lambda x: special.assoc_legendre_p(4, 1, x, diff_n=2)[2],
        INSIDE,
    ),
    "sph_legendre_p, (3, 2)": (
        lambda x: special.sph_legendre_p(3, 2, x)[0],
        lambda x: special.sph_legendre_p(3, 2, x, diff_n=1)[1],
        POSITIVE,
    ),
    "jacobi": (lambda x: special.jacobi(4, 0.5, 1.5)(x), lambda x: special.jacobi(4, 0.5, 1.5).deriv()(x), INSIDE),
    "hermite": (lambda x: special.hermite(5)(x), lambda x: special.hermite(5).deriv()(x), REAL),
}

for name, (function, derivative, points) in PAIRS.items():
    special_derivative = audited_backward(forward=function, inputs={"x": points}, returns="elementwise", name=name)(
        derivative
    )

# Functions that return a value and its derivative, beside other things.

TOGETHER = {
    "airy, Ai": (lambda x: special.airy(x)[:2], REAL),
    "airy, Bi": (lambda x: special.airy(x)[2:], REAL),
    "pbdv": (lambda x: special.pbdv(1.5, x), REAL),
    "pbvv": (lambda x: special.pbvv(1.5, x), REAL),
    "pbwa": (lambda x: special.pbwa(0.5, x), REAL),
    "pro_ang1": (lambda x: special.pro_ang1(1, 2, 1.5, x), INSIDE),
    "obl_ang1": (lambda x: special.obl_ang1(1, 2, 1.5, x), INSIDE),
    "pro_rad1": (lambda x: special.pro_rad1(1, 2, 1.5, x), distributions.uniform("N", 1.2, 3.0)),
    "obl_rad1": (lambda x: special.obl_rad1(1, 2, 1.5, x), POSITIVE),
    "mathieu_modcem1": (lambda x: special.mathieu_modcem1(2, 1.5, x), POSITIVE),
    "mathieu_modsem1": (lambda x: special.mathieu_modsem1(2, 1.5, x), POSITIVE),
    # The argument of these two is in degrees, their derivative is by radians.
    "mathieu_cem": (lambda x: special.mathieu_cem(2, 1.5, np.degrees(x)), REAL),
    "mathieu_sem": (lambda x: special.mathieu_sem(2, 1.5, np.degrees(x)), REAL),
}

for name, (function, points) in TOGETHER.items():
    value_and_derivative = audited_backward(inputs={"x": points}, returns="elementwise", name=name)(function)

# All orders up to one, at a single point: a Jacobian.

SEQUENCES = {
    "lqn": (lambda z: special.lqn(4, z), distributions.uniform("", -0.9, 0.9)),
    "riccati_jn": (lambda z: special.riccati_jn(4, z), distributions.positive("", 0.5, 5.0)),
    "riccati_yn": (lambda z: special.riccati_yn(4, z), distributions.positive("", 0.5, 5.0)),
    "pbdv_seq": (lambda z: special.pbdv_seq(3.5, z), distributions.positive("", 0.5, 3.0)),
    "pbvv_seq": (lambda z: special.pbvv_seq(3.5, z), distributions.positive("", 0.5, 3.0)),
}

for name, (function, point) in SEQUENCES.items():
    sequence_of_derivatives = audited_backward(inputs={"z": point}, returns="jacobian", name=name)(function)

# The Fréchet derivative of the matrix exponential; its adjoint is that at the transpose.

EXPONENTIALS = {
    "SPS": lambda g, A: linalg.expm_frechet(A.T, g, compute_expm=False),
    "blockEnlarge": lambda g, A: linalg.expm_frechet(A.T, g, method="blockEnlarge", compute_expm=False),
}

for name, pullback in EXPONENTIALS.items():
    expm_pullback = audited_backward(forward=linalg.expm, inputs={"A": "N N"}, name=name)(pullback)
