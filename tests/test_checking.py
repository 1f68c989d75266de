"""`check_gradient` finds what a scan finds, in the caller's process, which it leaves as it was."""

from __future__ import annotations

import functools
import random
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gradaudit import GradientCheck, GradientError, check_gradient, distributions
from gradaudit.errors import AuditError

from .test_declaration import modules_after


def tanh_layer(x, w):
    return np.tanh(x @ w)


def tanh_layer_backward(dout, x, w):
    dz = dout * (1 - np.tanh(x @ w) ** 2)
    return dz @ w.T, x.T @ dz


def doubled_backward(dout, x, w):
    dx, dw = tanh_layer_backward(dout, x, w)
    return dx, 2 * dw


DRAWN = {"x": "N D", "w": "D M"}


def cube(x):
    return (x**3).sum()


def cube_gradient(x):
    return 3 * x**2


class Scale:
    def __init__(self):
        self.w = np.array([1.5, -0.5])

    def forward(self, x):
        self.x = x
        return x * self.w

    def backward(self, dout):
        self.dw = dout * self.x
        return dout * self.w


class ScaleWithoutSum(Scale):
    def backward(self, dout):
        self.dw = dout * self.w
        return dout * self.w


def test_a_right_gradient_passes_and_a_wrong_one_fails_with_its_cause():
    right = check_gradient(tanh_layer, tanh_layer_backward, DRAWN)
    wrong = check_gradient(tanh_layer, doubled_backward, DRAWN)
    assert (right.passed, bool(right), right.verdict, right.trials) == (True, True, "passed", 3)
    assert (wrong.passed, bool(wrong), wrong.verdict) == (False, False, "failed")
    assert [(finding.code, finding.gradient) for finding in wrong.findings] == [("GA203", "w")]
    assert {gradient.name: gradient.outcome for gradient in wrong.gradients} == {"x": "passed", "w": "failed"}


def test_it_finds_what_a_scan_finds(project):
    project.write(
        layers="""
        import numpy as np
        from gradaudit import audited_backward
        def forward(x, w): return np.tanh(x @ w)
        @audited_backward(forward=forward, inputs={"x": "N D", "w": "D M"}, seed=3)
        def backward(dout, x, w):
            dz = dout * (1 - np.tanh(x @ w) ** 2)
            return dz @ w.T, -x.T @ dz
        """
    )
    scanned = project.scan("layers.py").audit("backward")
    namespace = {}
    exec((project.root / "layers.py").read_text(), namespace)
    check = check_gradient(namespace["forward"], namespace["backward"], {"x": "N D", "w": "D M"}, seed=3)
    assert [finding.message for finding in check.findings] == [finding["message"] for finding in scanned["findings"]]
    assert [finding.code for finding in check.findings] == ["GA202"]


def test_a_function_that_returns_both_needs_no_backward():
    assert check_gradient(lambda x: ((x**3).sum(), 3 * x**2), inputs={"x": "N"}).passed
    assert not check_gradient(lambda x: ((x**3).sum(), x**2), inputs={"x": "N"}).passed


def test_classes_and_methods_are_checked_as_the_decorator_would():
    options = {"inputs": {"x": "N 2"}, "parameters": {"w": "dw"}}
    broadcast = check_gradient(Scale, **options)
    assert [finding.code for finding in broadcast.findings] == ["GA207"]
    assert check_gradient(Scale, inputs={"x": "2"}, parameters={"w": "dw"}).passed
    assert not check_gradient(ScaleWithoutSum, inputs={"x": "2"}, parameters={"w": "dw"}).passed
    layer = Scale()
    assert check_gradient(layer.forward, layer.backward, {"x": "2"}).passed
    assert check_gradient(Scale.forward, Scale.backward, {"x": "2"}, make=Scale).passed


def test_options_are_those_of_the_decorator():
    check = check_gradient(cube, cube_gradient, {"x": "N"}, mode="elementwise", epsilon=1e-7, trials=2, seed=5)
    assert (check.mode, check.trials, check.seed, check.id) == ("elementwise", 2, 5, "cube_gradient")
    assert check_gradient(cube, cube_gradient, {"x": "N"}, name="small").id == "cube_gradient[small]"
    loose = check_gradient(cube, lambda x: 3.03 * x**2, {"x": "N"}, threshold=0.1)
    assert loose.passed
    assert loose.threshold == 0.1


def test_an_array_is_the_point_at_which_the_gradient_is_checked():
    seen = []

    def recorded(x):
        seen.append(x.copy())
        return cube(x)

    # Right for positive numbers only.
    assert check_gradient(recorded, lambda x: 3 * np.abs(x) * x, {"x": np.array([2.0, 3.0])}).passed
    assert check_gradient(recorded, lambda x: 3 * np.abs(x) * x, {"x": np.array([2.0, -3.0])}).verdict == "failed"
    assert any(np.array_equal(x, [2.0, 3.0]) for x in seen)


