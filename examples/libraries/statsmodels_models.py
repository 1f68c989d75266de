"""Scores and Hessians of statsmodels' other models: linear and generalised linear, survival, mixed, autoregressive.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/statsmodels_models.py
"""

import numpy as np
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.genmod import families
from statsmodels.genmod.families import links
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.multivariate.factor import Factor
from statsmodels.othermod.betareg import BetaModel
from statsmodels.regression.dimred import CovarianceReduction
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams
from statsmodels.regression.process_regression import GaussianCovariance, ProcessMLE
from statsmodels.tsa.ar_model import AutoReg

from gradaudit import audited_backward, distributions

OBSERVATIONS = 40

rng = np.random.default_rng(0)
X = np.column_stack([np.ones(OBSERVATIONS), rng.normal(size=(OBSERVATIONS, 2))])
Z = X[:, :2]
real = rng.normal(size=OBSERVATIONS)
positive = rng.uniform(0.5, 2.0, size=OBSERVATIONS)
fractions = rng.uniform(0.1, 0.9, size=OBSERVATIONS)
yes_or_no = rng.integers(0, 2, size=OBSERVATIONS)
counts = rng.poisson(2.0, size=OBSERVATIONS)
weights = rng.uniform(0.5, 2.0, size=OBSERVATIONS)
offset = rng.normal(scale=0.3, size=OBSERVATIONS)


def coefficients(size):
    return {"params": distributions.normal(str(size), std=0.4)}


# Generalised linear models, at a given scale: without one they estimate it anew at every point.

GENERALISED = {
    "Gaussian": GLM(real, X),
    "Gaussian, var_weights": GLM(real, X, var_weights=weights),
    "Gaussian, Log": GLM(positive, X, family=families.Gaussian(links.Log())),
    "Binomial": GLM(yes_or_no, X, family=families.Binomial()),
    "Binomial, Probit": GLM(yes_or_no, X, family=families.Binomial(links.Probit())),
    "Binomial, CLogLog": GLM(yes_or_no, X, family=families.Binomial(links.CLogLog())),
    "Binomial, LogLog": GLM(yes_or_no, X, family=families.Binomial(links.LogLog())),
    "Binomial, Cauchy": GLM(yes_or_no, X, family=families.Binomial(links.Cauchy())),
    "Binomial, counts": GLM(np.column_stack([counts, 9 - counts]), X, family=families.Binomial()),
    "Poisson": GLM(counts, X, family=families.Poisson()),
    "Poisson, offset": GLM(counts, X, family=families.Poisson(), offset=offset, exposure=weights),
    "Poisson, freq_weights": GLM(counts, X, family=families.Poisson(), freq_weights=np.arange(OBSERVATIONS) % 3 + 1.0),
    "Gamma, Log": GLM(positive, X, family=families.Gamma(links.Log())),
    "InverseGaussian, Log": GLM(positive, X, family=families.InverseGaussian(links.Log())),
    "NegativeBinomial": GLM(counts, X, family=families.NegativeBinomial(alpha=0.7)),
    "Tweedie": GLM(positive, X, family=families.Tweedie(var_power=1.5)),
    "Tweedie, extended quasi-likelihood": GLM(positive, X, family=families.Tweedie(var_power=1.5, eql=True)),
}


def at_scale(function, scale=0.8):
    return lambda params: function(params, scale=scale)


for name, model in GENERALISED.items():
    options = {"inputs": coefficients(3), "name": name}
    scale = 1.0 if name.startswith("Binomial") else 0.8  # the likelihood of the Binomial family knows no other
    glm_score = audited_backward(forward=at_scale(model.loglike, scale), **options)(at_scale(model.score, scale))
    glm_hessian = audited_backward(forward=at_scale(model.score, scale), returns="jacobian", **options)(
        at_scale(model.hessian, scale)
    )

# Linear models: profiled over the scale, and at a given one.

ols = OLS(real, X)
autoregression = AutoReg(real, lags=3)

