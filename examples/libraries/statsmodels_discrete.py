"""Scores and Hessians of statsmodels' models of discrete choice and of counts.

The audited functions are bound methods of a model that holds its data; only the parameters are drawn.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/statsmodels_discrete.py
"""

import numpy as np
from statsmodels.discrete import conditional_models as conditional
from statsmodels.discrete import count_model, discrete_model, truncated_model

from gradaudit import audited_backward

OBSERVATIONS = 40

rng = np.random.default_rng(0)
X = np.column_stack([np.ones(OBSERVATIONS), rng.normal(size=(OBSERVATIONS, 2))])
Z = X[:, :2]
yes_or_no = rng.integers(0, 2, size=OBSERVATIONS)
counts = rng.poisson(2.0, size=OBSERVATIONS)
positive_counts = np.maximum(counts, 1)
choice = np.arange(OBSERVATIONS) % 3
offset = rng.normal(scale=0.3, size=OBSERVATIONS)
exposure = rng.uniform(1.5, 3.0, size=OBSERVATIONS)
groups = np.repeat(np.arange(OBSERVATIONS // 4), 4)


def on_the_scale_of_the_dispersion(model):
    """`NegativeBinomial` takes the logarithm of its dispersion while it fits, its Hessian never does."""
    model._transparams = False
    return model


def on_the_log_scale(model):
    """As during `fit(use_transparams=True)`: the last parameter is the logarithm of the dispersion."""
    model._transparams = True
    return model


def truncated(model, **options):
    return model(positive_counts, X, truncation=0, **options)


def inflated(model, **options):
    return model(counts, X, exog_infl=Z, **options)


# Each with the number of its coefficients, and of the dispersion parameters that follow them.

MODELS = {
    "Logit": (discrete_model.Logit(yes_or_no, X), 3, 0),
    "Logit, offset": (discrete_model.Logit(yes_or_no, X, offset=offset), 3, 0),
    "Probit": (discrete_model.Probit(yes_or_no, X), 3, 0),
    "Probit, offset": (discrete_model.Probit(yes_or_no, X, offset=offset), 3, 0),
    "MNLogit": (discrete_model.MNLogit(choice, X), 6, 0),
    "Poisson": (discrete_model.Poisson(counts, X), 3, 0),
    "Poisson, exposure": (discrete_model.Poisson(counts, X, offset=offset, exposure=exposure), 3, 0),
    "NegativeBinomial, nb2": (
        on_the_scale_of_the_dispersion(discrete_model.NegativeBinomial(counts, X, loglike_method="nb2")),
        3,
        1,
    ),
    "NegativeBinomial, nb1": (
        on_the_scale_of_the_dispersion(discrete_model.NegativeBinomial(counts, X, loglike_method="nb1")),
        3,
        1,
    ),
    "NegativeBinomial, geometric": (
        discrete_model.NegativeBinomial(counts, X, loglike_method="geometric", exposure=exposure),
        3,
        0,
    ),
    "NegativeBinomialP, p=1": (discrete_model.NegativeBinomialP(counts, X, p=1), 3, 1),
    "NegativeBinomialP, p=1.5": (discrete_model.NegativeBinomialP(counts, X, p=1.5), 3, 1),
    "NegativeBinomialP, p=2": (discrete_model.NegativeBinomialP(counts, X, p=2, offset=offset), 3, 1),
    "NegativeBinomialP, log scale": (on_the_log_scale(discrete_model.NegativeBinomialP(counts, X, p=2)), 3, 1),
    "GeneralizedPoisson, p=1": (discrete_model.GeneralizedPoisson(counts, X, p=1), 3, 1),
    "GeneralizedPoisson, p=1.5": (discrete_model.GeneralizedPoisson(counts, X, p=1.5), 3, 1),
    "GeneralizedPoisson, p=2": (discrete_model.GeneralizedPoisson(counts, X, p=2, exposure=exposure), 3, 1),
    "GeneralizedPoisson, log scale": (on_the_log_scale(discrete_model.GeneralizedPoisson(counts, X, p=2)), 3, 1),
    "ZeroInflatedPoisson, logit": (inflated(count_model.ZeroInflatedPoisson), 5, 0),
    "ZeroInflatedPoisson, probit": (inflated(count_model.ZeroInflatedPoisson, inflation="probit"), 5, 0),
    "ZeroInflatedPoisson, exposure": (inflated(count_model.ZeroInflatedPoisson, exposure=exposure), 5, 0),
    "ZeroInflatedGeneralizedPoisson": (inflated(count_model.ZeroInflatedGeneralizedPoisson), 5, 1),
    "ZeroInflatedNegativeBinomialP": (inflated(count_model.ZeroInflatedNegativeBinomialP), 5, 1),
    "TruncatedLFPoisson": (truncated(truncated_model.TruncatedLFPoisson), 3, 0),
    "TruncatedLFPoisson, offset": (truncated(truncated_model.TruncatedLFPoisson, offset=offset), 3, 0),
    "TruncatedLFPoisson, exposure": (truncated(truncated_model.TruncatedLFPoisson, exposure=exposure), 3, 0),
    "TruncatedLFNegativeBinomialP, p=1": (truncated(truncated_model.TruncatedLFNegativeBinomialP, p=1), 3, 1),
    "TruncatedLFNegativeBinomialP, p=2": (truncated(truncated_model.TruncatedLFNegativeBinomialP, p=2), 3, 1),
    "TruncatedLFGeneralizedPoisson, p=1": (truncated(truncated_model.TruncatedLFGeneralizedPoisson, p=1), 3, 1),
    "TruncatedLFGeneralizedPoisson, p=2": (truncated(truncated_model.TruncatedLFGeneralizedPoisson, p=2), 3, 1),
    "HurdleCountModel": (truncated_model.HurdleCountModel(counts, X), 6, 0),
    "ConditionalLogit": (conditional.ConditionalLogit(yes_or_no, X[:, 1:], groups=groups), 2, 0),
    "ConditionalPoisson": (conditional.ConditionalPoisson(counts, X[:, 1:], groups=groups), 2, 0),
    "ConditionalMNLogit": (conditional.ConditionalMNLogit(choice, X[:, 1:], groups=groups), 4, 0),
}

SQUARED = "the last element is squared instead of multiplied by the dispersion, statsmodels 0.15.0"
OTHER_P = "the probability of what is cut off is differentiated for the default p, statsmodels 0.15.0"
TWICE = "the logarithm of the exposure is taken twice, in the likelihood for one part only, statsmodels 0.15.0"
NO_CROSS = "the block between the two sets of coefficients is zero, statsmodels 0.15.0"

WRONG = {
    ("score", "NegativeBinomialP, log scale"): SQUARED,
    ("score", "GeneralizedPoisson, log scale"): SQUARED,
    ("score", "TruncatedLFNegativeBinomialP, p=1"): OTHER_P,
    ("score", "TruncatedLFGeneralizedPoisson, p=2"): OTHER_P,
    ("score", "TruncatedLFPoisson, exposure"): TWICE,
    ("hessian", "ZeroInflatedPoisson, logit"): NO_CROSS,
    ("hessian", "ZeroInflatedPoisson, exposure"): NO_CROSS,
    ("hessian", "NegativeBinomialP, p=1.5"): "the block between coefficients and dispersion is wrong unless p is 1 or "
    "2, statsmodels 0.15.0",
}


def parameters(coefficients, dispersions):
    def draw(rng):
        drawn = rng.normal(scale=0.4, size=coefficients), rng.uniform(0.2, 0.8, size=dispersions)
        return {"params": np.concatenate(drawn)}

    return draw


for name, (model, coefficients, dispersions) in MODELS.items():
    options = {"inputs": parameters(coefficients, dispersions), "name": name}
    score = audited_backward(forward=model.loglike, xfail=WRONG.get(("score", name)), **options)(model.score)

# The Hessian is the Jacobian of the score; the models that are not listed differentiate numerically.
HESSIANS = (
    "Logit",
    "Probit",
    "MNLogit",
    "Poisson",
    "Poisson, exposure",
    "NegativeBinomial, nb2",
    "NegativeBinomial, nb1",
    "NegativeBinomial, geometric",
    "NegativeBinomialP, p=1",
    "NegativeBinomialP, p=1.5",
    "NegativeBinomialP, p=2",
    "GeneralizedPoisson, p=1",
    "GeneralizedPoisson, p=1.5",
    "GeneralizedPoisson, p=2",
    "ZeroInflatedPoisson, logit",
    "ZeroInflatedPoisson, exposure",
)

for name in HESSIANS:
    model, coefficients, dispersions = MODELS[name]
    options = {"inputs": parameters(coefficients, dispersions), "name": name, "returns": "jacobian"}
    hessian = audited_backward(forward=model.score, xfail=WRONG.get(("hessian", name)), **options)(model.hessian)

# The Jacobian of the log-likelihoods of single observations.
BY_OBSERVATION = (
    "Logit",
    "Probit",
    "Poisson",
    "NegativeBinomialP, p=1.5",
    "GeneralizedPoisson, p=1.5",
    "ZeroInflatedPoisson, logit",
    "ZeroInflatedPoisson, probit",
    "ZeroInflatedGeneralizedPoisson",
    "ZeroInflatedNegativeBinomialP",
    "TruncatedLFPoisson",
)

for name in BY_OBSERVATION:
    model, coefficients, dispersions = MODELS[name]
    options = {"inputs": parameters(coefficients, dispersions), "name": name, "returns": "jacobian"}
    score_by_observation = audited_backward(forward=model.loglikeobs, **options)(model.score_obs)
