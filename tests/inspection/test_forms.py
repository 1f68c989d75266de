"""What is a hand-written backward pass, by its source, and what only looks like one."""

import ast
import textwrap

import pytest

from gradaudit.inspection import Inspection


def names(source, file="layers.py"):
    """What GA101 names in a source: nothing where its bytes already say that it needs no parsing."""
    inspection = Inspection({"GA101"})
    text = textwrap.dedent(source)
    if inspection.wants(file, text.encode(), mentioned=False):
        inspection.see(file, ast.parse(text), text)
    found = inspection.concluded(()).findings
    return [finding.message.removeprefix("no audit names ").partition(": ")[0] for finding in found]


def messages(source):
    inspection = Inspection({"GA101"})
    text = textwrap.dedent(source)
    inspection.see("layers.py", ast.parse(text), text)
    return [finding.message for finding in inspection.concluded(()).findings]


FOUND = {
    "autograd function": (
        """
        import torch
        class Relu(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): return x.clamp(min=0)
            @staticmethod
            def backward(ctx, grad_output): return grad_output
        """,
        ["Relu"],
    ),
    "autograd function, imported by name": (
        "from torch.autograd import Function\nclass F(Function):\n    def forward(c, x): return x\n"
        "    def backward(c, g): return g",
        ["F"],
    ),
    "autograd function, by another name": (
        "import torch.autograd as ag\nBase = ag.Function\nclass F(Base):\n    def forward(c, x): return x\n"
        "    def backward(c, g): return g",
        ["F"],
    ),
    "autograd function, through a base of its own": (
        "from torch.autograd import Function\nclass Base(Function):\n    @staticmethod\n    def jvp(c, t): return t\n"
        "class F(Base):\n    def forward(c, x): return x\n    def backward(c, g): return g",
        ["F"],
    ),
    "autograd function, with vjp": (
        "from torch.autograd import Function\nclass F(Function):\n    def forward(x): return x\n"
        "    def vjp(c, g): return g",
        ["F"],
    ),
    "custom_vjp": (
        """
        import jax
        @jax.custom_vjp
        def f(x): return x
        def f_fwd(x): return x, None
        def f_bwd(res, g): return (g,)
        f.defvjp(f_fwd, f_bwd)
        """,
        ["f"],
    ),
    "custom_vjp in a partial": (
        "import functools, jax\n@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))\ndef f(x, n): return x\n"
        "f.defvjp(f_fwd, f_bwd)",
        ["f"],
    ),
    "custom_vjp as a call": (
        "from jax import custom_vjp\nf = custom_vjp(_f)\nf.defvjp(_fwd, _bwd)",
        ["f"],
    ),
    "custom_vjp in a function": (
        "import jax\ndef make():\n    @jax.custom_vjp\n    def f(x): return x\n    def f_bwd(res, g): return g\n"
        "    f.defvjp(f_fwd, f_bwd)\n    return f",
        ["make.f"],
    ),
    "custom_jvp": ("import jax\n@jax.custom_jvp\ndef f(x): return x\n@f.defjvp\ndef rule(p, t): return t", ["f"]),
    "custom_gradient": (
        "import tensorflow as tf\n@tf.custom_gradient\ndef f(x):\n    def grad(dy): return dy\n    return x, grad",
        ["f"],
    ),
    "defvjp": (
        "from autograd.extend import defvjp\ndefvjp(f, lambda ans, x: lambda g: g * ans)\n"
        "defvjp(h, lambda ans, x: lambda g: f(g))",
        ["f", "h"],
    ),
    "defvjp of a module": ("import autograd.extend as e\ne.defvjp(f, lambda ans, x: lambda g: g)", ["f"]),
    "defvjp of a primitive that has no name": (
        "from autograd.extend import defvjp\ndefvjp(func(V.add), None, rule)",
        ["func(V.add)"],
    ),
    "defvjp as a method": ("@primitive\ndef f(x): return x\nf.defvjp(lambda g, ans, x: g)", ["f"]),
    "defgrad": ("from autograd.core import defgrad\ndefgrad(f, lambda ans, x: lambda g: g)", ["f"]),
    "defjvp of a module's own name": (
        "from autograd.extend import defjvp\ndefjvp(f, lambda g, ans, x: g * x)\ndefjvp(h, None, rule)",
        ["f", "h"],
    ),
    "defjvp inside of autograd": ("from .core import defjvp_argnum\ndefjvp_argnum(f, rule)", ["f"]),
    "defvjp for several arguments": (
        "from autograd.extend import defvjp_argnums\ndefvjp_argnums(f, rule)",
        ["f"],
    ),
    "defvjp and defjvp of the same primitive": (
        "from autograd.extend import defvjp, defjvp\ndefvjp(f, lambda ans, x: lambda g: g)\n"
        "defjvp(f, lambda g, ans, x: g)",
        ["f"],
    ),
    "defjvp of a primitive of JAX": (
        "from jax.interpreters import ad\nad.defjvp(p, lambda g, x: g * x)\nad.primitive_transposes[p] = rule",
        ["p"],
    ),
    "tables of a primitive of JAX": (
        "from jax._src.interpreters import ad\ndef _jvp(primals, tangents): return p.bind(*primals), tangents[0]\n"
        "ad.primitive_jvps[p] = _jvp\nad.fancy_transposes[core.q_p] = partial(rule, q)",
        ["p", "core.q_p"],
    ),
    "a linear primitive of JAX": (
        "import jax.interpreters.ad as autodiff\nautodiff.deflinear2(neg_p, lambda t, x: [neg(t)])\n"
        "autodiff.defbilinear(mul_p, left, right)",
        ["neg_p", "mul_p"],
    ),
    "a primitive of JAX that is linear in its tangent, and has a transpose": (
        "from functools import partial\nfrom jax.interpreters import ad\n"
        "ad.primitive_jvps[p] = partial(ad.linear_jvp, p)\ndef _transpose(ct, x): return [ct.T]\n"
        "ad.primitive_transposes[p] = _transpose",
        ["p"],
    ),
    "register_autograd of torch": (
        'import torch\ndef b(ctx, g): return g\ntorch.library.register_autograd("ns::op", b)',
        ["ns::op"],
    ),
    "register_autograd of an operator": ("def b(ctx, g): return g\nop.register_autograd(b, setup_context=s)", ["op"]),
    "a pair": ("def relu_forward(x): return x\ndef relu_backward(dout, cache): return dout", ["relu_backward"]),
    "a pair, bare": ("def relu(x): return x\ndef relu_backward(dout, x): return dout", ["relu_backward"]),
    "a pair, backward first": (
        "def forward_conv(x): return x\ndef backward_conv(dout): return dout",
        ["backward_conv"],
    ),
    "a pair, private": ("def _relu_fwd(x): return x\ndef _relu_bwd(res, ct): return ct", ["_relu_bwd"]),
    "a pair, with another name for the upstream gradient": (
        "def affine(x, w): return x @ w\ndef affine_backward(top, cache):\n    dx = top @ cache\n    return dx",
        ["affine_backward"],
    ),
    "a pair in a class": (
        "class Ops:\n    def add_forward(self, x): return x\n    def add_backward(self, dout): return dout",
        ["Ops.add_backward"],
    ),
    "a pair that propagates an error": (
        "class Dense:\n    def forward_propagation(self, x): return x\n"
        "    def backward_propagation(self, output_error, rate): return output_error @ self.w.T",
        ["Dense.backward_propagation"],
    ),
    "a gradient": ("def loss(w): return w @ w\ndef loss_grad(w): return 2 * w", ["loss_grad"]),
    "a derivative": ("def rosen(x): return x\ndef rosen_der(x): return 2 * x", ["rosen_der"]),
    "second derivatives": (
        "def rosen(x): return x @ x\ndef rosen_hess(x): return 2 * np.eye(x.size)\n"
        "def rosen_hess_prod(x, p): return 2 * p\ndef rosen_hessian(x): return 2 * np.eye(x.size)\n"
        "def rosen_hessp(x, p): return 2 * p",
        ["rosen_hess", "rosen_hess_prod", "rosen_hessian", "rosen_hessp"],
    ),
    "derivatives of a numbered order": (
        "class Link:\n    def __call__(self, p): return p * p\n    def deriv2(self, p): return 2 + 0 * p\n"
        "    def inverse(self, z): return z * z\n    def inverse_deriv2(self, z): return 2 + 0 * z\n"
        "    def deriv_inverse(self, z): return 2 * z\n    def derivative3_inverse(self, z): return 0 * z",
        ["Link.deriv2", "Link.inverse_deriv2", "Link.deriv_inverse", "Link.derivative3_inverse"],
    ),
    "a derivative that shares the rest of its name with the value": (
        "def _fit_objective(w, x): return w @ x\ndef _fit_grad(w, x): return x * 1\n"
        "def loglike_group(p): return p @ p\ndef score_group(p): return 2 * p\n"
        "def robust_loglike(p): return p @ p\ndef robust_score(p): return 2 * p\n"
        "def func_of(p): return p @ p\ndef hess_of(p): return 2 * np.eye(p.size)",
        ["_fit_grad", "score_group", "robust_score", "hess_of"],
    ),
    "a gradient with a Hessian": (
        "class Loss:\n    def loss(self, coef, X): return coef @ coef\n"
        "    def gradient_hessian(self, coef, X):\n        return 2 * coef, 2 * X\n"
        "    def gradient_hessian_product(self, coef, X):\n        return 2 * coef, lambda s: 2 * s",
        ["Loss.gradient_hessian", "Loss.gradient_hessian_product"],
    ),
    "the reference of a backward": (
        "def norm_ref(x, w): return x * w\ndef norm_bwd_ref(x, w, dout): return dout * w, dout * x\n"
        "def relu_fwd_ref(x): return x\ndef _relu_backward_ref(dout, x): return dout",
        ["norm_bwd_ref", "_relu_backward_ref"],
    ),
    "a derivative that is a method": (
        "class Sigmoid:\n    def fn(self, z): return z\n    def grad(self, x): return x * (1 - x)",
        ["Sigmoid.grad"],
    ),
    "a score and a Hessian": (
        "class Poisson:\n    def loglike(self, params): return self.y @ self.x @ params\n"
        "    def score(self, params): return self.x.T @ self.y\n"
        "    def hessian(self, params, scale=None): return -self.x.T @ self.x",
        ["Poisson.score", "Poisson.hessian"],
    ),
    "a score of each observation, and its sum": (
        "class Logit:\n    def loglikeobs(self, params): return self.x @ params\n"
        "    def score_obs(self, params): return self.x\n"
        '    def score(self, params):\n        "Its sum."\n        return self.score_obs(params).sum(0)',
        ["Logit.score_obs"],
    ),
    "a score that adds a penalty's derivative": (
        "class Penalized:\n    def loglike(self, params): return super().loglike(params) - params @ params\n"
        "    def score(self, params):\n        score = super().score(params)\n        score -= 2 * params\n"
        "        return score",
        ["Penalized.score"],
    ),
    "a layer": (
        "class Affine:\n    def forward(self, x): return x\n    def backward(self, dout): return dout @ self.w.T",
        ["Affine"],
    ),
    "a layer that keeps its gradients": (
        "class Node:\n    def forward(self): self.value = 1\n    def backward(self):\n"
        "        self.gradients[self] += 1",
        ["Node"],
    ),
    "a layer, called": (
        "class L:\n    def __call__(self, x): return x\n    def backward(self, grad): return grad",
        ["L"],
    ),
    "a layer with keys": (
        'class L:\n    def forward(self, x): return x\n    def backward(self, y):\n        self.store["dW"] = y',
        ["L"],
    ),
    "loss and gradients": (
        """
        def softmax_loss(x, y):
            loss = x.sum()
            dx = x - y
            dx /= len(x)
            return loss, dx
        def relu_backward(dout): return dout
        def relu(x): return x
        """,
        ["softmax_loss", "relu_backward"],
    ),
    "loss and gradient, written out": (
        "def f(w):\n    cost = w @ w\n    grad = 2 * w\n    if w.any():\n        return cost, grad.ravel()\n"
        "    return 0",
        ["f"],
    ),
    "loss and the gradient of a parameter": (
        "def svm(scores, y):\n    dscores = scores > y\n    return scores.sum(), dscores / 2\n"
        "def nll_of(scores, y):\n    loss = scores.sum()\n    dscores = scores - y\n    return loss, dscores / 2\n"
        "def relu(x): return x\ndef relu_backward(dout): return dout",
        ["nll_of", "relu_backward"],
    ),
    "a gradient on request": (
        "def f(L, return_gradient=True):\n    if return_gradient:\n        return L.sum(), 2 * L\n    return L.sum()\n"
        "class Kernel:\n    def __call__(self, X, *, eval_gradient: bool = False):\n        K = X @ X.T\n"
        "        if not eval_gradient:\n            return K\n        dK = 2 * X\n        return K, dK",
        ["f", "Kernel.__call__"],
    ),
    "value and derivative, called after it": (
        "def f(L):\n    'phi, and gradient(phi)'\n    phi = (L * L).sum()\n    Gphi = 2 * L\n    return phi, Gphi\n"
        "def h(z):\n    z_prime = 1 - z * z\n    return z, z_prime\n"
        "def k(self, theta):\n    d_K = theta * 2\n    return self.K, np.array(d_K)",
        ["f", "h", "k"],
    ),
    "loss and gradient, each times a sign": (
        "def _loss_grad(w):\n    loss, grad = 0, 0\n    grad = 2 * w\n    return sign * loss, sign * grad.ravel()",
        ["_loss_grad"],
    ),
    "loss and gradient that is added to": (
        "def f(w):\n    loss, grad = data(w)\n    grad += w\n    return loss, grad",
        ["f"],
    ),
    "an argument of a solver": (
        "from scipy.optimize import minimize\ndef cost(x): return x @ x\ndef slope(x): return 2 * x\n"
        "def bend(x): return 2 * np.eye(x.size)\nminimize(cost, x0, jac=slope, hess=bend)\n"
        "minimize(fun=cost, x0=x0, jac=slope)",
        ["slope", "bend"],
    ),
    "an argument of a solver for roots": (
        "from scipy import optimize\ndef solve():\n    def f(x): return x**2 - 1\n    def df(x): return 2 * x\n"
        "    return optimize.newton(f, 0.5, fprime=df)",
        ["solve.df"],
    ),
    "an argument of a solver, beside a lambda": (
        "def slope(x): return 2 * x\nminimize(lambda x: x @ x, x0, jac=slope)",
        ["slope"],
    ),
    "the derivative of a constraint": (
        "def cost(x): return x @ x\ndef bound(x): return x - 1\ndef bound_slope(x): return np.eye(x.size)\n"
        "fmin_slsqp(cost, x0, fprime=cost_slope, f_ieqcons=bound, fprime_ieqcons=bound_slope)",
        ["bound_slope"],
    ),
    "an argument of a solver, behind a wrapper": (
        "def fit(score, x0):\n    def func(x): return _objective(x, 3)\n    def slope(x): return -_slope(score, x, 3)\n"
        "    return fmin_slsqp(func, x0, fprime=slope)\ndef _objective(x, n): return x @ x * n\n"
        "def _slope(score, x, n): return np.append(score(x), n)",
        ["_slope"],
    ),
    "methods that a solver is given": (
        "class Model:\n    def cost(self, x): return x @ x\n    def slope(self, x): return 2 * x\n"
        "    def fit(self, x0): return minimize(self.cost, x0, jac=self.slope)",
        ["Model.slope"],
    ),
}


