"""SciPy's continuous distributions: the density is the derivative of the distribution function.

Both are written by hand for each of these; where SciPy integrates the one for the other, there is nothing to audit.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scipy_statistics.py
"""

from scipy import stats

from gradaudit import audited_backward, distributions

REAL = distributions.normal("N", std=1.5)
POSITIVE = distributions.positive("N", 0.2, 4.0)
UNIT = distributions.uniform("N", 0.05, 0.95)
ABOVE_ONE = distributions.uniform("N", 1.1, 6.0)

DISTRIBUTIONS = {
    "alpha": (stats.alpha(1.5), POSITIVE),
    "anglit": (stats.anglit(), distributions.uniform("N", -0.7, 0.7)),
    "arcsine": (stats.arcsine(), UNIT),
    "argus": (stats.argus(1.2), UNIT),
    "beta": (stats.beta(1.5, 2.5), UNIT),
    "betaprime": (stats.betaprime(1.5, 2.5), POSITIVE),
    "bradford": (stats.bradford(0.7), UNIT),
    "burr": (stats.burr(2.5, 1.5), POSITIVE),
    "burr12": (stats.burr12(2.5, 1.5), POSITIVE),
    "cauchy": (stats.cauchy(), REAL),
    "chi": (stats.chi(2.5), POSITIVE),
    "chi2": (stats.chi2(2.5), POSITIVE),
    "cosine": (stats.cosine(), REAL),
    "crystalball": (stats.crystalball(1.5, 2.5), REAL),
    "dgamma": (stats.dgamma(1.5), REAL),
    "dweibull": (stats.dweibull(1.5), REAL),
    "erlang": (stats.erlang(3), POSITIVE),
    "expon": (stats.expon(), POSITIVE),
    "exponnorm": (stats.exponnorm(1.5), REAL),
    "exponpow": (stats.exponpow(1.5), distributions.positive("N", 0.2, 1.5)),
    "exponweib": (stats.exponweib(1.5, 2.5), POSITIVE),
    "f": (stats.f(3.5, 5.5), POSITIVE),
    "fatiguelife": (stats.fatiguelife(1.5), POSITIVE),
    "fisk": (stats.fisk(2.5), POSITIVE),
    "foldcauchy": (stats.foldcauchy(1.5), POSITIVE),
    "foldnorm": (stats.foldnorm(1.5), POSITIVE),
    "gamma": (stats.gamma(2.5), POSITIVE),
    "genexpon": (stats.genexpon(1.5, 2.5, 0.7), POSITIVE),
    "genextreme": (stats.genextreme(-0.3), REAL),
    "gengamma": (stats.gengamma(1.5, -1.7), POSITIVE),
    "genhalflogistic": (stats.genhalflogistic(0.7), distributions.uniform("N", 0.1, 1.3)),
    "genlogistic": (stats.genlogistic(1.5), REAL),
    "gennorm": (stats.gennorm(1.5), REAL),
    "genpareto": (stats.genpareto(0.7), POSITIVE),
    "gibrat": (stats.gibrat(), POSITIVE),
    "gompertz": (stats.gompertz(0.7), distributions.positive("N", 0.2, 2.0)),
    "gumbel_l": (stats.gumbel_l(), REAL),
    "gumbel_r": (stats.gumbel_r(), REAL),
    "halfcauchy": (stats.halfcauchy(), POSITIVE),
    "halfgennorm": (stats.halfgennorm(1.5), POSITIVE),
    "halflogistic": (stats.halflogistic(), POSITIVE),
    "halfnorm": (stats.halfnorm(), POSITIVE),
    "hypsecant": (stats.hypsecant(), REAL),
    "invgamma": (stats.invgamma(2.5), POSITIVE),
    "invgauss": (stats.invgauss(0.7), POSITIVE),
    "invweibull": (stats.invweibull(1.5), POSITIVE),
    "johnsonsb": (stats.johnsonsb(0.5, 1.5), UNIT),
    "johnsonsu": (stats.johnsonsu(0.5, 1.5), REAL),
    "kappa3": (stats.kappa3(1.5), POSITIVE),
    "kappa4": (stats.kappa4(0.3, -0.4), POSITIVE),
    "laplace": (stats.laplace(), REAL),
    "laplace_asymmetric": (stats.laplace_asymmetric(1.5), REAL),
    "levy": (stats.levy(), POSITIVE),
    "levy_l": (stats.levy_l(), distributions.uniform("N", -4.0, -0.2)),
    "loggamma": (stats.loggamma(1.5), REAL),
    "logistic": (stats.logistic(), REAL),
    "loglaplace": (stats.loglaplace(1.5), POSITIVE),
    "lognorm": (stats.lognorm(0.7), POSITIVE),
    "loguniform": (stats.loguniform(0.5, 7.0), ABOVE_ONE),
    "lomax": (stats.lomax(1.5), POSITIVE),
    "maxwell": (stats.maxwell(), POSITIVE),
    "mielke": (stats.mielke(1.5, 2.5), POSITIVE),
    "moyal": (stats.moyal(), REAL),
    "nakagami": (stats.nakagami(1.5), POSITIVE),
    "ncf": (stats.ncf(3.5, 5.5, 1.5), POSITIVE),
    "nct": (stats.nct(3.5, 0.7), REAL),
    "ncx2": (stats.ncx2(3.5, 1.5), POSITIVE),
    "norm": (stats.norm(), REAL),
    "norminvgauss": (stats.norminvgauss(1.5, 0.5), REAL),
    "pareto": (stats.pareto(1.5), ABOVE_ONE),
    "pearson3": (stats.pearson3(0.7), REAL),
    "powerlaw": (stats.powerlaw(1.5), UNIT),
    "powerlognorm": (stats.powerlognorm(1.5, 0.7), POSITIVE),
    "powernorm": (stats.powernorm(1.5), REAL),
    "rayleigh": (stats.rayleigh(), POSITIVE),
    "rdist": (stats.rdist(2.5), distributions.uniform("N", -0.9, 0.9)),
    "recipinvgauss": (stats.recipinvgauss(0.7), POSITIVE),
    "rel_breitwigner": (stats.rel_breitwigner(1.5), POSITIVE),
    "semicircular": (stats.semicircular(), distributions.uniform("N", -0.9, 0.9)),
    "skewcauchy": (stats.skewcauchy(0.5), REAL),
    "skewnorm": (stats.skewnorm(1.5), REAL),
    "t": (stats.t(3.5), REAL),
    "trapezoid": (stats.trapezoid(0.3, 0.7), UNIT),
    "triang": (stats.triang(0.3), UNIT),
    "truncexpon": (stats.truncexpon(5.0), POSITIVE),
    "truncnorm": (stats.truncnorm(-1.5, 2.5), distributions.uniform("N", -1.4, 2.4)),
    "truncpareto": (stats.truncpareto(1.5, 7.0), ABOVE_ONE),
    "truncweibull_min": (stats.truncweibull_min(1.5, 0.1, 5.0), POSITIVE),
    "tukeylambda": (stats.tukeylambda(0.3), REAL),
    "vonmises": (stats.vonmises(1.5), REAL),
    "wald": (stats.wald(), POSITIVE),
    "weibull_max": (stats.weibull_max(1.5), distributions.uniform("N", -4.0, -0.2)),
    "weibull_min": (stats.weibull_min(1.5), POSITIVE),
    "wrapcauchy": (stats.wrapcauchy(0.5), POSITIVE),
}

for name, (distribution, points) in DISTRIBUTIONS.items():
    density = audited_backward(forward=distribution.cdf, inputs={"x": points}, returns="elementwise", name=name)(
        distribution.pdf
    )
