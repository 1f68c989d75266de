"""SciPy's Rosenbrock function and the derivatives that SciPy ships with it.

Code that one may not edit is audited from a file of one's own: `audited_backward` is called on the function, and the
audit is known by the name that the result is assigned to.

    pip install 'gradaudit[libraries]'
    gradaudit scan examples/libraries/scipy_optimize.py
"""

from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

from gradaudit import audited_backward

AT_LEAST_TWO = {"N": (2, 8)}

gradient = audited_backward(forward=rosen, inputs={"x": "N"}, sizes=AT_LEAST_TWO)(rosen_der)

# The Hessian is the Jacobian of the gradient.
hessian = audited_backward(forward=rosen_der, inputs={"x": "N"}, sizes=AT_LEAST_TWO, returns="jacobian")(rosen_hess)

# It is symmetric, so the product of the Hessian and p is what the gradient pulls p back to.
hessian_product = audited_backward(forward=rosen_der, inputs={"x": "N"}, sizes=AT_LEAST_TWO, bind={"p": "upstream"})(
    rosen_hess_prod
)
