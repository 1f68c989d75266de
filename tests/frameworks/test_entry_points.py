"""An adapter that an installed package brings by its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from gradaudit.errors import AuditError
from gradaudit.frameworks import framework

ABACUS = '''
"""Arrays that are no NumPy arrays."""

import numpy as np


class Beads:
    def __init__(self, array):
        self.array = array

    def __mul__(self, other):
        return Beads(self.array * getattr(other, "array", other))


class Adapter:
    name = "abacus"

    def __init__(self):
        from gradaudit.frameworks.numpy_arrays import NumpyArrays

        self.numpy = NumpyArrays()

    def __getattr__(self, name):
        return getattr(self.numpy, name)

    def is_native(self, value):
        return isinstance(value, Beads)

    def to_native(self, array, dtype=None):
        return Beads(array)

    def to_numpy(self, value):
        return self.numpy.to_numpy(value.array if isinstance(value, Beads) else value)
'''

WHEEL = {
    "abacus.py": ABACUS,
    "abacus-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: abacus\nVersion: 1.0\n",
    "abacus-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "abacus-1.0.dist-info/entry_points.txt": "[gradaudit.frameworks]\nabacus = abacus:Adapter\n",
}

AUDITED = """
from gradaudit import audited_backward
import abacus

def squared(x):
    assert isinstance(x, abacus.Beads)
    return x * x, x

@audited_backward(forward=squared, inputs={"x": "N D"})
def right(dout, cache):
    return dout * cache * 2.0

@audited_backward(forward=squared, inputs={"x": "N D"})
def wrong(dout, cache):
    return dout * cache
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package installed in it by pip, which needs no index for a wheel."""
    pytest.importorskip("pip")
    wheel = tmp_path_factory.mktemp("abacus") / "abacus-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in WHEEL.items():
            archive.writestr(name, text)
        archive.writestr("abacus-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in WHEEL))
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", target, wheel]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return target


def test_an_installed_package_brings_an_adapter(make_project, installed):
    project = make_project()
    project.write(audited=AUDITED)
    paths = [os.fspath(installed), *filter(None, [os.environ.get("PYTHONPATH")])]
    ended = project.scan(PYTHONPATH=os.pathsep.join(paths))
    assert ended.outcomes() == {"right": "passed", "wrong": "failed"}
    assert ended.codes("wrong") == ["GA203"]
    assert {audit["framework"] for audit in ended.report["audits"]} == {"abacus"}


def test_a_framework_that_nothing_brings_names_those_that_are_known():
    with pytest.raises(AuditError, match="framework='numppy' is not known") as raised:
        framework("numppy")
    assert raised.value.help == "did you mean 'numpy'?"


def test_two_candidates_are_told_and_the_remedy_with_them(make_project):
    pytest.importorskip("torch")
    pytest.importorskip("autograd")
    project = make_project()
    project.write(
        audited="""
        import autograd.numpy
        import torch
        from gradaudit import audited_backward

        @audited_backward(forward=lambda x: torch.sin(x), inputs={"x": "N"})
        def backward(dout, x):
            return dout * autograd.numpy.cos(x)
        """
    )
    (finding,) = project.scan().audit("backward")["findings"]
    assert finding["code"] == "GA004"
    assert "uses autograd and torch" in finding["message"]
    assert finding["help"].startswith('write framework="')
