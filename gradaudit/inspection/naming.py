"""What names say: which function is whose backward, and which values are gradients.

Plain text alone and no syntax tree, because whether a file is worth parsing is decided by these names too.
"""

from __future__ import annotations

import re
from functools import lru_cache

# `affine_backward` takes an upstream gradient; `rosen_der`, the derivative at a point, takes what its forward takes.
_PULLBACKS = ("_backward", "_bwd", "_backprop")
_SECOND_DERIVATIVES = ("_hess", "_hessian", "_hess_prod", "_hessp")
_DERIVATIVES = ("_grad", "_gradient", "_der", "_deriv", "_derivative", "_prime", *_SECOND_DERIVATIVES)
# `deriv2` and `inverse_deriv2` are of a higher order, `deriv_inverse` and `deriv3_inverse` derivatives of `inverse`.
_ORDERED = re.compile(r"((?:\w+_)?(?:deriv|derivative|der))_?([2-9])")
_PREFIXED = re.compile(r"(?:deriv|derivative)(?:_?([2-9]))?_([a-z]\w*)")
# `regularised_grad` is beside `regularised_objective`, and `score_group` beside `loglike_group`.
_SHARED = re.compile(
    r"(\w+)_(?:grad|gradient|deriv|derivative|hess|hessian|jac|jacobian)"
    r"|(?:grad|gradient|deriv|derivative|hess|hessian|jac|jacobian)_(\w+)"
)
_SHARED_SCORE = re.compile(r"(\w+)_score|score_(\w+)")
_VALUES = ("objective", "obj", "loss", "cost", "loglike", "energy", "func", "fun", "value", "fn")
# `rmsnorm_bwd_ref` is the reference for a faster one, and its forward is `rmsnorm_ref`.
_REFERENCE = "_ref"
_PREFIX = "backward_"
_WHOLE_PULLBACKS = {
    "backward": ("forward", "__call__", "fprop"),
    "bwd": ("fwd", "forward"),
    "backprop": ("forward", "feedforward", "fprop"),
    "bprop": ("fprop", "forward"),
}
_WHOLE_SECOND_DERIVATIVES = ("gradient_hessian", "gradient_hessian_product")
_WHOLE_DERIVATIVES = ("grad", "gradient", "der", "deriv", "derivative", *_WHOLE_SECOND_DERIVATIVES)
_FUNCTIONS = (
    "fn",
    "__call__",
    "forward",
    "loss",
    "value",
    "f",
    "func",
    "fun",
    "function",
    "evaluate",
    "cost",
    "objective",
)

# What is done with a gradient or with a backward pass is another thing than computing one, and has a gradient among its
# arguments all the same: `zero_grad`, `clip_grad`, `compile_rmsnorm_bwd`, `pre_backward`.
_HANDLING = frozenset({
    "no", "zero", "clip", "requires", "has", "is", "set", "get", "with", "enable", "disable", "needs", "can", "use",
    "must", "should", "pre", "post", "compile", "codegen", "trace", "register", "impl", "setup", "wrap", "accumulate",
    "flatten", "proxy", "meta", "fake", "test", "benchmark", "profile", "plot",
})  # fmt: skip
# Wherever they stand in a name, it is about a schedule: `backward_one_chunk`, `backward_metadata_inference`.
_SCHEDULING = frozenset({"one", "metadata", "hook", "hooks", "schedule", "microbatch", "nosync"})
# Methods that go by gradients, such as `fit` beside `fit_gradient`, and names that engines have for any rule.
_NO_FORWARD = frozenset({"fit", "update", "step", "train", "solve", "minimize", "optimize", "do", "vjp", "jvp"})

_VARIABLES = (
    r"(?:out|loss|logits|scores?|input|weights?|bias|theta|gamma|beta|prev|next|state|hidden|cell|pred"
    r"|[abchlopqsuvwxyz])"
)
_GRADIENT = re.compile(
    rf"_*(?:d[A-Z]\w*|d_?{_VARIABLES}(?:_\w+|\d+)?|(?:\w+_)?d?(?:grads?|gradients?)\d*(?:_\w+)?|\w*grad(?:s|[A-Z]\w*)?"
    r"|(?:\w+_)?(?:deltas?|cotangents?|cts?|tangents?|adjoints?|deriv(?:ative)?s?|jac(?:obian)?|vjp|upstream|nabla)(?:_\w+|\d+)?)"
)
# Names that mean an upstream gradient where they stand among the parameters of a backward, and anything elsewhere.
_UPSTREAM = re.compile(
    r"g|g_?[a-z]|gout|g_out|(?:\w+_)?(?:err|error)s?|eps|eta|top_diff|\w+_bar|bar_\w+|\w*diff|sensitivity"
)
_NO_GRADIENT = re.compile(
    r"\w*(?:requires|enable|no|set|zero|is|has|needs|compute|return)_grad\w*|d_[hkqv]|\w*_(?:dtype|dim|shape)"
)