def test_one_trial_is_enough_where_nothing_is_drawn():
    point = np.array([2.0, 3.0])
    assert check_gradient(cube, cube_gradient, {"x": point}).trials == 1
    assert check_gradient(cube, cube_gradient, {"x": point}, trials=2).trials == 2
    assert check_gradient(tanh_layer, tanh_layer_backward, {"x": "N 2", "w": np.ones((2, 3))}).trials == 3
    assert check_gradient(Scale, inputs={"x": point}, parameters={"w": "dw"}).trials == 3


def quadratic(p, scale):
    return scale * (p["w"] ** 2).sum() + p["layers"][0]


def quadratic_gradient(p, scale):
    return {"w": 2 * scale * p["w"], "layers": [1.0]}, (p["w"] ** 2).sum()


def test_floats_and_nested_arrays_are_differentiated_unless_left_out():
    point = {"p": {"w": np.array([1.0, -2.0]), "layers": [0.5]}, "scale": 3.0}

    def names(check):
        return [gradient.name for gradient in check.gradients]

    assert names(check_gradient(quadratic, quadratic_gradient, point)) == ["p.w", "p.layers.0", "scale"]
    only = check_gradient(quadratic, lambda p, scale: quadratic_gradient(p, scale)[0], point, wrt="p")
    assert (only.passed, names(only)) == (True, ["p.w", "p.layers.0"])
    constant = {**point, "scale": distributions.constant(3.0)}
    fixed = check_gradient(quadratic, lambda p, scale: quadratic_gradient(p, scale)[0], constant)
    assert (fixed.passed, names(fixed)) == (True, ["p.w", "p.layers.0"])


def test_integers_and_strings_are_what_they_are_in_the_decorator():
    def picked(x, labels, how):
        return x[np.arange(len(labels)), labels].sum() if how == "sum" else None

    def picked_gradient(x, labels, how):
        dx = np.zeros_like(x)
        dx[np.arange(len(labels)), labels] = 1.0
        return dx

    inputs = {"x": "3 4", "labels": np.array([1, 0, 1]), "how": distributions.constant("sum")}
    assert check_gradient(picked, picked_gradient, inputs).passed


def test_float32_points_are_checked_in_float64():
    types = set()

    def recorded(x):
        types.add(x.dtype)
        return cube(x)

    point = np.array([0.1, 0.7], np.float32)
    assert check_gradient(recorded, cube_gradient, {"x": point}).difference < 1e-8
    assert types == {np.dtype(np.float64)}
    types.clear()
    assert check_gradient(recorded, cube_gradient, {"x": point}, dtype="float32", upcast=False).passed
    assert types == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        (lambda: check_gradient(cube, cube_gradient), "GA004", "inputs= is missing"),
        (lambda: check_gradient(cube, {"x": "N"}), "GA004", "backward is a dict"),
        (lambda: check_gradient("cube", cube_gradient, {"x": "N"}, trials=0), "GA004", "trials=0"),
        (lambda: check_gradient("cuba", cube_gradient, {"x": "N"}), "GA003", "'cuba' names nothing"),
        (lambda: check_gradient(None, inputs={"x": "N"}), "GA003", "forward is a NoneType"),
        (lambda: check_gradient(cube, cube_gradient, {"y": "N"}), "GA004", "not bound: x"),
        (lambda: check_gradient(cube, cube_gradient, {"x": "N"}, wrt="z"), "GA004", "help: known are x"),
        (lambda: check_gradient(cube, inputs={"x": "N"}), "GA004", "stands alone"),
        (lambda: check_gradient(cube, cube_gradient, {"x": np.array([1.0, np.nan])}), "GA004", r"finite at \[1\]"),
        (lambda: check_gradient(cube, cube_gradient, {"x": np.array([1j])}), "GA004", "complex"),
        (lambda: check_gradient(cube, cube_gradient, {"x": np.array([1, 2])}), "GA004", "nothing is differentiated"),
    ],
)
def test_a_wrong_call_is_raised_with_its_remedy(call, code, words):
    with pytest.raises(AuditError, match=words) as caught:
        call()
    assert caught.value.code == code
    assert str(caught.value).startswith(code)
    assert "help: " in str(caught.value)


def broken(x):
    raise ZeroDivisionError("of its own")


def test_an_exception_of_the_checked_code_is_part_of_the_outcome():
    check = check_gradient(cube, broken, {"x": "N"})
    assert (check.verdict, [finding.code for finding in check.findings]) == ("error", ["GA006"])
    assert "in broken" in check.findings[0].details
    assert "runner/execution/audited_code.py" not in check.findings[0].details