@pytest.mark.parametrize(("source", "expected"), FOUND.values(), ids=FOUND)
def test_each_form_is_found(source, expected):
    assert names(source) == expected


NOT_FOUND = {
    "a call of backward": "def train(loss):\n    optimizer.zero_grad()\n    loss.backward()\n    clip_grad_norm_(p, 1)",
    "a training step": (
        "class Trainer:\n    def forward(self, x): return x\n    def backward(self, loss):\n        loss.backward()"
    ),
    "a training step with a scaler": (
        "class Engine:\n    def forward(self, x): return x\n"
        "    def backward(self, loss): self.scaler.scale(loss).backward()"
    ),
    "an abstract layer": (
        "class L:\n    def forward(self, x): raise NotImplementedError\n"
        "    def backward(self, grad): raise NotImplementedError"
    ),
    "an abstract method": (
        "import abc\nclass L(abc.ABC):\n    def forward(self, x): return x\n    @abc.abstractmethod\n"
        "    def backward(self, grad): return grad"
    ),
    "a stub": "def relu_forward(x): ...\ndef relu_backward(dout): ...",
    "a placeholder": (
        "class Link:\n    def __call__(self, p): return p\n    def deriv(self, p):\n        'To be written.'\n"
        "        return NotImplementedError"
    ),
    "an overload": (
        "from typing import overload\ndef relu(x): return x\n@overload\ndef relu_backward(dout): return dout"
    ),
    "a backward that says that there is none": (
        "from torch.autograd import Function\nclass F(Function):\n    def forward(c, x): return x\n"
        '    def backward(c, g):\n        message = "not supported"\n        raise RuntimeError(message)'
    ),
    "a function without a forward beside it": "def relu_backward(dout, cache): return dout",
    "another class called Function": (
        "from sympy import Function\nclass F(Function):\n    def evaluate(c, x): return x\n"
        "    def backward(c, g): return g"
    ),
    "a cursor that goes backward": (
        "def forward_word(event): event.move(1)\ndef backward_word(event): event.move(-1)\n"
        "def go_forward(): step(1)\ndef go_backward(): step(-1)"
    ),
    "a graph": (
        "class Graph:\n    def forward_closure(self, source): return self.walk(source)\n"
        "    def backward_closure(self, source): return self.walk_back(source)"
    ),
    "a parser": (
        "class Regex:\n    def forward(self, node, state): return node\n"
        "    def backward(self, node, state): return state"
    ),
    "a Markov chain": (
        "class HMM:\n    def _forward(self, obs): return obs @ self.a\n"
        "    def _backward(self, obs): return self.a @ obs"
    ),
    "finite differences": (
        "def forward_diff(f, h): return (f(h) - f(0)) / h\ndef backward_diff(f, h): return (f(0) - f(-h)) / h"
    ),
    "a pipeline's schedule": (
        "class Stage:\n    def forward_one_chunk(self, i): return i\n"
        "    def backward_one_chunk(self, i, grads): return self.grads[i]"
    ),
    "flags and their handling": (
        "def grad(x): return x\ndef zero(x): return x\ndef zero_grad(x): return 0\ndef requires(x): return x\n"
        "def requires_grad(x): return True\ndef clip(x): return x\ndef clip_grad(x): return x.clip(-1, 1)"
    ),
    "hooks": "def pre_forward(m, x): return x\ndef pre_backward(m, grad): return grad",
    "shapes alone": (
        "def relu(x): return x\n@register_fake('ns::relu_backward')\n"
        "def relu_backward(grad, x): return x.new_empty(x.shape)"
    ),
    "automatic differentiation": (
        "import jax\ndef loss(w): return w @ w\ndef loss_grad(w): return jax.grad(loss)(w)\n"
        "def loss_backward(dout, w):\n    _, pull = jax.vjp(loss, w)\n    return pull(dout)"
    ),
    "a loss and what autograd makes of it": (
        "import jax\ndef f(w):\n    loss, grad = jax.value_and_grad(g)(w)\n    grad = grad * 2\n    return loss, grad"
    ),
    "a gradient on request that somebody else computes": (
        "import jax\ndef f(w, return_grad=False):\n    if not return_grad:\n        return g(w)\n"
        "    value, slope = both(w)\n    return value, -slope\n"
        "def h(w, eval_gradient=False):\n    return (g(w), jax.grad(g)(w)) if eval_gradient else g(w)\n"
        "def numeric_slope(w, return_grad=False):\n    if return_grad:\n        return g(w), (g(w + e) - g(w)) / e\n"
        "    return g(w)"
    ),
    "two results of which none is on request": (
        "def f(w, return_gradient=False):\n    return g(w, return_gradient), w\n"
        "def h(w, gradient=None):\n    if gradient is None:\n        return w\n    return w, w * 2"
    ),
    "a coordinate and its step": (
        "def grid(n):\n    dx = 1 / n\n    return x, dx\ndef clock(n):\n    dt = 1 / n\n    return t, dt\n"
        "def both(n):\n    v, dv = split(n)\n    return v, dv"
    ),
    "a loss and its tape": ("def f(w):\n    loss = g(w)\n    grad = tape.gradient(loss, w)\n    return loss, grad"),
    "a loss and gradient that another function has made": "def f(w):\n    loss, grad = g(w)\n    return loss, grad",
    "the derivative of a spline, which is a spline": (
        "class Spline:\n    def __call__(self, x): return x\n    def derivative(self, nu=1): return Spline(self.c * nu)"
    ),
    "a derivative that was computed elsewhere": (
        "class Memo:\n    def fun(self, x): return x\n    def grad(self, x):\n        self.update(x)\n"
        "        return self.g"
    ),
    "a score by numerical differentiation": (
        "import numdifftools as ndt\nclass A:\n    def loglike(self, params): return params @ params\n"
        "    def score(self, params): return approx_fprime(params, self.loglike)\n"
        "    def hessian(self, params): return approx_hess_cs(params, self.loglike)\n"
        "class B:\n    def loglike(self, params): return params @ params\n"
        "    def score(self, params): return ndt.Gradient(self.loglike)(params)\n"
        "class C:\n    def loglike(self, params): return params @ params\n"
        "    def _numerical(self, params): return approx_fprime(params, self.loglike)\n"
        "    def score(self, params):\n        score = self._numerical(params)\n        return score\n"
        "class D(Base):\n    def loglike(self, params): return params @ params\n"
        "    def score(self, params):\n        score = self._score_complex_step(params)\n        return score"
    ),
    "a score that others write": (
        "class Base:\n    def loglike(self, params): raise NotImplementedError\n"
        "    def score(self, params): raise NotImplementedError\n"
        "class Derived(Base):\n    def loglike(self, params): return params @ params\n"
        "    def score(self, params, **kwargs): return super().score(params, **kwargs)"
    ),
    "a score that is no derivative": (
        "class Density:\n    def log_likelihood(self, X): return X @ X\n"
        "    def score(self, X): return self.log_likelihood(X).mean()\n"
        "class Classifier:\n    def loglike(self, params): return params @ params\n"
        "    def score(self, X, y): return (self.predict(X) == y).mean()\n"
        "class Game:\n    def score(self, params): return params @ params"
    ),
    "second derivatives of something else": (
        "def fit(x): return x\ndef fit_hess(self, y): return y\ndef solve(x): return x\n"
        "def solve_hess(x): return x\ndef cost(x): return x\ndef cost_hess(H, p): return H @ p\n"
        "def cost_hessp(x, p): return approx_fhess_p(x, p, cost_grad)"
    ),
    "references of something else": (
        "def norm_ref(x): return x\ndef get_bwd_ref(x): return dout\ndef norm_grad_ref(x): return 1\n"
        "def self_ref(x): return x"
    ),
    "a solver's own arguments": (
        "def jac(x): return 2 * x\ndef cost(x): return x @ x\n"
        "def minimize_twice(cost, x0, jac): return minimize(cost, x0, jac=jac)\n"
        "def given(x0, flag):\n    jac = choose(flag)\n    return minimize(cost, x0, jac=jac)\n"
        "inner = lambda cost, jac: minimize(cost, x0, jac=jac)\n"
        "def result(x): return OptimizeResult(x=x, jac=jac)\ndef unknown(f): return minimize(f, x0, jac=jac)"
    ),
    "a derivative for a solver that is handed on": (
        "from model import slope\nclass Model:\n    def fit(self, x0):\n        def fun(x): return self.inner.cost(x)\n"
        "        def jac(x): return -self.inner.slope(x)\n        def hess(x): return bend(x)\n"
        "        return minimize(fun, x0, jac=jac, hess=hess)\n"
        "    def again(self, x0):\n        def fun(x): return self.cost(x)\n        def jac(x): return self.found[0]\n"
        "        def hess(x): return None\n        return minimize(fun, x0, jac=self.missing, hess=hess)"
    ),
    "a derivative for a solver by differences": (
        "def cost(x): return x @ x\ndef slope(x): return approx_fprime(x, cost)\n"
        "def _numeric(x): return approx_derivative(cost, x)\ndef bend(x): return 2 * _numeric(x)\n"
        "minimize(cost, x0, jac=slope, hess=bend)"
    ),
    "a method's name where only a class has it": (
        "class Model:\n    def cost(self, x): return x @ x\n    def slope(self, x): return 2 * x\n"
        "    def fit(self, x0): return minimize(cost, x0, jac=slope)"
    ),
    "a backward that runs a program that it is given": (
        "import torch, jax\nclass Graphed(torch.autograd.Function):\n    def forward(ctx, x): return x\n"
        "    def backward(ctx, g):\n        bwd_graph.replay()\n        return made\n"
        "class Traced(torch.autograd.Function):\n    def forward(ctx, x): return x\n"
        "    def backward(ctx, g): return torch.fx.Interpreter(ctx.graph).run(g)\n"
        "@jax.custom_vjp\ndef f(x): return x\ndef bwd(res, ct): return jax.core.eval_jaxpr(res, [], ct)\n"
        "f.defvjp(fwd, bwd)"
    ),
    "what shares a name with what is no function of its parameters": (
        "def f1_value(y): return y\ndef f1_score(y, p): return y * p\n"
        "def wrap_func(f): return f\ndef wrap_jac(f): return [f]\ndef level2(x): return x\ndef level(x): return x\n"
        "def inverse(z): return z\ndef deriv_inverse(order, z): return z * order"
    ),
    "a property": (
        "class T:\n    @property\n    def value(self): return self._v\n    @property\n"
        "    def grad(self): return self._g * 2"
    ),
    "fitting by gradients": (
        "class Model:\n    def fit(self, x): return x\n    def fit_gradient(self, x): return self.fit(x) * 2"
    ),
    "a rule that says that there is no gradient": (
        "from autograd.extend import defvjp, defjvp\ndefvjp(f, None)\ndefvjp(g, None, None)\ndefjvp(g, None)\n"
        "f.defvjp(None)"
    ),
    "a rule that says that a primitive is linear": (
        'from autograd.extend import defjvp, def_linear\ndefjvp(f, "same", None)\ndef_linear(g)'
    ),
    "another defjvp": "from elsewhere import defjvp\ndefjvp(f, lambda g, ans, x: g * x)",
    "a rule by automatic differentiation": (
        "import functools, jax\nfrom jax import jvp\n@jax.custom_jvp\ndef f(x): return x\n"
        "f.defjvp(functools.partial(jvp, series))\n@jax.custom_jvp\ndef h(x): return x\n"
        "def rule(primals, tangents):\n    (x,) = primals\n    return jax.jvp(series, primals, tangents)\n"
        "h.defjvp(rule, symbolic_zeros=True)"
    ),
    "a rule that makes a pullback and calls it": (
        "from autograd.extend import defvjp_argnum\nfrom .core import make_vjp as _make_vjp\n"
        "make_vjp = wrapped(_make_vjp)\n"
        "def rule(argnum, ans, args, kwargs):\n    return make_vjp(f, argnum)(*args, **kwargs)[0]\n"
        "defvjp_argnum(f, rule)"
    ),
    "a primitive of JAX without a tangent": (
        "from jax.interpreters import ad\nad.defjvp_zero(sign_p)\nad.defjvp(p, None, None)\n"
        "def _jvp(primals, tangents, **params): return p.bind(*primals), []\nad.primitive_jvps[p] = _jvp\n"
        "def _transpose(ct, *args):\n    del ct\n    return [None for _ in args]\n"
        "ad.primitive_transposes[p] = _transpose\n"
        "def _stop(primals, tangents): return primals[0], ad.p2tz(primals[0])\nad.primitive_jvps[q] = _stop\n"
        "def _lin(is_vjp, nzs, x): return x, False, (), lambda _, t: ad.Zero(t)\n"
        "ad.primitive_linearizations[r] = _lin\n"
        "ad.deflinear(sink_p, lambda _, **__: [])"
    ),
    "a primitive of JAX that can't be differentiated": (
        "from jax.interpreters import ad\ndef _jvp(*args): raise ValueError('use jax.custom_jvp')\n"
        "ad.primitive_jvps[call_p] = _jvp"
    ),
    "a primitive of JAX that holds a program": (
        "from jax.interpreters import ad\ndef _jvp(primals, tangents, *, jaxpr):\n"
        "    made, out = ad.jvp_jaxpr(jaxpr, tangents, False)\n    return p.bind(*primals, jaxpr=made), out\n"
        "ad.primitive_jvps[p] = _jvp\ndef _inner(cts, jaxpr): return ad.backward_pass(jaxpr, cts)\n"
        "def _outer(cts, jaxpr):\n    made = _inner(cts, jaxpr)\n    return made[::-1]\n"
        "ad.primitive_transposes[p] = partial(_outer, p)"
    ),
    "tables of something else": (
        "from interpreters import ad\nad.primitive_jvps[p] = rule\nad.defjvp(p, rule)\nprimitive_jvps[p] = rule"
    ),
    "a registration for somebody else, in tables": (
        "from jax.interpreters import ad\nclass Primitive:\n    def __init__(self):\n"
        "        ad.primitive_jvps[self] = self.jvp\ndef register(p, rule):\n    ad.defjvp(p, rule)"
    ),
    "a registration for somebody else": (
        "def register(op, backward):\n    op.register_autograd(backward)\n"
        "def hand(primitive, *makers):\n    defvjp(primitive, *makers)"
    ),
}


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_only_looks_like_one_is_not_found(source):
    assert names(source) == []


