"""What functions on arrays do with shapes, by their names, which most libraries share."""

from __future__ import annotations

from dataclasses import dataclass

from gradaudit.beginning.shapes.relations import Product, Reduction, Together, Transposition
from gradaudit.beginning.shapes.symbols import Form, Size
from gradaudit.beginning.shapes.values import (
    Argument,
    Array,
    Items,
    Number,
    ShapeOf,
    Table,
    Text,
    form_of,
    form_of_array,
    sizes_in,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.beginning.shapes.interpretation import Interpreter
    from gradaudit.beginning.shapes.relations import Relation
    from gradaudit.beginning.shapes.values import Value

_SAME = """
abs absolute arccos arccosh arcsin arcsinh arctan arctanh array asarray ascontiguousarray astype cbrt ceil clip clone
contiguous copy cos cosh cumsum detach double empty_like erf erfc exp exp2 expm1 expit fabs float floor full_like gelu
isfinite isnan log log10 log1p log2 log_softmax logistic logical_not nan_to_num neg negative ones_like reciprocal relu
round rsqrt sigmoid sign sin sinh softmax softplus sqrt square tan tanh to zeros_like acos asin atan rint clamp
requires_grad_ log_sigmoid logsigmoid silu digamma gammaln lgamma
"""
_BROADCASTS = """
add arctan2 divide equal fmax fmin greater hypot less logaddexp logical_and logical_or maximum minimum mul
multiply power pow sub subtract true_divide where div xlogy
"""
_REDUCTIONS = "all amax amin any argmax argmin logsumexp max mean median min nansum norm prod std sum var"
_PRODUCTS = "dot matmul mm mv"
_RANKS = {"mm": (2, 2), "mv": (2, 1)}
_MADE = "empty full ones rand randn random random_sample standard_normal zeros"
_DRAWN = "normal uniform"
_HARMLESS = frozenset({"print", "isinstance", "save_for_backward", "mark_dirty", "append", "at", "is_contiguous"})
"""What says nothing about shapes and leaves nothing open."""
_DOMAINS = {
    "log": "log", "log2": "log", "log10": "log", "sqrt": "log", "rsqrt": "log", "gammaln": "log", "digamma": "log",
    "arcsin": "interval", "arccos": "interval", "arctanh": "interval", "asin": "interval", "acos": "interval",
}  # fmt: skip


@dataclass(frozen=True)
class ArrayCall:
    """A call of a function of a library, or of an array's method with the array as the first argument.

    Attributes:
        name: Of the function, without its module.
        given: The arguments by position.
        named: Those by keyword.
        interpreter: Where what it says about shapes is added.
    """

    name: str
    given: Sequence[Value]
    named: Mapping[str, Value]
    interpreter: Interpreter

    def value(self) -> Value:
        """What it returns."""
        if self.name in _DOMAINS and self.given and isinstance(self.given[0], Argument):
            self.given[0].domains.add(_DOMAINS[self.name])
        rule = _RULES.get(self.name)
        found = rule(self) if rule is not None else None
        if found is None and self.name not in _HARMLESS:
            for form in filter(None, map(form_of_array, self.given)):
                form.leave_open()
        return found

    def form(self, place: int = 0) -> Form | None:
        """The shape of an argument."""
        return form_of(self.given[place]) if place < len(self.given) else None

    def add(self, relation: Relation) -> None:
        """Say something about shapes."""
        self.interpreter.relations.append(relation)


def _same(call: ArrayCall) -> Value:
    form = call.form()
    return Array(form) if form is not None else None


def _broadcast(call: ArrayCall) -> Value:
    if call.name == "where" and call.given and isinstance(call.given[0], Argument):
        call.given[0].domains.add("mask")
    forms = [form for value in call.given if (form := form_of(value)) is not None]
    if not forms or len(forms) < len(call.given):
        return None
    result = forms[0]
    for form in forms[1:]:
        call.add(relation := Together(result, form))
        result = relation.result
    return Array(result)


def _reduction(call: ArrayCall) -> Value:
    form = call.form()
    if form is None:
        return None
    axis = call.named.get("axis", call.named.get("dim", call.given[1] if len(call.given) > 1 else None))
    keeps = bool({"keepdims", "keepdim"} & set(call.named))
    if axis is None and not {"axis", "dim"} & set(call.named):
        form.sum()
        return Array(Form()) if keeps else Array(Form([]), is_sum=True)
    if not isinstance(axis, Number) or axis.size is None or axis.size.number is None:
        return None
    call.add(relation := Reduction(form, axis.size.number, keeps))
    return Array(relation.result)


def _product(call: ArrayCall) -> Value:
    left, right = call.form(0), call.form(1)
    if left is None or right is None:
        return None
    for form, rank in zip((left, right), _RANKS.get(call.name, ()), strict=False):
        form.settle_rank(rank)
    call.add(relation := Product(left, right, call.interpreter.usual))
    return Array(relation.result, is_product=True)


def _made(call: ArrayCall) -> Value:
    shape = call.named.get("size", call.named.get("shape", call.given[0] if call.given else None))
    if call.name in {"rand", "randn"} and len(call.given) > 1:
        shape = Items(tuple(call.given))
    return _of_shape(shape)


def _drawn(call: ArrayCall) -> Value:
    shape = call.named.get("size", call.given[2] if len(call.given) > 2 else None)
    return _of_shape(shape) if shape is not None else Number()


def _of_shape(shape: Value) -> Value:
    if isinstance(shape, ShapeOf):
        return Array(shape.form)
    return Array(Form(sizes_in(shape))) if isinstance(shape, (Items, Number)) else None


def _reshaped(call: ArrayCall) -> Value:
    form = call.form()
    given = call.given[1:]
    if form is None or not given:
        return None
    if isinstance(given[0], ShapeOf):
        return Array(given[0].form)
    sizes = sizes_in(given[0]) if isinstance(given[0], Items) else sizes_in(Items(tuple(given)))
    flat = next((place for place, size in enumerate(sizes) if size.known.number == -1), None)
    if flat is not None:
        sizes[flat] = _rest(form, sizes, flat)
    return Array(Form(sizes))


def _rest(form: Form, sizes: list[Size], flat: int) -> Size:
    """The size that ``-1`` stands for, where all other sizes are axes of the array."""
    before = form.sizes
    if before is None and len(sizes) == 2:  # rows of anything: of numbers
        form.settle([sizes[0], Size()] if flat else [Size(), sizes[1]])
        before = form.sizes
    others = {size.known for place, size in enumerate(sizes) if place != flat}
    left = [size for size in before or () if size.known not in others]
    if len(left) + len(others) != len(before or ()):
        return Size()
    return left[0] if len(left) == 1 else Size(factors=left)


def _flat(call: ArrayCall) -> Value:
    form = call.form()
    if form is None:
        return None
    sizes = form.sizes
    return Array(Form([sizes[0] if sizes and len(sizes) == 1 else Size(factors=sizes or ())]))


def _transposed(call: ArrayCall) -> Value:
    form = call.form()
    if form is None or len(call.given) > 1:
        return None
    call.add(relation := Transposition(form))
    return Array(relation.result)


def _outer(call: ArrayCall) -> Value:
    left, right = call.form(0), call.form(1)
    if left is None or right is None:
        return None
    return Array(Form([left.axis(0), right.axis(0)])) if left.settle_rank(1) | right.settle_rank(1) else None


def _counted(call: ArrayCall) -> Value:
    sizes = sizes_in(call.given[0]) if call.given else []
    return Array(Form(sizes * 2 if call.name == "eye" else sizes), counts=True) if len(call.given) == 1 else None


def _einsum(call: ArrayCall) -> Value:
    """Axes of one letter are the same."""
    head, *operands = call.given or [None]
    if not isinstance(head, Text) or "." in head.text:
        return None
    before, _, after = head.text.replace(" ", "").partition("->")
    sizes = {letter: Size() for letter in head.text}
    for letters, operand in zip(before.split(","), operands, strict=False):
        form = form_of(operand)
        if form is not None:
            form.settle(sizes[letter] for letter in letters)
    return Array(Form(sizes[letter] for letter in after))


def _kept(call: ArrayCall) -> Value:
    """``ctx.save_for_backward(...)``."""
    if call.given and isinstance(call.given[0], Table):
        call.given[0].entries["saved_tensors"] = Items(tuple(call.given[1:]))
    return None


_RULES: dict[str, Callable[[ArrayCall], Value]] = {
    **dict.fromkeys(_SAME.split(), _same),
    **dict.fromkeys(_BROADCASTS.split(), _broadcast),
    **dict.fromkeys(_REDUCTIONS.split(), _reduction),
    **dict.fromkeys(_PRODUCTS.split(), _product),
    **dict.fromkeys(_MADE.split(), _made),
    **dict.fromkeys(_DRAWN.split(), _drawn),
    "reshape": _reshaped,
    "view": _reshaped,
    "ravel": _flat,
    "flatten": _flat,
    "transpose": _transposed,
    "t": _transposed,
    "outer": _outer,
    "arange": _counted,
    "eye": _counted,
    "einsum": _einsum,
    "save_for_backward": _kept,
}
