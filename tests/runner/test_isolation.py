"""What an audit changes in its process does not reach the next, and what it prints is kept within limits."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings

import numpy as np
import pytest

from gradaudit.runner.execution.isolation import OUTPUT_LIMIT, captured_output, read_output, restored_state

CHANGES = {
    "working directory": (os.getcwd, lambda: os.chdir("/")),
    "module path": (lambda: list(sys.path), lambda: sys.path.insert(0, "/nowhere")),
    "arguments": (lambda: list(sys.argv), lambda: sys.argv.append("--more")),
    "environment": (lambda: dict(os.environ), lambda: os.environ.update(GRADAUDIT_TEST="1")),
    "NumPy's errors": (np.geterr, lambda: np.seterr(all="raise")),
    "NumPy's printing": (np.get_printoptions, lambda: np.set_printoptions(precision=2)),
    "warnings": (lambda: list(warnings.filters), lambda: warnings.simplefilter("ignore")),
    "random": (random.getstate, random.random),
    "NumPy's random": (lambda: (np.random.get_state()[1].tolist(), np.random.get_state()[2]), np.random.rand),
    "recursion limit": (sys.getrecursionlimit, lambda: sys.setrecursionlimit(5000)),
    "standard output": (lambda: sys.stdout, lambda: setattr(sys, "stdout", None)),
    "exception hook": (lambda: sys.excepthook, lambda: setattr(sys, "excepthook", print)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_state_is_put_back(what):
    state, change = CHANGES[what]
    before = state()
    with restored_state():
        change()
        assert state() != before
    assert state() == before


def test_output_of_python_of_c_and_of_children_is_captured(tmp_path, capfd):
    path = str(tmp_path / "out")
    with captured_output(path):
        print("from python")
        os.write(1, b"from c\n")
        os.write(2, b"from c, on stderr\n")
        subprocess.run(["echo", "from a child"], check=True)
    assert read_output(path).splitlines() == ["from python", "from c", "from c, on stderr", "from a child"]
    assert capfd.readouterr().out == ""


def test_a_flood_is_cut_and_says_so(tmp_path):
    path = str(tmp_path / "out")
    with captured_output(path):
        for _ in range(100):
            print("x" * 100_000)
    assert os.path.getsize(path) <= OUTPUT_LIMIT + 1
    assert read_output(path).endswith("[output cut after 64 KiB]\n")


def test_closing_standard_output_harms_nobody(tmp_path, capfd):
    with captured_output(str(tmp_path / "out")):
        sys.stdout.close()
        os.close(1)
    with captured_output(str(tmp_path / "again")):
        print("still here")
    assert read_output(str(tmp_path / "again")) == "still here\n"
    os.write(1, b"and outside\n")
    assert capfd.readouterr().out == "and outside\n"


def test_standard_input_is_empty(tmp_path):
    with captured_output(str(tmp_path / "out")), pytest.raises(EOFError):
        input()


def test_bytes_that_are_no_utf8_are_shown(tmp_path):
    path = str(tmp_path / "out")
    with captured_output(path):
        os.write(1, b"\xff\n")
        print("\ud800")
    assert read_output(path) == "\ufffd\n\\ud800\n"
