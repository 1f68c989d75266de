"""Each way of writing a backward that is common binds with no option, or with the one that its message asks for.

The table stands in `tests/conventions/`, a file for each kind, whose rows are

* ``code``: the forward, the backward and the declaration, in which ``OPTION`` is where an option may stand, and
  ``INPUT`` where another input may;
* ``option`` or ``input``: what it needs there, where it needs something;
* ``asked``: what the message of the bare form says, where that is not the option itself;
* ``noted``: whether a note says so, since the bare form passes, and has checked less;
* ``wrong``: an edit that makes the gradient wrong;
* ``needs``: a package without which there is nothing to try.
"""

from __future__ import annotations

import runpy
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from gradaudit import audited_backward, distributions
from gradaudit.declaration import declarations_of
from gradaudit.records.case import Case, Target
from gradaudit.runner.audits import Audit, judge
from gradaudit.runner.execution.in_process import undisturbed

TABLES = sorted((Path(__file__).parent / "conventions").glob("*.py"))
CONVENTIONS = {
    f"{path.stem}: {name}": row for path in TABLES for name, row in runpy.run_path(str(path))["CONVENTIONS"].items()
}
WITH_OPTION = [name for name, row in CONVENTIONS.items() if "option" in row or "input" in row]


def outcomes(row, name, *, bare=False, edit=None):
    """What becomes of the audits that a row declares."""
    for package in row.get("needs", ()):
        pytest.importorskip(package)
    code = row["code"].replace("OPTION", "" if bare else row.get("option", ""))
    code = code.replace("INPUT", "" if bare else row.get("input", ""))
    if edit is not None:
        assert edit[0] in code
        code = code.replace(*edit)
    module = types.ModuleType(f"convention_{abs(hash((name, bare, edit)))}")
    vars(module).update(np=np, audited_backward=audited_backward, distributions=distributions)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        exec(compile(code, f"<{name}>", "exec", dont_inherit=True), vars(module))
        with undisturbed():
            return [
                judge(Audit(Case(Target("", 0, 0, 0, name)), name, declaration))
                for declaration in declarations_of(vars(module))
            ]
    finally:
        del sys.modules[module.__name__]


def said(outcome):
    return "\n".join([*outcome.notes, *(f"{each.code} {each.message}\n{each.help}" for each in outcome.findings)])


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_right_gradient_passes_with_one_option_at_most(name):
    row = CONVENTIONS[name]
    assert not ("option" in row and "input" in row)
    found = outcomes(row, name)
    assert found
    for outcome in found:
        assert outcome.verdict == "passed", said(outcome)
        assert not [each for each in outcome.findings if each.code != "GA306"], said(outcome)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_wrong_gradient_fails(name):
    row = CONVENTIONS[name]
    for outcome in outcomes(row, name, edit=row["wrong"]):
        assert outcome.verdict == "failed", said(outcome)


@pytest.mark.parametrize("name", WITH_OPTION)
def test_the_bare_form_asks_for_the_option(name):
    row = CONVENTIONS[name]
    asked = row.get("asked", row.get("option") or row.get("input"))
    for outcome in outcomes(row, name, bare=True):
        if row.get("noted"):
            assert outcome.verdict == "passed", said(outcome)
            assert asked in "\n".join(outcome.notes), said(outcome)
            continue
        assert outcome.verdict in {"error", "failed"}, said(outcome)
        for finding in outcome.findings:
            assert finding.code in {"GA003", "GA004", "GA206"}, said(outcome)
            assert asked in finding.help, said(outcome)
