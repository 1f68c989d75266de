"""scikit-learn's losses: their derivatives by prediction, and the gradients of the linear models that are built on them.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scikit_learn_losses.py
"""

from sklearn._loss import loss as losses
from sklearn.linear_model import _sgd_fast as sgd
from sklearn.linear_model._linear_loss import LinearModelLoss

from gradaudit import audited_backward

SAMPLES, FEATURES, CLASSES = 20, 4, 3


# What the losses are about: each draws its targets.


def real(rng):
    return rng.normal(size=SAMPLES)


def positive(rng):
    return rng.uniform(0.5, 2, size=SAMPLES)


def counts(rng):
    return rng.poisson(2.0, size=SAMPLES).astype(float)


def labels(rng):
    return rng.integers(0, 2, size=SAMPLES).astype(float)


def classes(rng):
    return rng.integers(0, CLASSES, size=SAMPLES).astype(float)


# The loss of each sample and its derivatives by the raw prediction, which stands before the link function.

POINTWISE = {
    "HalfSquaredError": (losses.HalfSquaredError(), real, real),
    "AbsoluteError": (losses.AbsoluteError(), real, real),
    "PinballLoss(quantile=0.2)": (losses.PinballLoss(quantile=0.2), real, real),
    "HuberLoss(delta=0.7)": (losses.HuberLoss(delta=0.7), real, real),
    "HalfPoissonLoss": (losses.HalfPoissonLoss(), counts, real),
    "HalfGammaLoss": (losses.HalfGammaLoss(), positive, real),
    "HalfTweedieLoss(power=0)": (losses.HalfTweedieLoss(power=0), real, real),
    "HalfTweedieLoss(power=1.5)": (losses.HalfTweedieLoss(power=1.5), positive, real),
    "HalfTweedieLoss(power=3)": (losses.HalfTweedieLoss(power=3), positive, real),
    "HalfTweedieLossIdentity(power=0)": (losses.HalfTweedieLossIdentity(power=0), real, real),
    "HalfTweedieLossIdentity(power=1)": (losses.HalfTweedieLossIdentity(power=1), positive, positive),
    "HalfTweedieLossIdentity(power=1.5)": (losses.HalfTweedieLossIdentity(power=1.5), positive, positive),
    "HalfTweedieLossIdentity(power=2)": (losses.HalfTweedieLossIdentity(power=2), positive, positive),
    "HalfBinomialLoss": (losses.HalfBinomialLoss(), labels, real),
    "ExponentialLoss": (losses.ExponentialLoss(), labels, real),
}


def pointwise(target, prediction):
    return lambda rng: {"y_true": target(rng), "raw_prediction": prediction(rng), "sample_weight": positive(rng)}


def second_derivative(loss):
    def hessian(y_true, raw_prediction, sample_weight):
        return loss.gradient_hessian(y_true, raw_prediction, sample_weight)[1]

    return hessian


for name, (loss, target, prediction) in POINTWISE.items():
    options = {"inputs": pointwise(target, prediction), "wrt": "raw_prediction", "returns": "elementwise", "name": name}
    loss_derivative = audited_backward(forward=loss.loss, **options)(loss.gradient)
    if not loss.approx_hessian:
        loss_second_derivative = audited_backward(forward=loss.gradient, **options)(second_derivative(loss))


# Of several classes, a sample's loss depends on the raw predictions of all of them.

multinomial = losses.HalfMultinomialLoss(n_classes=CLASSES)


def multinomial_loss(y_true, raw_prediction):
    return multinomial.loss(y_true, raw_prediction).sum()


def of_classes(rng):
    return {"y_true": classes(rng), "raw_prediction": rng.normal(size=(SAMPLES, CLASSES))}


multinomial_gradient = audited_backward(forward=multinomial_loss, inputs=of_classes, wrt="raw_prediction")(
    multinomial.gradient
)
multinomial_gradient_with_probabilities = audited_backward(
    forward=multinomial_loss, inputs=of_classes, wrt="raw_prediction"
)(lambda y_true, raw_prediction: multinomial.gradient_proba(y_true, raw_prediction)[0])


# The losses of stochastic gradient descent, at one prediction `p`.

SGD = {
    "Hinge": sgd.Hinge(),
    "Hinge(threshold=0)": sgd.Hinge(0.0),
    "SquaredHinge": sgd.SquaredHinge(),
    "ModifiedHuber": sgd.ModifiedHuber(),
    "EpsilonInsensitive": sgd.EpsilonInsensitive(0.1),
    "SquaredEpsilonInsensitive": sgd.SquaredEpsilonInsensitive(0.1),
}


def prediction_and_sign(rng):
    return {"p": rng.normal(), "y": rng.choice([-1.0, 1.0])}


for name, loss in SGD.items():
    # A hinge is flat where the prediction is right by a margin: ten points, so that not all of them are there.
    sgd_derivative = audited_backward(forward=loss.py_loss, inputs=prediction_and_sign, wrt="p", trials=10, name=name)(
        loss.py_dloss
    )


# A linear model's loss by its coefficients: weighted samples, an L2 penalty on all but the intercept.

LINEAR = {
    "HalfSquaredError": (losses.HalfSquaredError(), real),
    "HalfBinomialLoss": (losses.HalfBinomialLoss(), labels),
    "HalfPoissonLoss": (losses.HalfPoissonLoss(), counts),
    "HalfGammaLoss": (losses.HalfGammaLoss(), positive),
    "HalfTweedieLoss": (losses.HalfTweedieLoss(power=1.5), positive),
    "HalfMultinomialLoss": (multinomial, classes),
}


def regression(target, dof, is_multiclass):
    """What draws the arguments of the methods of `LinearModelLoss`."""

    def draw(rng):
        return {
            "coef": rng.normal(size=(CLASSES, dof) if is_multiclass else dof),
            "X": rng.normal(size=(SAMPLES, FEATURES)),
            "y": target(rng),
            "sample_weight": positive(rng),
            "l2_reg_strength": 0.3,
        }

    return draw


def hessian_of(model):
    """The Hessian; of several classes as the product of two axes of coefficients, classes running fastest."""

    def hessian(coef, X, y, sample_weight, l2_reg_strength):
        matrix = model.gradient_hessian(coef, X, y, sample_weight, l2_reg_strength)[1]
        if coef.ndim == 1:
            return matrix
        dof = coef.shape[1]
        return matrix.reshape(dof, CLASSES, dof, CLASSES).transpose(1, 0, 3, 2)

    return hessian


def hessian_product_of(model):
    def product(v, coef, X, y, sample_weight, l2_reg_strength):
        return model.gradient_hessian_product(coef, X, y, sample_weight, l2_reg_strength)[1](v)

    return product


for name, (loss, target) in LINEAR.items():
    for fit_intercept in (False, True):
        model = LinearModelLoss(base_loss=loss, fit_intercept=fit_intercept)
        options = {
            "inputs": regression(target, FEATURES + fit_intercept, loss.is_multiclass),
            "wrt": "coef",
            "name": f"{name}, fit_intercept={fit_intercept}",
        }
        linear_loss_gradient = audited_backward(**options)(model.loss_gradient)
        linear_gradient = audited_backward(forward=model.loss, **options)(model.gradient)
        linear_hessian = audited_backward(forward=model.gradient, returns="jacobian", **options)(hessian_of(model))
        # The Hessian is symmetric, so its product with v is what the gradient pulls v back to.
        linear_hessian_product = audited_backward(forward=model.gradient, bind={"v": "upstream"}, **options)(
            hessian_product_of(model)
        )
