"""DECLARE: the decorator. It records what a user declares, runs nothing and returns the very same object.

Nothing is imported here, not even from the standard library: the decorator is paid for by everybody who imports the
audited module, in training too. That is also why a `Declaration` is a plain class and not a dataclass.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType
    from typing import Any, Literal, TypeVar, overload

    T = TypeVar("T")
else:

    def overload(function: object) -> object:
        return function


_CO_OPTIMIZED = 1  # a flag of the code of functions; modules and class bodies lack it (`inspect.CO_OPTIMIZED`)
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # frames of their own before Python 3.12


class Declaration:
    """What one use of `audited_backward` says.

    Attributes:
        audited: The decorated object.
        options: The keyword arguments as they were given.
        namespace: The globals of the module that declares.
        line: The line that was running when it declared.
        file: What that line's code has for a file name; each cell of a notebook has its own.
    """

    __slots__ = ("audited", "file", "line", "namespace", "options")

    def __init__(
        self, audited: object, options: dict[str, Any], namespace: dict[str, Any], line: int, file: str = ""
    ) -> None:
        self.audited = audited
        self.options = options
        self.namespace = namespace
        self.line = line
        self.file = file


_declarations: list[Declaration] = []


def declarations_of(namespace: Mapping[str, object]) -> tuple[Declaration, ...]:
    """The declarations that a module made when it ran, in that order.

    Args:
        namespace: The module's globals, ``vars(module)``.
    """
    return tuple(declaration for declaration in _declarations if declaration.namespace is namespace)


@overload
def audited_backward(audited: T, /) -> T: ...
@overload
def audited_backward(
    *,
    forward: Callable[..., Any] | str | None = None,
    inputs: Mapping[str, Any] | Callable[..., Mapping[str, Any]] | None = None,
    wrt: str | Sequence[str] | None = None,
    bind: Mapping[str, str] | None = None,
    returns: Literal["gradient", "jacobian", "elementwise"] | None = None,
    outputs: int | None = None,
    make: Callable[..., Any] | None = None,
    parameters: Mapping[str, str] | None = None,
    sizes: Mapping[str, int | tuple[int, int]] | None = None,
    trials: int | None = None,
    seed: int | None = None,
    dtype: str | None = None,
    upcast: bool | None = None,
    threshold: float | None = None,
    mode: Literal["auto", "elementwise", "directional"] | None = None,
    epsilon: float | None = None,
    timeout: float | None = None,
    name: str | None = None,
    skip: str | Literal[False] | None = None,
    xfail: str | Literal[False] | None = None,
    framework: str | None = None,
    order: Literal[1, 2] | None = None,
) -> Callable[[T], T]: ...
def audited_backward(audited=None, /, **options):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN201 - the overloads above are its types
    """Declare that a backward pass is to be checked against numerical differentiation by ``gradaudit scan``.

    It decorates functions, methods and classes, can be stacked (one audit each, with a ``name`` of its own), and can be
    called on anything callable: ``audit = audited_backward(forward=rosen, inputs={"x": "N"})(rosen_der)``. The object
    comes back as it is: nothing is wrapped, nothing is written to it, nothing is run.

    Args:
        audited: The object, when used as a bare ``@audited_backward``.
        forward: The function whose gradient it is; without it, the audited function returns ``(value, gradients)``
            itself. In a layer class, the name of its forward method.
        inputs: How each argument of the forward is drawn: a shape such as ``"N D"``, a distribution, a container of
            these, any other value as a constant; or a callable ``(rng) -> dict`` that draws everything.
        wrt: The input or inputs that are differentiated; by default every floating one that is drawn.
        bind: What parameters of the backward are, where their names do not tell: ``"upstream"``, ``"upstream.1"``,
            ``"cache"``, ``"output"``, ``"rng"``, or an argument of the forward.
        returns: What a backward without an upstream gradient returns: ``"gradient"`` of a scalar, ``"jacobian"``
            (shape ``out.shape + in.shape``) or ``"elementwise"`` derivative.
        outputs: How many leading elements of the tuple that the forward returns are its outputs.
        make: Builds the layer object of a layer class, from the trial's random state if it takes one.
        parameters: A layer's parameters and where their gradients are: ``{"W": "dW"}``, dotted paths allowed.
        sizes: Bounds of named sizes, both ends included: ``{"N": (1, 8)}``, or one size: ``{"C": 3}``.
        trials: How many random points are checked (3).
        seed: Seed of the random inputs (0).
        dtype: The precision that the code is meant for: ``"float64"`` (default), ``"float32"``, ``"float16"``
            or ``"bfloat16"``.
        upcast: Whether the formula is checked in float64 whatever `dtype` is (True).
        threshold: The difference ‖a - n‖ / (‖a‖ + ‖n‖) above which a gradient fails (1e-5).
        mode: ``"elementwise"`` (the textbook check), ``"directional"``, or ``"auto"``.
        epsilon: Fixed step of the textbook check; without it the step that balances truncation and round-off.
        timeout: Seconds (60).
        name: Free text that tells several audits of one object apart.
        skip: Why it is not to be run; False where it is: ``skip=condition and "why"``.
        xfail: Why it is known to fail; an unexpected pass fails.
        framework: Which adapter handles the arrays: ``"numpy"``, ``"torch"``, ... (that of what is decorated, else of
            the names that forward and backward use, else NumPy).
        order: 2 where the audited function is the second derivative of a scalar forward: a Hessian (shape
            ``in.shape + in.shape``), or its product with a vector that it takes beside the forward's arguments. Where
            the gradient is a function of its own, rather name that by ``forward``: the Hessian is its Jacobian (1).

    Returns:
        The decorated object itself.

    Example:
        >>> def forward(x, w):
        ...     return x @ w
        >>> @audited_backward(forward=forward, inputs={"x": "N D", "w": "D M"})
        ... def backward(dout, x, w):
        ...     return dout @ w.T, x.T @ dout
    """
    if audited is not None:
        if options:
            raise TypeError("audited_backward takes its options by keyword: audited_backward(forward=...)(backward)")
        _record(audited, {}, sys._getframe(1))  # noqa: SLF001 - the cheapest way to know who declares
        return audited
    unknown = options.keys() - _OPTIONS
    if unknown:
        raise TypeError(_unknown_option(min(unknown)))
    frame = sys._getframe(1)  # noqa: SLF001 - as above
    line = frame.f_lineno

    def record(decorated):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - typed by the overloads
        _record(decorated, options, sys._getframe(1), line)  # noqa: SLF001 - as above
        return decorated

    return record


_OPTIONS = frozenset({
    "forward", "inputs", "wrt", "bind", "returns", "outputs", "make", "parameters", "sizes", "trials", "seed", "dtype",
    "upcast", "threshold", "mode", "epsilon", "timeout", "name", "skip", "xfail", "framework",
    "order",
})  # fmt: skip


def _unknown_option(name: str) -> str:
    import difflib  # only when a mistake was made: it costs milliseconds

    near = difflib.get_close_matches(name, _OPTIONS, n=1)
    remedy = f"; did you mean {near[0]!r}?" if near else f"; it takes {', '.join(sorted(_OPTIONS))}"
    return f"audited_backward() got an unexpected option {name!r}{remedy}"


def _record(audited: object, options: dict[str, Any], frame: FrameType, line: int | None = None) -> None:
    """Keep a declaration, if it was made at module level or by what that calls.

    One that a function makes later can't be found again, and would be kept for ever: training may call it often.
    """
    caller: FrameType | None = frame
    while caller is not None and caller.f_code.co_name in _COMPREHENSIONS:
        caller = caller.f_back
    if caller is None or (caller.f_code.co_flags & _CO_OPTIMIZED and not _is_imported_by(caller)):
        return
    line = frame.f_lineno if line is None else line
    _declarations.append(Declaration(audited, options, frame.f_globals, line, frame.f_code.co_filename))


def _is_imported_by(frame: FrameType) -> bool:
    """Whether a function is run by the top level of its own module, which is being imported."""
    namespace = frame.f_globals
    caller: FrameType | None = None if namespace.get("__name__") == "__main__" else frame
    while caller is not None:
        if caller.f_code.co_name == "<module>" and caller.f_globals is namespace:
            return True
        caller = caller.f_back
    return False
