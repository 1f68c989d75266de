"""JAX: arrays there and back, and everything that it differentiates by a rule of its users."""

from __future__ import annotations

import re

import numpy as np
import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402 - after the framework is known to be there

from gradaudit import check_gradient  # noqa: E402
from gradaudit.errors import AuditError  # noqa: E402
from gradaudit.frameworks import framework  # noqa: E402

HEADING = """
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gradaudit import audited_backward, distributions

AFFINE = {"x": "N D", "w": "D M", "b": "M"}

def with_vjp(function, bwd, fwd=None, **options):
    rule = jax.custom_vjp(function, **options)
    rule.defvjp(fwd or (lambda *inputs: (function(*inputs), inputs)), bwd)
    return rule

def with_jvp(function, jvp):
    rule = jax.custom_jvp(function)
    rule.defjvp(jvp)
    return rule

def product(x, w, b):
    return x @ w + b

affine = with_vjp(product, lambda res, g: (g @ res[1].T, res[0].T @ g, g.sum(0)))
"""

RIGHT = {
    "a rule": "audit = audited_backward(inputs=AFFINE)(affine)",
    "a rule that is compiled": "audit = audited_backward(inputs=AFFINE)(jax.jit(affine))",
    "a function that uses it": "audit = audited_backward(inputs=AFFINE)(lambda x, w, b: jnp.tanh(affine(x, w, b)))",
    "a rule in bfloat16": 'audit = audited_backward(inputs=AFFINE, dtype="bfloat16")(affine)',
    "its two functions, where nothing but the rule itself is of JAX": """
def affine_fwd(x, w, b):
    return affine(x, w, b), (x, w)

@audited_backward(forward=affine_fwd, inputs=AFFINE)
def affine_bwd(res, g):
    x, w = res
    return g @ w.T, x.T @ g, g.sum(0)
""",
    "arguments that are not differentiated": """
@audited_backward(inputs={"x": "N D", "power": 3})
@partial(jax.custom_vjp, nondiff_argnums=(1,))
def powered(x, power):
    return x**power

powered.defvjp(lambda x, power: (x**power, x), lambda power, x, g: (power * x ** (power - 1) * g,))
""",
    "integers, whose cotangent is float0": """
@audited_backward(inputs={"ids": distributions.integers("N", high="V"), "table": "V D"})
@jax.custom_vjp
def embedded(ids, table):
    return table[ids]

embedded.defvjp(
    lambda ids, table: (table[ids], (ids, table)),
    lambda res, g: (np.zeros(res[0].shape, jax.dtypes.float0), jnp.zeros_like(res[1]).at[res[0]].add(g)),
)
""",
    "pytrees there and back, with None and an integer among the outputs": """
class Parameters(NamedTuple):
    w: object
    b: object

def layer(x, parameters):
    x = x["x"]
    return {"y": x @ parameters.w, "z": [parameters.b * 2, None], "best": jnp.argmax(parameters.b)}

def layer_fwd(x, parameters):
    return layer(x, parameters), (x, parameters)

inputs = {"x": {"x": "N D", "state": None}, "parameters": Parameters("D M", "M")}

@audited_backward(forward=layer_fwd, inputs=inputs)
def layer_bwd(res, g):
    x, parameters = res
    y, z = g["y"], g["z"][0]
    return {"x": y @ parameters.w.T, "state": None}, Parameters(x["x"].T @ y, 2 * z)

audit = audited_backward(inputs=inputs)(with_vjp(layer, layer_bwd, layer_fwd))
""",
    "a registered dataclass": """
from dataclasses import dataclass

@jax.tree_util.register_dataclass
@dataclass
class Parameters:
    w: object
    b: object

def layer(x, parameters):
    return Parameters(jnp.dot(x, parameters.w), 2 * parameters.b)

@audited_backward(
    forward=lambda x, parameters: (layer(x, parameters), (x, parameters)),
    inputs={"x": "N D", "parameters": Parameters("D M", "M")},
)
def layer_bwd(res, g):
    x, parameters = res
    return g.w @ parameters.w.T, Parameters(x.T @ g.w, 2 * g.b)

audit = audited_backward(inputs={"x": "N D", "parameters": Parameters("D M", "M")})(
    with_vjp(layer, layer_bwd)
)
""",
    "tangents": """
@audited_backward(inputs={"x": "N D", "y": "N D"})
@jax.custom_jvp
def product_of(x, y):
    return x * y

product_of.defjvps(lambda t, out, x, y: t * y, lambda t, out, x, y: x * t)
""",
    "a random state": """
def drop_fwd(x, key):
    mask = jax.random.bernoulli(key, 0.7, x.shape)
    return x * mask, mask

@audited_backward(forward=drop_fwd, inputs={"x": "N D"})
def drop_bwd(res, g):
    return (g * res,)
""",
    "a value and its gradient": """
@audited_backward(inputs={"x": "N"})
def loss(x):
    return jax.value_and_grad(lambda x: jnp.sum(jnp.sin(x)))(x)
""",
    "a rule that looks at values": """
def signed(x):
    return x if x.sum() > 0 else 2 * x

audit = audited_backward(inputs={"x": "N"})(
    with_vjp(signed, lambda res, g: (g if res[0].sum() > 0 else 2 * g,))
)
""",
}


