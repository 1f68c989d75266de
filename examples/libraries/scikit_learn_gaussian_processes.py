"""scikit-learn's Gaussian processes: kernels and marginal likelihoods by the logarithms of their hyperparameters.

A kernel's θ = log of what its constructor takes, and `eval_gradient=True` gives the derivatives by θ, not by the length
scale itself. The forward therefore has to be a function of θ too.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scikit_learn_gaussian_processes.py
"""

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor, kernels

from gradaudit import audited_backward

KERNELS = (
    kernels.RBF(),
    kernels.RBF([1.0, 1.0, 1.0]),
    kernels.Matern(nu=0.5),
    kernels.Matern([1.0, 1.0, 1.0], nu=0.5),
    kernels.Matern(nu=1.5),
    kernels.Matern([1.0, 1.0, 1.0], nu=1.5),
    kernels.Matern(nu=2.5),
    kernels.Matern([1.0, 1.0, 1.0], nu=2.5),
    kernels.Matern(nu=np.inf),
    kernels.RationalQuadratic(),
    kernels.ExpSineSquared(),
    kernels.DotProduct(),
    kernels.ConstantKernel() * kernels.RBF() + kernels.WhiteKernel(),
    kernels.RBF() ** 3,
    kernels.ExpSineSquared() * kernels.RBF() + kernels.DotProduct(),
)


def covariance(kernel):
    def value_and_jacobian(theta, X):
        return kernel.clone_with_theta(theta)(X, eval_gradient=True)

    return value_and_jacobian


for kernel in KERNELS:
    kernel_jacobian = audited_backward(
        inputs={"theta": str(kernel.n_dims), "X": "N 3"}, wrt="theta", returns="jacobian", name=str(kernel)
    )(covariance(kernel))


# The log-marginal likelihood of a model that is fitted once; only θ is drawn.

rng = np.random.default_rng(0)
X = rng.normal(size=(12, 3))
targets = rng.normal(size=12)
MODEL_KERNEL = kernels.ConstantKernel() * kernels.RBF([1.0, 1.0, 1.0])


def likelihood(model):
    def value_and_gradient(theta):
        return model.log_marginal_likelihood(theta, eval_gradient=True)

    return value_and_gradient


MODELS = {
    "regression": GaussianProcessRegressor(MODEL_KERNEL, alpha=0.1, optimizer=None).fit(X, targets),
    "regression with noise": GaussianProcessRegressor(MODEL_KERNEL + kernels.WhiteKernel(), optimizer=None).fit(
        X, targets
    ),
    "regression, two targets": GaussianProcessRegressor(MODEL_KERNEL, alpha=0.1, optimizer=None).fit(
        X, rng.normal(size=(12, 2))
    ),
    "two classes": GaussianProcessClassifier(MODEL_KERNEL, optimizer=None, max_iter_predict=1000).fit(X, targets > 0),
}

for name, model in MODELS.items():
    likelihood_gradient = audited_backward(inputs={"theta": str(model.kernel_.n_dims)}, name=name)(likelihood(model))
