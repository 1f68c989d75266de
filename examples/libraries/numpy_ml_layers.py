"""numpy-ml's layers: what `backward` returns, and the gradients of the parameters that it leaves in the layer.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/numpy_ml_layers.py
"""

import collections
import collections.abc
import warnings

import numpy as np

collections.Hashable = collections.abc.Hashable  # numpy-ml 0.1.2 looks for it where it was before Python 3.10
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that only its other parts need
    from numpy_ml.neural_nets import activations, layers, wrappers

from gradaudit import audited_backward, distributions


def initialised(layer, *shape):
    """A layer makes its parameters when it first sees an input."""
    layer.forward(np.zeros(shape), retain_derived=False)
    return layer


def named(*parameters):
    return {f"parameters.{name}": f"gradients.{name}" for name in parameters}


WEIGHTS = named("W", "b")
NORMALISATION = named("scaler", "intercept")

# A layer, how its input is drawn, and which parameters it has.

LAYERS = {
    **{
        f"FullyConnected, {activation}": (
            lambda activation=activation: initialised(layers.FullyConnected(4, act_fn=activation), 1, 3),
            {"X": "N 3"},
            WEIGHTS,
        )
        for activation in (
            activations.Affine(2.0, 1.0),
            activations.Sigmoid(),
            activations.Tanh(),
            activations.ReLU(),
            activations.LeakyReLU(0.2),
            activations.ELU(1.5),
            activations.SELU(),
            activations.SoftPlus(),
            activations.Exponential(),
            activations.HardSigmoid(),
        )
    },
    "Softmax": (lambda: initialised(layers.Softmax(), 1, 3), {"X": "N 3"}, None),
    "Softmax, three axes": (lambda: initialised(layers.Softmax(), 1, 3, 4), {"X": "N 3 4"}, None),
    "Softmax, dim=0": (lambda: initialised(layers.Softmax(dim=0), 1, 3), {"X": "N 3"}, None),
    "Softmax, dim=1 of three": (lambda: initialised(layers.Softmax(dim=1), 1, 3, 4), {"X": "N 3 4"}, None),
    "BatchNorm1D": (lambda: initialised(layers.BatchNorm1D(), 2, 3), {"X": "N 3"}, NORMALISATION),
    "BatchNorm2D": (lambda: initialised(layers.BatchNorm2D(), 2, 3, 4, 2), {"X": "N 3 4 2"}, NORMALISATION),
    "LayerNorm1D": (lambda: initialised(layers.LayerNorm1D(), 2, 3), {"X": "N 3"}, NORMALISATION),
    "LayerNorm2D": (lambda: initialised(layers.LayerNorm2D(), 2, 3, 4, 2), {"X": "N 3 4 2"}, NORMALISATION),
    "Flatten, first": (lambda: layers.Flatten("first"), {"X": "N 3 4"}, None),
    "Flatten, last": (lambda: layers.Flatten("last"), {"X": "N 3 4"}, None),
    "Flatten, all": (lambda: layers.Flatten(-1), {"X": "N 3 4"}, None),
    "Add": (lambda: layers.Add(act_fn="Tanh"), {"X": ["N 3", "N 3", "N 3"]}, None),
    "Multiply, two": (lambda: layers.Multiply(), {"X": ["N 3", "N 3"]}, None),
    "Multiply, three": (lambda: layers.Multiply(act_fn="Tanh"), {"X": ["N 3", "N 3", "N 3"]}, None),
    "DotProductAttention": (
        lambda: layers.DotProductAttention(),
        {"Q": "N 4 3", "K": "N 5 3", "V": "N 5 2"},
        None,
    ),
    "DotProductAttention, scale=False": (
        lambda: layers.DotProductAttention(scale=False),
        {"Q": "4 3", "K": "5 3", "V": "5 2"},
        None,
    ),
    "Embedding": (
        lambda: layers.Embedding(3, 60),
        {"X": distributions.integers("N 4", high=60)},
        named("W"),
    ),
    # Words are repeated within the sentence, as integers are in the first trial.
    "Embedding, pool='sum'": (
        lambda: layers.Embedding(3, 60, pool="sum"),
        {"X": distributions.integers("1 4", high=60)},
        named("W"),
    ),
    "Embedding, pool='mean'": (
        lambda: layers.Embedding(3, 60, pool="mean"),
        {"X": distributions.integers("1 4", high=60)},
        named("W"),
    ),
    "Conv1D": (lambda: initialised(layers.Conv1D(3, 2), 1, 6, 2), {"X": "N 6 2"}, WEIGHTS),
    "Conv1D, causal": (
        lambda: initialised(layers.Conv1D(3, 2, pad="causal", dilation=1, act_fn="Tanh"), 1, 6, 2),
        {"X": "N 6 2"},
        WEIGHTS,
    ),
    "Conv1D, stride=2": (
        lambda: initialised(layers.Conv1D(3, 2, pad=1, stride=2, act_fn="Tanh"), 1, 6, 2),
        {"X": "N 6 2"},
        WEIGHTS,
    ),
    "Conv2D": (lambda: initialised(layers.Conv2D(3, (2, 3)), 1, 6, 7, 2), {"X": "N 6 7 2"}, WEIGHTS),
    "Conv2D, same": (
        lambda: initialised(layers.Conv2D(3, (2, 3), pad="same", act_fn="Tanh"), 1, 6, 7, 2),
        {"X": "N 6 7 2"},
        WEIGHTS,
    ),
    "Conv2D, stride=2, dilation=1": (
        lambda: initialised(layers.Conv2D(3, (2, 3), pad=(1, 0, 2, 1), stride=2, dilation=1), 1, 6, 7, 2),
        {"X": "N 6 7 2"},
        WEIGHTS,
    ),
    "Deconv2D": (
        lambda: initialised(layers.Deconv2D(3, (2, 3), act_fn="Tanh"), 1, 4, 5, 2),
        {"X": "N 4 5 2"},
        WEIGHTS,
    ),
    "Deconv2D, stride=2": (
        lambda: initialised(layers.Deconv2D(3, (3, 3), pad=1, stride=2, act_fn="Tanh"), 1, 4, 5, 2),
        {"X": "N 4 5 2"},
        WEIGHTS,
    ),
    "Pool2D, max": (lambda: initialised(layers.Pool2D((2, 3)), 1, 5, 6, 2), {"X": "N 5 6 2"}, None),
    "Pool2D, max, stride=2": (
        lambda: initialised(layers.Pool2D((2, 2), stride=2), 1, 6, 6, 2),
        {"X": "N 6 6 2"},
        None,
    ),
    "Pool2D, max, padded": (
        lambda: initialised(layers.Pool2D((2, 2), stride=2, pad=(1, 0, 1, 0)), 1, 6, 6, 2),
        {"X": "N 6 6 2"},
        None,
    ),
    "Pool2D, average, padded": (
        lambda: initialised(layers.Pool2D((2, 3), stride=2, pad=(1, 0, 2, 1), mode="average"), 1, 5, 6, 2),
        {"X": "N 5 6 2"},
        None,
    ),
    # A wrapper, which draws its mask from NumPy's global state: in the same state for every call, it is the same mask.
    "Dropout": (
        lambda: wrappers.Dropout(initialised(layers.FullyConnected(4, act_fn="Tanh"), 1, 3), p=0.5),
        {"X": "N 3"},
        WEIGHTS,
    ),
}

