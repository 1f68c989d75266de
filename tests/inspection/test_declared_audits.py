"""GA003 and GA004 where the source shows them: a list says what a run would say, a run says it once."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import gradaudit.reporters

SCHEMA = Path(gradaudit.reporters.__file__).with_name("report.schema.json")

AUDIT = """
from gradaudit import audited_backward
{before}
def scale({parameters}):
    return x
@audited_backward(forward={forward}, inputs={inputs}{options})
def scale_backward(dout, x, *, extra=1):
    return dout
"""


def audit(*, before="", parameters="x, c", forward="scale", inputs='{"x": "N", "c": ""}', options=', wrt="x"'):
    return AUDIT.format(before=before, parameters=parameters, forward=forward, inputs=inputs, options=options)


AUDIT_OF_THREE = audit(options="").replace("return dout", "return dout, dout, dout")

FOUND = {
    "a name of nothing": ("GA003", audit(forward='"scael"')),
    "a dotted name of nothing": ("GA003", audit(forward='"layers.scale"')),
    "no method of the class": (
        "GA003",
        """
        from gradaudit import audited_backward
        @audited_backward(forward="apply", inputs={"x": "N"})
        class Scale:
            def forward(self, x):
                return x
            def backward(self, dout):
                return dout
        """,
    ),
    "an argument that is missing": ("GA004", audit(inputs='{"x": "N"}')),
    "an argument by keyword that is missing": ("GA004", audit(parameters="x, *, c", inputs='{"x": "N"}')),
    "an input that is misspelt": ("GA004", audit(inputs='{"x": "N", "c": "", "factor": ""}')),
    "an input too many": ("GA004", audit(parameters="x", inputs='{"x": "N", "c": ""}')),
}

NOT_FOUND = {
    "the name of a function": audit(forward='"scale"'),
    "a name that is imported": audit(forward='"other"', before="from mine import other"),
    "a name that is assigned": audit(forward='"other"', before="other = make()"),
    "a name that a loop binds": audit(forward='"other"', before="for other in [1]: pass"),
    "any name may be imported": audit(forward='"other"', before="from mine import *"),
    "any name may be set": audit(forward='"other"', before="globals().update(other=3)"),
    "a method of a base": """
        from gradaudit import audited_backward
        @audited_backward(forward="apply", inputs={"x": "N"})
        class Scale(Base):
            def backward(self, dout):
                return dout
    """,
    "a default": audit(parameters="x, c=1", inputs='{"x": "N"}'),
    "a default by keyword": audit(parameters="x, *, c=1", inputs='{"x": "N"}'),
    "what a run fills in": audit(parameters="x, rng", inputs='{"x": "N"}'),
    "any number of arguments": audit(parameters="x, *rest", inputs='{"x": "N"}'),
    "any keyword": audit(parameters="x, **rest"),
    "what the backward takes": audit(parameters="x", inputs='{"x": "N", "extra": 2}'),
    "inputs with a key that is not written out": audit(inputs='{"x": "N", KEY: ""}'),
    "inputs that hold others": audit(inputs='{"x": "N", **others}'),
    "inputs by a name": audit(inputs="drawn"),
    "a forward under a decorator": audit().replace("def scale(", "@with_c\ndef scale(", 1).replace(', "c": ""', ""),
    "a forward of another file": audit(forward="other", before="from mine import other", inputs='{"z": ""}'),
    "options by **": audit(inputs='{"z": ""}', options=", **more"),
    "a partial": """
        from functools import partial
        from gradaudit import audited_backward
        audit = partial(audited_backward, inputs={"x": "N"})
        def scale(x, c):
            return x
        @audit(forward=scale)
        def scale_backward(dout, x):
            return dout
    """,
}


@pytest.mark.parametrize(("code", "source"), FOUND.values(), ids=FOUND)
def test_found(inspected, code, source):
    (finding,) = inspected({"layers.py": source}).of_audits.values()
    assert finding.code == code
    assert finding.line == (6 if "scale_backward" in source else 3)


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(inspected, source):
    assert not inspected({"layers.py": source}).of_audits


@pytest.mark.parametrize(("code", "source"), FOUND.values(), ids=FOUND)
def test_a_run_comes_to_the_same_and_says_it_once(project, code, source):
    ended = project.write(layers=source).scan()
    (audit,) = ended.report["audits"]
    assert [finding["code"] for finding in audit["findings"]] == [code]
    assert not ended.report["findings"]


@pytest.mark.parametrize(
    "name", ["the name of a function", "a default", "what a run fills in", "any number of arguments"]
)
def test_a_run_passes_what_is_not_found(project, name):
    ended = project.write(layers=NOT_FOUND[name]).scan()
    assert {audit["outcome"] for audit in ended.report["audits"]} == {"passed"}


def test_a_list_shows_it_with_the_audit(project):
    ended = project.write(layers=FOUND["an argument that is missing"][1]).run("list")
    assert ended.status == 1
    assert "GA004 unbound-argument" in ended.out
    assert 'write inputs={..., "c": "N"}' in ended.out


def test_a_list_takes_what_its_findings_are_ignored_for_as_nothing_wrong(project):
    ended = project.write(layers=FOUND["an argument that is missing"][1]).run("list", "--ignore=GA004")
    assert ended.status == 0


def test_the_reports_of_a_list_hold_it(project):
    project.write(layers=AUDIT_OF_THREE).run("list", "-o", "json=report.json", "-o", "markdown=report.md")
    report = json.loads((project.root / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))
    (finding,) = report["audits"][0]["findings"]
    assert (finding["code"], finding["line"], finding["column"]) == ("GA103", 8, 5)
    assert "GA103 gradient-count: " in (project.root / "report.md").read_text(encoding="utf-8")
