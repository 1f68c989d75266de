"""statsmodels' functions that come with derivatives: links, variances, robust norms, penalties, copulas, rotations.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/statsmodels_functions.py
"""

import numpy as np
from statsmodels.base import _penalties as penalties
from statsmodels.distributions.copula import depfunc_ev, transforms
from statsmodels.genmod.families import links, varfuncs
from statsmodels.multivariate.factor_rotation import _gpa_rotation as rotation
from statsmodels.robust import norms

from gradaudit import audited_backward, distributions

PROBABILITIES = distributions.uniform("N", 0.1, 0.9)
POSITIVE = distributions.positive("N")
NEGATIVE = distributions.uniform("N", -2.0, -0.5)
REAL = distributions.normal("N")
WIDE = distributions.normal("N", std=4.0)

# Links: means go to linear predictors, and back.

LINKS = {
    "Logit": (links.Logit(), PROBABILITIES, REAL),
    "Probit": (links.Probit(), PROBABILITIES, REAL),
    "Cauchy": (links.Cauchy(), PROBABILITIES, REAL),
    "CLogLog": (links.CLogLog(), PROBABILITIES, REAL),
    "LogLog": (links.LogLog(), PROBABILITIES, REAL),
    "Log": (links.Log(), POSITIVE, REAL),
    "LogC": (links.LogC(), PROBABILITIES, NEGATIVE),
    "Power(0.7)": (links.Power(power=0.7), POSITIVE, POSITIVE),
    "Power(-1.5)": (links.Power(power=-1.5), POSITIVE, POSITIVE),
    "InversePower": (links.InversePower(), POSITIVE, POSITIVE),
    "InverseSquared": (links.InverseSquared(), POSITIVE, POSITIVE),
    "Sqrt": (links.Sqrt(), POSITIVE, POSITIVE),
    "Identity": (links.Identity(), POSITIVE, POSITIVE),
    "NegativeBinomial(0.7)": (links.NegativeBinomial(alpha=0.7), POSITIVE, NEGATIVE),
}

for name, (link, means, predictors) in LINKS.items():
    by_mean = {"inputs": {"p": means}, "returns": "elementwise", "name": name}
    by_predictor = {"inputs": {"z": predictors}, "returns": "elementwise", "name": name}
    link_derivative = audited_backward(forward=link, **by_mean)(link.deriv)
    inverse_link_derivative = audited_backward(forward=link.inverse, **by_predictor)(link.inverse_deriv)
    if name != "Identity":  # its second derivatives are zero
        link_second_derivative = audited_backward(forward=link.deriv, **by_mean)(link.deriv2)
        inverse_link_second_derivative = audited_backward(forward=link.inverse_deriv, **by_predictor)(
            link.inverse_deriv2
        )

VARIANCES = {
    "Power(1)": (varfuncs.Power(1.0), POSITIVE),
    "Power(2)": (varfuncs.Power(2.0), POSITIVE),
    "Power(1.5)": (varfuncs.Power(1.5), POSITIVE),
    "Binomial(1)": (varfuncs.Binomial(1), PROBABILITIES),
    "Binomial(5)": (varfuncs.Binomial(5), distributions.uniform("N", 0.5, 4.5)),
    "NegativeBinomial(0.7)": (varfuncs.NegativeBinomial(0.7), POSITIVE),
}

for name, (variance, means) in VARIANCES.items():
    variance_derivative = audited_backward(forward=variance, inputs={"mu": means}, returns="elementwise", name=name)(
        variance.deriv
    )

# Robust norms: ψ is the derivative of ρ.

NORMS = {
    "LeastSquares": norms.LeastSquares(),
    "HuberT": norms.HuberT(),
    "RamsayE": norms.RamsayE(),
    "AndrewWave": norms.AndrewWave(),
    "TrimmedMean": norms.TrimmedMean(),
    "Hampel": norms.Hampel(),
    "TukeyBiweight": norms.TukeyBiweight(),
    "TukeyQuartic": norms.TukeyQuartic(),
    "StudentT": norms.StudentT(),
    "MQuantileNorm(0.3)": norms.MQuantileNorm(0.3, norms.HuberT()),
}

for name, norm in NORMS.items():
    options = {"inputs": {"z": WIDE}, "returns": "elementwise", "name": name}
    norm_derivative = audited_backward(forward=norm.rho, **options)(norm.psi)
    norm_second_derivative = audited_backward(forward=norm.psi, **options)(norm.psi_deriv)

# Penalties on parameters.

WEIGHTS = np.array([0.5, 1.0, 2.0, 3.0])
DIFFERENCES = np.diff(np.eye(4), axis=0)
MIXING = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0], [0.0, 0.0, 1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])
PARAMETERS = {"params": distributions.normal("4", std=2.0)}

PENALTIES = {
    "L2": penalties.L2(weights=WEIGHTS),
    "PseudoHuber": penalties.PseudoHuber(0.7, weights=WEIGHTS),
    "SCAD": penalties.SCAD(0.8, weights=WEIGHTS),
    "SCADSmoothed": penalties.SCADSmoothed(0.8, c0=0.4, weights=WEIGHTS),
    "SCADSmoothed, differences": penalties.SCADSmoothed(0.8, c0=0.4, restriction=DIFFERENCES),
    "L2 of differences": penalties.L2ConstraintsPenalty(restriction=DIFFERENCES),
    "L2 of weighted mixtures": penalties.L2ConstraintsPenalty(weights=WEIGHTS, restriction=MIXING),
    "SCADSmoothed, weighted mixtures": penalties.SCADSmoothed(0.8, c0=0.4, weights=WEIGHTS, restriction=MIXING),
}

