"""Pairs of a forward and a backward pass, a family a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detection_suite.pairs.activations import PRELU, RELU, SIGMOID, SWISH
from detection_suite.pairs.attention import ATTENTION
from detection_suite.pairs.convolution import CONVOLUTION, MAX_POOL
from detection_suite.pairs.dense import AFFINE, BILINEAR
from detection_suite.pairs.indexing import EMBEDDING, SEGMENT_MEAN
from detection_suite.pairs.losses import CROSS_ENTROPY, HUBER, LOGSUMEXP
from detection_suite.pairs.normalisation import BATCH_NORM, LAYER_NORM, UNIT_ROWS
from detection_suite.pairs.probability import DIVERGENCE, GAUSSIAN
from detection_suite.pairs.recurrent import AVERAGE, LSTM
from detection_suite.pairs.regularised import ELASTIC_NET, NETWORK

if TYPE_CHECKING:
    from detection_suite.pair import Pair

PAIRS: tuple[Pair, ...] = (
    AFFINE,
    BILINEAR,
    RELU,
    SIGMOID,
    PRELU,
    SWISH,
    CROSS_ENTROPY,
    HUBER,
    LOGSUMEXP,
    BATCH_NORM,
    LAYER_NORM,
    UNIT_ROWS,
    CONVOLUTION,
    MAX_POOL,
    LSTM,
    AVERAGE,
    ATTENTION,
    EMBEDDING,
    SEGMENT_MEAN,
    NETWORK,
    ELASTIC_NET,
    GAUSSIAN,
    DIVERGENCE,
)
