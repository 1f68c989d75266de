"""The checkers that people use, each with its own defaults, on the very arrays and functions that gradaudit is given.

Each says whether it takes the pair for right. What it raises counts as "wrong": a test that raises fails.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from detection_suite.subject import draw_upstreams

if TYPE_CHECKING:
    from collections.abc import Callable

    from detection_suite.pair import Array
    from detection_suite.subject import Subject


@dataclass(frozen=True)
class Peer:
    """A checker.

    Attributes:
        name: What it is called in the tables.
        package: What has to be installed.
        settings: Its step and tolerance.
        accepts: Whether it takes a subject for right; the number seeds what it draws.
        slow: Whether it takes so long that it is given fewer points.
    """

    name: str
    package: str
    settings: str
    accepts: Callable[[Subject, int], bool]
    slow: bool = False

    @property
    def installed(self) -> bool:
        """Whether this interpreter has the package."""
        return importlib.util.find_spec(self.package) is not None

    def judge(self, subject: Subject, seed: int) -> bool:
        """Whether the subject passes."""
        try:
            with np.errstate(all="ignore"):
                return self.accepts(subject, seed)
        except Exception:  # noqa: BLE001 - a checker says no in its own way, and a mistake may raise anything
            return False


STEP = 1e-7
THRESHOLD = 1e-7


def textbook(subject: Subject, seed: int) -> bool:
    """Central differences of J = ⟨upstream, output⟩ in every element, and the ratio of norms."""
    outputs, cache = subject.forward(*subject.point)
    upstreams = draw_upstreams(outputs, seed)
    analytic = np.concatenate([np.ravel(gradient) for gradient in subject.backward(upstreams, cache)])
    numeric = []
    for array in subject.point:
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + STEP
            above = _objective(subject, upstreams)
            array[index] = kept - STEP
            below = _objective(subject, upstreams)
            array[index] = kept
            numeric.append((above - below) / (2 * STEP))
    sizes = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    return bool(np.linalg.norm(analytic - numeric) <= THRESHOLD * sizes)


def _objective(subject: Subject, upstreams: tuple[Array, ...]) -> float:
    outputs, _ = subject.forward(*subject.point)
    return float(sum((upstream * output).sum() for upstream, output in zip(upstreams, outputs, strict=True)))


def torch_gradcheck(subject: Subject, *, fast: bool) -> bool:
    """`torch.autograd.gradcheck` of an `autograd.Function` around the pair; tensors and arrays share their memory."""
    import torch

    def tensor(array: Any) -> Any:
        return torch.from_numpy(np.asarray(array, order="C"))

    class Wrapped(torch.autograd.Function):  # type: ignore[misc, unused-ignore]  # torch need not be installed
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            outputs, ctx.cache = subject.forward(*(each.detach().numpy() for each in tensors))
            results = tuple(tensor(output) for output in outputs)
            return results if len(results) > 1 else results[0]

        @staticmethod
        def backward(ctx: Any, *upstreams: Any) -> Any:
            gradients = subject.backward([each.numpy() for each in upstreams], ctx.cache)
            return tuple(tensor(gradient) for gradient in gradients)

    point = tuple(tensor(array).requires_grad_() for array in subject.point)
    return bool(torch.autograd.gradcheck(Wrapped.apply, point, fast_mode=fast))


def jax_check_vjp(subject: Subject, _seed: int) -> bool:
    """`jax.test_util.check_vjp`, which takes NumPy functions as they are."""
    import jax
    from jax.test_util import check_vjp

    # Where it is called, others may compute in 32 bits afterwards.
    home = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")

    def vjp(*arrays: Array) -> tuple[Any, Any]:
        outputs, cache = subject.forward(*arrays)
        return outputs, lambda upstreams: subject.backward([np.asarray(each) for each in upstreams], cache)

    with home.enable_x64(True):
        check_vjp(lambda *arrays: subject.forward(*arrays)[0], vjp, subject.point)
    return True


def autograd_check_grads(subject: Subject, seed: int) -> bool:
    """`autograd.test_util.check_grads` in reverse mode, of a primitive around the pair with all outputs in a row."""
    from autograd.extend import defvjp_argnums, primitive
    from autograd.test_util import check_grads

    kept: list[Any] = []

    @primitive  # type: ignore[untyped-decorator, unused-ignore]
    def function(*arrays: Array) -> Array:
        outputs, cache = subject.forward(*arrays)
        kept[:] = [cache, [output.shape for output in outputs]]
        return np.concatenate([output.ravel() for output in outputs])

    def pullback(argnums: tuple[int, ...], _answer: Any, _args: Any, _kwargs: Any) -> Callable[[Array], Any]:
        cache, shapes = kept

        def vjp(row: Array) -> Any:
            ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
            upstreams = [part.reshape(shape) for part, shape in zip(np.split(row, ends), shapes, strict=True)]
            gradients = subject.backward(upstreams, cache)
            return tuple(gradients[number] for number in argnums)

        return vjp

    defvjp_argnums(function, pullback)
    np.random.seed(seed)  # noqa: NPY002 - it draws from the global state
    check_grads(function, tuple(range(len(subject.point))), modes=["rev"], order=1)(*subject.point)
    return True


ALMOST_ZERO = 1e-6
"""`check_grad` returns a norm and leaves it to its user what is small. This is a decade above what its documentation
shows for a right gradient (3e-8), and within what projects ask for in their tests (1e-5 to 1e-7)."""


def scipy_check_grad(subject: Subject, seed: int) -> bool:
    """`scipy.optimize.check_grad` over the vector of all inputs: forward differences, an absolute norm."""
    from scipy.optimize import check_grad

    upstreams = draw_upstreams(subject.forward(*subject.point)[0], seed)
    ends = np.cumsum([array.size for array in subject.point])[:-1]

    def arrays(row: Array) -> list[Array]:
        parts = np.split(row, ends)
        return [part.reshape(array.shape) for part, array in zip(parts, subject.point, strict=True)]

    def objective(row: Array) -> float:
        outputs, _ = subject.forward(*arrays(row))
        return float(sum((upstream * output).sum() for upstream, output in zip(upstreams, outputs, strict=True)))

    def gradient(row: Array) -> Array:
        _, cache = subject.forward(*arrays(row))
        return np.concatenate([np.ravel(each) for each in subject.backward(upstreams, cache)])

    x = np.concatenate([array.ravel() for array in subject.point])
    return bool(check_grad(objective, gradient, x) <= ALMOST_ZERO)


PEERS = (
    Peer("textbook", "numpy", "step 1e-7, ratio of norms up to 1e-7", textbook),
    Peer(
        "torch gradcheck, slow",
        "torch",
        "its defaults: step 1e-6, atol 1e-5, rtol 1e-3",
        lambda subject, _: torch_gradcheck(subject, fast=False),
        slow=True,
    ),
    Peer(
        "torch gradcheck, fast",
        "torch",
        "its defaults, fast_mode=True",
        lambda subject, _: torch_gradcheck(subject, fast=True),
    ),
    Peer("jax check_vjp", "jax", "its defaults in 64 bit: step 1e-4, atol and rtol 1e-5", jax_check_vjp),
    Peer("autograd check_grads", "autograd", "its defaults: step 1e-6, tolerances 1e-6", autograd_check_grads),
    Peer("scipy check_grad", "scipy", "its default step 1.5e-8, norm up to 1e-6", scipy_check_grad),
)
