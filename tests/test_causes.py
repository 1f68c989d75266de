"""What a scan says of mistakes whose cause can be told, and of those whose cause can't."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent / "samples" / "causes" / "causes.py"

EXPECTED = {
    "with_mistake[sign]": {"w": ("GA202", "minus")},
    "with_mistake[twice]": {"w": ("GA203", "is 2 × the numeric one")},
    "with_mistake[mean]": {"b": ("GA203", "is 1/N × the numeric one, with N = ")},
    "with_mistake[root]": {"x": ("GA203", "is 1/√D × the numeric one, with D = ")},
    "with_mistake[decay]": {"w": ("GA204", "has 0.25·w too much")},
    "with_mistake[lasso]": {"w": ("GA204", "lacks the term 0.25·sign(w)")},
    "ridge_by_size": {"w": ("GA204", "lacks the term 0.1·w × 1/N")},
    "with_mistake[reverse]": {"b": ("GA205", "reversed along axis 0")},
    "transpose": {"w": ("GA205", "the transpose of")},
    "with_mistake[element]": {"b": ("GA208", "wrong at [0] only")},
    "with_mistake[column]": {"w": ("GA208", "wrong in column ")},
    "leaky": {"x": ("GA208", "only where x is negative, by a factor of 10")},
    "swap": {
        "a": ("GA212", "for a is the gradient of b, and the other way round"),
        "b": ("GA212", "for b is the gradient of a, and the other way round"),
    },
    "with_mistake[noisy]": {"w": ("GA201", "differs from the numeric one by")},
    "with_mistake[varying]": {"w": ("GA201", "by a factor that differs from trial to trial")},
    "with_mistake[both]": {"w": ("GA202", "minus"), "b": ("GA203", "1/N")},
    "with_mistake[right]": {},
}


@pytest.fixture(scope="module", params=[0, 1, 2])
def scanned(request, make_project):
    project = make_project()
    shutil.copy(SAMPLE, project.root)
    return project.scan("--seed", str(request.param))


def test_every_audit_of_the_sample_is_expected(scanned):
    assert sorted(scanned.outcomes()) == sorted(EXPECTED)


@pytest.mark.parametrize("audit", EXPECTED)
def test_each_wrong_gradient_has_its_cause_and_no_other(scanned, audit):
    findings = {finding["gradient"]: finding for finding in scanned.audit(audit)["findings"]}
    assert set(findings) == set(EXPECTED[audit])
    for gradient, (code, words) in EXPECTED[audit].items():
        assert findings[gradient]["code"] == code, findings[gradient]["message"]
        assert words in findings[gradient]["message"]


def test_the_factor_of_a_scaled_gradient_is_a_number_in_the_report(scanned):
    factors = {
        name: scanned.audit(name)["findings"][0].get("factor") for name in ("with_mistake[sign]", "with_mistake[twice]")
    }
    assert factors == {"with_mistake[sign]": -1.0, "with_mistake[twice]": 2.0}
    (mean,) = scanned.audit("with_mistake[mean]")["findings"]
    assert mean["factor"] == pytest.approx(1 / int(mean["message"].rpartition(" ")[2]))
    assert "factor" not in scanned.audit("transpose")["findings"][0]


def test_the_textbook_check_finds_the_same_causes(make_project):
    project = make_project()
    shutil.copy(SAMPLE, project.root)
    report = project.scan("--mode", "elementwise")
    for audit, expected in EXPECTED.items():
        assert report.codes(audit) == [code for code, _ in expected.values()], audit
