"""PyTorch's own derivatives: special functions, linear algebra, activations, losses, reductions, scans.

Autograd applies the rule that PyTorch has for each; an audit is named after the expression that it differentiates.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/torch_functions.py
"""

import torch
import torch.nn.functional as F
from torch import linalg, special

from gradaudit import audited_backward, distributions

MATRIX = {"x": "N D"}
POSITIVE = {"x": distributions.positive("N D")}
UNIT = {"x": distributions.uniform("N D", -0.9, 0.9)}
INSIDE = {"x": distributions.uniform("N D", 0.05, 0.95)}
PAIR = {"x": "N D", "y": "N D"}
POSITIVES = {"x": distributions.positive("N D"), "y": distributions.positive("N D")}
ROW = {"x": "N D", "y": "D"}
SQUARE = {"x": "N N"}
BATCH = {"x": "B N N"}
TALL = {"x": "6 3"}
DEFINITE = {"x": distributions.positive_definite("N N")}
SYSTEM = {"x": distributions.positive_definite("N N"), "y": "N D"}
IMAGE = {"x": "N 2 6 7"}
CLASSES = {"x": "N C", "y": distributions.integers("N", high="C")}
SIGNS = {"x": "N"}

EXPRESSIONS = {
    # Special functions.
    "special.digamma(x)": POSITIVE,
    "special.polygamma(2, x)": POSITIVE,
    "special.gammaln(x)": POSITIVE,
    "special.multigammaln(x + 2, 3)": POSITIVE,
    "special.erf(x)": MATRIX,
    "special.erfc(x)": MATRIX,
    "special.erfinv(x)": UNIT,
    "special.erfcx(x)": MATRIX,
    "special.ndtr(x)": MATRIX,
    "special.ndtri(x)": INSIDE,
    "special.log_ndtr(x)": MATRIX,
    "special.i0(x)": MATRIX,
    "special.i0e(x)": MATRIX,
    "special.i1(x)": MATRIX,
    "special.i1e(x)": MATRIX,
    "special.logit(x)": INSIDE,
    "special.logit(x, eps=0.2)": INSIDE,
    "special.entr(x)": POSITIVE,
    "special.sinc(x)": MATRIX,
    "special.xlogy(x, y)": POSITIVES,
    "special.xlog1py(x, y)": POSITIVES,
    "special.zeta(y + 1, x)": {"x": distributions.positive("N D"), "y": distributions.constant(2.0)},
    "torch.lgamma(x)": POSITIVE,
    "torch.sigmoid(x)": MATRIX,
    "torch.tan(x)": UNIT,
    "torch.atanh(x)": UNIT,
    "torch.acosh(x + 1)": POSITIVE,
    "torch.atan2(x, y)": PAIR,
    "torch.hypot(x, y)": PAIR,
    "torch.logaddexp(x, y)": ROW,
    "torch.logaddexp2(x, y)": ROW,
    "torch.pow(x, y)": {"x": distributions.positive("N D"), "y": "D"},
    "torch.lerp(x, y, 0.3)": ROW,
    "torch.addcdiv(x, y, y + 3)": {"x": "N D", "y": distributions.positive("D")},
    "torch.fmod(x, y)": POSITIVES,
    "torch.copysign(x, y)": PAIR,
    # Activations.
    "F.gelu(x)": MATRIX,
    "F.gelu(x, approximate='tanh')": MATRIX,
    "F.silu(x)": MATRIX,
    "F.mish(x)": MATRIX,
    "F.softplus(x, beta=3)": MATRIX,
    "F.celu(x, alpha=0.7)": MATRIX,
    "F.elu(x, alpha=0.7)": MATRIX,
    "F.selu(x)": MATRIX,
    "F.logsigmoid(x)": MATRIX,
    "F.hardswish(x)": MATRIX,
    "F.hardsigmoid(x)": MATRIX,
    "F.softshrink(x)": MATRIX,
    "F.tanhshrink(x)": MATRIX,
    "F.prelu(x, y)": {"x": "N D", "y": "D"},
    "F.glu(x)": {"x": "N 6"},
    "F.softmax(x, dim=-1)": MATRIX,
    "F.log_softmax(x, dim=0)": MATRIX,
    "F.softmin(x, dim=1)": MATRIX,
    "F.normalize(x, dim=1)": MATRIX,
    # Losses.
    "F.cross_entropy(x, y, label_smoothing=0.1)": CLASSES,
    "F.multi_margin_loss(x, y)": CLASSES,
    "F.huber_loss(x, y, delta=0.5)": PAIR,
    "F.smooth_l1_loss(x, y, beta=0.5)": PAIR,
    "F.kl_div(x, y.softmax(-1), reduction='batchmean')": PAIR,
    "F.poisson_nll_loss(x, y, full=True)": POSITIVES,
    "F.gaussian_nll_loss(x, torch.zeros_like(x), y)": POSITIVES,
    "F.binary_cross_entropy_with_logits(x, torch.sigmoid(y))": PAIR,
    "F.binary_cross_entropy(x, y)": {
        "x": distributions.uniform("N D", 0.1, 0.9),
        "y": distributions.uniform("N D", 0.1, 0.9),
    },
    "F.cosine_similarity(x, y)": PAIR,
    "F.cosine_embedding_loss(x, y, torch.ones(len(x)))": {"x": "N 3", "y": "N 3"},
    "F.triplet_margin_loss(x, y, x - 2 * y)": PAIR,
    "F.soft_margin_loss(x, torch.ones_like(x).cumsum(1) % 2 * 2 - 1)": MATRIX,
    "F.pairwise_distance(x, y)": PAIR,
    "torch.cdist(x, y + 1)": {"x": "N 3", "y": "M 3"},
    "torch.pdist(x)": {"x": "5 3"},
    # Normalisation, convolution, pooling, attention.
    "F.layer_norm(x, x.shape[1:], y)": ROW,
    "F.rms_norm(x, x.shape[1:], y)": ROW,
    "F.group_norm(x, 2)": {"x": "N 4 5"},
    "F.instance_norm(x)": {"x": "N 3 5"},
    "F.batch_norm(x, None, None, y, training=True)": {"x": "6 D", "y": "D"},
    "F.local_response_norm(x, 3)": IMAGE,
    "F.conv2d(x, y, stride=2, padding=1)": {"x": "N 2 6 7", "y": "3 2 3 2"},
    "F.conv2d(x, y, dilation=2, groups=2)": {"x": "N 2 6 7", "y": "4 1 2 3"},
    "F.conv_transpose2d(x, y, stride=2, padding=1)": {"x": "N 2 4 5", "y": "2 3 3 3"},
    "F.avg_pool2d(x, 3, 2, padding=1, count_include_pad=False)": IMAGE,
    "F.max_pool2d(x, 3, 2)": IMAGE,
    "F.lp_pool2d(x.abs() + 1, 3, 2)": IMAGE,
    "F.adaptive_avg_pool2d(x, (3, 4))": IMAGE,
    "F.adaptive_max_pool2d(x, (3, 4))": IMAGE,
    "F.interpolate(x, scale_factor=1.7, mode='bilinear')": IMAGE,
    "F.interpolate(x, size=(9, 5), mode='bicubic', align_corners=True)": IMAGE,
    "F.grid_sample(x, y, align_corners=False)": {"x": "2 2 6 7", "y": distributions.uniform("2 3 4 2", -0.8, 0.8)},
    "F.pad(x, (1, 2, 2, 1), mode='reflect')": IMAGE,
    "F.pad(x, (1, 2, 2, 1), mode='circular')": IMAGE,
    "F.fold(x, (5, 6), (2, 3))": {"x": "N 12 16"},
    "F.unfold(x, (2, 3), stride=2)": IMAGE,
    "F.pixel_shuffle(x, 2)": {"x": "N 4 3 2"},
    "F.scaled_dot_product_attention(x, y, x * y)": {"x": "2 5 4", "y": "2 5 4"},
    "F.embedding(y, x)": {"x": "V D", "y": distributions.integers("N", high="V")},
    "F.embedding_bag(y, x, mode='mean')": {"x": "V D", "y": distributions.integers("N 3", high="V")},
    "F.bilinear(x, y, x.new_ones(2, x.shape[1], y.shape[1]))": {"x": "N 3", "y": "N 4"},
    # Linear algebra.
    "linalg.inv(x)": DEFINITE,
    "linalg.pinv(x)": TALL,
    "linalg.det(x)": SQUARE,
    "linalg.slogdet(x)[1]": BATCH,
    "linalg.cholesky(x)": DEFINITE,
    "linalg.solve(x, y)": SYSTEM,
    "linalg.lstsq(x, y)[0]": {"x": "6 3", "y": "6 2"},
    "linalg.solve_triangular(x, y, upper=True)": SYSTEM,
    "linalg.eigvalsh(x)": DEFINITE,
    "linalg.svdvals(x)": TALL,
    "linalg.qr(x)[1].abs()": TALL,
    "linalg.matrix_exp(x)": {"x": "3 3"},
    "linalg.matrix_power(x, 3)": SQUARE,
    "linalg.matrix_norm(x, 'nuc')": TALL,
    "linalg.matrix_norm(x, 2)": TALL,
    "linalg.vector_norm(x, 3, dim=1)": MATRIX,
    "linalg.multi_dot([x, y, x])": {"x": "N D", "y": "D N"},
    "linalg.cross(x, y)": {"x": "N 3", "y": "N 3"},
    "linalg.tensorinv(x.reshape(2, 2, 4), ind=2)": {"x": distributions.positive_definite("4 4")},
    "torch.logdet(x)": DEFINITE,
    "torch.cholesky_solve(y, x.tril())": SYSTEM,
    "torch.baddbmm(x, y, y.mT)": {"x": "B N N", "y": "B N D"},
    # Reductions, scans, indices.
    "torch.logsumexp(x, 1)": MATRIX,
    "torch.logcumsumexp(x, 0)": MATRIX,
    "torch.cumprod(x, 1)": MATRIX,
    "torch.cummax(x, 1)[0]": MATRIX,
    "torch.prod(x, 1)": MATRIX,
    "torch.std(x, 0)": {"x": "5 D"},
    "torch.var(x, 1, correction=0)": MATRIX,
    "torch.renorm(x, 2, 0, 0.5)": MATRIX,
    "torch.median(x, 1)[0]": {"x": "N 5"},
    "torch.quantile(x, 0.3, dim=1)": {"x": "N 5"},
    "torch.topk(x, 2, 1)[0]": {"x": "N 5"},
    "torch.sort(x, 1)[0]": MATRIX,
    "torch.amax(x, 1)": MATRIX,
    "torch.nanmean(x, 1)": MATRIX,
    "torch.trapezoid(x, y.cumsum(1), dim=1)": POSITIVES,
    "torch.diff(x, n=2, dim=1)": {"x": "N 5"},
    "torch.gather(x, 1, y)": {"x": "N 4", "y": distributions.integers("N 6", high=4)},
    "x.index_add(0, y, x[y] ** 2)": {"x": "V D", "y": distributions.integers("N", high="V")},
    "x.scatter_reduce(1, y, x ** 2, 'prod')": {"x": "N 4", "y": distributions.integers("N 4", high=4)},
    "torch.take_along_dim(x, y, 1)": {"x": "N 4", "y": distributions.integers("N 3", high=4)},
    "torch.roll(x, 2, 1)": MATRIX,
    "torch.tril(x, -1)": MATRIX,
    "torch.kron(x, y)": PAIR,
    "torch.fft.irfft(torch.fft.rfft(x) * 2j, n=5)": {"x": "N 5"},
    "torch.stft(x, 4, return_complex=True, window=torch.hann_window(4)).abs().square()": {"x": "12"},
}

for expression, inputs in EXPRESSIONS.items():
    function = eval(f"lambda {', '.join(inputs)}: {expression}")
    torch_function = audited_backward(inputs=inputs, name=expression, framework="torch")(function)
