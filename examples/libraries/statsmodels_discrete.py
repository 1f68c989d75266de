"""The scores and Hessians of statsmodels' models of discrete choice.

The audited functions are bound methods of a model that holds its data; only the parameters are drawn.

    pip install 'gradaudit[libraries]'
    gradaudit scan examples/libraries/statsmodels_discrete.py
"""

import numpy as np
from statsmodels.discrete.discrete_model import Logit, MNLogit, Poisson, Probit

from gradaudit import audited_backward

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
yes_or_no = rng.integers(0, 2, size=30)
counts = rng.poisson(2.0, size=30)
choice = np.arange(30) % 3

logit = Logit(yes_or_no, X)
probit = Probit(yes_or_no, X)
poisson = Poisson(counts, X)
multinomial = MNLogit(choice, X)

PARAMS = {"params": "3"}

# The gradient of the log-likelihood, ...
logit_score = audited_backward(forward=logit.loglike, inputs=PARAMS)(logit.score)
probit_score = audited_backward(forward=probit.loglike, inputs=PARAMS)(probit.score)
poisson_score = audited_backward(forward=poisson.loglike, inputs=PARAMS)(poisson.score)
multinomial_score = audited_backward(forward=multinomial.loglike, inputs={"params": "6"})(multinomial.score)

# ... its Jacobian over the observations, ...
logit_score_obs = audited_backward(forward=logit.loglikeobs, inputs=PARAMS, returns="jacobian")(logit.score_obs)
probit_score_obs = audited_backward(forward=probit.loglikeobs, inputs=PARAMS, returns="jacobian")(probit.score_obs)
poisson_score_obs = audited_backward(forward=poisson.loglikeobs, inputs=PARAMS, returns="jacobian")(poisson.score_obs)

# ... and the Hessian, which is the Jacobian of the score.
logit_hessian = audited_backward(forward=logit.score, inputs=PARAMS, returns="jacobian")(logit.hessian)
probit_hessian = audited_backward(forward=probit.score, inputs=PARAMS, returns="jacobian")(probit.hessian)
poisson_hessian = audited_backward(forward=poisson.score, inputs=PARAMS, returns="jacobian")(poisson.hessian)
