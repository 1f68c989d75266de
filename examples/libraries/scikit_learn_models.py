"""Objectives that scikit-learn's estimators hand to an optimiser: each returns its value and its gradient together.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/scikit_learn_models.py
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model._huber import _huber_loss_and_gradient
from sklearn.manifold._t_sne import _kl_divergence
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.neural_network import MLPClassifier, MLPRegressor

from gradaudit import audited_backward, distributions

SAMPLES, FEATURES = 15, 4


# The perceptron's objective for L-BFGS, as `fit` calls it: the parameters in one vector, and arrays to work in.


def objective(network, X, y):
    """`_loss_grad_lbfgs` of a network that has been initialised for X and y."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(X, y)
    targets = network._label_binarizer.transform(y) if isinstance(network, MLPClassifier) else y.reshape(len(X), -1)
    units = [FEATURES, *network.hidden_layer_sizes, network.n_outputs_]

    def value_and_gradient(parameters):
        activations = [X] + [np.empty((len(X), size)) for size in units[1:]]
        deltas = [np.empty_like(activation) for activation in activations[1:]]
        coefficients = [np.empty(pair) for pair in zip(units[:-1], units[1:])]
        intercepts = [np.empty(size) for size in units[1:]]
        return network._loss_grad_lbfgs(parameters, X, targets, None, activations, deltas, coefficients, intercepts)

    size = sum((before + 1) * after for before, after in zip(units[:-1], units[1:]))
    return value_and_gradient, size


rng = np.random.default_rng(0)
X = rng.normal(size=(SAMPLES, FEATURES))
WITHOUT_PENALTY = {"solver": "lbfgs", "hidden_layer_sizes": (5,), "max_iter": 1, "alpha": 0.0, "random_state": 0}
SETTINGS = WITHOUT_PENALTY | {"alpha": 0.3}
one_target, three_targets, counts = rng.normal(size=SAMPLES), rng.normal(size=(SAMPLES, 3)), rng.poisson(2.0, SAMPLES)

NETWORKS = {
    "MLPRegressor, identity": objective(MLPRegressor(activation="identity", **SETTINGS), X, one_target),
    "MLPRegressor, logistic": objective(MLPRegressor(activation="logistic", **SETTINGS), X, one_target),
    "MLPRegressor, tanh": objective(MLPRegressor(activation="tanh", **SETTINGS), X, one_target),
    "MLPRegressor, relu": objective(MLPRegressor(activation="relu", **SETTINGS), X, one_target),
    "MLPRegressor, Poisson": objective(MLPRegressor(loss="poisson", **SETTINGS), X, counts),
    "MLPRegressor, three outputs": objective(MLPRegressor(activation="tanh", **WITHOUT_PENALTY), X, three_targets),
    "MLPClassifier, two classes": objective(MLPClassifier(activation="tanh", **SETTINGS), X, one_target > 0),
    "MLPClassifier, three classes": objective(MLPClassifier(activation="tanh", **SETTINGS), X, np.arange(SAMPLES) % 3),
    "MLPClassifier, three labels": objective(MLPClassifier(activation="tanh", **SETTINGS), X, three_targets > 0),
}

WRONG = {
    "MLPRegressor, three outputs": "the loss is the mean over outputs, the gradient that of their sum: "
    "three times too large, scikit-learn 1.9.1",
}

for name, (network_objective, size) in NETWORKS.items():
    network_gradient = audited_backward(
        inputs={"parameters": distributions.normal(str(size), std=0.5)}, name=name, xfail=WRONG.get(name)
    )(network_objective)


# Huber's regression: `w` holds the coefficients, the intercept if there is one, and the scale.


def outliers(features):
    def draw(rng):
        return {
            "w": np.append(rng.normal(size=features), rng.uniform(0.5, 2)),
            "X": rng.normal(size=(SAMPLES, FEATURES)),
            "y": rng.normal(scale=3, size=SAMPLES),
            "epsilon": 1.35,
            "alpha": 0.1,
            "sample_weight": rng.uniform(0.5, 2, size=SAMPLES),
        }

    return draw


huber_gradient = audited_backward(inputs=outliers(FEATURES), wrt="w", name="no intercept")(_huber_loss_and_gradient)
huber_gradient_with_intercept = audited_backward(inputs=outliers(FEATURES + 1), wrt="w", name="intercept")(
    _huber_loss_and_gradient
)


# Neighbourhood components analysis: the transformation as one vector.


def neighbourhood(rng):
    labels = rng.integers(0, 3, size=SAMPLES)
    return {
        "transformation": rng.normal(scale=0.5, size=2 * FEATURES),
        "X": rng.normal(size=(SAMPLES, FEATURES)),
        "same_class_mask": labels[:, None] == labels,
    }


analysis = NeighborhoodComponentsAnalysis()
analysis.n_iter_ = 0
neighbourhood_gradient = audited_backward(inputs=neighbourhood, wrt="transformation")(analysis._loss_grad_lbfgs)


# t-SNE: the embedding as one vector; P is the condensed matrix of joint probabilities.


def embedding(components, degrees_of_freedom):
    def draw(rng):
        pairs = rng.uniform(0.5, 2, size=SAMPLES * (SAMPLES - 1) // 2)
        return {
            "params": rng.normal(size=SAMPLES * components),
            "P": pairs / (2 * pairs.sum()),
            "degrees_of_freedom": degrees_of_freedom,
            "n_samples": SAMPLES,
            "n_components": components,
        }

    return draw


# `TSNE` takes max(n_components - 1, 1) degrees of freedom.
EMBEDDINGS = {"n_components=1": embedding(1, 1), "n_components=2": embedding(2, 1), "n_components=3": embedding(3, 2)}
WRONG_EMBEDDINGS = {"n_components=3": "right for one degree of freedom alone, scikit-learn 1.9.1"}

for name, inputs in EMBEDDINGS.items():
    embedding_gradient = audited_backward(inputs=inputs, wrt="params", name=name, xfail=WRONG_EMBEDDINGS.get(name))(
        _kl_divergence
    )
