"""scikit-learn's own gradients: the losses of its linear models, and its Gaussian-process kernels.

Both return value and gradient together, so there is no forward to name.

    pip install 'gradaudit[libraries]'
    gradaudit scan examples/libraries/scikit_learn.py
"""

from sklearn._loss import (
    HalfBinomialLoss,
    HalfGammaLoss,
    HalfMultinomialLoss,
    HalfPoissonLoss,
    HalfSquaredError,
    HalfTweedieLoss,
)
from sklearn.gaussian_process import kernels
from sklearn.linear_model._linear_loss import LinearModelLoss

from gradaudit import audited_backward

SAMPLES, FEATURES, CLASSES = 20, 4, 3


def regression(target):
    """What draws the arguments of `loss_gradient`: a model with an intercept, weighted samples and an L2 penalty."""

    def draw(rng):
        return {
            "coef": rng.normal(size=FEATURES + 1),
            "X": rng.normal(size=(SAMPLES, FEATURES)),
            "y": target(rng),
            "sample_weight": rng.uniform(0.5, 2, size=SAMPLES),
            "l2_reg_strength": 0.3,
        }

    return draw


def labels(rng):
    return rng.integers(0, 2, size=SAMPLES).astype(float)


def positive(rng):
    return rng.uniform(0.5, 2, size=SAMPLES)


def counts(rng):
    return rng.poisson(2.0, size=SAMPLES).astype(float)


def real(rng):
    return rng.normal(size=SAMPLES)


def multinomial(rng):
    arguments = regression(lambda rng: rng.integers(0, CLASSES, size=SAMPLES).astype(float))(rng)
    return arguments | {"coef": rng.normal(size=(CLASSES, FEATURES + 1))}


def loss_gradient(loss):
    return LinearModelLoss(base_loss=loss, fit_intercept=True).loss_gradient


squared_error = audited_backward(inputs=regression(real), wrt="coef")(loss_gradient(HalfSquaredError()))
binomial = audited_backward(inputs=regression(labels), wrt="coef")(loss_gradient(HalfBinomialLoss()))
poisson = audited_backward(inputs=regression(counts), wrt="coef")(loss_gradient(HalfPoissonLoss()))
gamma = audited_backward(inputs=regression(positive), wrt="coef")(loss_gradient(HalfGammaLoss()))
tweedie = audited_backward(inputs=regression(positive), wrt="coef")(loss_gradient(HalfTweedieLoss(power=1.5)))
softmax = audited_backward(inputs=multinomial, wrt="coef")(loss_gradient(HalfMultinomialLoss(n_classes=CLASSES)))


# A kernel's hyperparameters are θ = log of what its constructor takes, and `eval_gradient=True` gives the derivatives
# with respect to θ, not to the length scale itself. The forward therefore has to be a function of θ too.
def covariance(kernel):
    def value_and_jacobian(theta, X):
        return kernel.clone_with_theta(theta)(X, eval_gradient=True)

    return value_and_jacobian


KERNELS = (
    kernels.RBF(),
    kernels.RBF([1.0, 1.0, 1.0]),
    kernels.Matern(nu=0.5),
    kernels.Matern(nu=1.5),
    kernels.Matern([1.0, 1.0, 1.0], nu=2.5),
    kernels.RationalQuadratic(),
    kernels.ExpSineSquared(),
    kernels.DotProduct(),
    kernels.ConstantKernel() * kernels.RBF() + kernels.WhiteKernel(),
    kernels.RBF() ** 3,
)

for kernel in KERNELS:
    inputs = {"theta": str(kernel.n_dims), "X": "N 3"}
    kernel_jacobian = audited_backward(inputs=inputs, wrt="theta", returns="jacobian", name=str(kernel))(
        covariance(kernel)
    )
