"""The textbook check of a block in a few calls, where the framework can map a function over an axis."""

from __future__ import annotations

import numpy as np
import pytest

from gradaudit import check_gradient

ROWS, COLUMNS = 20, 30
INPUTS = {"x": np.random.default_rng(0).standard_normal((ROWS, COLUMNS))}


def tangent(numeric):
    """A forward and its backward in one framework."""
    return (lambda x: numeric.tanh(x) ** 2), (lambda g, x: g * 2 * numeric.tanh(x) * (1 - numeric.tanh(x) ** 2))


def elementwise(*audited, **options):
    return check_gradient(*audited, inputs=INPUTS, mode="elementwise", trials=1, **options)


def test_numpy_takes_two_calls_an_element():
    check = elementwise(*tangent(np))
    assert check.passed
    assert check.evaluations.forward >= 2 * ROWS * COLUMNS


@pytest.mark.parametrize("name", ["torch", "jax.numpy"])
def test_a_framework_that_maps_takes_a_handful(name):
    numeric = pytest.importorskip(name)
    check = elementwise(*tangent(numeric), framework=name.partition(".")[0])
    assert check.passed
    assert check.evaluations.forward <= 10


@pytest.mark.parametrize("name", ["torch", "jax.numpy"])
def test_the_numbers_are_those_of_one_call_after_another(name):
    numeric = pytest.importorskip(name)
    forward, _ = tangent(numeric)
    wrong = elementwise(forward, lambda g, x: g * numeric.tanh(x), framework=name.partition(".")[0])
    plain = elementwise(tangent(np)[0], lambda g, x: g * np.tanh(x))
    assert wrong.difference == pytest.approx(plain.difference, rel=1e-9)
    assert wrong.gradients[0].worst.index == plain.gradients[0].worst.index
    assert wrong.gradients[0].worst.numeric == pytest.approx(plain.gradients[0].worst.numeric, rel=1e-7)


@pytest.mark.parametrize("name", ["torch", "jax.numpy"])
def test_a_function_that_looks_at_values_is_evaluated_one_point_after_another(name):
    numeric = pytest.importorskip(name)
    forward, backward = tangent(numeric)
    check = elementwise(lambda x: forward(x) if float(x[0, 0]) < 9.0 else x, backward, framework=name.partition(".")[0])
    assert check.passed
    assert check.evaluations.forward >= 2 * ROWS * COLUMNS


def test_a_function_that_is_another_one_for_a_batch_is_evaluated_one_point_after_another():
    jnp = pytest.importorskip("jax.numpy")
    jax = pytest.importorskip("jax")
    forward, backward = tangent(jnp)
    check = elementwise(
        lambda x: forward(x) * (2.0 if isinstance(x, jax.core.Tracer) else 1.0), backward, framework="jax"
    )
    assert check.passed
    assert check.evaluations.forward >= 2 * ROWS * COLUMNS


def test_all_points_have_the_same_random_state():
    jax = pytest.importorskip("jax")

    def noisy(x, key):
        mask = jax.random.bernoulli(key, 0.5, x.shape)
        return x * mask, mask

    check = elementwise(noisy, lambda g, cache: g * cache)
    assert check.passed
    assert check.evaluations.forward <= 10


def test_a_rule_without_a_vmap_of_its_own_is_mapped_by_its_forward():
    torch = pytest.importorskip("torch")

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return 3 * g * ctx.saved_tensors[0] ** 2

    check = elementwise(Cube)
    assert check.passed
    assert check.evaluations.forward <= 10


def test_a_rule_of_jax_is_mapped():
    jax = pytest.importorskip("jax")
    rule = jax.custom_vjp(lambda x: x**3)
    rule.defvjp(lambda x: (x**3, x), lambda x, g: (3 * g * x**2,))
    check = elementwise(rule)
    assert check.passed
    assert check.evaluations.forward <= 10


def test_the_parameters_of_a_module_are_mapped_too():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(COLUMNS, 3), torch.nn.Tanh())
    check = check_gradient(module, inputs={"input": INPUTS["x"]}, mode="elementwise", trials=1)
    assert [gradient.name for gradient in check.gradients] == ["input", "0.weight", "0.bias"]
    assert check.passed
    assert check.evaluations.forward <= 12
