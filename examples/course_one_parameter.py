"""The smallest gradient check there is: J(θ) = θx, whose derivative with respect to θ is x.

Both inputs are scalars (an empty shape). Only θ is a parameter, so ``wrt`` names it; the derivative with respect to x,
which is θ, is not asked for.

    gradaudit scan examples/course_one_parameter.py
"""

from gradaudit import audited_backward


def forward_propagation(x, theta):
    """J(θ) = θx."""
    return theta * x


@audited_backward(forward=forward_propagation, inputs={"x": "", "theta": ""}, wrt="theta")
def backward_propagation(x, theta):
    """dJ/dθ = x."""
    return x