WRONG = {
    "Softmax, dim=0": "differentiated along the last axis whatever dim is, numpy-ml 0.1.2",
    "Softmax, dim=1 of three": "differentiated along the last axis whatever dim is, numpy-ml 0.1.2",
    "Embedding, pool='sum'": "a word that is repeated in a sentence counts once, numpy-ml 0.1.2",
    "Embedding, pool='mean'": "a word that is repeated in a sentence counts once, numpy-ml 0.1.2",
    "Pool2D, max, padded": "the largest element is looked for in the input without its padding, numpy-ml 0.1.2",
    "Dropout": "the mask is not applied, and the upstream gradient is scaled in place, numpy-ml 0.1.2",
}

for name, (make, inputs, parameters) in LAYERS.items():
    layer = audited_backward(
        forward="forward", make=make, inputs=inputs, parameters=parameters, name=name, xfail=WRONG.get(name)
    )(type(make()))


# Cells keep what one step after the other needs; of one step, the output alone is handed a gradient.


def cell(layer):
    layer.n_in = 3
    layer._init_params()
    return layer


recurrent_cell = audited_backward(
    make=lambda: cell(layers.RNNCell(4)), inputs={"Xt": "N 3"}, parameters=named("Waa", "Wax", "ba", "bx")
)(layers.RNNCell)

lstm_cell = audited_backward(
    make=lambda: cell(layers.LSTMCell(4)),
    inputs={"Xt": "N 3"},
    parameters=named("Wf", "Wu", "Wc", "Wo", "bf", "bu", "bc", "bo"),
    outputs=1,
)(layers.LSTMCell)


# Several steps: the gradients of later steps reach the earlier ones and the recurrent weights.


class Steps:
    """A recurrent cell over the steps that stand in the first axis."""

    def __init__(self, recurrent):
        self.cell = cell(recurrent)
        self.parameters, self.gradients = self.cell.parameters, self.cell.gradients

    def forward(self, X):
        outputs = [self.cell.forward(step) for step in X]
        return np.stack([output[0] if isinstance(output, tuple) else output for output in outputs])

    def backward(self, dout):
        return np.stack([self.cell.backward(step) for step in dout[::-1]][::-1])


recurrent_steps = audited_backward(
    make=lambda: Steps(layers.RNNCell(4)), inputs={"X": "3 N 3"}, parameters=named("Waa", "Wax", "ba", "bx"), name="RNN"
)(Steps)

lstm_steps = audited_backward(
    make=lambda: Steps(layers.LSTMCell(4)),
    inputs={"X": "3 N 3"},
    parameters=named("Wf", "Wu", "Wc", "Wo", "bf", "bu", "bc", "bo"),
    name="LSTM",
)(Steps)
