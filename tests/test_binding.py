"""Every rule by which an argument finds its parameter, and the message where none does."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.binding.agreement import check_inputs, check_upstreams
from gradaudit.binding.backward import bind_backward
from gradaudit.binding.forward import bind_forward, defaults_of
from gradaudit.binding.plan import call, upstream_count
from gradaudit.errors import AuditError


def bound(backward, forward=lambda x, w: None, inputs=("x", "w"), bind=None, **options):
    plan = bind_forward(forward, inputs)
    return {
        argument.parameter: str(argument.source)
        for argument in bind_backward(backward, plan, inputs, bind or {}, **options)
    }


def test_bind_wins_over_every_name():
    assert bound(lambda x, cache: None, bind={"x": "upstream", "cache": "w"}) == {
        "x": "upstream gradient",
        "cache": "input 'w'",
    }


def test_an_argument_of_the_forward_wins_over_well_known_names():
    assert bound(lambda dout, cache: None, lambda x, cache: None, ("x", "cache"))["cache"] == "input 'cache'"


@pytest.mark.parametrize("name", ["cache", "ctx", "res", "residuals", "saved", "tape"])
def test_what_the_forward_kept_goes_by_these_names(name):
    scope = {}
    exec(f"def backward(dout, {name}): ...", scope)
    assert bound(scope["backward"]) == {"dout": "upstream gradient", name: "what the forward kept"}


@pytest.mark.parametrize("name", ["out", "output", "ans", "y_hat"])
def test_the_output_goes_by_these_names(name):
    scope = {}
    exec(f"def backward(dout, {name}): ...", scope)
    assert bound(scope["backward"])[name] == "the forward's output"


@pytest.mark.parametrize("name", ["rng", "generator", "key", "seed"])
def test_random_state_goes_by_these_names(name):
    scope = {}
    exec(f"def backward(dout, {name}): ...", scope)
    assert bound(scope["backward"])[name] == "the trial's random state"


def test_left_over_parameters_are_upstream_gradients_in_order():
    assert list(bound(lambda dh, dc, cache: None).values()) == [
        "upstream gradient",
        "upstream gradient 1",
        "what the forward kept",
    ]


def test_bind_can_reverse_upstream_gradients():
    assert bound(lambda dc, dh: None, bind={"dc": "upstream.1", "dh": "upstream.0"}) == {
        "dc": "upstream gradient 1",
        "dh": "upstream gradient",
    }


def test_a_parameter_with_a_default_is_left_alone():
    assert bound(lambda dout, eps=1e-5: None) == {"dout": "upstream gradient"}


def test_a_default_of_the_forward_reaches_a_backward_that_asks_for_it():
    assert bound(lambda dout, x, eps: None, defaults=("eps",))["eps"] == "the forward's default of 'eps'"


def test_no_parameter_is_an_upstream_gradient_where_returns_says_what_comes_back():
    with pytest.raises(AuditError) as error:
        bound(lambda x, scale: None, takes_upstream=False)
    assert error.value.code == "GA004"
    assert "not bound: scale" in error.value.message


def test_an_argument_called_like_an_upstream_gradient_is_uncertain():
    with pytest.raises(AuditError) as error:
        bound(lambda g, x: None, lambda g, x: None, ("g", "x"))
    assert error.value.code == "GA004"
    assert 'bind={"g": "upstream"}' in error.value.help


def test_an_unbound_argument_of_the_forward_shows_signature_bound_and_line_to_write():
    def forward(x, w, stride):
        return x

    with pytest.raises(AuditError) as error:
        bind_forward(forward, ["x", "w"])
    assert "forward(x, w, stride)" in error.value.message
    assert "bound: x = input 'x', w = input 'w'" in error.value.message
    assert "not bound: stride" in error.value.message
    assert '"stride": "N"' in error.value.help


def test_too_many_upstream_parameters_show_what_to_write():
    def backward(dout, scale, x):
        return dout

    plan = bind_backward(backward, bind_forward(lambda x: x, ["x"]), ["x"], {})
    with pytest.raises(AuditError) as error:
        check_upstreams(backward, plan, outputs=1)
    assert "not bound: dout, scale" in error.value.message
    assert 'bind={"dout": "upstream", "scale":' in error.value.help


def test_too_few_upstream_parameters_ask_for_outputs():
    plan = bind_backward(lambda dh, cache: None, bind_forward(lambda x: x, ["x"]), ["x"], {})
    with pytest.raises(AuditError) as error:
        check_upstreams(lambda dh, cache: None, plan, outputs=2)
    assert "outputs=1" in error.value.help


def test_starred_upstreams_take_as_many_as_there_are():
    plan = bind_backward(lambda ctx, *grads: None, bind_forward(lambda x: x, ["x"]), ["x"], {})
    assert upstream_count(plan) is None
    check_upstreams(lambda *grads: None, plan, outputs=3)


def test_a_misspelt_bind_names_the_nearest_parameter():
    with pytest.raises(AuditError, match="no parameter") as error:
        bound(lambda dout, x: None, bind={"dotu": "upstream"})
    assert "did you mean 'dout'?" in error.value.help


def test_a_misspelt_value_of_bind_names_the_nearest_source():
    with pytest.raises(AuditError, match="names nothing") as error:
        bound(lambda dout, x: None, bind={"dout": "upstraem"})
    assert "did you mean 'upstream'?" in error.value.help


def test_a_backward_without_signature_needs_bind():
    with pytest.raises(AuditError, match="no signature") as error:
        bind_backward(_NoSignature(), (), ["x"], {})
    assert "bind=" in error.value.help


def test_a_backward_without_signature_takes_bind_in_order():
    plan = bind_backward(_NoSignature(), (), ["x"], {"g": "upstream", "x": "x"})
    assert [argument.parameter for argument in plan] == ["g", "x"]


def test_keyword_only_and_skipped_defaults_are_called_by_name():
    def backward(dout, eps=1e-5, *, x):
        return dout, eps, x

    plan = bind_backward(backward, bind_forward(lambda x: x, ["x"]), ["x"], {})
    values = {"upstream": "up", "input": "in"}
    assert call(backward, plan, lambda source: values[source.kind]) == ("up", 1e-5, "in")


def test_positional_only_parameters_are_called_by_position():
    def backward(dout, x, /):
        return dout, x

    plan = bind_backward(backward, bind_forward(lambda x: x, ["x"]), ["x"], {})
    values = {"upstream": "up", "input": "in"}
    assert call(backward, plan, lambda source: values[source.kind]) == ("up", "in")


class _NoSignature:
    @property
    def __signature__(self):
        raise ValueError("no signature")

    def __call__(self, *values):
        return values


def test_left_over_parameters_take_the_indices_that_bind_leaves_free():
    assert bound(lambda a, g, x: None, bind={"g": "upstream"}) == {
        "a": "upstream gradient 1",
        "g": "upstream gradient",
        "x": "input 'x'",
    }


def test_every_upstream_parameter_counts_against_the_outputs():
    plan = bind_backward(lambda a, g: None, bind_forward(lambda x: x, ["x"]), ["x"], {"a": "upstream", "g": "upstream"})
    assert upstream_count(plan) == 2
    with pytest.raises(AuditError, match="one output"):
        check_upstreams(lambda a, g: None, plan, outputs=1)


def test_an_upstream_gradient_beyond_the_outputs_is_told():
    plan = bind_backward(lambda a, b: None, bind_forward(lambda x: x, ["x"]), ["x"], {"b": "upstream.2"})
    with pytest.raises(AuditError, match=r"upstream\.2.*2 outputs"):
        check_upstreams(lambda a, b: None, plan, outputs=2)


def test_bind_may_name_a_default_of_the_forward():
    assert bound(lambda g, x: None, bind={"g": "g"}, defaults=("g",))["g"] == "the forward's default of 'g'"


def test_a_default_called_like_an_upstream_gradient_is_uncertain():
    with pytest.raises(AuditError, match="called like an upstream gradient"):
        bound(lambda g, x: None, defaults=("g",))


def test_starred_parameters_beside_an_upstream_gradient_take_nothing():
    assert bound(lambda dout, *rest: None) == {"dout": "upstream gradient"}


def test_starred_parameters_are_no_single_source():
    assert bound(lambda *grads: None, bind={"grads": "upstream"}) == {"grads": "upstream gradient"}
    for function in (lambda *grads: None, lambda **grads: None):
        with pytest.raises(AuditError, match="no single parameter"):
            bound(function, bind={"grads": "x"})


def test_a_skipped_default_before_positional_arguments_is_handed_on():
    def forward(x, eps=1.0, w=2.0, /):
        return x, eps, w

    plan = bind_forward(forward, ["x", "w"])
    assert call(forward, plan, lambda source: source.name) == ("x", 1.0, "w")
    assert defaults_of(forward, plan) == {"eps": 1.0}


def test_an_input_that_goes_nowhere_is_told():
    def forward(x, scale=1.0):
        return scale * x

    with pytest.raises(AuditError, match="'scle'") as error:
        check_inputs(forward, ["x", "scle"], bind_forward(forward, ["x", "scle"]))
    assert "did you mean 'scale'?" in error.value.help


def test_a_forward_that_takes_any_name_takes_every_input():
    def forward(x, **more):
        return x, more

    plan = bind_forward(forward, ["x", "scle"])
    check_inputs(forward, ["x", "scle"], plan)
    assert call(forward, plan, lambda source: source.name) == ("x", {"scle": "scle"})


def test_of_a_ufunc_the_inputs_are_bound_and_nothing_else():
    assert bound(np.cos, lambda x: None, ("x",)) == {"x": "input 'x'"}
    assert bound(np.multiply, lambda x1, x2: None, ("x1", "x2")) == {"x1": "input 'x1'", "x2": "input 'x2'"}


def test_a_ufunc_is_the_gradient_of_a_scalar():
    assert check_gradient(lambda x: np.sin(x).sum(), np.cos, {"x": "N"}).verdict == "passed"
    assert check_gradient(lambda x: np.sin(x).sum(), np.sin, {"x": "N"}).verdict == "failed"
