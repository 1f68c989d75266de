"""Typed use of what is public: mypy reads this file and must find nothing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradaudit import GradientCheck, GradientError, __version__, audited_backward, check_gradient, distributions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.distributions import Distribution

version: str = __version__
labels: Distribution = distributions.integers("N", high="C")


def forward(x: float, w: float) -> float:
    return x * w


@audited_backward(forward=forward, inputs={"x": "N", "w": distributions.positive("N")}, sizes={"N": (1, 8)}, trials=5)
def backward(dout: float, x: float, w: float) -> tuple[float, float]:
    return dout * w, dout * x


gradients: tuple[float, float] = backward(1.0, 2.0, 3.0)  # the decorated function keeps its type


@audited_backward
def value_and_gradient(x: float) -> tuple[float, float]:
    return x * x, 2 * x


pair: tuple[float, float] = value_and_gradient(1.0)


@audited_backward(make=lambda rng: Layer(), inputs={"x": "N"}, parameters={"w": "dw"})
class Layer:
    w = 1.0

    def forward(self, x: float) -> float:
        return x * self.w

    def backward(self, dout: float) -> float:
        return dout * self.w


layer: Layer = Layer()
called: Callable[[float], float] = audited_backward(forward=abs, inputs={"x": "N"})(abs)

audited_backward(forward=abs, inputs={"x": "N"}, skip=version == "0" and "why", xfail=False)(abs)

audited_backward(forward=forward, mode="elementwize")  # type: ignore[call-overload]  # a misspelt mode is seen


def checked() -> tuple[bool, float | None, str]:
    check: GradientCheck = check_gradient(forward, backward, {"x": "N", "w": 2.0}, wrt=("x", "w"), trials=5)
    try:
        check_gradient(value_and_gradient, inputs={"x": 1.0}, order=2, raise_on_failure=True)
    except GradientError as error:
        return check.passed, check.difference, str(error)
    check_gradient(forward, backward, inputs={"x": "N"}, xfail="no outcome of a check")  # type: ignore[call-arg]
    return check.passed, check.difference, str(check)