ols_score = audited_backward(forward=ols.loglike, inputs=coefficients(3), name="profiled")(ols.score)
ols_hessian = audited_backward(
    forward=ols.score,
    inputs=coefficients(3),
    returns="jacobian",
    name="profiled",
    xfail="X'X/ssr is half of what it has to be, statsmodels 0.15.0",
)(ols.hessian)
ols_score_at_scale = audited_backward(forward=at_scale(ols.loglike), inputs=coefficients(3))(at_scale(ols.score))
ols_hessian_at_scale = audited_backward(forward=at_scale(ols.score), inputs=coefficients(3), returns="jacobian")(
    at_scale(ols.hessian)
)
autoregression_score = audited_backward(
    forward=autoregression.loglike,
    inputs=coefficients(4),
    xfail="not divided by the variance of the residuals, statsmodels 0.15.0",
)(autoregression.score)

# Proportional hazards, with ties.

times = np.round(rng.exponential(size=OBSERVATIONS), 1) + 0.1
HAZARDS = {
    f"{ties}{', ' if named else ''}{named}": PHReg(times, X[:, 1:], status=yes_or_no, ties=ties, **given)
    for ties in ("breslow", "efron")
    for named, given in {
        "": {},
        "strata": {"strata": np.arange(OBSERVATIONS) % 2},
        "entry": {"entry": times / 3},
        "offset": {"offset": offset},
    }.items()
}

for name, model in HAZARDS.items():
    options = {"inputs": coefficients(2), "name": name}
    hazard_score = audited_backward(forward=model.loglike, **options)(model.score)
    hazard_hessian = audited_backward(forward=model.score, returns="jacobian", **options)(model.hessian)

# Beta regression: coefficients of the mean, then of the precision.

beta = BetaModel(fractions, X, exog_precision=Z)
beta_score = audited_backward(forward=beta.loglike, inputs=coefficients(5))(beta.score)
beta_score_by_observation = audited_backward(forward=beta.loglikeobs, inputs=coefficients(5), returns="jacobian")(
    beta.score_obs
)
beta_hessian = audited_backward(forward=beta.score, inputs=coefficients(5), returns="jacobian")(beta.hessian)

# Factor analysis: roots of the uniquenesses, then the loadings. Covariance reduction: a projection, flattened.

factor = Factor(rng.normal(size=(OBSERVATIONS, 5)), n_factor=2)
factor_score = audited_backward(forward=factor.loglike, inputs={"par": distributions.positive("15")})(factor.score)

reduction = CovarianceReduction(np.arange(OBSERVATIONS) % 3, rng.normal(size=(OBSERVATIONS, 4)), 2)
reduction_score = audited_backward(forward=reduction.loglike, inputs={"params": "8"})(reduction.score)

# A Gaussian process with a scale and a smoothness of each point's own.

covariance = GaussianCovariance()


def covariance_jacobian(time, sc, sm):
    """Both lists of derivatives, the parameter's axis moved to the end."""
    by_scale, by_smoothness = covariance.jac(time, sc, sm)
    return np.stack(by_scale, axis=-1), np.stack(by_smoothness, axis=-1)


gaussian_covariance = audited_backward(
    forward=covariance.get_cov,
    inputs={"time": "N", "sc": distributions.positive("N"), "sm": distributions.positive("N")},
    wrt=("sc", "sm"),
    returns="jacobian",
)(covariance_jacobian)

process = ProcessMLE(real, X, Z, Z, Z, np.arange(OBSERVATIONS) % 8 + 0.0, np.arange(OBSERVATIONS) // 8)
process_score = audited_backward(forward=process.loglike, inputs=coefficients(9))(process.score)

# A mixed linear model: the fixed effects, then the square root of the covariance of the random effects.

mixed = MixedLM(real, X, groups=np.arange(OBSERVATIONS) // 5, exog_re=Z)
mixed.cov_pen = mixed.fe_pen = None  # as `fit` sets them


def mixed_parameters(rng):
    root = np.tril(rng.normal(size=(2, 2))) + 2 * np.eye(2)
    return {"params": np.concatenate([rng.normal(size=3), root[np.tril_indices(2)]])}


def mixed_loglike(params):
    return mixed.loglike(MixedLMParams.from_packed(params, 3, 2, use_sqrt=True, has_fe=True), profile_fe=False)


def mixed_score(params):
    packed = MixedLMParams.from_packed(params, 3, 2, use_sqrt=True, has_fe=True)
    by_fixed, by_root, by_components = mixed.score_sqrt(packed, calc_fe=True)
    return np.concatenate([by_fixed, by_root, by_components])


mixed_model_score = audited_backward(forward=mixed_loglike, inputs=mixed_parameters)(mixed_score)