@pytest.fixture(scope="module")
def right(make_project):
    project = make_project()
    project.write(**{f"right_{number}": HEADING + text for number, text in enumerate(RIGHT.values())})
    return project.scan("--trials", "2", timeout=600)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_passes_without_a_finding(right, name):
    file = f"right_{list(RIGHT).index(name)}.py"
    audits = [audit for audit in right.report["audits"] if audit["file"] == file]
    assert audits
    for audit in audits:
        assert (audit["outcome"], audit["findings"], audit["framework"]) == ("passed", [], "jax")


def test_every_leaf_of_a_pytree_has_a_gradient_of_its_own(right):
    file = f"right_{list(RIGHT).index('pytrees there and back, with None and an integer among the outputs')}.py"
    for audit in right.report["audits"]:
        if audit["file"] == file:
            names = [gradient["name"] for gradient in audit["gradients"]]
            assert names == ["x.x", "parameters.w", "parameters.b"]


WRONG = {
    "a factor": (
        "wrong = audited_backward(inputs=AFFINE)"
        "(with_vjp(product, lambda res, g: (g @ res[1].T, 2 * res[0].T @ g, g.sum(0))))",
        "GA203",
        "the gradient of w is 2 × the numeric one",
    ),
    "a sign": (
        "wrong = audited_backward(inputs=AFFINE)"
        "(with_vjp(product, lambda res, g: (-g @ res[1].T, res[0].T @ g, g.sum(0))))",
        "GA202",
        "the gradient of x is minus the numeric one",
    ),
    "a missing sum, which JAX turns away": (
        "wrong = audited_backward(inputs=AFFINE)(with_vjp(product, lambda res, g: (g @ res[1].T, res[0].T @ g, g)))",
        "GA207",
        r"the gradient of b has shape \(\d+, (\d+)\), its input \(\1,\)",
    ),
    "the same where it is compiled": (
        "wrong = audited_backward(inputs=AFFINE)"
        "(jax.jit(with_vjp(product, lambda res, g: (g @ res[1].T, res[0].T @ g, g))))",
        "GA207",
        r"the gradient of b has shape \(\d+, (\d+)\), its input \(\1,\)",
    ),
    "a transposed gradient": (
        "wrong = audited_backward(inputs=AFFINE)"
        "(with_vjp(product, lambda res, g: (g @ res[1].T, g.T @ res[0], g.sum(0))))",
        "GA207",
        r"the gradient of w has shape \((\d+), (\d+)\), its input \(\2, \1\)",
    ),
    "None, which JAX takes for zeros": (
        "wrong = audited_backward(inputs=AFFINE)(with_vjp(product, lambda res, g: (g @ res[1].T, res[0].T @ g, None)))",
        "GA206",
        "the backward returns no gradient for b",
    ),
    "a residual that is another one": (
        'wrong = audited_backward(inputs={"x": "N"})(with_vjp(jnp.tanh, lambda res, g: (g * (1 - res[0] ** 2),)))',
        "GA201",
        "the gradient of x differs",
    ),
    "a forward of the rule that is another function": (
        """
wrong = audited_backward(inputs={"x": "N"})(
    with_vjp(jnp.sin, lambda res, g: (g * jnp.cos(res),), lambda x: (jnp.sin(x) * 1.01, x))
)
""",
        "GA302",
        "the function gives another output where it is differentiated",
    ),
    "another dtype, which JAX lets through": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_vjp(jnp.sin, lambda res, g: ((g * jnp.cos(res[0])).astype(jnp.float32),)))",
        "GA304",
        "the gradient of x is float32, its input float64",
    ),
    "digits that float32 does not have": (
        'wrong = audited_backward(inputs={"x": "N"}, dtype="float32")'
        "(with_vjp(jnp.sin, lambda res, g: (g * jnp.cos((res[0] + 1e6) - 1e6),)))",
        "GA307",
        "in float32",
    ),
    "another structure": (
        "wrong = audited_backward(inputs=AFFINE)(with_vjp(product, lambda res, g: (g @ res[1].T, res[0].T @ g)))",
        "GA006",
        "a tuple of length equal to the number of arguments",
    ),
    "no rule": (
        'wrong = audited_backward(inputs={"x": "N"})(jax.custom_vjp(jnp.sin))',
        "GA004",
        "sin is a jax.custom_vjp without a rule",
    ),
    "no rule for tangents": (
        'wrong = audited_backward(inputs={"x": "N"})(jax.custom_jvp(jnp.sin))',
        "GA004",
        "sin is a jax.custom_jvp without a rule",
    ),
    "a gradient by what is not differentiated": (
        """
wrong = audited_backward(inputs={"x": "N", "y": "N"})(
    with_vjp(lambda x, y: x * y, lambda y, res, g: (g * y,), lambda x, y: (x * y, None), nondiff_argnums=(1,))
)
""",
        "GA004",
        "y is one of nondiff_argnums",
    ),
    "a value that is not known while it is compiled": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(jax.jit(with_vjp(lambda x: x if x.sum() > 0 else 2 * x, lambda res, g: (g,))))",
        "GA006",
        "TracerBoolConversionError",
    ),
    "tangents by a factor": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_jvp(jnp.sin, lambda p, t: (jnp.sin(p[0]), 2 * jnp.cos(p[0]) * t[0])))",
        "GA203",
        "the gradient of x is 2 × the numeric one",
    ),
    "the absolute value of a tangent": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_jvp(jnp.sin, lambda p, t: (jnp.sin(p[0]), jnp.cos(p[0]) * jnp.abs(t[0]))))",
        "GA210",
        "not linear in the tangent of x",
    ),
    "the square of a tangent": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_jvp(jnp.sin, lambda p, t: (jnp.sin(p[0]), jnp.cos(p[0]) * t[0] ** 2)))",
        "GA210",
        "not linear in the tangent of x",
    ),
    "a term without a tangent, which JAX drops when it transposes": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_jvp(jnp.sin, lambda p, t: (jnp.sin(p[0]), jnp.cos(p[0]) * t[0] + 1.0)))",
        "GA210",
        "not linear in the tangent of x",
    ),
    "a tangent of another shape": (
        'wrong = audited_backward(inputs={"x": "N"})'
        "(with_jvp(jnp.sin, lambda p, t: (jnp.sin(p[0]), (jnp.cos(p[0]) * t[0]).sum())))",
        "GA006",
        "must produce primal and tangent outputs with ",
    ),
}


