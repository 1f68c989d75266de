"""JAX's own rules, and optax's: activations, special functions, linear algebra, losses, projections.

JAX applies the rule that each function has; an audit is named after the expression that it differentiates. JAX compiles
each operation for each shape, so one trial has to do.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/jax_functions.py
"""

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import jax.scipy.special as jsp
import optax
from jax import nn

from gradaudit import audited_backward, distributions

MATRIX = {"x": "N D"}
VECTOR = {"x": "N"}
POSITIVE = {"x": distributions.positive("N D")}
UNIT = {"x": distributions.uniform("N D", -0.9, 0.9)}
INSIDE = {"x": distributions.uniform("N D", 0.05, 0.95)}
PAIR = {"x": "N D", "y": "N D"}
POSITIVES = {"x": distributions.positive("N D"), "y": distributions.positive("N D")}
SQUARE = {"x": "N N"}
TALL = {"x": "5 3"}
DEFINITE = {"x": distributions.positive_definite("N N")}
SYSTEM = {"x": distributions.positive_definite("N N"), "y": "N D"}
CLASSES = {"x": "N C", "y": distributions.integers("N", high="C")}

EXPRESSIONS = {
    # Activations, most of them with a rule by custom_jvp.
    "nn.relu(x)": MATRIX,
    "nn.relu6(x)": MATRIX,
    "nn.silu(x)": MATRIX,
    "nn.gelu(x, approximate=False)": MATRIX,
    "nn.celu(x, 0.7)": MATRIX,
    "nn.softplus(x)": MATRIX,
    "nn.log_sigmoid(x)": MATRIX,
    "nn.softmax(x, axis=0)": MATRIX,
    "nn.logsumexp(x, axis=1)": MATRIX,
    # Elementwise.
    "jnp.sinc(x)": MATRIX,
    "jnp.logaddexp(x, y)": PAIR,
    "jnp.arctan2(x, y)": PAIR,
    "jnp.float_power(x, y)": POSITIVES,
    # Special functions.
    "jsp.gammaln(x)": POSITIVE,
    "jsp.digamma(x)": POSITIVE,
    "jsp.polygamma(1, x)": POSITIVE,
    "jsp.gammainc(y, x)": {"x": distributions.positive("N D"), "y": distributions.constant(1.3)},
    "jsp.gammaincc(x, y)": POSITIVES,
    "jsp.betainc(1.3, 2.1, x)": INSIDE,
    "jsp.erfinv(x)": UNIT,
    "jsp.ndtri(x)": INSIDE,
    "jsp.log_ndtr(x)": MATRIX,
    "jsp.xlogy(x, y)": POSITIVES,
    "jsp.xlog1py(x, y)": POSITIVES,
    "jsp.i0e(x)": MATRIX,
    "jsp.i1e(x)": MATRIX,
    "jsp.expi(x)": POSITIVE,
    "jsp.exp1(x)": POSITIVE,
    # Linear algebra.
    "jnp.linalg.inv(x)": DEFINITE,
    "jnp.linalg.pinv(x)": TALL,
    "jnp.linalg.slogdet(x)[1]": SQUARE,
    "jnp.linalg.cholesky(x)": DEFINITE,
    "jnp.linalg.eigvalsh(x)": DEFINITE,
    "jnp.linalg.svd(x, compute_uv=False)": TALL,
    "abs(jnp.linalg.qr(x)[1])": TALL,
    "jsl.expm(x)": {"x": "3 3"},
    # Reductions, scans, indices.
    "jnp.cumprod(x, axis=1)": MATRIX,
    "jax.lax.cumlogsumexp(x, axis=0)": MATRIX,
    "jnp.quantile(x, 0.3, axis=1)": {"x": "N 5"},
    "jax.ops.segment_sum(x**2, y, 4)": {"x": "N D", "y": distributions.integers("N", high=4)},
    "jax.lax.linalg.tridiagonal_solve(x - 5, x + 9, x - 3, y)": {"x": distributions.positive("5"), "y": "5 2"},
    "jax.image.resize(x, (7, 4), 'cubic')": {"x": "5 6"},
    # optax: losses, some with a rule of their own, and projections.
    "optax.softmax_cross_entropy_with_integer_labels(x, y)": CLASSES,
    "optax.sigmoid_binary_cross_entropy(x, nn.sigmoid(y))": PAIR,
    "optax.huber_loss(x, y, delta=0.5)": PAIR,
    "optax.log_cosh(x, y)": PAIR,
    "optax.cosine_similarity(x, y, epsilon=1e-8)": PAIR,
    "optax.l2_loss(x, y)": PAIR,
    "optax.hinge_loss(x, jnp.sign(y))": PAIR,
    "optax.kl_divergence(nn.log_softmax(x), nn.softmax(y))": PAIR,
    "optax.losses.sparsemax_loss(x, y)": {"x": "N", "y": distributions.integers("N", high=2)},
    "optax.losses.multiclass_sparsemax_loss(x, y)": CLASSES,
    "optax.losses.multiclass_perceptron_loss(x, y)": CLASSES,
    "optax.losses.poly_loss_cross_entropy(x, nn.softmax(y))": PAIR,
    "optax.sigmoid_focal_loss(x, nn.sigmoid(y))": PAIR,
    "optax.losses.ranking_softmax_loss(x, nn.softmax(y))": PAIR,
    "optax.safe_norm(x, 1e-3, axis=1)": MATRIX,
    "optax.safe_root_mean_squares(x, 1e-3)": MATRIX,
    "optax.projections.projection_simplex(x / 5)": VECTOR,
    "optax.projections.projection_l1_ball(x, 0.5)": VECTOR,
    "optax.projections.projection_l2_ball(x, 0.5)": VECTOR,
    "optax.projections.projection_l2_sphere(x)": VECTOR,
}

for expression, inputs in EXPRESSIONS.items():
    function = eval(f"lambda {', '.join(inputs)}: {expression}")
    jax_function = audited_backward(inputs=inputs, name=expression, framework="jax", trials=1)(function)
