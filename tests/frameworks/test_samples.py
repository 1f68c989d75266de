"""One folder, a file for each framework: its right rule passes, and each of its wrong ones is named with its cause."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "samples" / "frameworks"
WRONG = {
    "jax": {"doubled_weights": "GA203", "flipped_sign": "GA202", "unsummed_shift": "GA207"},
    "torch": {"DoubledWeights": "GA203", "FlippedSign": "GA202", "WritesToUpstream": "GA301"},
    "autograd": {"inverse_square": "GA202", "shifted": "GA207", "mirrored": "GA205"},
    "tensorflow": {"softplus": "GA203", "cosine": "GA202", "narrowed": "GA210"},
    "mlx": {"scaled": "GA203", "reciprocal": "GA202", "product": "GA205"},
}


@pytest.fixture(scope="module")
def scanned(make_project):
    """All of those that are installed, in one scan."""
    project = make_project()
    for name in WRONG:
        if importlib.util.find_spec(name) is not None:
            shutil.copy(SAMPLES / f"{name}_rules.py", project.root)
    return project.scan(timeout=600)


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_is_named_and_the_right_rule_passes(scanned, name):
    pytest.importorskip(name)
    audits = [audit for audit in scanned.report["audits"] if audit["file"] == f"{name}_rules.py"]
    assert {audit["framework"] for audit in audits} == {name}
    codes = {audit["id"].partition("::")[2]: {finding["code"] for finding in audit["findings"]} for audit in audits}
    right = codes.keys() - WRONG[name].keys()
    assert codes == {**{audit: {code} for audit, code in WRONG[name].items()}, **{audit: set() for audit in right}}
    assert len(right) == 1
