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


def test_a_framework_that_is_not_installed_is_told_with_the_interpreter(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlx", None)
    monkeypatch.delitem(sys.modules, "gradaudit.frameworks.mlx_arrays", raising=False)
    with pytest.raises(AuditError, match="mlx is not installed in") as caught:
        framework("mlx")
    assert caught.value.code == "GA004"
    assert sys.executable in caught.value.message
    assert "install mlx there" in caught.value.help


def test_a_framework_that_cannot_be_imported_is_told_with_the_reason(monkeypatch, tmp_path):
    (tmp_path / "mlx").mkdir()
    (tmp_path / "mlx" / "__init__.py").write_text("raise OSError('libmlx.so: no such file')\n")
    monkeypatch.syspath_prepend(tmp_path)
    for module in [name for name in sys.modules if name.partition(".")[0] == "mlx"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delitem(sys.modules, "gradaudit.frameworks.mlx_arrays", raising=False)
    with pytest.raises(AuditError, match=r"OSError: libmlx\.so: no such file") as caught:
        framework("mlx")
    assert caught.value.code == "GA004"


def test_an_audit_of_a_framework_that_is_not_installed_is_an_error_and_the_others_run(project):
    project.write(
        a="""
        import sys
        from gradaudit import audited_backward
        sys.modules["mlx"] = None
        @audited_backward(forward=lambda x: x**2, inputs={"x": "N"}, framework="mlx")
        def absent(g, x): return 2 * x * g
        @audited_backward(forward=lambda x: x**2, inputs={"x": "N"})
        def right(g, x): return 2 * x * g
        """
    )
    ended = project.scan()
    assert ended.outcomes() == {"absent": "error", "right": "passed"}
    assert (ended.status, ended.codes("absent")) == (1, ["GA004"])
