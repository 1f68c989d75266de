"""What a scan says of a penalty's term: of a missing one and of one with the wrong sign, twice of which is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent / "samples" / "causes" / "penalties.py"

EXPECTED = {
    "network_backward[flipped]": ("W1", "has the term 0.7·W1 × 1/N with the wrong sign"),
    "network_backward[missing]": ("W1", "lacks the term 0.7·W1 × 1/N"),
    "network_backward[doubled]": ("W1", "has 0.7·W1 × 1/N too much"),
    "network_backward[second]": ("W2", "has the term 0.7·W2 × 1/N with the wrong sign"),
    "elastic_gradient[l1]": ("w", "has the term 0.2·sign(w) with the wrong sign"),
    "elastic_gradient[l2]": ("w", "has the term 0.3·w with the wrong sign"),
    "elastic_gradient[both]": ("w", "has the term 0.3·w + 0.2·sign(w) with the wrong sign"),
    "elastic_gradient[no l1]": ("w", "lacks the term 0.2·sign(w)"),
    "posterior": ("w", "has the term 1·w with the wrong sign"),
    "unknown": ("w", "lacks the term 1·w, or has half of it with the wrong sign"),
}


@pytest.fixture(scope="module", params=["0", "1", "elementwise"])
def scanned(request, make_project):
    project = make_project()
    shutil.copy(SAMPLE, project.root)
    return project.scan("--mode" if request.param == "elementwise" else "--seed", request.param)


@pytest.mark.parametrize("audit", EXPECTED)
def test_a_wrong_sign_is_told_from_a_missing_term(scanned, audit):
    (finding,) = scanned.audit(audit)["findings"]
    gradient, words = EXPECTED[audit]
    assert (finding["code"], finding["message"]) == ("GA204", f"the gradient of {gradient} {words}")
