"""Backward passes that misbehave: a segfault, an endless loop, an exit, a flood of output; and a right gradient.

Importing this file is harmless: what misbehaves does so only when it is called.
"""

import ctypes
import functools
import os
import sys

from gradaudit import audited_backward

INPUTS = {"x": "N"}


def square_sum(x):
    return (x**2).sum()


@audited_backward(forward=square_sum, inputs=INPUTS)
def segfault_backward(x):
    ctypes.string_at(0)
    return 2 * x


@audited_backward(forward=square_sum, inputs=INPUTS, timeout=2)
def endless_backward(x):
    while True:
        x = x + 1


@audited_backward(forward=square_sum, inputs=INPUTS)
def exit_backward(x):  # noqa: ARG001 - it never comes to it
    os._exit(0)


@functools.cache
def flood():
    """Print 100 MB, the first time it is called."""
    megabyte = ("x" * 999 + "\n") * 1000
    for _ in range(100):
        sys.stdout.write(megabyte)


@audited_backward(forward=square_sum, inputs=INPUTS)
def flood_backward(x):
    """Right, but loud."""
    flood()
    return 2 * x


@audited_backward(forward=square_sum, inputs=INPUTS)
def right_backward(x):
    return 2 * x