@pytest.mark.parametrize("file", ["tests/layers.py", "src/test_layers.py", "src/layers_test.py", "conftest.py"])
def test_what_is_in_tests_does_not_count(file):
    source = "def relu(x): return x\ndef relu_backward(dout): return dout"
    assert names(source, "src/layers.py") == ["relu_backward"]
    assert names(source, file) == []


KERNELS = """
    import torch, triton
    @triton.jit
    def _attn_fwd(q, o): pass
    @triton.autotune(configs=[], key=[])
    @triton.jit
    def _attn_bwd(do, q, dq): dq += do * q
    def attention_bwd(do, q):
        dq = torch.empty_like(q)
        _attn_bwd[(1,)](do, q, dq)
        return dq
    class Attention(torch.autograd.Function):
        @staticmethod
        def forward(ctx, q): return q
        @staticmethod
        def backward(ctx, do): return attention_bwd(do, *ctx.saved_tensors)
"""


def test_a_triton_kernel_is_named_with_the_backward_that_launches_it():
    (message,) = messages(KERNELS)
    assert message == "no audit names Attention: a torch.autograd.Function, which launches _attn_bwd"


HELPED = """
import torch
def norm(x): return x
def _norm_backward(dout, x): return dout
def norm_backward(dout, x): return _norm_backward(dout, x)
class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return norm(x)
    @staticmethod
    def backward(ctx, dout): return norm_backward(dout, *ctx.saved_tensors)
"""
COMPOSED = """
def relu(x): return x
def relu_backward(dout, x): return dout
def affine(x): return x
def affine_backward(dout, x): return dout
def both(x): return affine(relu(x))
def both_backward(dout, x): return relu_backward(affine_backward(dout, x), x)
"""


