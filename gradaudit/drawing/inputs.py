"""Draw the inputs of one trial, each array from a random stream of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from gradaudit import distributions
from gradaudit.distributions import DISTRIBUTIONS, Distribution
from gradaudit.distributions.constants import Constant
from gradaudit.distributions.continuous import normal
from gradaudit.drawing.containers import leaves_of, rebuild
from gradaudit.drawing.differentiated import differentiated
from gradaudit.drawing.leaves import Drawn, DrawnLeaf
from gradaudit.drawing.sizes import draw_sizes
from gradaudit.errors import AuditError, an

LARGE = 4096
"""Elements from which on drawing takes as long as using what was drawn."""


def draw_inputs(  # noqa: PLR0913, PLR0917 - what a random stream depends on
    inputs: Mapping[str, Any] | Callable[..., Mapping[str, Any]],
    wrt: str | Sequence[str] | None,
    bounds: Mapping[str, Any],
    seed: int,
    audit: str,
    trial: int,
    dtype: str = "float64",
    like: Drawn | None = None,
    *,
    plain: bool = False,
) -> Drawn:
    """Draw the inputs of one trial.

    Args:
        inputs: For each input a shape, a distribution, a container of these, or a constant; or a callable
            ``(rng) -> dict`` that draws everything.
        wrt: What is differentiated: names of inputs or dotted names of leaves; None for every floating one drawn.
        bounds: For named sizes a number, or the lowest and the highest.
        seed: Of the run or the audit.
        audit: The audit's id.
        trial: Number of the trial, from 0.
        dtype: What floating inputs are rounded to.
        like: Inputs of the same sizes that were drawn before: large arrays are theirs with all axes reversed, which is
            as good a draw from every distribution and costs nothing.
        plain: Draw as declared, rather than what this trial is to visit (repeated labels, a mask that is all on).

    Raises:
        AuditError: GA004, a size or a name in `wrt` is wrong.

    Example:
        >>> drawn = draw_inputs({"x": "N D", "w": "D"}, None, {}, seed=0, audit="a.py::f", trial=0)
        >>> drawn.values["x"].shape == (drawn.sizes["N"], drawn.sizes["D"])
        True
    """
    precision = _floating(dtype)

    def stream(*purpose: Any) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence([seed, trial, *_words(audit), *_words(repr(purpose))]))

    def visited(spec: Distribution, path: tuple[Any, ...]) -> Distribution:
        if plain or not spec.random:
            return spec
        words = [*_words(audit), *_words(repr(path))]
        side: Literal[-1, 1] = 1 if np.random.default_rng(np.random.SeedSequence([seed, *words])).random() < 0.5 else -1
        return spec.for_trial(trial, side)

    sizes: dict[str, int] = {}
    if callable(inputs):
        values = _mapping(inputs(stream("inputs")), "the callable given as inputs= returned")
        _no_sizes(bounds)
        leaves = [_given(value, path, precision, drawn=True) for value, path in leaves_of(values)]
    else:
        values = _mapping(inputs, "inputs is")
        specifications = [(_specified(spec, path), path) for spec, path in leaves_of(values)]
        distributions = [spec for spec, _ in specifications if isinstance(spec, Distribution)]
        names = list(dict.fromkeys(name for spec in distributions for name in spec.size_names()))
        sizes = draw_sizes(names, bounds, trial, stream("sizes"), _lowest(names, distributions))
        before = {leaf.path: leaf for leaf in like.leaves} if like else {}
        leaves = [
            (path in before and _another(before[path], spec))
            or _drawn(visited(spec, path), path, sizes, stream(*path), precision)
            if isinstance(spec, Distribution) and not isinstance(spec, Constant)
            else _given(spec, path, precision, drawn=False)
            for spec, path in specifications
        ]
    _told_apart(leaves)
    chosen = {leaf.path: _rounded(leaf, precision) for leaf in differentiated(leaves, _names(wrt))}
    leaves = [chosen.get(leaf.path, leaf) for leaf in leaves]
    by_path = {leaf.path: leaf.value for leaf in leaves}
    values = {name: rebuild(value, (name,), lambda _, path: by_path[path], by_path) for name, value in values.items()}
    return Drawn(values, tuple(leaves), tuple(chosen.values()), sizes)


def _names(wrt: str | Sequence[str] | None) -> Sequence[str] | None:
    return [wrt] if isinstance(wrt, str) else wrt


def _rounded(leaf: DrawnLeaf, dtype: np.dtype[Any]) -> DrawnLeaf:
    """What is differentiated has the dtype of the trial, constants that `wrt` names included."""
    if hasattr(leaf.value, "dtype") and leaf.value.dtype == dtype:
        return leaf
    value = leaf.value.astype(dtype) if isinstance(leaf.value, np.ndarray) else dtype.type(leaf.value)
    return leaf._replace(value=value)


def _floating(dtype: str) -> np.dtype[Any]:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        precision = np.dtype(object)
    if precision.kind == "c":
        raise AuditError(
            "GA004", f"dtype={dtype!r}: complex inputs are not supported yet", help='write dtype="float64"'
        )
    if precision.kind != "f":
        message = f"dtype={dtype!r} is no floating type of NumPy, in which inputs are drawn without upcasting"
        raise AuditError("GA004", message, help='write dtype="float64", "float32" or "float16", or upcast=True')
    return precision


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        message = f"{what} {an(type(value).__name__)}, not a mapping from the names of the forward's arguments"
        raise AuditError("GA004", message, help='write inputs={"x": "N D"}, or a callable (rng) -> dict')
    return dict(value)


def _no_sizes(bounds: Mapping[str, Any]) -> None:
    if bounds:
        message = f"sizes names {next(iter(bounds))!r}, but inputs is a callable, which draws everything by itself"
        raise AuditError("GA004", message, help="leave sizes out")


def _lowest(names: Sequence[str], distributions: Sequence[Distribution]) -> dict[str, int]:
    """The least number for each named size that its arithmetic allows: 2 for N where a shape has ``N-1``."""
    needs = [need for spec in distributions for need in spec.needs() if len(need[0].names) == 1]

    def allows(name: str, number: int) -> bool:
        return all(size.number({name: number}) >= least for size, least in needs if size.names == (name,))

    # Beyond 64 the arithmetic can't hold at a small size, and drawing says so.
    return {name: next((number for number in range(1, 65) if allows(name, number)), 1) for name in names}


def _told_apart(leaves: Sequence[DrawnLeaf]) -> None:
    paths: dict[str, tuple[Any, ...]] = {}
    for leaf in leaves:
        if paths.setdefault(leaf.name, leaf.path) != leaf.path:
            message = f"inputs: {paths[leaf.name]} and {leaf.path} are both called {leaf.name!r}"
            raise AuditError("GA004", message, help="rename one of the keys")


def _words(text: str) -> list[int]:
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return [int.from_bytes(digest[start : start + 4], "big") for start in range(0, 16, 4)]


def _specified(spec: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(spec, str):
        try:
            return normal(spec)
        except ValueError as error:
            remedy = f"write a shape such as 'N D', or distributions.constant({spec!r}) to hand it on as it is"
            raise AuditError("GA004", f"inputs: {'.'.join(map(str, path))}: {error}", help=remedy) from error
    made = (name for name in DISTRIBUTIONS if callable(spec) and getattr(distributions, name) is spec)
    constructor = next(made, None)
    if constructor is not None:
        message = f"inputs: {'.'.join(map(str, path))} is distributions.{constructor} itself, not what it returns"
        raise AuditError("GA004", message, help=f'call it: distributions.{constructor}("N D") with the shape')
    return spec


def _drawn(
    spec: Distribution, path: tuple[Any, ...], sizes: Mapping[str, int], rng: np.random.Generator, dtype: np.dtype[Any]
) -> DrawnLeaf:
    try:
        value = spec.draw(rng, sizes, dtype)
    except AuditError as error:
        name = ".".join(map(str, path))
        raise AuditError(error.code, f"inputs: {name}: {error.message}", error.help, error.details) from error
    return DrawnLeaf(
        path, value, drawn=True, differentiable=spec.differentiable, tangents=spec.tangents, note=spec.note
    )


def _another(leaf: DrawnLeaf, spec: Distribution) -> DrawnLeaf | None:
    """A large array the other way round along all its axes; itself where every draw gives the same; None if small."""
    if not spec.random:
        return leaf
    if np.size(leaf.value) < LARGE:
        return None
    return leaf._replace(value=np.ascontiguousarray(np.flip(leaf.value)))


def _given(value: Any, path: tuple[Any, ...], dtype: np.dtype[Any], *, drawn: bool) -> DrawnLeaf:
    """A constant, or what a callable drew: its arrays count as drawn, its Python numbers as constants."""
    if isinstance(value, Constant):
        return DrawnLeaf(path, value.value, drawn=False, differentiable=False)
    is_array = isinstance(value, (np.ndarray, np.generic))
    if drawn and is_array and value.dtype.kind == "f":
        value = value.astype(dtype)  # a copy in the order of the axes in memory
    return DrawnLeaf(path, value, drawn=drawn and is_array, differentiable=drawn and is_array)
