"""Every example is held to the outcome that it is there to show."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PLANTED = "examples/course_network.py::backward_propagation_n[wrong on purpose]"

EXPECTED = {
    PLANTED: "failed",
    "examples/course_network_fixed.py::backward_propagation_n": "passed",
    "examples/course_one_parameter.py::backward_propagation": "passed",
    "examples/cs231n_layers.py::affine_backward[vectors]": "passed",
    "examples/cs231n_layers.py::affine_backward[images]": "passed",
    "examples/cs231n_layers.py::relu_backward": "passed",
    "examples/cs231n_layers.py::softmax_loss": "passed",
    "examples/cs231n_layers.py::batchnorm_backward": "passed",
    "examples/cs231n_layers.py::conv_backward_naive": "passed",
    "examples/cs231n_layers.py::max_pool_backward_naive": "passed",
    "examples/cs231n_layers.py::lstm_step_backward": "passed",
    "examples/dropout.py::dropout_backward": "passed",
    "examples/dropout.py::recomputed_dropout_backward": "passed",
    "examples/layer_class.py::Linear": "passed",
    "examples/layer_class.py::LayerNorm": "passed",
    "examples/other_forms.py::weighted_softplus": "passed",
    "examples/other_forms.py::log_sum_exp_vjp": "passed",
    "examples/other_forms.py::softmax_jacobian": "passed",
    "examples/other_forms.py::swish_derivative": "passed",
    "examples/other_forms.py::huber_derivative[core]": "passed",
    "examples/other_forms.py::huber_derivative[tails]": "passed",
    "examples/other_forms.py::huber_derivative[anywhere]": "passed",
    "examples/other_forms.py::relative_entropy_gradient": "passed",
    "examples/other_forms.py::height_backward": "passed",
    "examples/other_forms.py::quantize_backward": "xfailed",
    "examples/regularized_cost.py::regularized_cost_gradient": "passed",
    "examples/softmax_regression.ipynb::cross_entropy_backward": "passed",
    "examples/softmax_regression.ipynb::affine_backward": "passed",
}

LIBRARIES = {
    "scipy_optimize.py": ("scipy", 3),
    "scikit_learn.py": ("sklearn", 16),
    "statsmodels_discrete.py": ("statsmodels", 10),
}


def scan(path, folder):
    """The exit status and the JSON report of a scan, and what it said on stderr."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "gradaudit", "scan", path, f"--output=json={report}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert report.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    return scan("examples/", tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def audits(scanned):
    return {audit["id"]: audit for audit in scanned[1]["audits"]}


def test_every_audit_of_the_examples_is_run_and_no_other(audits):
    assert sorted(audits) == sorted(EXPECTED)


@pytest.mark.parametrize(("audit", "outcome"), EXPECTED.items())
def test_an_example_ends_as_it_is_meant_to(audits, audit, outcome):
    assert audits[audit]["outcome"] == outcome, audits[audit]["findings"]


def test_a_scan_with_a_failing_example_ends_with_status_1(scanned):
    assert scanned[0] == 1


def test_the_planted_mistakes_are_named_and_no_other_gradient(audits):
    gradients = {gradient["name"]: gradient["outcome"] for gradient in audits[PLANTED]["gradients"]}
    assert gradients == {
        "parameters.W1": "passed",
        "parameters.b1": "failed",
        "parameters.W2": "failed",
        "parameters.b2": "passed",
        "parameters.W3": "passed",
        "parameters.b3": "passed",
    }
    findings = {finding["gradient"]: finding for finding in audits[PLANTED]["findings"]}
    assert {name: (finding["code"], finding["factor"]) for name, finding in findings.items()} == {
        "parameters.W2": ("GA203", 2.0),
        "parameters.b1": ("GA203", 4.0),
    }


def test_every_example_file_is_in_the_table_of_the_readme():
    folder = ROOT / "examples"
    table = (folder / "README.md").read_text(encoding="utf-8")
    files = [*folder.rglob("*.py"), *folder.rglob("*.ipynb")]
    missing = [path.name for path in files if f"]({path.relative_to(folder).as_posix()})" not in table]
    assert missing == []


@pytest.mark.parametrize(("file", "package", "count"), [(file, *row) for file, row in LIBRARIES.items()])
def test_the_gradients_of_released_libraries_pass(file, package, count, tmp_path):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: it comes with the extra `libraries`")
    status, report = scan(f"examples/libraries/{file}", tmp_path)
    assert {audit["id"]: audit["outcome"] for audit in report["audits"] if audit["outcome"] != "passed"} == {}
    assert len(report["audits"]) == count
    assert status == 0
