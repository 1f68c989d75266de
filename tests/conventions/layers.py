"""Objects that keep their cache, their parameters and their gradients themselves."""

CONVENTIONS = {
    "gradients in attributes": {
        "code": """
@audited_backward(make=lambda rng: Affine(rng), inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self, rng):
        self.W = rng.normal(size=(3, 4))
        self.b = np.zeros(4)

    def forward(self, x):
        self.x = x
        self.out = self.x @ self.W + self.b
        return self.out

    def backward(self, dout):
        self.dout = dout
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        self.dx = dout @ self.W.T
        return self.dx
""",
        "option": 'parameters={"W": "dW", "b": "db"}',
        "noted": True,
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "no parameters": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx
""",
        "wrong": ("dx[self.mask] = 0", "dx[~self.mask] = 0"),
    },
    "gradients in a dictionary": {
        "code": """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self):
        self.params = {"W": np.random.randn(3, 4), "b": np.zeros(4)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        self.grads["W"] = self.x.T @ dout
        self.grads["b"] = dout.sum(axis=0)
        return dout @ self.params["W"].T
""",
        "option": 'parameters={"params.W": "grads.W", "params.b": "grads.b"}',
        "noted": True,
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "gradients in a dictionary beside attributes": {
        "code": """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self):
        self.W = np.random.randn(3, 4)
        self.gradients = {}

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.gradients["dW"] = self.x.T @ dout
        return dout @ self.W.T
""",
        "option": 'parameters={"W": "gradients.dW"}',
        "noted": True,
        "wrong": ("self.x.T @ dout", "2 * self.x.T @ dout"),
    },
    "lists of parameters and of gradients": {
        "code": """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self):
        W = 0.01 * np.random.randn(3, 4).astype("f")
        b = np.zeros(4, dtype="f")
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]
        self.x = None

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, b = self.params
        dx = np.dot(dout, W.T)
        self.grads[0][...] = np.dot(self.x.T, dout)
        self.grads[1][...] = np.sum(dout, axis=0)
        return dx
""",
        "option": 'parameters={"params.*": "grads.*"}',
        "noted": True,
        "wrong": ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),
    },
    "parameters that hold their gradients": {
        "code": """
class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)

@audited_backward(inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self):
        self.W = Parameter(np.random.randn(3, 4))
        self.b = Parameter(np.zeros(4))

    def forward(self, x):
        self.cache = x
        return x @ self.W.value + self.b.value

    def backward(self, dout):
        self.W.grad += self.cache.T @ dout
        self.b.grad += dout.sum(axis=0)
        return dout @ self.W.value.T
""",
        "option": 'parameters={"W.value": "W.grad", "b.value": "b.grad"}',
        "noted": True,
        "wrong": ("self.W.grad += self", "self.W.grad -= self"),
    },
    "caches that are appended to": {
        "code": """
@audited_backward(make=lambda: FullyConnected(3, 4), inputs={"X": "N 3"}, OPTION)
class FullyConnected:
    def __init__(self, n_in, n_out):
        self.parameters = {"W": np.random.randn(n_in, n_out), "b": np.zeros((1, n_out))}
        self.gradients = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self.derived_variables = {"Z": []}
        self.X = []

    def forward(self, X, retain_derived=True):
        Z = X @ self.parameters["W"] + self.parameters["b"]
        if retain_derived:
            self.X.append(X)
            self.derived_variables["Z"].append(Z)
        return np.tanh(Z)

    def backward(self, dLdy, retain_grads=True):
        if not isinstance(dLdy, list):
            dLdy = [dLdy]
        dX = []
        for dy, x, Z in zip(dLdy, self.X, self.derived_variables["Z"]):
            dZ = dy * (1 - np.tanh(Z) ** 2)
            dX.append(dZ @ self.parameters["W"].T)
            if retain_grads:
                self.gradients["W"] += x.T @ dZ
                self.gradients["b"] += dZ.sum(axis=0, keepdims=True)
        return dX[0] if len(self.X) == 1 else dX