WEIGHTED_TOO_LATE = "the weights of the transformed parameters multiply the gradient of the others, statsmodels 0.15.0"
WRONG_PENALTIES = {
    "L2 of weighted mixtures": WEIGHTED_TOO_LATE,
    "SCADSmoothed, weighted mixtures": WEIGHTED_TOO_LATE,
}

for name, penalty in PENALTIES.items():
    penalty_gradient = audited_backward(
        forward=penalty.func, inputs=PARAMETERS, name=name, xfail=WRONG_PENALTIES.get(name)
    )(penalty.deriv)

# Generators of Archimedean copulas, and Pickands' functions of extreme-value copulas, at a parameter that stays fixed.

GENERATORS = {
    "Frank": (transforms.TransfFrank(), 2.5),
    "Clayton": (transforms.TransfClayton(), 1.7),
    "Gumbel": (transforms.TransfGumbel(), 1.8),
    "Gumbel, theta=2": (transforms.TransfGumbel(), 2),
    "independence": (transforms.TransfIndep(), None),
}

WRONG_GENERATORS = {
    ("first", "Frank"): "the sign is flipped, statsmodels 0.15.0",
    ("second", "Gumbel"): "a negative number to a fractional power is NaN, statsmodels 0.15.0",
}


def at(function, *arguments):
    return lambda t: np.real(function(t, *arguments))


for name, (generator, theta) in GENERATORS.items():
    arguments = () if theta is None else (theta,)
    inside = {"inputs": {"t": PROBABILITIES}, "returns": "elementwise", "name": name}
    outside = {"inputs": {"t": POSITIVE}, "returns": "elementwise", "name": name}
    generator_derivative = audited_backward(
        forward=at(generator.evaluate, *arguments), xfail=WRONG_GENERATORS.get(("first", name)), **inside
    )(at(generator.deriv, *arguments))
    generator_second_derivative = audited_backward(
        forward=at(generator.deriv, *arguments), xfail=WRONG_GENERATORS.get(("second", name)), **inside
    )(at(generator.deriv2, *arguments))
    inverse_generator_third_derivative = audited_backward(forward=at(generator.deriv2_inverse, *arguments), **outside)(
        at(generator.deriv3_inverse, *arguments)
    )
    inverse_generator_fourth_derivative = audited_backward(forward=at(generator.deriv3_inverse, *arguments), **outside)(
        at(generator.deriv4_inverse, *arguments)
    )

# Its second derivative is that of the first, which has the wrong sign: so has the second, held against the value itself.
frank = transforms.TransfFrank()
frank_second_derivative = audited_backward(
    forward=at(frank.evaluate, 2.5),
    inputs={"t": distributions.uniform("", 0.1, 0.9)},
    order=2,
    xfail="the sign is flipped, statsmodels 0.15.0",
)(at(frank.deriv2, 2.5))

clayton = transforms.TransfClayton()
clayton_inverse_derivative = audited_backward(
    forward=at(clayton.inverse, 1.7), inputs={"t": POSITIVE}, returns="elementwise"
)(at(clayton.deriv_inverse, 1.7))

PICKANDS = {
    "AsymLogistic": (depfunc_ev.AsymLogistic(), (0.5, 0.9, 0.6)),
    "AsymNegLogistic": (depfunc_ev.AsymNegLogistic(), (0.5, 0.9, 1.5)),
    "AsymMixed": (depfunc_ev.AsymMixed(), (0.5, 0.2)),
    "HR": (depfunc_ev.HR(), (0.8,)),
}

for name, (dependence, arguments) in PICKANDS.items():
    options = {"inputs": {"t": PROBABILITIES}, "returns": "elementwise", "name": name}
    dependence_derivative = audited_backward(forward=at(dependence.evaluate, *arguments), **options)(
        at(dependence.deriv, *arguments)
    )
    dependence_second_derivative = audited_backward(forward=at(dependence.deriv, *arguments), **options)(
        at(dependence.deriv2, *arguments)
    )

# Criteria of factor rotation: value and gradient by the rotated loadings.

target = np.random.default_rng(0).normal(size=(6, 3))

CRITERIA = {
    "quartimin": lambda L: rotation.oblimin_objective(L=L, gamma=0, rotation_method="oblique"),
    "biquartimin": lambda L: rotation.oblimin_objective(L=L, gamma=0.5, rotation_method="oblique"),
    "quartimax": lambda L: rotation.orthomax_objective(L=L, gamma=0),
    "varimax": lambda L: rotation.orthomax_objective(L=L, gamma=1),
    "Crawford-Ferguson": lambda L: rotation.CF_objective(L=L, kappa=0.3),
    "target": lambda L: rotation.vgQ_target(target, L=L),
    "partial target": lambda L: rotation.vgQ_partial_target(target, (target > 0).astype(float), L=L),
}

for name, criterion in CRITERIA.items():
    rotation_gradient = audited_backward(inputs={"L": "6 3"}, name=name)(criterion)
