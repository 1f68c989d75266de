"""A Gaussian likelihood and the Kullback-Leibler divergence of an encoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from detection_suite.pair import Array, Gradients, Pair, side_effect, small, state, upstream, value


def gaussian_forward(mu: Array, log_sigma: Array, y: Array) -> tuple[Any, Any]:
    """-Σ log N(y; μ, σ²) over rows and columns, with a log σ for each column."""
    sigma = np.exp(log_sigma)
    z = (y - mu) / sigma
    return (z**2 / 2.0 + log_sigma).sum() + 0.5 * z.size * np.log(2.0 * np.pi), (z, sigma)


def gaussian_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradients of μ and log σ."""
    z, sigma = cache
    dmu = -dloss * z / sigma
    dlog_sigma = dloss * (1.0 - z**2).sum(axis=0)
    return dmu, dlog_sigma


GAUSSIAN = Pair(
    "gaussian likelihood",
    gaussian_forward,
    gaussian_backward,
    {"mu": "N D", "log_sigma": "D", "y": "N D"},
    (
        value("dmu = -dloss * z / sigma", "dmu = dloss * z / sigma", mu="GA202"),
        value("dmu = -dloss * z / sigma", "dmu = -dloss * z", mu="GA201"),
        value("dmu = -dloss * z / sigma", "dmu = -dloss * z / sigma**2", mu="GA201"),
        value("dmu = -dloss * z / sigma", "dmu = -dloss * z * sigma", mu="GA201"),
        value("dmu = -dloss * z / sigma", "dmu = -2.0 * dloss * z / sigma", mu="GA203"),
        value("dmu = -dloss * z / sigma", "dmu = -dloss * z / sigma / len(z)", mu="GA203"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 - z**2).mean(axis=0)", log_sigma="GA203"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 + z**2).sum(axis=0)", log_sigma="GA201"),
        value("(1.0 - z**2).sum(axis=0)", "(z**2 - 1.0).sum(axis=0)", log_sigma="GA202"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 - z**2).sum(axis=0) / sigma", log_sigma="GA201"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 - z**2 / 2.0).sum(axis=0)", log_sigma="GA201"),
        value("(1.0 - z**2).sum(axis=0)", "(-(z**2)).sum(axis=0)", log_sigma="GA201"),
        value("(1.0 - z**2).sum(axis=0)", "1.0 - (z**2).sum(axis=0)", log_sigma="GA210"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 - z**2)", log_sigma="GA207"),
        value("(1.0 - z**2).sum(axis=0)", "(1.0 - z**2).sum(axis=0)[::-1]", log_sigma="GA205"),
        small("(1.0 - z**2).sum(axis=0)", "(1.0005 - z**2).sum(axis=0)", log_sigma="GA201"),
        small("dmu = -dloss * z / sigma", "dmu = -dloss * z / (sigma + 5e-5)", mu="GA201"),
        upstream("dmu = -dloss * z", "dmu = -z", "GA209 GA203"),
        upstream("dmu = -dloss * z", "dmu = -abs(dloss) * z", "GA210 GA202"),
        side_effect("dmu = -dloss * z / sigma", "dmu = -dloss * z / sigma\n    z **= 2\n    z = np.sqrt(z)", "GA301"),
        side_effect("z = (y - mu) / sigma", "y -= mu\n    z = y / sigma", "GA301"),
        state("z, sigma = cache", 'z, sigma = KEPT.setdefault("cache", cache)'),
    ),
    large={"N": 20, "D": 300},
    wrt=("mu", "log_sigma"),
)


def divergence_forward(mu: Array, log_variance: Array) -> tuple[Any, Any]:
    """KL(N(μ, σ²) ‖ N(0, 1)), summed over columns, its mean over rows."""
    variance = np.exp(log_variance)
    return 0.5 * (mu**2 + variance - 1.0 - log_variance).sum() / len(mu), (mu, variance)


def divergence_backward(dloss: Any, cache: Any) -> Gradients:
    """The gradients of μ and log σ²."""
    mu, variance = cache
    scale = dloss / len(mu)
    dmu = scale * mu
    dlog_variance = 0.5 * scale * (variance - 1.0)
    return dmu, dlog_variance


# The gradient of μ is a multiple of μ: what scales it is a penalty too, and nothing tells which.
DIVERGENCE = Pair(
    "kl divergence",
    divergence_forward,
    divergence_backward,
    {"mu": "N D", "log_variance": "N D"},
    (
        value("dmu = scale * mu", "dmu = -scale * mu", mu="GA202"),
        value("dmu = scale * mu", "dmu = 0.5 * scale * mu", mu="GA203 GA204 GA201"),
        value("dmu = scale * mu", "dmu = scale * mu**2", mu="GA201"),
        value("dmu = scale * mu", "dmu = scale * np.sign(mu)", mu="GA201 GA204"),
        value("scale = dloss / len(mu)", "scale = dloss", mu="GA203 GA204 GA201", log_variance="GA203"),
        value("scale = dloss / len(mu)", "scale = dloss / mu.size", mu="GA203 GA204 GA201", log_variance="GA203"),
        value("0.5 * scale * (variance - 1.0)", "scale * (variance - 1.0)", log_variance="GA203"),
        value("0.5 * scale * (variance - 1.0)", "0.5 * scale * (1.0 - variance)", log_variance="GA202"),
        value("0.5 * scale * (variance - 1.0)", "0.5 * scale * (1.0 - 1.0 / variance)", log_variance="GA201"),
        value("0.5 * scale * (variance - 1.0)", "0.5 * scale * variance", log_variance="GA201"),
        value("0.5 * scale * (variance - 1.0)", "0.5 * scale * (variance**2 - 1.0)", log_variance="GA201"),
        value("return dmu, dlog_variance", "return dlog_variance, dmu", mu="GA212", log_variance="GA212"),
        value("return dmu, dlog_variance", "return dmu, dlog_variance.sum(axis=0)", log_variance="GA207"),
        value("return dmu, dlog_variance", "dmu[0, 0] = 0.0\n    return dmu, dlog_variance", mu="GA208"),
        small("0.5 * scale * (variance - 1.0)", "0.5 * scale * (variance - 1.00015)", log_variance="GA201"),
        small("dmu = scale * mu", "dmu = 0.99995 * scale * mu", mu="GA203 GA204 GA201"),
        upstream("scale = dloss / len(mu)", "scale = 1.0 / len(mu)", "GA209 GA203"),
        side_effect("dmu = scale * mu", "mu *= scale\n    dmu = mu", "GA301"),
        side_effect("return dmu, dlog_variance", "return dmu.astype(np.float32), dlog_variance", "GA304"),
        state("mu, variance = cache", 'mu, variance = KEPT.setdefault("cache", cache)'),
        state("dmu = scale * mu", 'dmu = KEPT["dmu"] = KEPT.get("dmu", 0.0) + scale * mu'),
    ),
    large={"N": 20, "D": 30},
)