""",
        "option": 'parameters={"parameters.W": "gradients.W", "parameters.b": "gradients.b"}',
        "noted": True,
        "wrong": ("+= dZ.sum", "+= 2 * dZ.sum"),
    },
    "caches on a stack": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Power:
    def __init__(self):
        self.cache = []

    def forward(self, x):
        self.cache.append(x)
        return x**3

    def backward(self, dout):
        x = self.cache.pop()
        return 3 * x**2 * dout
""",
        "wrong": ("3 * x**2", "3 * x"),
    },
    "a rate that the backward takes": {
        "code": """
@audited_backward(inputs={"x": "N 3", INPUT}, OPTION)
class Affine:
    def __init__(self):
        self.W = np.random.randn(3, 4)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, lr):
        dx = dout @ self.W.T
        self.W -= lr * self.x.T @ dout
        return dx
""",
        "input": '"lr": distributions.constant(0.1)',
        "wrong": ("dx = dout @ self.W.T", "dx = 2 * dout @ self.W.T"),
    },
    "a gradient that only the step shows": {
        "code": """
@audited_backward(inputs={"x": "N 3", "lr": distributions.constant(1.0)}, OPTION)
class Affine:
    def __init__(self):
        self.W = np.random.randn(3, 4)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, lr):
        dx = dout @ self.W.T
        self.W -= lr * self.x.T @ dout
        return dx
""",
        "option": 'parameters={"W": "step"}',
        "noted": True,
        "wrong": ("lr * self.x.T", "2 * lr * self.x.T"),
    },
    "an input gradient after the step": {
        "code": """
@audited_backward(inputs={"x": "N 3", INPUT}, OPTION)
class Affine:
    def __init__(self):
        self.W = np.random.randn(3, 4)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, learning_rate):
        W = self.W
        self.W = self.W - learning_rate * self.x.T @ dout
        return dout @ W.T
""",
        "input": '"learning_rate": distributions.constant(0.1)',
        "wrong": ("return dout @ W.T", "return dout @ self.W.T"),
    },
    "parameters that the first forward makes": {
        "code": """
def built():
    layer = Affine(4)
    layer.forward(np.ones((1, 3)))
    return layer

@audited_backward(inputs={"x": "N 3"}, parameters={"W": "dW"}, OPTION)
class Affine:
    def __init__(self, units=4):
        self.units = units
        self.W = None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.randn(x.shape[1], self.units)
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T
""",
        "option": "make=built",
        "asked": "let make= run one",
        "wrong": ("self.dW = self.x.T", "self.dW = 2 * self.x.T"),
    },
    "a call in place of forward": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Sigmoid:
    def __call__(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)
""",
        "wrong": ("(1 - self.out)", "(1 + self.out)"),
    },
    "a forward of another name": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Sine:
    def compute(self, x):
        self.x = x
        return np.sin(x)

    def backward(self, dout):
        return dout * np.cos(self.x)
""",
        "option": 'forward="compute"',
        "wrong": ("np.cos", "np.tan"),
    },
    "both of other names": {
        "code": """
class Sine:
    def fprop(self, x):
        self.x = x
        return np.sin(x)

    def bprop(self, dout):
        return dout * np.cos(self.x)

audit = audited_backward(forward="fprop", inputs={"x": "N D"})(Sine.bprop)
""",
        "wrong": ("np.cos", "np.tan"),
    },
    "several inputs and several outputs": {
        "code": """
@audited_backward(inputs={"a": "N", "b": "N"}, OPTION)
class SumAndProduct:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a + b, a * b

    def backward(self, dsum, dproduct):
        return dsum + dproduct * self.b, dsum + dproduct * self.a
""",
        "wrong": ("dsum + dproduct * self.a", "dproduct * self.a"),
    },
    "a tuple of upstream gradients": {
        "code": """
@audited_backward(inputs={"a": "N", "b": "N"}, OPTION)
class SumAndProduct:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a + b, a * b

    def backward(self, grads):
        dsum, dproduct = grads
        return dsum + dproduct * self.b, dsum + dproduct * self.a
""",
        "option": 'bind={"grads": "upstreams"}',
        "wrong": ("dsum + dproduct * self.a", "dproduct * self.a"),
    },
    "a flag that the forward takes": {
        "code": """
@audited_backward(inputs={"x": "N 3", INPUT}, OPTION)
class BatchNorm:
    def __init__(self):
        self.running_mean = np.zeros(3)

    def forward(self, x, train):
        mean = x.mean(axis=0) if train else self.running_mean
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.centred = x - mean
        return self.centred**2

    def backward(self, dout):
        dcentred = 2 * dout * self.centred
        return dcentred - dcentred.mean(axis=0)
""",
        "input": '"train": True',
        "wrong": ("- dcentred.mean(axis=0)", "- dcentred.sum(axis=0)"),
    },
    "a mask from NumPy's global state": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Dropout:
    def __init__(self, ratio=0.5):
        self.ratio = ratio

    def forward(self, x, train_flg=True):
        self.mask = np.random.rand(*x.shape) > self.ratio
        return x * self.mask if train_flg else x * (1 - self.ratio)

    def backward(self, dout):
        return dout * self.mask
