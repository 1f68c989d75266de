"""Every example is held to the outcome that it is there to show."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
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
    "examples/networks.py::Affine": "passed",
    "examples/networks.py::Sigmoid": "passed",
    "examples/networks.py::Sequential": "passed",
    "examples/networks.py::Trained": "passed",
    "examples/networks.py::Regression.loss": "passed",
    "examples/networks.py::same_object": "passed",
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
    "autograd_arrays.py": (85, 11),
    "autograd_linalg.py": (37, 13),
    "autograd_scipy.py": (55, 2),
    "jax_functions.py": (62, 0),
    "numpy_ml_functions.py": (23, 3),
    "numpy_ml_layers.py": (40, 6),
    "scikit_learn_gaussian_processes.py": (19, 0),
    "scikit_learn_losses.py": (83, 0),
    "scikit_learn_models.py": (13, 2),
    "scipy_interpolate.py": (24, 0),
    "scipy_optimize.py": (21, 0),
    "scipy_special.py": (52, 0),
    "scipy_statistics.py": (94, 0),
    "statsmodels_discrete.py": (52, 8),
    "statsmodels_functions.py": (120, 5),
    "statsmodels_models.py": (61, 2),
    "torch_distributed.py": (1, 1),
    "torch_functions.py": (144, 0),
}
"""How many audits of each file pass, and how many fail as declared."""

FOUND = ROOT / "examples" / "libraries" / "FOUND.md"


def scan(path, folder):
    """The exit status and the JSON report of a scan, and what it said on stderr."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "gradaudit", "scan", path, f"--output=json={report}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
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


def found_ids():
    """The ids of the audits that FOUND.md says to run."""
    commands = re.findall(r"^\$ (gradaudit scan .*)$", FOUND.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(command)[2] for command in commands]


def require_libraries():
    """Skip where a package of the requirements is not installed in the version that is audited."""
    text = (FOUND.parent / "requirements.txt").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE):
        try:
            installed = importlib.metadata.version(name).partition("+")[0]  # 2.13.0+cpu is 2.13.0
        except importlib.metadata.PackageNotFoundError:
            installed = None
        if installed != version:
            pytest.skip(f"needs {name}=={version}: pip install -r examples/libraries/requirements.txt")


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    require_libraries()
    return scan("examples/libraries", tmp_path_factory.mktemp("libraries"))


def test_every_file_of_libraries_is_counted():
    assert sorted(path.name for path in FOUND.parent.glob("*.py")) == sorted(LIBRARIES)


def test_the_gradients_of_released_libraries_end_as_declared(libraries):
    status, report = libraries
    outcomes = {audit["id"]: audit["outcome"] for audit in report["audits"]}
    assert {name: outcome for name, outcome in outcomes.items() if outcome not in {"passed", "xfailed"}} == {}
    assert status == 0
    counted = {
        file: tuple(
            sum(outcome == asked for name, outcome in outcomes.items() if f"/{file}::" in name)
            for asked in ("passed", "xfailed")
        )
        for file in LIBRARIES
    }
    assert counted == LIBRARIES


def test_what_fails_in_libraries_is_what_was_found(libraries):
    failing = [audit["id"] for audit in libraries[1]["audits"] if audit["outcome"] == "xfailed"]
    assert sorted(failing) == sorted(found_ids())


@pytest.mark.parametrize("audit", found_ids())
def test_what_was_found_names_an_audit_that_is_declared(audit):
    file, _, name = audit.partition("::")
    source = (ROOT / file).read_text(encoding="utf-8")
    target, _, label = name.rstrip("]").partition("[")
    assert f"{target} = audited_backward(" in source
    assert not label or f'"{label}"' in source


def test_one_command_of_what_was_found_shows_the_mistake(tmp_path):
    require_libraries()
    audit = next(name for name in found_ids() if "scipy_vjp" in name)
    _, report = scan(audit, tmp_path)
    assert [(each["id"], each["outcome"]) for each in report["audits"]] == [(audit, "xfailed")]
    assert report["audits"][0]["findings"][0]["code"] == "GA206"


def test_the_minimal_inputs_show_what_was_found():
    require_libraries()
    command = [sys.executable, "-W", "ignore", "-m", "doctest", str(FOUND)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
