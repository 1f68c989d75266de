"""Of large inputs few copies are made, and what a backward does to them and to its own arrays is found all the same."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from gradaudit import check_gradient
from gradaudit.runner.problems.freed_memory import LARGE

ROWS, COLUMNS = 264, 500


@pytest.fixture
def point():
    rng = np.random.default_rng(1)
    made = {"x": rng.standard_normal((8, ROWS)), "w": rng.standard_normal((ROWS, COLUMNS)) / 20}
    assert made["w"].nbytes > LARGE
    return made


DRAWN = {"x": f"8 {ROWS}", "w": f"{ROWS} {COLUMNS}"}


def forward(x, w):
    return np.tanh(x @ w)


def backward(dout, x, w):
    return x.T @ (dout * (1 - np.tanh(x @ w) ** 2))


def codes(check):
    return [finding.code for finding in check.findings]


def checked(backward, inputs, forward=forward):
    return check_gradient(forward, backward, inputs, wrt="w", trials=1)


@pytest.fixture(params=["given", "drawn"])
def inputs(request, point):
    return point if request.param == "given" else DRAWN


def test_a_right_gradient_passes_with_the_usual_number_of_calls(inputs):
    check = checked(backward, inputs)
    assert check.passed
    assert (check.evaluations.forward, check.evaluations.backward) == (8, 5)


def test_a_check_holds_few_copies_of_its_point_at_a_time(point):
    checked(backward, point)  # what is imported and cached is there from then on
    tracemalloc.start()
    checked(backward, point)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The point, its gradient, a direction, another point: and as much again for what the code itself holds.
    assert peak < 6 * point["w"].nbytes


def test_arrays_that_are_given_are_left_alone(point):
    before = {name: array.copy() for name, array in point.items()}
    checked(backward, point)
    assert all(np.array_equal(before[name], array) for name, array in point.items())


def test_a_forward_that_writes_to_its_input_is_found(inputs):
    def writing(x, w):
        w[w < 0] *= 1.5
        return np.tanh(x @ w)

    assert "GA301" in codes(checked(lambda dout, x, w: backward(dout, x, np.where(w < 0, 1.5 * w, w)), inputs, writing))


def test_a_backward_that_writes_to_its_input_is_found(inputs):
    def writing(dout, x, w):
        gradient = backward(dout, x, w)
        w -= 0.01 * gradient
        return gradient

    assert codes(checked(writing, inputs)) == ["GA301"]


def test_one_buffer_for_all_gradients_is_right(inputs):
    buffer = np.empty((ROWS, COLUMNS))

    def into_buffer(dout, x, w):
        buffer[...] = backward(dout, x, w)
        return buffer

    assert checked(into_buffer, inputs).passed


@pytest.mark.parametrize("count", [2, 3])
def test_buffers_in_turns_are_right(inputs, count):
    buffers, calls = [np.empty((ROWS, COLUMNS)) for _ in range(count)], []

    def into_buffer(dout, x, w):
        calls.append(None)
        buffer = buffers[len(calls) % count]
        buffer[...] = backward(dout, x, w)
        return buffer

    assert checked(into_buffer, inputs).passed


def test_gradients_that_are_added_up_in_one_buffer_are_found(inputs):
    buffer = np.zeros((ROWS, COLUMNS))

    def adding(dout, x, w):
        nonlocal buffer
        buffer += backward(dout, x, w)
        return buffer

    assert "GA303" in codes(checked(adding, inputs))


def test_what_another_forward_leaves_behind_is_found(inputs):
    last = {}

    def remembering(x, w):
        last["w"] = w
        return forward(x, w)

    assert "GA303" in codes(checked(lambda dout, x: backward(dout, x, last["w"]), inputs, remembering))


def test_what_the_first_forward_leaves_behind_is_found(inputs):
    first = []

    def remembering(x, w):
        first[:] = first or [(x.copy(), w.copy())]
        return forward(x, w)

    assert "GA303" in codes(checked(lambda dout: backward(dout, *first[0]), inputs, remembering))


def test_a_gradient_that_is_the_input_itself_is_told(inputs):
    only = {"w": inputs["w"]}
    check = check_gradient(lambda w: (w * w).sum() / 2, lambda w: w, only, returns="gradient", trials=1)
    assert (check.passed, codes(check)) == (True, ["GA306"])