@lru_cache(maxsize=4096)  # the same names are everywhere
def names_of_forward(name: str) -> tuple[str, ...]:
    """What the forward of a function of that name may be called; nothing where it is called like no backward.

    >>> names_of_forward("affine_backward")
    ('affine_forward', 'affine', 'forward_affine', 'affine_fwd')
    >>> names_of_forward("_affine_bwd")[:4]
    ('_affine_forward', '_affine', '_forward_affine', '_affine_fwd')
    >>> names_of_forward("zero_grad")
    ()
    """
    bare = name.strip("_")
    if ordered := _ORDERED.fullmatch(bare):
        bare = ordered[1]
    if bare in _WHOLE_PULLBACKS:
        names = _WHOLE_PULLBACKS[bare]
    elif bare in _WHOLE_DERIVATIVES:
        names = _FUNCTIONS
    elif prefixed := _PREFIXED.fullmatch(bare):
        names = (prefixed[2],)
    elif bare.endswith(_REFERENCE) and _stem(bare.removesuffix(_REFERENCE)):
        names = _names_of_reference(bare.removesuffix(_REFERENCE))
    elif stem := _stem(bare):
        names = (f"{stem}_forward", stem, f"forward_{stem}", f"{stem}_fwd", *_names_beside(bare))
    else:
        names = _names_beside(bare)
    leading = name[: len(name) - len(name.lstrip("_"))]
    return tuple(dict.fromkeys([*(leading + each for each in names), *names])) if leading else names


def _names_beside(bare: str) -> tuple[str, ...]:
    """What a value may be called that shares the rest of its name with a derivative: ``fit_loss`` of ``fit_grad``."""
    if scored := _SHARED_SCORE.fullmatch(bare):
        return (f"{scored[1]}_loglike",) if scored[1] else (f"loglike_{scored[2]}",)
    shared = _SHARED.fullmatch(bare)
    if shared is None or (shared[1] or shared[2]).split("_")[0] in _HANDLING:
        return ()
    return tuple(f"{shared[1]}_{value}" if shared[1] else f"{value}_{shared[2]}" for value in _VALUES)


def _names_of_reference(bare: str) -> tuple[str, ...]:
    stem = "" if bare.endswith(_DERIVATIVES) else _stem(bare)
    return (f"{stem}{_REFERENCE}", f"{stem}_fwd{_REFERENCE}", f"{stem}_forward{_REFERENCE}", stem) if stem else ()


def is_whole(name: str) -> bool:
    """Whether a name says that a function is a backward, and not of what: of its class, or of a base of that.

    >>> is_whole("backward"), is_whole("relu_backward")
    (True, False)
    """
    return name.strip("_") in _WHOLE_PULLBACKS


def is_derivative(name: str) -> bool:
    """Whether a function is called like a derivative at a point.

    >>> is_derivative("rosen_der"), is_derivative("relu_backward")
    (True, False)
    """
    bare = name.strip("_")
    is_called_so = bare in _WHOLE_DERIVATIVES or bare.endswith(_DERIVATIVES)
    return is_called_so or any(form.fullmatch(bare) for form in (_ORDERED, _PREFIXED, _SHARED, _SHARED_SCORE))


def order_of(name: str) -> int:
    """Of which order a derivative is by its name; the product of a second one with a vector counts as that.

    >>> [order_of(name) for name in ("rosen_der", "rosen_hess_prod", "deriv2", "deriv3_inverse")]
    [1, 2, 2, 3]
    """
    bare = name.strip("_")
    ordered, prefixed = _ORDERED.fullmatch(bare), _PREFIXED.fullmatch(bare)
    if digit := (ordered and ordered[2]) or (prefixed and prefixed[1]):
        return int(digit)
    return 2 if bare in _WHOLE_SECOND_DERIVATIVES or bare.endswith(_SECOND_DERIVATIVES) else 1


def is_gradient(name: str) -> bool:
    """Whether a value is called like a gradient.

    >>> [name for name in ("dout", "grad_output", "dW", "ct", "dtype", "data", "requires_grad") if is_gradient(name)]
    ['dout', 'grad_output', 'dW', 'ct']
    """
    return _GRADIENT.fullmatch(name) is not None and _NO_GRADIENT.fullmatch(name) is None


def is_upstream(name: str) -> bool:
    """Whether a parameter of a backward is called like an upstream gradient.

    >>> [name for name in ("g", "dout", "err", "x", "cache", "start_index") if is_upstream(name)]
    ['g', 'dout', 'err']
    """
    return is_gradient(name) or _UPSTREAM.fullmatch(name) is not None


def _stem(bare: str) -> str:
    """``affine`` of ``affine_backward`` and of ``backward_affine``; empty for what only handles gradients."""
    suffix = next((each for each in (*_PULLBACKS, *_DERIVATIVES) if bare.endswith(each)), "")
    stem = bare.removesuffix(suffix) if suffix else bare.removeprefix(_PREFIX)
    words = stem.split("_")
    is_handled = words[0] in _HANDLING or not _SCHEDULING.isdisjoint(words) or stem in _NO_FORWARD
    return "" if stem == bare or is_handled else stem