def test_a_helper_of_one_backward_alone_is_not_a_finding_of_its_own():
    assert names(HELPED) == ["Norm"]
    assert names(HELPED + "def two(x): return x\ndef two_backward(dout, x): return norm_backward(dout, x)\n") == [
        "norm_backward", "Norm", "two_backward",
    ]  # fmt: skip


def test_what_only_adds_a_derivative_up_is_audited_with_it(inspected):
    source = """
        from gradaudit import audited_backward
        class Logit:
            def loglikeobs(self, params): return self.x @ params
            def score_obs(self, params): return self.x
            def score(self, params): return self.score_obs(params).sum(0)
        audited_backward(forward="loglike", make=Logit)(Logit.score)
    """
    assert inspected({"models.py": source}, "GA101").findings == ()


OPERATOR = """
import torch
@torch.library.custom_op("ns::attn", mutates_args=())
def _attn(q: torch.Tensor) -> torch.Tensor: return q
@torch.library.custom_op("ns::_attn_backward", mutates_args=())
def _attn_backward(grad: torch.Tensor, q: torch.Tensor) -> torch.Tensor: return grad * q
def _backward(ctx, grad): return torch.ops.{called}(grad, *ctx.saved_tensors)
_attn.register_autograd(_backward)
"""


def test_an_operator_that_a_registered_backward_calls_is_no_finding_of_its_own():
    assert names(OPERATOR.format(called="ns._attn_backward")) == ["_attn"]
    assert names(OPERATOR.format(called="ns._attn_backward.default")) == ["_attn"]
    assert names(OPERATOR.format(called="aten._attn_backward")) == ["_attn_backward", "_attn"]


