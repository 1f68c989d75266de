"""Dropout with a generator of its own, audited in the two ways in which its backward pass may know the mask.

A parameter called ``rng`` receives the trial's generator, in the same state for every call, so the mask stays fixed
while the inputs are moved. Drawing from NumPy's global state instead works too, but ties the layer to everything else
that draws from it.

    gradaudit scan examples/dropout.py
"""

import numpy as np

from gradaudit import audited_backward


def dropout_mask(shape, rng, keep):
    """Inverted dropout: entries that stay are scaled by 1/keep, so that nothing has to be scaled at test time."""
    return (rng.random(shape) < keep) / keep


def dropout_forward(x, rng, keep=0.7):
    mask = dropout_mask(x.shape, rng, keep)
    return x * mask, mask


@audited_backward(forward=dropout_forward, inputs={"x": "N D"})
def dropout_backward(dout, cache):
    """The forward kept the mask."""
    mask = cache
    return dout * mask


def dropout(x, rng, keep=0.7):
    return x * dropout_mask(x.shape, rng, keep)


@audited_backward(forward=dropout, inputs={"x": "N D"})
def recomputed_dropout_backward(dout, x, rng, keep=0.7):
    """The mask is drawn again from the same state, which saves the memory that it would take to keep it."""
    return dout * dropout_mask(x.shape, rng, keep)
