"""numpy-ml's activations and losses, and the objective of its logistic regression.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/numpy_ml_functions.py
"""

import collections
import collections.abc
import warnings

import numpy as np

collections.Hashable = collections.abc.Hashable  # numpy-ml 0.1.2 looks for it where it was before Python 3.10
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that only its other parts need
    from numpy_ml.linear_models import LogisticRegression
    from numpy_ml.neural_nets import activations, losses
    from numpy_ml.trees import losses as tree_losses

from gradaudit import audited_backward, distributions

# Activations, with first and second derivatives.

ACTIVATIONS = (
    activations.Sigmoid(),
    activations.Tanh(),
    activations.ELU(1.5),
    activations.SELU(),
    activations.SoftPlus(),
    activations.Exponential(),
    activations.ReLU(),
    activations.LeakyReLU(0.2),
    activations.HardSigmoid(),
    activations.Affine(2.0, 1.0),
)
CURVED = ACTIVATIONS[:6]  # the second derivatives of the others are zero

for activation in ACTIVATIONS:
    activation_derivative = audited_backward(
        forward=activation.fn, inputs={"z": "N D"}, bind={"x": "z"}, returns="elementwise", name=str(activation)
    )(activation.grad)

for activation in CURVED:
    activation_second_derivative = audited_backward(
        forward=activation.grad, inputs={"x": "N D"}, returns="elementwise", name=str(activation)
    )(activation.grad2)

# Losses. Two of them are differentiated by what stands before the activation: a convention, so the forward has it too.

PREDICTIONS = distributions.uniform("N D", 0.1, 0.9)

squared_error = losses.SquaredError()
tanh = activations.Tanh()
squared_error_gradient = audited_backward(
    forward=lambda y, z: squared_error.loss(y, tanh.fn(z)), inputs={"y": "N D", "z": "N D"}, wrt="z"
)(lambda y, z: squared_error.grad(y, tanh.fn(z), z, tanh))


def softmax(z):
    weights = np.exp(z - z.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


cross_entropy = losses.CrossEntropy()
cross_entropy_gradient = audited_backward(
    forward=lambda y, z: cross_entropy.loss(y, softmax(z)),
    inputs={"y": distributions.one_hot("N C"), "z": "N C"},
    wrt="z",
)(lambda y, z: cross_entropy.grad(y, softmax(z)))

variational = losses.VAELoss()


def variational_gradient(y, y_pred, t_mean, t_log_var):
    by_prediction, by_log_variance, by_mean = variational.grad(y, y_pred, t_mean, t_log_var)
    return {"y_pred": by_prediction, "t_mean": by_mean, "t_log_var": by_log_variance}


variational_loss = audited_backward(
    forward=variational.loss,
    inputs={"y": PREDICTIONS, "y_pred": PREDICTIONS, "t_mean": "N T", "t_log_var": "N T"},
    wrt=("y_pred", "t_mean", "t_log_var"),
)(variational_gradient)

adversarial = losses.WGAN_GPLoss()
adversarial_critic = audited_backward(
    forward=lambda Y_fake, Y_real, gradInterp: adversarial.loss(Y_fake, "C", Y_real, gradInterp),
    inputs={"Y_fake": "N", "Y_real": "N", "gradInterp": "N D"},
    xfail="the gradients of Y_fake and Y_real are returned in another order than documented, numpy-ml 0.1.2",
)(lambda Y_fake, Y_real, gradInterp: adversarial.grad(Y_fake, "C", Y_real, gradInterp))
adversarial_generator = audited_backward(forward=lambda Y_fake: adversarial.loss(Y_fake, "G"), inputs={"Y_fake": "N"})(
    lambda Y_fake: adversarial.grad(Y_fake, "G")
)

mean_squared = tree_losses.MSELoss()
tree_squared_error = audited_backward(forward=mean_squared, inputs={"y": "N", "y_pred": "N"}, wrt="y_pred")(
    mean_squared.grad
)
tree_entropy = tree_losses.CrossEntropyLoss()
tree_cross_entropy = audited_backward(
    forward=tree_entropy,
    inputs={"y": distributions.one_hot("N C"), "y_pred": distributions.uniform("N C", 0.1, 0.9)},
    wrt="y_pred",
)(tree_entropy.grad)

# Logistic regression: the coefficients are an attribute.


def objective(penalty, gamma):
    model = LogisticRegression(penalty=penalty, gamma=gamma, fit_intercept=False)

    def predicted(beta, X):
        model.beta = beta
        return 1 / (1 + np.exp(-X @ beta))

    def loss(beta, X, y):
        return model._NLL(X, y, predicted(beta, X))

    def gradient(beta, X, y):
        return model._NLL_grad(X, y, predicted(beta, X))

    return loss, gradient


def samples(rng):
    return {"beta": rng.normal(size=4), "X": rng.normal(size=(15, 4)), "y": rng.integers(0, 2, size=15)}


OBJECTIVES = {
    "no penalty": objective("l2", 0.0),
    "l2": objective("l2", 0.5),
    "l1": objective("l1", 0.5),
}
SUBTRACTED = "the penalty's gradient is subtracted instead of added, numpy-ml 0.1.2"
WRONG = {"l2": SUBTRACTED, "l1": SUBTRACTED}

for name, (loss, gradient) in OBJECTIVES.items():
    logistic_regression = audited_backward(forward=loss, inputs=samples, wrt="beta", name=name, xfail=WRONG.get(name))(
        gradient
    )
