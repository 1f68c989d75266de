"""One file with a mistake for each finding of a check: each is named; its right versions have no finding at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gradaudit.rules import RULES

SAMPLES = Path(__file__).parent / "samples" / "every_code"


@pytest.fixture(scope="module")
def scanned(make_project):
    project = make_project()
    for path in SAMPLES.glob("*.py"):
        shutil.copy(path, project.root)
    return project.scan()


def findings(scanned, file):
    return {
        audit["id"].partition("::")[2]: {finding["code"] for finding in audit["findings"]}
        for audit in scanned.report["audits"]
        if audit["file"] == file
    }


def test_each_mistake_has_its_code_and_no_other(scanned):
    found = findings(scanned, "wrong.py")
    assert found == {code: {code} for code in RULES if code.startswith(("GA2", "GA3"))}


def test_the_right_versions_have_no_finding(scanned):
    assert findings(scanned, "right.py") == {code: set() for code in findings(scanned, "wrong.py")}