def test_the_backwards_that_another_one_is_composed_of_are_findings_of_their_own():
    assert names(COMPOSED) == ["relu_backward", "affine_backward", "both_backward"]


def test_only_files_that_may_hold_a_backward_are_parsed():
    inspection = Inspection({"GA101"})
    sources = {
        "backward.py": b"def relu(x): return x\ndef relu_backward(dout): return dout\n",
        "rule.py": b"@jax.custom_vjp\ndef f(x): return x\n",
        "solver.py": b"def cost(x): return x @ x\ndef slope(x): return 2 * x\nminimize(cost, x0, jac=slope)\n",
        "model.py": b"class M:\n def loglike(self, p): return p\n def score(self, p): return 1\n",
        "primitive.py": b"from jax.interpreters import ad\nad.deflinear(p, rule)\n",
        "request.py": b"def f(x, eval_gradient=False):\n  if eval_gradient: return x, 1\n  return x\n",
        "value.py": b"# grad_check(f)\ndef f(w):\n  d_v = slope * w\n  return v, d_v\n",
        "both.py": b"def loss_and_grad(w):\n  return sign * loss, sign * slope\n",
        "method.py": b"class M:\n  @cached\n  def mse(self, p): return p\n\n  def mse_grad(self, p): return 1\n",
        "switched.py": b"class A:\n  def m(s): ...\nif FAST:\n  def f(x): return x\ndef f_backward(g): return g\n",
        "inherited.py": b"class A:\n  def forward(c, x): return x\nclass B(A):\n  def backward(c, g): return g\n",
        "notebook.ipynb": b'{"source": ["class M:\\n", "  def mse(s, p): return p\\n", "  def mse_grad(s, p): ..."]}',
        "order.py": b"class M:\n  def __call__(self, x: Dict[str, int] = (1, 2)): ...\n  def deriv2(self, x): ...\n",
        "calls.py": b"def step(loss):\n    loss.backward()\n    optimizer.zero_grad()\n",
        "imports.py": b"from jax import custom_vjp\n# custom_vjp is for experts\n",
        "interpreters.py": b"from jax.interpreters import ad, mlir\nmlir.register_lowering(p, rule)\n",
        "given.py": b"def minimize(cost, x0, jac): return solve(cost, x0, jac=jac)\n",
        "likelihood.py": b"class M:\n def loglike(self, p): return p\n",
        "alone.py": b"def relu_backward(dout): return dout\n",
        "apart.py": b"class M:\n def mse_grad(self, p): return 1\ndef mse(p): return p\n",
        "between.py": b"class M:\n def mse(self, p): return p\nclass N:\n def mse_grad(self, p): return 1\n",
        "other_point.py": b"class M:\n  def __call__(self, x): ...\n  def derivative(self, nu): ...\n",
        "nested.py": b"def make(f):\n  def forward(x): return f(x)\n  def backward(loss): ...\n",
        "passed.py": b"def f(x): return model(x, eval_gradient=wanted)\n",
        "several.py": b"def f(q, k, v): return grad_q, grad_value, grad_bias\n",
        "plain.py": b"def relu(x): return x\n",
        "tests/backward.py": b"def relu(x): return x\ndef relu_backward(dout): return dout\n",
    }
    wanted = [file for file, source in sources.items() if inspection.wants(file, source, mentioned=False)]
    assert wanted == list(sources)[:13]


@pytest.mark.parametrize(
    ("source", "is_wanted"),
    [
        (b"for _ in steps:\n    check_grad(f, g, x)\n", True),
        (b"from torch.autograd import gradcheck as agrees\n", True),
        (b"def run_gradcheck(f): ...\n", False),
        (b"import torch.autograd.gradcheck\n", False),
    ],
)
def test_a_file_that_only_defines_or_imports_a_check_of_gradients_is_not_parsed_for_its_calls(source, is_wanted):
    inspection = Inspection({"GA105"})
    assert inspection.wants("training.py", source, mentioned=False) is is_wanted
