"""Pairs of functions, and functions that return both, in the ways in which they are commonly written."""

CONVENTIONS = {
    "a cache and a tuple of gradients": {
        "code": """
def affine_forward(x, w, b):
    out = x @ w + b
    cache = (x, w, b)
    return out, cache

@audited_backward(forward=affine_forward, inputs={"x": "N D", "w": "D M", "b": "M"}, OPTION)
def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
""",
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "a loss with its gradient": {
        "code": """
@audited_backward(inputs={"x": "N C", "y": distributions.integers("N", high="C")}, OPTION)
def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    N = x.shape[0]
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
""",
        "wrong": ("dx /= N", "dx /= 2 * N"),
    },
    "two upstream gradients and a cache": {
        "code": """
def cell_forward(x, prev_h, prev_c):
    gate = np.tanh(x + prev_h)
    next_c = gate * prev_c
    next_h = np.sin(next_c)
    return next_h, next_c, (gate, prev_c, next_c)

@audited_backward(forward=cell_forward, inputs={"x": "N H", "prev_h": "N H", "prev_c": "N H"}, OPTION)
def cell_backward(dnext_h, dnext_c, cache):
    gate, prev_c, next_c = cache
    dc = dnext_c + dnext_h * np.cos(next_c)
    da = dc * prev_c * (1 - gate**2)
    return da, da.copy(), dc * gate
""",
        "wrong": ("dnext_c + dnext_h", "dnext_h"),
    },
    "a dictionary of parameters and one of gradients": {
        "code": """
def forward_propagation_n(X, Y, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    cost = np.sum((Z1 - Y) ** 2) / (2 * X.shape[1])
    return cost, (Z1, parameters["W1"], parameters["b1"])

@audited_backward(
    forward=forward_propagation_n,
    inputs={"X": "D m", "Y": "K m", "parameters": {"W1": "K D", "b1": "K 1"}},
    OPTION
)
def backward_propagation_n(X, Y, cache):
    m = X.shape[1]
    Z1, W1, b1 = cache
    dZ1 = Z1 - Y
    return {"dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}
""",
        "option": 'wrt="parameters"',
        "wrong": ("keepdims=True) / m", "keepdims=True) * 4 / m"),
    },
    "one parameter among the arguments": {
        "code": """
def forward_propagation(x, theta):
    return np.dot(theta, x)

@audited_backward(forward=forward_propagation, inputs={"x": "", "theta": ""}, OPTION)
def backward_propagation(x, theta):
    dtheta = x
    return dtheta
""",
        "option": 'wrt="theta"',
        "wrong": ("dtheta = x", "dtheta = 2 * x"),
    },
    "value and several gradients": {
        "code": """
@audited_backward(inputs={"w": "D", "X": "N D", "y": "N"}, OPTION)
def least_squares(w, X, y):
    residual = X @ w - y
    return 0.5 * residual @ residual, X.T @ residual
""",
        "option": 'wrt="w"',
        "wrong": ("X.T @ residual", "2 * X.T @ residual"),
    },
    "value and a dictionary of gradients": {
        "code": """
@audited_backward(inputs={"params": {"W": "D", "b": ""}, "X": distributions.constant(np.arange(6.0).reshape(2, 3))},
                  sizes={"D": 3}, OPTION)
def loss(params, X):
    score = X @ params["W"] + params["b"]
    return np.sum(score**2), {"W": 2 * X.T @ score, "b": 2 * score.sum()}
""",
        "wrong": ("2 * score.sum()", "score.sum()"),
    },
    "a pullback": {
        "code": """
@audited_backward(inputs={"x": "N D", "w": "D"}, OPTION)
def softplus(x, w):
    scores = x @ w

    def pullback(g):
        d = g / (1 + np.exp(-scores))
        return np.outer(d, w), x.T @ d

    return np.logaddexp(0, scores), pullback
""",
        "wrong": ("np.exp(-scores)", "np.exp(scores)"),
    },
    "a maker of pullbacks": {
        "code": """
def logsumexp(x):
    return np.log(np.exp(x).sum(axis=1))

vjp = audited_backward(forward=logsumexp, inputs={"x": "N C"}, OPTION)(
    lambda ans, x: lambda g: g[:, None] * np.exp(x - ans[:, None])
)
""",
        "wrong": ("g[:, None] *", "-g[:, None] *"),
    },
    "residuals before the upstream gradient": {
        "code": """
def fwd(x, y):
    return np.sin(x) * y, (np.cos(x), np.sin(x), y)

@audited_backward(forward=fwd, inputs={"x": "N", "y": "N"}, OPTION)
def bwd(res, g):
    cos_x, sin_x, y = res
    return cos_x * g * y, sin_x * g
""",
        "wrong": ("sin_x * g", "cos_x * g"),
    },
    "a tuple of upstream gradients": {
        "code": """
def fwd(x, y):
    return x * y, x + y, (x, y)

@audited_backward(forward=fwd, inputs={"x": "N", "y": "N"}, OPTION)
def bwd(res, g):
    x, y = res
    g_product, g_sum = g
    return g_product * y + g_sum, g_product * x + g_sum
""",
        "option": 'bind={"g": "upstreams"}',
        "wrong": ("g_product * x + g_sum", "g_product * x - g_sum"),
    },
    "as many upstream gradients as there are": {
        "code": """
def forward(x, y):
    return x * y, x + y, (x, y)

@audited_backward(forward=forward, inputs={"x": "N", "y": "N"}, OPTION)
def backward(cache, *grads):
    x, y = cache
    return grads[0] * y + grads[1], grads[0] * x + grads[1]
""",
        "wrong": ("grads[0] * y + grads[1]", "grads[0] * y"),
    },
    "a jacobian": {
        "code": """
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

@audited_backward(forward=softmax, inputs={"z": "C"}, OPTION)
def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
""",
        "wrong": ("np.diag(p) -", "np.diag(p) +"),
    },
    "a jacobian of a residual function": {
        "code": """
def residuals(theta, t):
    return theta[0] * np.exp(-theta[1] * t)

@audited_backward(forward=residuals, inputs={"theta": "2", "t": distributions.constant(np.linspace(0, 1, 5))}, OPTION)
def jacobian(theta, t):
    decay = np.exp(-theta[1] * t)
    return np.stack([decay, -theta[0] * t * decay], axis=1)
""",
        "wrong": ("-theta[0] * t", "theta[0] * t"),
    },
    "the gradient of a scalar": {
        "code": """
def rosen(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

@audited_backward(forward=rosen, inputs={"x": "N"}, sizes={"N": (2, 8)}, OPTION)
def rosen_der(x):
    der = np.zeros_like(x)
    inner = x[1:] - x[:-1] ** 2
    der[:-1] = -400 * inner * x[:-1] - 2 * (1 - x[:-1])
    der[1:] += 200 * inner
    return der
""",
        "wrong": ("der[1:] += 200", "der[1:] = 200"),
    },
    "an elementwise derivative": {
        "code": """
def swish(x):
    return x / (1 + np.exp(-x))

@audited_backward(forward=swish, inputs={"x": "N D"}, OPTION)
def swish_derivative(x):
    s = 1 / (1 + np.exp(-x))
    return s + x * s * (1 - s)
""",
        "wrong": ("s + x *", "x *"),
    },
    "an elementwise derivative of a flag": {
        "code": """
def sigmoid(x, derivative=False):
    s = 1 / (1 + np.exp(-x))
    return s * (1 - s) if derivative else s

audit = audited_backward(forward=sigmoid, inputs={"x": "N D"}, OPTION)(lambda x: sigmoid(x, derivative=True))
""",
        "wrong": ("s * (1 - s)", "s * (1 + s)"),
    },
    "the derivative by the output": {
        "code": """
@audited_backward(forward=lambda x: np.tanh(x), inputs={"x": "N D"}, OPTION)
def tanh_backward(dout, out):
    return dout * (1 - out**2)
""",
        "wrong": ("out**2", "out"),
    },
    "a context that both share": {
        "code": """
def forward(ctx, x, w):
    ctx.save_for_backward(x, w)
    ctx.scale = 2.0
    return ctx.scale * (x @ w)

@audited_backward(forward=forward, inputs={"x": "N D", "w": "D M"}, OPTION)
def backward(ctx, grad_output):
    x, w = ctx.saved_tensors
    return ctx.scale * grad_output @ w.T, ctx.scale * x.T @ grad_output
""",
        "wrong": ("ctx.scale * x.T", "x.T"),
    },
    "static methods with a context": {
        "code": """
@audited_backward(inputs={"x": "N D", "w": "D M"}, OPTION)
class Multiply:
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_values
        return grad_output @ w.T, x.T @ grad_output
""",
        "wrong": ("x.T @ grad_output", "-x.T @ grad_output"),
    },
    "a class method": {
        "code": """
class Square:
    factor = 2

    @classmethod
    def forward(cls, x):
        return x**cls.factor

    @audited_backward(forward="forward", inputs={"x": "N"}, OPTION)
    @classmethod
    def backward(cls, dout, x):
        return cls.factor * x * dout
""",
        "wrong": ("cls.factor * x * dout", "x * dout"),
    },
    "a static method beside its forward": {
        "code": """
class Activation:
    @staticmethod
    def forward(x):
        return np.maximum(x, 0)

    @staticmethod
    @audited_backward(forward="forward", inputs={"x": "N"}, OPTION)
    def derivative(x):
        return (x > 0) * 1.0
""",
        "wrong": ("(x > 0) * 1.0", "(x > 0) * 2.0"),
    },
    "lambdas": {
        "code": """
audit = audited_backward(forward=lambda x: x**3, inputs={"x": "N"}, OPTION)(lambda dout, x: 3 * x**2 * dout)
""",
        "wrong": ("3 * x**2", "2 * x**2"),
    },
    "a built-in without a signature": {
        "code": """
class Cosine:
    __name__ = "cosine"
    __signature__ = "none"

    def __call__(self, *values):
        return FUNCTION(values[0])

audit = audited_backward(forward=np.sin, inputs={"x": "N"}, OPTION)(Cosine())
""".replace("FUNCTION", "np.cos"),
        "option": 'bind={"x": "x"}',
        "wrong": ("np.cos", "np.tan"),
    },
    "arguments of other names": {
        "code": """
def forward(x, w):
    return x @ w

@audited_backward(forward=forward, inputs={"x": "N D", "w": "D M"}, OPTION)
def backward(dout, a, b):
    return dout @ b.T, a.T @ dout
""",
        "option": 'bind={"dout": "upstream", "a": "x", "b": "w"}',
        "asked": 'bind={"dout": "upstream", "a": "<an argument',
        "wrong": ("a.T @ dout", "-a.T @ dout"),
    },
    "an argument called like an upstream gradient": {
        "code": """
def height(g, t):
    return g * t**2 / 2

@audited_backward(forward=height, inputs={"g": "", "t": "N"}, OPTION)
def height_backward(dout, g, t):
    return np.sum(dout * t**2) / 2, dout * g * t
""",
        "option": 'bind={"g": "g"}',
        "wrong": ("dout * g * t", "dout * g"),
    },
    "extras that are no outputs": {
        "code": """
def forward(x):
    return x**2, {"calls": 1}

@audited_backward(forward=forward, inputs={"x": "N"}, OPTION)
def backward(dout, x):
    return 2 * x * dout
""",
        "option": "outputs=1",
        "wrong": ("2 * x * dout", "x * dout"),
    },
    "a constant that only the backward takes": {
        "code": """
@audited_backward(forward=lambda x: 0.1 * x**2, inputs={"x": "N", INPUT}, OPTION)
def backward(dout, x, learning_rate):
    return 2 * learning_rate * x * dout
""",
        "input": '"learning_rate": distributions.constant(0.1)',
        "wrong": ("2 * learning_rate", "learning_rate"),
    },
    "a flag that the forward takes": {
        "code": """
def forward(x, training):
    return x**2 if training else x

@audited_backward(forward=forward, inputs={"x": "N", INPUT}, OPTION)
def backward(dout, x):
    return 2 * x * dout
""",
        "input": '"training": True',
        "wrong": ("2 * x * dout", "3 * x * dout"),
    },
    "a dropout mask from a generator": {
        "code": """
def dropout(x, rng):
    mask = (rng.random(x.shape) < 0.5) / 0.5
    return x * mask, mask

@audited_backward(forward=dropout, inputs={"x": "N D"}, OPTION)
def dropout_backward(dout, cache):
    return dout * cache
""",
        "wrong": ("dout * cache", "dout * (cache > 0)"),
    },
    "a dropout mask from NumPy's global state": {
        "code": """
def dropout(x):
    mask = np.random.rand(*x.shape) < 0.5
    return x * mask, mask

@audited_backward(forward=dropout, inputs={"x": "N D"}, OPTION)
def dropout_backward(dout, cache):
    return dout * cache
""",
        "wrong": ("dout * cache", "dout * ~cache"),
    },
    "a dataclass of parameters": {
        "code": """
from dataclasses import dataclass

@dataclass
class Parameters:
    W: object
    b: object

def forward(x, params):
    return x @ params.W + params.b

@audited_backward(forward=forward, inputs={"x": "N D", "params": Parameters("D M", "M")}, OPTION)
def backward(dout, x, params):
    return dout @ params.W.T, Parameters(x.T @ dout, dout.sum(axis=0))
""",
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "a NamedTuple of parameters": {
        "code": """
from typing import NamedTuple

class Parameters(NamedTuple):
    W: object
    b: object

def loss(params, x):
    return np.sum((x @ params.W + params.b) ** 2)

@audited_backward(forward=loss, inputs={"params": Parameters("D M", "M"), "x": "N D"}, OPTION)
def gradient(params, x):
    out = x @ params.W + params.b
    return Parameters(2 * x.T @ out, 2 * out.sum(axis=0))
""",
        "option": 'wrt="params"',
        "wrong": ("2 * x.T @ out", "x.T @ out"),
    },
    "a list of layers' parameters": {
        "code": """
def forward(x, layers):
    hidden = np.tanh(x @ layers[0]["w"])
    return hidden @ layers[1]["w"], (x, hidden, layers)

@audited_backward(forward=forward, inputs={"x": "N D", "layers": [{"w": "D H"}, {"w": "H M"}]}, OPTION)
def backward(dout, cache):
    x, hidden, layers = cache
    dhidden = dout @ layers[1]["w"].T * (1 - hidden**2)
    return dhidden @ layers[0]["w"].T, [{"w": x.T @ dhidden}, {"w": hidden.T @ dout}]
""",
        "wrong": ("(1 - hidden**2)", "(1 - hidden)"),
    },
    "audits of one backward under two names": {
        "code": """
@audited_backward(forward=lambda x: np.abs(x), inputs={"x": distributions.positive("N")}, name="positive", OPTION)
@audited_backward(forward=lambda x: np.sqrt(x**2), inputs={"x": distributions.uniform("N", -2, -1)}, name="negative")
def backward(dout, x):
    return np.sign(x) * dout
""",
        "wrong": ("np.sign(x)", "2 * np.sign(x)"),
    },
    "audits declared in a loop": {
        "code": """
for power in (2, 3):
    audited_backward(forward=lambda x, p=power: x**p, inputs={"x": "N"}, name=f"power {power}", OPTION)(
        lambda dout, x, p=power: p * x ** (p - 1) * dout
    )
""",
        "wrong": ("p * x **", "x **"),
    },
    "a function of another module": {
        "code": """
audit = audited_backward(forward=np.linalg.norm, inputs={"x": "N"}, OPTION)(lambda x: x / np.linalg.norm(x))
""",
        "wrong": ("x / np.linalg.norm(x)", "x * np.linalg.norm(x)"),
    },
    "a partial function": {
        "code": """
import functools

def power(x, exponent):
    return x**exponent

def power_backward(dout, x, exponent):
    return exponent * x ** (exponent - 1) * dout

audit = audited_backward(forward=functools.partial(power, exponent=3), inputs={"x": "N"}, OPTION)(
    functools.partial(power_backward, exponent=3)
)
""",
        "wrong": ("exponent * x **", "x **"),
    },
}
