"""SciPy's Rosenbrock function, the losses of its least squares, and the models of its orthogonal distance regression.

Code that one may not edit is audited from a file of one's own: `audited_backward` is called on the function, and the
audit is known by the name that the result is assigned to.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scipy_optimize.py
"""

import warnings

import numpy as np
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod
from scipy.optimize._lsq.least_squares import IMPLEMENTED_LOSSES

from gradaudit import audited_backward, distributions

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from scipy.odr import _models as odr

AT_LEAST_TWO = {"N": (2, 8)}

gradient = audited_backward(forward=rosen, inputs={"x": "N"}, sizes=AT_LEAST_TWO)(rosen_der)

# The Hessian is the Jacobian of the gradient.
hessian = audited_backward(forward=rosen_der, inputs={"x": "N"}, sizes=AT_LEAST_TWO, returns="jacobian")(rosen_hess)

# It is symmetric, so the product of the Hessian and p is what the gradient pulls p back to.
hessian_product = audited_backward(forward=rosen_der, inputs={"x": "N"}, sizes=AT_LEAST_TWO, bind={"p": "upstream"})(
    rosen_hess_prod
)


# A robust loss ρ(z) of squared residuals fills the rows of an array with ρ, ρ' and ρ''.


def row(loss, order):
    def fill(z):
        rho = np.empty((3, len(z)))
        loss(z, rho, cost_only=False)
        return rho[order]

    return fill


for name, loss in IMPLEMENTED_LOSSES.items():
    if loss is not None:  # the linear one is not called
        options = {"inputs": {"z": distributions.positive("N", 0.1, 4.0)}, "returns": "elementwise", "name": name}
        loss_derivative = audited_backward(forward=row(loss, 0), **options)(row(loss, 1))
        loss_second_derivative = audited_backward(forward=row(loss, 1), **options)(row(loss, 2))

# Orthogonal distance regression: derivatives by the parameters B, as rows, and by the explanatory variable x.

MODELS = {
    "unilinear": (odr.unilinear, 2),
    "quadratic": (odr.quadratic, 3),
    "exponential": (odr.exponential, 2),
    "polynomial(3)": (odr.polynomial(3), 4),
    "polynomial([2, 5])": (odr.polynomial([2, 5]), 3),
}


def by_parameters(model):
    return lambda B, x: model.fjacb(B, x, *(model.extra_args or ())).reshape(len(B), len(x)).T


def by_variable(model):
    return lambda B, x: model.fjacd(B, x, *(model.extra_args or ()))


def response(model):
    return lambda B, x: model.fcn(B, x, *(model.extra_args or ()))


for name, (model, size) in MODELS.items():
    inputs = {"B": distributions.normal(str(size), std=0.5), "x": "N"}
    parameter_jacobian = audited_backward(
        forward=response(model), inputs=inputs, wrt="B", returns="jacobian", name=name
    )(by_parameters(model))
    variable_derivative = audited_backward(
        forward=response(model), inputs=inputs, wrt="x", returns="elementwise", name=name
    )(by_variable(model))
