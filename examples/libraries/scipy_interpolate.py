"""Derivatives of SciPy's splines and interpolating polynomials, by the point of evaluation.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scipy_interpolate.py
"""

import numpy as np
from scipy import interpolate

from gradaudit import audited_backward, distributions

rng = np.random.default_rng(0)
knots = np.sort(rng.uniform(0.0, 10.0, size=9))
values = rng.normal(size=9)
slopes = rng.normal(size=9)
INSIDE = distributions.uniform("N", float(knots[0]) + 0.1, float(knots[-1]) - 0.1)

cubic = interpolate.CubicSpline(knots, values)
quintic = interpolate.make_interp_spline(knots, values, k=5)
smooth = interpolate.UnivariateSpline(knots, values, k=4, s=0.5)
fitted = interpolate.splrep(knots, values, s=0.5)
piecewise = interpolate.PPoly(rng.normal(size=(4, 8)), knots)
bernstein = interpolate.BPoly.from_derivatives(knots, np.column_stack([values, slopes]))

# What evaluates, and what evaluates the derivative.

CURVES = {
    "CubicSpline": (cubic, lambda x: cubic(x, 1)),
    "CubicSpline, second": (lambda x: cubic(x, 1), lambda x: cubic(x, 2)),
    "CubicSpline, antiderivative": (cubic.antiderivative(), cubic),
    "CubicSpline, natural": (
        interpolate.CubicSpline(knots, values, bc_type="natural"),
        interpolate.CubicSpline(knots, values, bc_type="natural").derivative(),
    ),
    "CubicHermiteSpline": (
        interpolate.CubicHermiteSpline(knots, values, slopes),
        interpolate.CubicHermiteSpline(knots, values, slopes).derivative(),
    ),
    "PchipInterpolator": (
        interpolate.PchipInterpolator(knots, values),
        interpolate.PchipInterpolator(knots, values).derivative(),
    ),
    "Akima1DInterpolator": (
        interpolate.Akima1DInterpolator(knots, values),
        interpolate.Akima1DInterpolator(knots, values).derivative(),
    ),
    "BSpline": (quintic, quintic.derivative()),
    "BSpline, nu": (quintic, lambda x: quintic(x, nu=1)),
    "BSpline, third": (quintic.derivative(2), quintic.derivative(3)),
    "BSpline, antiderivative": (quintic.antiderivative(), quintic),
    "splev": (lambda x: interpolate.splev(x, quintic.tck), lambda x: interpolate.splev(x, quintic.tck, der=1)),
    "splder": (lambda x: interpolate.splev(x, fitted), lambda x: interpolate.splev(x, interpolate.splder(fitted))),
    "UnivariateSpline": (smooth, smooth.derivative()),
    "UnivariateSpline, nu": (lambda x: smooth(x, nu=1), lambda x: smooth(x, nu=2)),
    "BPoly": (bernstein, bernstein.derivative()),
    "BPoly, nu": (bernstein, lambda x: bernstein(x, nu=1)),
    "KroghInterpolator": (
        interpolate.KroghInterpolator(knots, values),
        lambda x: interpolate.KroghInterpolator(knots, values).derivative(x),
    ),
    "BarycentricInterpolator": (
        interpolate.BarycentricInterpolator(knots, values),
        lambda x: interpolate.BarycentricInterpolator(knots, values).derivative(x),
    ),
    "PPoly": (piecewise, piecewise.derivative()),
}

for name, (curve, derivative) in CURVES.items():
    curve_derivative = audited_backward(
        forward=lambda x, curve=curve: curve(x), inputs={"x": INSIDE}, returns="elementwise", name=name
    )(lambda x, derivative=derivative: derivative(x))

# Surfaces: both partial derivatives.

grid = np.linspace(0.0, 4.0, 7)
heights = rng.normal(size=(7, 7))
surface = interpolate.RectBivariateSpline(grid, grid, heights)
tensor = interpolate.NdPPoly(rng.normal(size=(4, 3, 6, 6)), (grid, grid))
product = interpolate.RegularGridInterpolator((grid, grid), heights, method="cubic")
clamped = np.repeat([0.0, 2.0, 4.0], [4, 1, 4])
on_grid = interpolate.NdBSpline((clamped, clamped), rng.normal(size=(5, 5)), 3)


def paired(function):
    """A function of points as one of their two coordinates."""
    return lambda x, y, nu=(0, 0): function(np.stack([x, y], axis=-1), nu=nu)


SURFACES = {
    "RectBivariateSpline": lambda x, y, nu=(0, 0): surface(x, y, dx=nu[0], dy=nu[1], grid=False),
    "NdPPoly": paired(tensor),
    "RegularGridInterpolator": paired(product),
    "NdBSpline": paired(on_grid),
}
ON_GRID = distributions.uniform("N", 0.2, 3.8)


def partial_derivatives(function):
    return lambda x, y: (function(x, y, nu=(1, 0)), function(x, y, nu=(0, 1)))


for name, function in SURFACES.items():
    surface_derivatives = audited_backward(
        forward=lambda x, y, function=function: function(x, y),
        inputs={"x": ON_GRID, "y": ON_GRID},
        returns="elementwise",
        name=name,
    )(partial_derivatives(function))
