"""What is done with objects that keep their cache, parameters and gradients, and what their reports add."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest

from gradaudit import check_gradient, distributions
from gradaudit.errors import AuditError
from gradaudit.runner.subjects.duplicates import duplicate
from gradaudit.runner.subjects.object_paths import assign, expanded, floating_arrays, read, widen

TRAINED = {"W": "dW", "b": "db"}


class Affine:
    """Right in every respect; its subclasses differ in one."""

    dtype = np.float64

    def __init__(self):
        self.W = np.random.standard_normal((3, 4)).astype(self.dtype)
        self.b = np.zeros(4, self.dtype)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


def checked(layer, inputs="N 3", **options):
    return check_gradient(layer, inputs={"x": inputs}, **options)


def codes(check):
    return [finding.code for finding in check.findings]


class Accumulating(Affine):
    def __init__(self):
        super().__init__()
        self.dW, self.db = np.zeros((3, 4)), np.zeros(4)

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


def test_a_layer_that_adds_to_its_gradients_passes_and_a_note_says_so():
    check = checked(Accumulating, parameters=TRAINED)
    assert check.passed
    assert "the gradient of W adds up over the calls of one object: it has to be zeroed in between" in check.notes


class Flushed(Accumulating):
    def flush_gradients(self):
        self.dW[...] = 0


@pytest.mark.parametrize("layer", [Affine, Flushed])
def test_a_layer_that_starts_anew_or_can_has_no_such_note(layer):
    assert checked(layer, parameters=TRAINED).notes == ()


class Shared(Affine):
    grad = np.zeros((3, 4))  # of the class, which no new object resets

    def backward(self, dout):
        Shared.grad += self.x.T @ dout
        return dout @ self.W.T


def test_gradients_that_objects_share_are_changed_by_other_calls():
    assert codes(checked(Shared, parameters={"W": "grad"})) == ["GA303"]


def test_an_object_that_is_made_once_shares_its_gradients_too():
    layer = Accumulating()
    assert "GA303" in codes(checked(Accumulating, make=lambda: layer, parameters=TRAINED))


class Stepping(Affine):
    def backward(self, dout, lr):
        dx = dout @ self.W.T
        self.W -= lr * self.x.T @ dout
        self.b = self.b - lr * dout.sum(axis=0)
        return dx


def stepping(rate, **options):
    return check_gradient(Stepping, inputs={"x": "N 3", "lr": distributions.constant(rate)}, **options)


def test_a_step_of_rate_one_shows_the_gradients():
    assert stepping(1.0, parameters={"W": "step", "b": "step"}).passed


def test_a_step_of_another_rate_is_a_multiple_of_the_gradient():
    (finding,) = stepping(0.5, parameters={"W": "step"}).findings
    assert (finding.code, finding.gradient, finding.factor) == ("GA203", "W", pytest.approx(0.5))


def test_a_gradient_that_only_the_step_shows_has_its_remedy():
    with pytest.raises(AuditError, match="no 'dW' after its backward") as error:
        stepping(0.5, parameters={"W": "dW"})
    assert 'parameters={"W": "step"} with a rate of 1' in error.value.help


class Lazy(Affine):
    def __init__(self):
        self.W = None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.standard_normal((x.shape[1], 2))
        self.x = x
        self.out = x @ self.W
        return self.out

    def backward(self, dout):
        self.dx, self.dout, self.dW = dout @ self.W.T, dout, self.x.T @ dout
        return self.dx


def test_parameters_that_a_forward_makes_are_told_from_what_it_caches():
    (note,) = checked(Lazy).notes
    assert note == (
        'W is not checked, which the first forward makes; let make= run one, and write parameters={"W": "dW"}'
    )


def test_parameters_that_a_forward_makes_are_checked_once_make_ran_one():
    def made():
        layer = Lazy()
        layer.forward(np.ones((1, 3)))
        return layer

    assert checked(Lazy, make=made, parameters={"W": "dW"}).passed


class Low(Affine):
    dtype = np.float32

    def __init__(self):
        super().__init__()
        self.params, self.grads = [self.W, self.b], [np.zeros_like(self.W), np.zeros_like(self.b)]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        self.grads[1][...] = dout.sum(axis=0)
        return dout @ self.W.T


def test_parameters_and_buffers_in_float32_are_widened_by_every_name_that_they_have():
    check = checked(Low, parameters={"params.*": "grads.*"})
    assert check.passed
    assert check.findings == check.notes == ()  # no GA304, no doubt about rounding


def test_the_line_to_write_names_what_is_named_already():
    (note,) = checked(Affine, parameters={"W": "dW"}).notes
    assert note == 'b is not checked; write parameters={"W": "dW", "b": "db"}'


class Steps:
    """Lends the arrays of what it is made of, as a recurrent layer does of its cell."""

    def __init__(self):
        self.cell = Affine()
        self.cell.gradients = {"W": np.zeros((3, 4)), "b": np.zeros(4)}
        self.parameters = {"W": self.cell.W, "b": self.cell.b}
        self.gradients = self.cell.gradients

    def forward(self, x):
        return self.cell.forward(x)

    def backward(self, dout):
        dx = self.cell.backward(dout)
        self.gradients["W"][...] = self.cell.dW
        self.gradients["b"][...] = self.cell.db
        return dx


def test_an_array_that_is_checked_by_another_name_is_checked():
    assert checked(Steps, parameters={"parameters.*": "gradients.*"}).notes == ()


class Wrapper:
    """Shows the arrays of the layer inside of it by a property."""

    def __init__(self):
        self._inner = Affine()

    @property
    def parameters(self):
        return {"W": self._inner.W, "b": self._inner.b}

    @property
    def gradients(self):
        return {"W": self._inner.dW, "b": self._inner.db}

    def forward(self, x):
        return self._inner.forward(x)

    def backward(self, dout):
        return self._inner.backward(dout)


def test_arrays_that_a_property_hands_on_are_checked_under_its_name_alone():
    both = {f"parameters.{name}": f"gradients.{name}" for name in ("W", "b")}
    assert checked(Wrapper, parameters=both).notes == ()
    (note,) = checked(Wrapper, parameters={"parameters.W": "gradients.W"}).notes
    assert note.startswith("_inner.b is not checked")


class Network:
    """Layers of which one has no gradient beside its array."""

    def __init__(self):
        self.layers = [Affine(), Fixed()]

    def forward(self, x):
        return self.layers[1].forward(self.layers[0].forward(x))

    def backward(self, dout):
        return self.layers[0].backward(self.layers[1].backward(dout))


class Fixed:
    def __init__(self):
        self.W = np.arange(4.0)

    def forward(self, x):
        return x * self.W

    def backward(self, dout):
        return dout * self.W


def test_no_pattern_is_suggested_that_stands_for_more():
    (note,) = checked(Network).notes
    assert note.endswith('parameters={"layers.0.W": "layers.0.dW", "layers.0.b": "layers.0.db"}')


def test_a_pattern_that_stands_for_nothing_shows_the_arrays():
    with pytest.raises(AuditError, match="stands for no floating array") as error:
        checked(Network, parameters={"layers.*.V": "layers.*.dV"})
    assert error.value.help == "its floating arrays are layers.0.W, layers.0.b, layers.1.W"


def test_a_pattern_has_as_many_stars_as_its_gradients():
    with pytest.raises(AuditError, match=r"need as many \*"):
        checked(Network, parameters={"layers.*.W": "dW"})


def test_wrt_takes_the_parameters_below_a_path():
    check = checked(Affine, parameters=TRAINED, wrt="W")
    assert [gradient.name for gradient in check.gradients] == ["W"]
    network = checked(Network, parameters={"layers.*.b": "layers.*.db"}, wrt=("x", "layers.0"))
    assert [gradient.name for gradient in network.gradients] == ["x", "layers.0.b"]


def test_an_object_is_not_changed_by_its_audit():
    layer = Accumulating()
    before = copy.deepcopy(vars(layer))
    assert check_gradient(layer.forward, layer.backward, {"x": "N 3"}, parameters=TRAINED).passed
    assert vars(layer).keys() == before.keys()
    assert all(np.array_equal(vars(layer)[name], before[name]) for name in before)


class Transformed:
    """Its pickled state lacks a switch, which a class does at times to be pickled at all."""

    def __init__(self):
        self.factor = 2.0
        self.value = self.doubled

    def __getstate__(self):
        return {}

    def doubled(self, x):
        return self.factor * x**2

    def slope(self, dout, x):
        return 2 * self.factor * x * dout


def test_an_object_is_copied_as_it_is_and_not_as_it_is_pickled():
    transformed = Transformed()
    check = check_gradient(transformed.value, transformed.slope, {"x": "N"})
    assert check.passed
    copied = duplicate(transformed)
    assert copied.value.__self__ is copied


def test_what_can_not_be_copied_is_shared():
    lock, numbers = threading.Lock(), np.arange(3.0)
    holder = [lock, numbers, (numbers,), {"again": numbers}]
    copied = duplicate(holder)
    assert copied[0] is lock
    assert copied[1] is not numbers
    assert copied[1] is copied[2][0] is copied[3]["again"]


class Cubic:
    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        return 3 * self.x**2 * dout


def test_methods_of_one_object_keep_the_cache_of_their_own_call():
    cubic = Cubic()
    check = check_gradient(cubic.forward, cubic.backward, {"x": "N"})
    assert check.passed
    assert check.findings == ()


def test_a_loss_layer_that_ignores_its_upstream_gradient_is_found():
    class Loss:
        def forward(self, x):
            self.x = x
            return np.sum(x**2)

        def backward(self, dout):
            return 2 * self.x

    assert codes(checked(Loss, "N")) == ["GA209"]


def test_the_line_that_writes_to_the_upstream_gradient_is_told():
    class Relu:
        def forward(self, x):
            self.mask = x > 0
            return x * self.mask

        def backward(self, dout):
            dout *= self.mask
            return dout

    (finding,) = (found for found in checked(Relu, "N D").findings if found.code == "GA301")
    assert "upstream gradient dout in place, by `*=` on line" in finding.message


def test_methods_of_a_class_inside_a_function_ask_for_the_object():
    class Local(Affine):
        def forward(self, x):
            return super().forward(x)

        def backward(self, dout):
            return super().backward(dout)

    with pytest.raises(AuditError, match="not bound: self") as error:
        check_gradient(Local.forward, Local.backward, {"x": "N 3"})
    assert "object.forward and object.backward" in error.value.help


def test_a_class_without_a_backward_shows_its_methods():
    class Scores:
        def predict(self, x):
            return x

        def fit_step(self, g):
            return g

    with pytest.raises(AuditError, match="it has fit_step, predict") as error:
        checked(Scores)
    assert 'audited_backward(forward="predict", ...)(Scores.<its backward method>)' in error.value.help


def test_numbers_are_parameters_too():
    class Scale:
        def __init__(self):
            self.s = 2.0

        def forward(self, x):
            self.x = x
            return self.s * x

        def backward(self, dout):
            self.ds = np.sum(dout * self.x)
            return self.s * dout

    assert checked(Scale, "N", parameters={"s": "ds"}).passed
    assert checked(Scale, "N", parameters={"s": "ds"}, wrt="s").passed


def test_a_key_that_looks_like_an_index_is_a_key_where_it_stands():
    holder = {"layers": {"0": {"W": np.ones(2)}, "1": [np.zeros(3)]}}
    assert read(holder, "layers.0.W").shape == (2,)
    assert read(holder, "layers.1.0").shape == (3,)
    assert [path for path, _ in floating_arrays(holder, np.asarray)] == ["layers.0.W", "layers.1.0"]


def test_an_array_is_written_in_place_where_it_can_be():
    held = np.ones(2)
    holder = {"W": held, "again": held}
    assign(holder, "W", np.full(2, 3.0))
    assert holder["again"] is held
    assert held.tolist() == [3.0, 3.0]


def test_an_array_of_another_dtype_takes_its_place_everywhere():
    held = np.ones(2, np.float32)
    holder = {"W": held, "layers": [{"W": held}], "other": np.ones(2, np.float32)}
    assign(holder, "W", np.full(2, 3.0))
    assert holder["layers"][0]["W"] is holder["W"]
    assert holder["W"].dtype == np.float64
    assert holder["other"].dtype == np.float32


def test_only_a_buffer_like_the_parameter_is_widened():
    old, new = np.ones(2, np.float32), np.ones(2)
    holder = {"same": old.copy(), "other": np.ones(3, np.float32)}
    for path in ("same", "other", "missing"):
        widen(holder, path, old, new)
    assert {name: array.dtype.name for name, array in holder.items()} == {"same": "float64", "other": "float32"}


class Slotted(Affine):
    __slots__ = ("gain",)


class Refusing:
    def __getattr__(self, name):
        raise RuntimeError(name)


def test_attributes_are_found_wherever_they_are_and_none_is_asked_for():
    slotted = Slotted()
    slotted.gain, slotted.other = np.ones(2), Refusing()
    assert [path for path, _ in floating_arrays(slotted, np.asarray)] == ["gain", "W", "b"]


def test_a_layer_that_refuses_attributes_is_audited():
    class Layer(Refusing):
        def forward(self, x):
            self.x = x
            return x**2

        def backward(self, dout):
            return 2 * self.x * dout

    assert checked(Layer, "N").passed


def test_a_gradient_that_is_not_there_shows_the_attributes():
    with pytest.raises(AuditError, match="no 'gradW' after its backward") as error:
        checked(Affine, parameters={"W": "gradW"})
    assert error.value.help == "its attributes are W, b, x, dW, db"


def test_an_object_that_holds_itself_ends():
    network = Network()
    network.layers[0].network = network
    found = [path for path, _ in floating_arrays(network, np.asarray)]
    assert found == ["layers.0.W", "layers.0.b", "layers.1.W"]
    assert expanded({"layers.*.W": "layers.*.dW"}, network, np.asarray) == {
        "layers.0.W": "layers.0.dW",
        "layers.1.W": "layers.1.dW",
    }
