"""`check_gradient`: the audit that `gradaudit scan` would run, as a call, for tests and notebooks.

The engine is the same (`gradaudit.runner.audits`), in this process: no discovery, no worker, no timeout. NumPy is only
imported when something is checked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from gradaudit.declaration import Declaration
from gradaudit.errors import AuditError, GradientError, an
from gradaudit.records.case import Case, Options, Target
from gradaudit.records.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, repr=False)
class GradientCheck(Outcome):
    """What became of a check: the `gradaudit.records.Outcome` of an audit, which reads as the report's text.

    `id` is the checked function's name; `file`, `line` and `reproduce` are empty. ``print(check)`` says what a scan
    would say of it, a notebook shows it as a table, and it is true where the gradient passed.
    """

    @property
    def passed(self) -> bool:
        """Whether the gradient is right: not so where it could not be judged."""
        return self.verdict == "passed"

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        from gradaudit.reporters.one_outcome import as_text

        return as_text(self)

    def __repr__(self) -> str:
        from gradaudit.reporters.wording import headline

        return f"<GradientCheck {self.id}: {headline(self)}>"

    def _repr_html_(self) -> str:
        from gradaudit.reporters.one_outcome import as_html

        return as_html(self)


def check_gradient(  # noqa: PLR0913 - the options of an audit
    forward: Callable[..., Any] | str,
    backward: Callable[..., Any] | None = None,
    inputs: Mapping[str, Any] | Callable[..., Mapping[str, Any]] | None = None,
    *,
    wrt: str | Sequence[str] | None = None,
    bind: Mapping[str, str] | None = None,
    returns: Literal["gradient", "jacobian", "elementwise"] | None = None,
    outputs: int | None = None,
    sizes: Mapping[str, int | tuple[int, int]] | None = None,
    parameters: Mapping[str, str] | None = None,
    make: Callable[..., Any] | None = None,
    trials: int | None = None,
    seed: int | None = None,
    dtype: str | None = None,
    upcast: bool | None = None,
    threshold: float | None = None,
    mode: Literal["auto", "elementwise", "directional"] | None = None,
    epsilon: float | None = None,
    framework: str | None = None,
    device: str | None = None,
    order: Literal[1, 2] | None = None,
    name: str | None = None,
    raise_on_failure: bool = False,
) -> GradientCheck:
    """Check a gradient against numerical differentiation, here and now.

    It does what ``gradaudit scan`` does with ``@audited_backward(forward=forward, inputs=inputs, ...)(backward)``, in
    this process. What is printed appears where it always does; random states, warning filters and NumPy's error state
    are as before when it returns; arrays that are passed in are never written to. Ctrl-C, ``sys.exit`` and whatever
    else is no `Exception` go through.

    Args:
        forward: The function whose gradient it is, or a layer's class.
        backward: The function that claims to be it. Without it, `forward` returns ``(value, gradients)`` itself.
        inputs: As in `audited_backward`; besides, a floating array or a float, in containers or not, is the point at
            which the gradient is checked. It is differentiated unless `wrt` leaves it out or it is given as
            ``distributions.constant(...)``.
        wrt: As in `audited_backward`, and so are all options up to `order`.
        bind: What parameters of the backward are.
        returns: What a backward without an upstream gradient returns.
        outputs: How many leading elements of the tuple that the forward returns are its outputs.
        sizes: Bounds of named sizes.
        parameters: A layer's parameters and where their gradients are.
        make: Builds the layer.
        trials: How many random points are checked: 3, or 1 where all inputs are given.
        seed: Seed of whatever is drawn (0).
        dtype: The precision that the code is meant for; it is checked in float64 unless ``upcast=False``.
        upcast: Whether the formula is checked in float64 whatever `dtype` is.
        threshold: The difference above which a gradient fails (1e-5).
        mode: How gradients are compared.
        epsilon: Fixed step of the textbook check.
        framework: Which adapter handles the arrays; by default the one for what the functions are written with.
        device: Where the arrays of a framework that has devices are put: ``"cpu"`` (default), ``"cuda"``.
        order: 2 where `backward` is a Hessian or a Hessian-vector product.
        name: Stands behind the function's name in the text, and chooses other random inputs.
        raise_on_failure: Whether anything but a pass is raised.

    Returns:
        The outcome: passed, failed, inconclusive, or an error where the checked code raised an exception (GA006).

    Raises:
        AuditError: GA003 or GA004, it can't be checked as the call is written: an input is missing or misspelt, a
            parameter can't be bound, what came back can't be matched, an option is out of its range.
        GradientError: With `raise_on_failure`, it did not pass. An `AssertionError`, with the text of the outcome.

    Example:
        >>> import numpy as np
        >>> def forward(x, w):
        ...     return np.tanh(x @ w)
        >>> def backward(dout, x, w):
        ...     dz = dout * (1 - np.tanh(x @ w) ** 2)
        ...     return dz @ w.T, 2 * x.T @ dz
        >>> check = check_gradient(forward, backward, {"x": "N 3", "w": np.ones((3, 2))})
        >>> check.passed, [finding.message for finding in check.findings]
        (False, ['the gradient of w is 2 × the numeric one'])
    """
    __tracebackhide__ = True
    given = {"forward": forward, "inputs": inputs, "wrt": wrt, "bind": bind, "returns": returns, "outputs": outputs,
        "sizes": sizes, "parameters": parameters, "make": make, "trials": trials, "seed": seed, "dtype": dtype,
        "upcast": upcast, "threshold": threshold, "mode": mode, "epsilon": epsilon, "framework": framework,
        "order": order, "name": name}  # fmt: skip
    forced = Options(device=device)
    options = {option: value for option, value in given.items() if value is not None}
    try:
        caller = sys._getframe(1).f_globals  # noqa: SLF001 - as the decorator
        outcome = _outcome(_declared(backward, options, caller), forced)
    except AuditError as error:
        remedy = f"\nhelp: {error.help}" if error.help else ""
        raise AuditError(error.code, f"{error.code}: {error.message}{remedy}", error.help, error.details) from None
    check = GradientCheck(**{field.name: getattr(outcome, field.name) for field in fields(Outcome)})
    if raise_on_failure and not check.passed:
        raise GradientError(str(check))
    return check


def _declared(backward: Any, options: dict[str, Any], caller: dict[str, Any]) -> Declaration:
    """The declaration that `audited_backward` would have made of the same.

    Raises:
        AuditError: GA003 or GA004, there is nothing to check, or an option is out of its range.
    """
    from gradaudit.drawing.points import draws_anything, with_points
    from gradaudit.runner.inputs.native_inputs import read_natives
    from gradaudit.runner.options import check_options
    from gradaudit.runner.subjects.resolve import framework_for

    forward = options.get("forward")
    audited = forward if backward is None else backward
    if not callable(audited) and not callable(getattr(type(audited), "backward", None)):
        code, what = ("GA003", "forward") if backward is None else ("GA004", "backward")
        message = f"{what} is {an(type(audited).__name__)}, which can't be called"
        raise AuditError(code, message, help="write check_gradient(forward, backward, inputs={...})")
    if backward is None:
        del options["forward"]
    check_options(options)
    # Names are looked up where the function is defined, and then where it is used: in a test they are imported.
    declared = Declaration(audited, options, {**caller, **getattr(audited, "__globals__", {})}, 0)
    inputs = options.get("inputs")
    if isinstance(inputs, Mapping):
        readable = read_natives(inputs, options.get("wrt"), framework_for(declared))
        options["inputs"] = with_points(readable, options.get("wrt"))
        if "make" not in options and "parameters" not in options and not draws_anything(options["inputs"]):
            options.setdefault("trials", 1)
    return declared


def _outcome(declaration: Declaration, forced: Options) -> Outcome:
    from gradaudit.binding.signatures import name_of
    from gradaudit.runner.audits import Audit, judge
    from gradaudit.runner.execution.in_process import undisturbed

    qualname, name = name_of(declaration.audited), declaration.options.get("name")
    # No file: the same call draws the same inputs wherever the file lies.
    identifier = qualname if name is None else f"{qualname}[{name}]"
    case = Case(Target("", 0, 0, 0, qualname, name), forced=forced)
    with undisturbed():
        return judge(Audit(case, identifier, declaration), raised=("GA003", "GA004"))