def test_raising_has_the_text_of_the_outcome():
    with pytest.raises(GradientError) as failed:
        check_gradient(cube, lambda x: -3 * x**2, {"x": "N"}, raise_on_failure=True)
    assert isinstance(failed.value, AssertionError)
    assert "GA202 sign-flipped in x" in str(failed.value)
    with pytest.raises(GradientError, match="GA006 audit-raised: backward raised ZeroDivisionError"):
        check_gradient(cube, broken, {"x": "N"}, raise_on_failure=True)
    with pytest.raises(GradientError, match="inconclusive"):
        check_gradient(lambda x: np.log(x).sum(), lambda x: 1 / x, {"x": np.array([-1.0])}, raise_on_failure=True)
    assert check_gradient(cube, cube_gradient, {"x": "N"}, raise_on_failure=True).passed


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_interruptions_go_through(interruption):
    def interrupted(x):
        raise interruption

    for forward, backward in ((cube, interrupted), (interrupted, cube_gradient)):
        with pytest.raises(interruption):
            check_gradient(forward, backward, {"x": "N"})
    with pytest.raises(interruption):
        check_gradient(cube, cube_gradient, lambda rng: interrupted(rng))


def rude(x):
    np.random.seed(1)
    random.seed(1)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    x *= 2
    return (x**3).sum()


def state_of_process():
    numpy_state = np.random.get_state()
    return numpy_state[1].tolist(), numpy_state[2:], random.getstate(), np.geterr(), list(warnings.filters)


@pytest.mark.parametrize("backward", [lambda x: 24 * x**2, broken], ids=["returns", "raises"])
def test_the_process_and_the_inputs_are_as_before(backward):
    point, kept = np.array([1.0, 2.0]), np.array([1, 2])
    before = state_of_process()
    check_gradient(lambda x, n: rude(x) + 0 * n.sum(), lambda x, n: backward(x), {"x": point, "n": kept})
    assert state_of_process() == before
    assert (point.tolist(), kept.tolist()) == ([1.0, 2.0], [1, 2])


def test_floating_point_warnings_of_points_that_are_tried_stay_silent():
    def logarithm(x):
        return np.log(x).sum()

    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check_gradient(logarithm, lambda x: 1 / x, {"x": distributions.positive("N")}).passed
        assert check_gradient(logarithm, lambda x: 1 / x, {"x": np.array([-1.0])}).verdict == "inconclusive"


def test_a_given_point_outside_the_domain_is_told_as_such():
    check = check_gradient(lambda x: np.log(x).sum(), lambda x: 1 / x, {"x": np.array([-1.0])})
    assert [finding.message for finding in check.findings] == ["the forward is not finite at the given x"]


def test_what_is_printed_appears(capsys):
    def loud(x):
        print("here")
        return cube(x)

    check_gradient(loud, cube_gradient, {"x": "N"})
    assert "here" in capsys.readouterr().out


def test_the_same_call_draws_the_same_inputs():
    checks = [check_gradient(tanh_layer, tanh_layer_backward, DRAWN, seed=seed) for seed in (0, 0, 1)]
    assert checks[0].difference == checks[1].difference != checks[2].difference


def test_a_pass_says_what_it_could_see():
    check = check_gradient(tanh_layer, tanh_layer_backward, DRAWN)
    text = " ".join(str(check).split())
    assert text.startswith("tanh_layer_backward: passed: largest difference ")
    assert "would have seen an error of" in text
    assert repr(check) == "<GradientCheck tanh_layer_backward: passed>"


def test_a_failure_reads_as_on_the_terminal(project):
    project.write(
        cubes="""
        from gradaudit import audited_backward
        @audited_backward(forward=lambda x: (x**3).sum(), inputs={"x": "N"})
        def backward(x): return -3 * x**2
        """
    )
    shown = project.scan("cubes.py").out
    (finding,) = [line for line in shown.splitlines() if "GA202" in line]
    check = check_gradient(cube, lambda x: -3 * x**2, {"x": "N"})
    assert finding in str(check).splitlines()
    assert "\x1b" not in str(check)
    assert repr(check).endswith("the gradient of x is minus the numeric one>")


TAGS = {"div", "span", "code", "table", "tr", "th", "td", "b", "pre"}


def test_the_table_of_a_notebook_is_whole_and_escaped():
    def forward(p):
        return np.exp(p["<img src=x>"]).sum()

    def backward(p):
        raise ValueError("<script>alert(1)</script>\x1b[31m & more")

    for check in (
        check_gradient(forward, backward, {"p": {"<img src=x>": "5"}}),
        check_gradient(forward, lambda p: {"<img src=x>": -np.exp(p["<img src=x>"])}, {"p": {"<img src=x>": "5"}}),
    ):
        markup = check._repr_html_()
        tree = ET.fromstring(markup)  # noqa: S314 - our own
        assert {element.tag for element in tree.iter()} <= TAGS
        assert "\x1b" not in markup
    assert "p.<img src=x>" in "".join(tree.itertext())
    assert "gradient of p.<img src=x> is minus the numeric one" in "".join(tree.itertext())


def test_a_check_is_a_frozen_record():
    check = check_gradient(cube, cube_gradient, {"x": "N"})
    assert isinstance(check, GradientCheck)
    with pytest.raises(AttributeError):
        check.verdict = "failed"


def test_a_callable_without_a_name_can_be_checked():
    assert check_gradient(cube, functools.partial(lambda x, c: c * x**2, c=3), {"x": "N"}).passed


def test_importing_the_name_imports_no_numpy():
    assert "numpy" not in modules_after("from gradaudit import check_gradient")