@pytest.fixture(scope="module")
def wrong(make_project):
    project = make_project()
    project.write(**{f"wrong_{number}": HEADING + text for number, (text, *_) in enumerate(WRONG.values())})
    return project.scan("--trials", "2", timeout=600)


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named(wrong, name):
    _, code, message = WRONG[name]
    file = f"wrong_{list(WRONG).index(name)}.py"
    (audit,) = [audit for audit in wrong.report["audits"] if audit["file"] == file]
    assert {finding["code"] for finding in audit["findings"]} == {code}
    assert any(re.search(message, finding["message"]) for finding in audit["findings"])


@jax.custom_vjp
def cube(x):
    return x**3


cube.defvjp(lambda x: (x**3, x), lambda x, g: (3 * g * x**2,))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "bool", "complex128"])
def test_arrays_go_there_and_back(dtype):
    adapter = framework("jax")
    array = np.arange(6).reshape(2, 3).astype(dtype)
    with adapter.session("float64"):
        native = adapter.to_native(array)
        assert adapter.is_native(native)
        back = adapter.to_numpy(native)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_a_number_becomes_an_array_without_axes():
    assert framework("jax").to_native(np.float32(2.0)).shape == ()


def test_what_numpy_has_no_dtype_for_comes_wider():
    adapter = framework("jax")
    assert adapter.to_native(np.ones(3), "bfloat16").dtype == jnp.bfloat16
    assert adapter.to_numpy(jnp.ones(3, jnp.bfloat16)).dtype == np.float32


