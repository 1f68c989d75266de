"""Names that tell what a parameter is, or what is suggested for it."""

from __future__ import annotations

CACHE_NAMES = frozenset({"cache", "ctx", "res", "residuals", "saved", "tape"})
OUTPUT_NAMES = frozenset({"out", "output", "ans", "y_hat"})
RANDOM_NAMES = frozenset({"rng", "generator", "key", "seed"})
UPSTREAM_NAMES = frozenset({
    "g", "gy", "dy", "dout", "d_out", "dz", "grad", "gradient", "grad_out", "grad_output", "grad_outputs", "upstream",
    "cotangent", "ct",
})  # fmt: skip

FLAG_NAMES = frozenset({"train", "training", "is_train", "is_training", "train_flg", "train_flag", "test", "inference"})
RATE_NAMES = frozenset({"lr", "learning_rate", "learn_rate", "eta", "rate", "step_size", "momentum", "decay"})
"""What is suggested for arguments of these names, which are no arrays, is a constant."""
