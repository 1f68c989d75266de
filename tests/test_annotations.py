"""What jaxtyping's annotations say of an input, and what they leave open."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple, Optional, TypedDict, Union

import numpy as np
import pytest

from gradaudit import check_gradient, distributions
from gradaudit.errors import AuditError
from gradaudit.runner.inputs.annotated_shapes import NotDrawn, Reader, axes_of, candidate

jaxtyping = pytest.importorskip("jaxtyping")
Array = np.ndarray
Float, Float32, Int, Bool = jaxtyping.Float, jaxtyping.Float32, jaxtyping.Int, jaxtyping.Bool


def read(*hints, dtype=None):
    """The specifications of annotations of one forward, with the notes."""
    reader = Reader(hints, dtype)
    found = [reader.specification(hint, "abcdef"[place]) for place, hint in enumerate(hints)]
    return (found if len(found) > 1 else found[0]), list(reader.notes)


def left_open(hint, *others):
    with pytest.raises(NotDrawn) as error:
        Reader([hint, *others]).specification(hint, "x")
    return error.value


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("N D", "N D"),
        ("", ""),
        ("3 N", "3 N"),
        ("rows=4 columns=N", "4 N"),
        ("N+1 2*N N-1", "N+1 2*N N-1"),
        ("_ D", "a_1 D"),
        ("_rows D", "a_1 D"),
        ("*batch D", "batch_1 batch_2 D"),
        ("...", "axis_1 axis_2"),
        ("... D", "axis_1 axis_2 D"),
        ("?N", "N"),
        ("#N D", "N D"),
        ("#3", "3"),
    ],
)
def test_a_shape_is_drawn_as_it_is_written(written, drawn):
    assert read(Float[Array, written])[0] == drawn


def test_what_is_drawn_otherwise_than_written_is_noted():
    assert read(Float[Array, "*batch D"])[1] == ['a, annotated "*batch D", is drawn as "batch_1 batch_2 D"']
    assert read(Float[Array, "N D"])[1] == []


@pytest.mark.parametrize(
    ("written", "drawn"),
    [(("N D", "#N D"), ["N D", "1 D"]), (("#N", "N"), ["1", "N"]), (("#N", "#N"), ["N", "1"])],
)
def test_an_axis_that_may_be_broadcast_is_so_beside_one_that_is_whole(written, drawn):
    assert read(*(Float[Array, each] for each in written))[0] == drawn


def test_any_number_of_axes_is_the_same_number_in_all_arguments():
    assert read(Float[Array, "*b D"], Float[Array, "*b"])[0] == ["b_1 b_2 D", "b_1 b_2"]


@pytest.mark.parametrize("name", ["Float", "Float64", "Num", "Real", "Shaped", "Inexact"])
def test_what_may_be_floating_is_so(name):
    assert read(getattr(jaxtyping, name)[Array, "N"]) == ("N", [])


@pytest.mark.parametrize(("name", "dtype"), [("Float32", "float32"), ("Float16", "float16"), ("BFloat16", "bfloat16")])
def test_another_precision_is_noted_unless_it_is_declared(name, dtype):
    hint = getattr(jaxtyping, name)[Array, "N"]
    assert read(hint) == ("N", [f'a is annotated as {dtype}; dtype="{dtype}" checks what is lost in it'])
    assert read(hint, dtype="float32") == ("N", [])


def test_booleans_are_drawn():
    assert read(Bool[Array, "N"])[0] == distributions.boolean("N")


@pytest.mark.parametrize("name", ["Int", "Integer", "UInt8", "Int64"])
def test_integers_ask_for_their_bound(name):
    error = left_open(getattr(jaxtyping, name)[Array, "N"], Float[Array, "V D"])
    assert error.remedy == 'distributions.integers("N", high="V")'
    assert left_open(Int[Array, "N"]).remedy == 'distributions.integers("N", high=10)'


def test_complex_numbers_are_not_supported_yet():
    assert "not supported" in str(left_open(jaxtyping.Complex[Array, "N"]))


@pytest.mark.parametrize("written", ["min(N,2) D", "{n} D", "N/2 D", "0 D"])
def test_a_size_that_is_no_arithmetic_is_left_to_the_user(written):
    assert left_open(Float[Array, written]).remedy == '"x_1 D"'


@pytest.mark.parametrize(
    "hint",
    [
        Optional[Float[Array, "N"]],
        Float[Array, "N"] | None,
        Union[float, Float[Array, "N"]],
        Float[Array, "N"] | Int[Array, "N"],
        Annotated[Float[Array, "N"], "a remark"],
        Optional[Annotated[Float[Array, "N"], "a remark"]],
    ],
)
def test_a_union_with_one_floating_array_is_that(hint):
    assert read(hint)[0] == "N"


def test_a_union_of_two_shapes_is_left_to_the_user():
    assert "may be several things" in str(left_open(Float[Array, "N"] | Float[Array, "N D"]))


class Named(NamedTuple):
    W: Float[Array, "D M"]
    b: Float[Array, "M"]


@dataclass(frozen=True)
class Record:
    W: Float[Array, "D M"]
    named: Named

    def __post_init__(self):
        raise AssertionError("made of specifications, not of arrays")


class Typed(TypedDict):
    W: Float[Array, "D M"]


def test_records_of_arrays_are_built():
    named = Named("D M", "M")
    record = read(Record)[0]
    assert (type(record), record.W, record.named) == (Record, "D M", named)
    assert read(Named)[0] == named
    assert read(Typed)[0] == {"W": "D M"}
    assert read(tuple[Float[Array, "N"], Named])[0] == ("N", named)


@pytest.mark.parametrize("hint", [int, np.ndarray, None, "text", list[int], jaxtyping.Key[Array, ""], dict])
def test_what_says_nothing_of_an_array_is_passed_over(hint):
    assert not candidate(hint)


def test_every_modifier_is_read():
    (axis,) = axes_of("#*batch")
    assert (axis.text, axis.broadcast, axis.variadic, axis.anonymous) == ("batch", True, True, False)


def affine(x: Float[Array, "N D"], w: Float[Array, "D M"], b: Float[Array, "M"] | None = None, scale: float = 1.0):
    return scale * (x @ w) + (0 if b is None else b)


def affine_backward(dout, x, w):
    return dout @ w.T, x.T @ dout


def test_a_default_is_left_alone_and_noted():
    check = check_gradient(affine, affine_backward)
    assert check.passed
    assert check.notes == ("b is annotated and left at its default; inputs= may name it",)


def test_inputs_win_over_annotations_and_leave_the_others_to_them():
    check = check_gradient(affine, affine_backward, {"x": "2 D"}, sizes={"M": 3, "D": 5})
    assert check.passed
    assert [gradient.shape for gradient in check.gradients] == [(2, 5), (5, 3)]


def test_sizes_bound_those_of_annotations():
    check = check_gradient(affine, affine_backward, sizes={"N": 2, "D": 3, "M": 4})
    assert [gradient.shape for gradient in check.gradients] == [(2, 3), (3, 4)]


def test_only_what_is_left_open_has_to_be_written():
    def take(ids: Int[Array, "N"], table: Float[Array, "V D"]):
        return table[ids]

    def take_backward(dout, ids, table):
        dtable = np.zeros_like(table)
        np.add.at(dtable, ids, dout)
        return dtable

    with pytest.raises(AuditError, match="annotation of ids") as error:
        check_gradient(take, take_backward)
    assert error.value.help == (
        'write inputs={"ids": distributions.integers("N", high="V")}; what else is annotated need not be named'
    )
    assert check_gradient(take, take_backward, {"ids": distributions.integers("N", high="V")}).passed


def test_text_that_can_not_be_evaluated_says_nothing():
    def forward(x: "Missing[Array, 'N']", y: Float[Array, "N"]):
        return x * y

    with pytest.raises(AuditError, match="not bound: x"):
        check_gradient(forward, lambda dout, x, y: (dout * y, dout * x))
    assert check_gradient(forward, lambda dout, x, y: (dout * y, dout * x), {"x": "N"}).passed


def test_what_jaxtyping_decorates_is_read_through():
    @jaxtyping.jaxtyped(typechecker=None)
    def forward(x: Float[Array, "N D"], w: Float[Array, "D"]):
        return x @ w

    assert check_gradient(forward, lambda dout, x, w: (np.outer(dout, w), x.T @ dout)).passed


def test_an_object_that_is_called_is_read():
    class Square:
        def __call__(self, x: Float[Array, "N"]):
            return x**2

    assert check_gradient(Square(), lambda dout, x: 2 * x * dout).passed


def test_a_tree_of_any_structure_is_left_to_the_user():
    pytest.importorskip("jax")

    def forward(x: Float[Array, "N"], tree: jaxtyping.PyTree[Float[Array, "..."]]):
        return x * tree["a"]

    def backward(dout, x, tree):
        return dout * tree["a"], {"a": dout * x}

    with pytest.raises(AuditError, match="its structure may be any") as error:
        check_gradient(forward, backward)
    assert 'inputs={"tree": {"W": "N D", ...}}' in error.value.help
    assert check_gradient(forward, backward, {"tree": {"a": "N"}}).passed


def test_annotations_of_tensors_are_read_for_functions_and_for_rules():
    torch = pytest.importorskip("torch")

    def forward(x: Float[torch.Tensor, "batch dim"], w: Float[torch.Tensor, "dim"]):
        return x @ w

    def backward(dout, x, w):
        return torch.outer(dout, w), x.T @ dout

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x: Float[torch.Tensor, "N D"]):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g

    assert check_gradient(forward, backward).passed
    assert check_gradient(Rule).passed