def test_what_has_no_values_is_no_array():
    adapter = framework("jax")
    assert adapter.to_numpy(jax.random.key(0)) is None
    assert adapter.to_numpy(np.zeros(2, jax.dtypes.float0)) is None
    assert jax.make_jaxpr(lambda x: x if adapter.to_numpy(x) is None else 0)(1.0).jaxpr.outvars


def test_no_memory_is_shared():
    adapter = framework("jax")
    array = np.ones(1000)
    with adapter.session("float64"):
        native = adapter.to_native(array)
        array[:] = 2.0
        assert float(native.sum()) == 1000.0
        assert not np.shares_memory(adapter.to_numpy(native), adapter.to_numpy(native))


@pytest.mark.parametrize("parameter", ["key", "rng"])
def test_one_seed_is_one_random_state(parameter):
    adapter = framework("jax")
    drawn = [jax.random.normal(adapter.random_state(parameter, 3), (4,)) for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    assert not np.array_equal(drawn[0], jax.random.normal(adapter.random_state(parameter, 4), (4,)))


def test_a_seed_is_an_integer():
    assert framework("jax").random_state("seed", 3) == 3


def test_a_device_that_is_not_there_is_told():
    with pytest.raises(AuditError, match="device='abacus'"):
        framework("jax", "abacus")
    assert check_gradient(cube, inputs={"x": "N"}, device="cpu", trials=1).passed


def test_arrays_are_of_32_bits_again_after_a_check():
    assert check_gradient(cube, inputs={"x": "N"}, trials=1).passed
    assert jnp.zeros(1).dtype == jnp.float32


def test_arrays_are_of_32_bits_again_after_a_check_that_ended_otherwise():
    def raising(x):
        jax.config.update("jax_enable_x64", True)
        raise RuntimeError(x)

    check = check_gradient(raising, lambda g, x: g * x, inputs={"x": "N"}, framework="jax")
    assert [finding.code for finding in check.findings] == ["GA006"]
    assert jnp.zeros(1).dtype == jnp.float32


def test_what_was_compiled_before_is_compiled_for_64_bits():
    compiled = jax.jit(cube)
    assert compiled(jnp.ones(3)).dtype == jnp.float32
    check = check_gradient(compiled, inputs={"x": np.array([1.0, 2.0, -1.5])})
    assert check.passed
    assert check.difference < 1e-9
    assert compiled(jnp.ones(3)).dtype == jnp.float32


def test_in_float32_arrays_are_as_jax_makes_them():
    def seen(x):
        assert jnp.zeros(1).dtype == x.dtype
        return x**3

    check = check_gradient(
        seen, lambda g, x: 3 * g * x**2, inputs={"x": "N"}, framework="jax", dtype="float32", trials=1
    )
    assert check.findings == ()


def test_an_array_that_is_given_is_the_point_that_is_checked():
    point = jnp.array([1.0, 2.0, -1.5])
    check = check_gradient(cube, inputs={"x": point})
    assert check.passed
    assert check.gradients[0].shape == (3,)


def test_a_rule_that_jax_can_not_transpose_is_checked_tangent_by_tangent():
    @jax.custom_jvp
    def sine(x):
        return jnp.sin(x)

    def slope(factor):
        def rule(primals, tangents):
            (x,), (t,) = primals, tangents
            kind = jax.ShapeDtypeStruct(x.shape, x.dtype)
            along = jax.pure_callback(lambda c, t: factor * c * t, kind, jnp.cos(x), t, vmap_method="expand_dims")
            return jnp.sin(x), along

        return rule

    sine.defjvp(slope(1.0))
    check = check_gradient(sine, inputs={"x": np.linspace(-1, 1, 5)})
    assert check.passed
    assert any("JAX can't transpose the rule" in note for note in check.notes)
    sine.defjvp(slope(3.0))
    check = check_gradient(sine, inputs={"x": np.linspace(-1, 1, 5)})
    assert [finding.code for finding in check.findings] == ["GA203"]


def test_too_many_tangents_are_refused_with_the_remedy():
    @jax.custom_jvp
    def sine(x):
        return jnp.sin(x)

    sine.defjvp(lambda primals, tangents: (jnp.sin(primals[0]), jnp.cos(primals[0]) * jnp.abs(tangents[0])))
    with pytest.raises(AuditError, match="5000 elements are too many") as raised:
        check_gradient(sine, inputs={"x": np.ones(5000)}, trials=1)
    assert raised.value.help == "give smaller sizes=, for 4096 elements in all"