""",
        "wrong": ("dout * self.mask", "dout * ~self.mask"),
    },
    "a mask from a generator of its own": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Dropout:
    def __init__(self, rng):
        self.rng = rng

    def forward(self, x):
        self.mask = self.rng.random(x.shape) > 0.5
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask
""",
        "wrong": ("dout * self.mask", "dout * ~self.mask"),
    },
    "a constructor that takes sizes": {
        "code": """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Scale:
    def __init__(self, size):
        self.size = size

    def forward(self, x):
        return x * np.arange(self.size)

    def backward(self, dout):
        return dout * np.arange(self.size)
""",
        "option": "make=lambda rng: Scale(3)",
        "asked": "make=lambda rng: Scale(...)",
        "wrong": ("return dout *", "return -dout *"),
    },
    "a container of layers": {
        "code": """
class Affine:
    def __init__(self, inside, outside):
        self.W = np.random.randn(inside, outside)
        self.b = np.zeros(outside)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T

class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)

@audited_backward(inputs={"x": "N 3"}, make=lambda: Sequential([Affine(3, 4), Tanh(), Affine(4, 2)]), OPTION)
class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
""",
        "option": 'parameters={"layers.*.W": "layers.*.dW", "layers.*.b": "layers.*.db"}',
        "noted": True,
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "a container of containers": {
        "code": """
class Scale:
    def __init__(self):
        self.gain = np.ones(3)

    def forward(self, x):
        self.x = x
        return x * self.gain

    def backward(self, dout):
        self.dgain = (dout * self.x).sum(axis=0)
        return dout * self.gain

class Block:
    def __init__(self, **layers):
        self.layers = dict(layers)

    def forward(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        return dout

audit = audited_backward(
    inputs={"x": "N 3"}, make=lambda: Block(one=Block(scale=Scale()), two=Block(scale=Scale())), OPTION
)(Block)
""",
        "option": 'parameters={"layers.one.layers.scale.gain": "layers.one.layers.scale.dgain", '
        '"layers.two.layers.scale.gain": "layers.two.layers.scale.dgain"}',
        "noted": True,
        "wrong": ("(dout * self.x).sum", "(dout + self.x).sum"),
    },
    "a network that gathers its layers' lists": {
        "code": """
class Affine:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        return dout @ self.params[0].T

@audited_backward(inputs={"x": "N 3"}, OPTION)
class Network:
    def __init__(self):
        shapes = [(3, 4), (4, 2)]
        self.layers = [Affine(np.random.randn(*shape).astype("f")) for shape in shapes]
        self.params = [array for layer in self.layers for array in layer.params]
        self.grads = [array for layer in self.layers for array in layer.grads]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
""",
        "option": 'parameters={"params.*": "grads.*"}',
        "asked": "parameters={",
        "noted": True,
        "wrong": ("self.x.T @ dout", "-self.x.T @ dout"),
    },
    "gradients that are returned": {
        "code": """
@audited_backward(inputs={"x": "N 3"}, OPTION)
class Affine:
    def __init__(self):
        self.W = np.random.randn(3, 4)
        self.b = np.zeros(4)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        return dout @ self.W.T, self.x.T @ dout, dout.sum(axis=0)
""",
        "option": 'wrt=("x", "W", "b")',
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "a network that returns its parameters' gradients": {
        "code": """
class TwoLayers:
    def __init__(self):
        self.params = {"W1": np.random.randn(3, 4), "W2": np.random.randn(4, 2)}

    def loss(self, x, t):
        hidden = np.tanh(x @ self.params["W1"])
        return 0.5 * np.sum((hidden @ self.params["W2"] - t) ** 2)

    @audited_backward(forward="loss", inputs={"x": "N 3", "t": "N 2"}, OPTION)
    def gradient(self, x, t):
        hidden = np.tanh(x @ self.params["W1"])
        dout = hidden @ self.params["W2"] - t
        dhidden = dout @ self.params["W2"].T * (1 - hidden**2)
        return {"W1": x.T @ dhidden, "W2": hidden.T @ dout}
""",
        "option": 'wrt="params"',
        "wrong": ("hidden.T @ dout}", "2 * hidden.T @ dout}"),
    },
    "a model's loss with its gradients": {
        "code": """
class Model:
    def __init__(self):
        self.params = {"W": np.random.randn(3), "b": np.zeros(1)}

    def loss(self, X, y):
        residual = X @ self.params["W"] + self.params["b"] - y
        grads = {"W": 2 * X.T @ residual, "b": np.array([2 * residual.sum()])}
        return np.sum(residual**2), grads

audit = audited_backward(inputs={"X": "N 3", "y": "N"}, OPTION)(Model().loss)
""",
        "option": 'wrt="params"',
        "wrong": ("np.array([2 *", "np.array([3 *"),
    },
    "methods of an object": {
        "code": """
class Square:
    def __init__(self, scale):
        self.scale = scale

    def forward(self, x):
        self.x = x
        return self.scale * x**2

    def backward(self, dout):
        return 2 * self.scale * self.x * dout

square = Square(3.0)
audit = audited_backward(forward=square.forward, inputs={"x": "N D"}, OPTION)(square.backward)
""",
        "wrong": ("2 * self.scale", "self.scale"),
    },
    "an object": {
        "code": """
class Square:
    def __init__(self, scale):
        self.scale = np.array(scale)

    def forward(self, x):
        self.x = x
        return self.scale * x**2

    def backward(self, dout):
        self.dscale = (dout * self.x**2).sum(axis=0)
        return 2 * self.scale * self.x * dout

audit = audited_backward(inputs={"x": "N 2"}, OPTION)(Square([3.0, 2.0]))
""",
        "option": 'parameters={"scale": "dscale"}',
        "noted": True,
        "wrong": ("(dout * self.x**2)", "(dout * self.x)"),
    },
    "a loss layer": {
        "code": """
@audited_backward(inputs={"x": "N C", "t": distributions.integers("N", high="C")}, OPTION)
class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.log(self.y[np.arange(t.size), t]).mean()

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(self.t.size), self.t] -= 1
        return dx * dout / self.t.size
""",
        "wrong": ("-= 1", "-= 2"),
    },
    "a loss layer that takes its upstream gradient": {
        "code": """
@audited_backward(inputs={"x": "N", "t": "N"}, OPTION)
class SquaredError:
    def forward(self, x, t):
        self.difference = x - t
        return np.sum(self.difference**2)

    def backward(self, dout):
        return 2 * dout * self.difference, -2 * dout * self.difference
""",
        "wrong": ("2 * dout * self.difference, -2 * dout", "2 * self.difference, -2 * dout"),
    },
    "what forward returns as a cache": {
        "code": """
@audited_backward(inputs={"x": "N D"}, OPTION)
class Square:
    def forward(self, x):
        return x**2, x

    def backward(self, dout, cache):
        return 2 * cache * dout
""",
        "wrong": ("2 * cache", "cache"),
    },
}
