"""One mistake is one finding: what the source shows of an audited function, and a run proves."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from gradaudit.proved import joined
from gradaudit.records.finding import Finding
from gradaudit.records.outcome import Outcome
from gradaudit.rules import RULES, STATIC

HEAD = """import numpy as np
from gradaudit import audited_backward
from gradaudit.distributions import integers

"""
UNREAD = """
def softplus_forward(x, w):
    return np.logaddexp(0.0, x * w), (x, w)

@audited_backward(forward=softplus_forward, inputs={"x": "N", "w": "N"})
def softplus_backward(dout, cache):
    x, w = cache
    slope = 1.0 / (1.0 + np.exp(-x * w))
    return slope * w, slope * x
"""
IN_PLACE = """
def relu_forward(x):
    return x.clip(0.0), x

@audited_backward(forward=relu_forward, inputs={"x": "N D"})
def relu_backward(dout, cache):
    x = cache
    dx = dout
    dx[x <= 0] = 0.0
    return dx
"""
REPEATED = """
def embed_forward(ids, w):
    return w[ids], (ids, w.shape)

@audited_backward(forward=embed_forward, inputs={"ids": integers("N", high="V"), "w": "V D"})
def embed_backward(dout, cache):
    ids, shape = cache
    dw = np.zeros(shape)
    dw[ids] += dout
    return dw
"""
WINDOWS = """
def smooth_forward(x):
    return np.stack([x[i : i + 3].sum() for i in range(len(x) - 2)])

@audited_backward(forward=smooth_forward, inputs={"x": "N"}, sizes={"N": (5, 8)})
def smooth_backward(dout, x):
    dx = np.zeros_like(x)
    for i in range(len(x) - 2):
        dx[i : i + 3] = dout[i]
    return dx
"""
UNSEEDED = """
def drop_forward(x):
    mask = np.random.default_rng().random(x.shape) < 0.5
    return x * mask, mask

@audited_backward(forward=drop_forward, inputs={"x": "N D"})
def drop_backward(dout, cache):
    return dout * cache
"""
PAIRS = {
    "GA102": (UNREAD, {("GA209", "x"), ("GA209", "w")}, "def softplus_backward("),
    "GA104": (IN_PLACE, {("GA301", None)}, "dx[x <= 0] = 0.0"),
    "GA106": (UNSEEDED, {("GA302", None)}, "np.random.default_rng()"),
    "GA107": (REPEATED, {("GA214", "w")}, "dw[ids] += dout"),
    "GA107 of windows": (WINDOWS, {("GA201", "x")}, "dx[i : i + 3] ="),
}


def line_of(source, text):
    return 1 + source[: source.index(text)].count("\n")


def codes(findings):
    return [finding["code"] for finding in findings]


@pytest.mark.parametrize("case", PAIRS)
def test_what_a_run_proves_is_one_finding_at_the_place_in_the_source(project, case):
    source, proofs, text = PAIRS[case]
    ended = project.write(a=HEAD + source).scan()
    assert ended.status == 1
    assert ended.report["findings"] == []
    assert "outside audits" not in ended.out
    (audit,) = ended.report["audits"]
    assert {(each["code"], each["gradient"]) for each in audit["findings"]} == proofs
    for finding in audit["findings"]:
        (shown,) = finding["in_source"]
        assert shown["code"] == case.split()[0]
        assert (finding["file"], finding["line"]) == ("a.py", line_of(HEAD + source, text))
        assert (shown["line"], shown["column"]) == (finding["line"], finding["column"])
        assert f"({shown['code']})" in ended.out


def test_the_report_keeps_to_its_schema(project):
    project.write(a=HEAD + "".join(source for source, _, _ in PAIRS.values()))
    schema = json.loads((files("gradaudit.reporters") / "report.schema.json").read_text("utf-8"))
    report = project.scan().report
    jsonschema.Draft202012Validator(schema).validate(report)
    assert sum("in_source" in finding for audit in report["audits"] for finding in audit["findings"]) == 6


def test_what_a_run_does_not_prove_stands_by_itself(project):
    ended = project.write(a=HEAD + REPEATED.replace('"V D"}', '"V D"}, sizes={"N": (1, 1)}')).scan()
    assert ended.outcomes() == {"embed_backward": "passed"}
    assert codes(ended.report["findings"]) == ["GA107"]
    assert ended.status == 1


def test_what_does_not_run_stands_by_itself(project):
    project.write(a=HEAD + UNREAD + IN_PLACE)
    listed = project.run("list", "--output", "json")
    assert codes(json.loads(listed.out)["findings"]) == ["GA102", "GA104"]
    assert codes(project.scan("-k", "softplus").report["findings"]) == ["GA104"]


def test_a_proof_in_another_function_is_another_mistake(project):
    other = """
def scale_forward(x):
    return 2.0 * x

@audited_backward(forward=scale_forward, inputs={"x": "N D"})
def scale_backward(dout):
    np.multiply(dout, 2.0, dout)
    return dout.copy()
"""
    right = IN_PLACE.replace('"N D"}', '"N D"}, skip="slow"')
    ended = project.write(a=HEAD + right + other).scan()
    assert ended.codes("scale_backward") == ["GA301"]
    assert "in_source" not in ended.audit("scale_backward")["findings"][0]
    assert codes(ended.report["findings"]) == ["GA104"]


def test_a_function_that_is_audited_in_another_file_is_found_there(project):
    function = UNREAD.replace("@audited_backward", "#")
    audit = 'audit = audited_backward(forward=ops.softplus_forward, inputs={"x": "N", "w": "N"})(ops.softplus_backward)'
    ended = project.write(ops=HEAD + function, audits=f"from gradaudit import audited_backward\nimport ops\n{audit}\n")
    ended = project.scan()
    assert ended.report["findings"] == []
    assert {each["file"] for each in ended.audit("audit")["findings"]} == {"ops.py"}


def test_in_a_notebook_the_cell_is_named(project):
    cells = [{"cell_type": "code", "source": text} for text in (HEAD, IN_PLACE)]
    (project.root / "a.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}))
    (finding,) = project.scan().audit("relu_backward")["findings"]
    assert (finding["code"], finding["cell"]) == ("GA301", 2)
    assert finding["line"] == line_of(IN_PLACE, "dx[x <= 0]")


def shown_at(line, code="GA107"):
    return Finding(code, "it keeps one", "accumulate", file="a.py", line=line)


def test_of_several_wrong_gradients_the_source_does_not_say_which_it_explains():
    outcome = Outcome("a.py::b", "a.py", 1, "failed", findings=(Finding("GA201", "", gradient="x"),))
    assert joined(outcome, [shown_at(5)]).findings[0].in_source == (shown_at(5),)
    two = (Finding("GA201", "", gradient="x"), Finding("GA208", "", gradient="w"))
    outcome = Outcome("a.py::b", "a.py", 1, "failed", findings=two)
    assert joined(outcome, [shown_at(5)]) == outcome
    outcome = Outcome("a.py::b", "a.py", 1, "failed", findings=(*two, Finding("GA214", "", gradient="u")))
    assert [each.in_source for each in joined(outcome, [shown_at(5)]).findings] == [(), (), (shown_at(5),)]


def test_all_places_of_one_mistake_are_shown_and_the_help_is_that_of_all():
    proof = Finding("GA214", "some repeat", "add up", gradient="w")
    (finding,) = joined(Outcome("a.py::b", "a.py", 1, "failed", findings=(proof,)), [shown_at(5), shown_at(9)]).findings
    assert [each.line for each in finding.in_source] == [5, 9]
    assert (finding.line, finding.help) == (5, "add up")


def test_every_proof_matters_as_much_as_what_it_proves():
    for rule in RULES.values():
        for code in (*rule.proved_by, *rule.explains):
            assert rule.code in STATIC
            assert code not in STATIC
            assert "error" in {RULES[code].severity, rule.severity}
            assert RULES[code].severity == "error"


IGNORING = {
    "the proof, on the audit": ("def relu_backward(dout, cache):", "GA301"),
    "the proof, in the source": ("dx[x <= 0] = 0.0", "GA301"),
    "both, in the source": ("dx[x <= 0] = 0.0", "GA104, GA301"),
    "everything, in the source": ("dx[x <= 0] = 0.0", ""),
}


def commented(source, text, words):
    return source.replace(text, f"{text}  # gradaudit: ignore" + (f"[{words}]" if words else ""))


@pytest.mark.parametrize("case", IGNORING)
def test_who_ignores_the_proof_ignores_the_mistake(project, case):
    ended = project.write(a=HEAD + commented(IN_PLACE, *IGNORING[case])).scan()
    assert ended.status == 0, ended.out
    assert ended.outcomes() == {"relu_backward": "passed"}
    assert ended.report["findings"] == []
    (finding,) = ended.audit("relu_backward")["findings"]
    assert (finding["code"], finding["ignored_by"]) == ("GA301", "comment")


def test_who_ignores_what_the_source_shows_still_hears_of_the_proof(project):
    ended = project.write(a=HEAD + commented(IN_PLACE, "dx[x <= 0] = 0.0", "GA104")).scan()
    assert ended.status == 1
    assert ended.codes("relu_backward") == ["GA301"]
    assert ended.report["findings"] == []


def test_a_comment_at_one_of_two_places_ignores_neither(project):
    twice = IN_PLACE.replace("    return dx", "    np.multiply(x, 2.0, out=x)\n    return dx")
    ended = project.write(a=HEAD + commented(twice, "dx[x <= 0] = 0.0", "GA301")).scan()
    (finding,) = ended.audit("relu_backward")["findings"]
    assert len(finding["in_source"]) == 2
    assert "ignored" not in finding
    assert ended.status == 1


def test_a_comment_about_a_proof_is_unused_only_where_there_is_none(project):
    right = IN_PLACE.replace("dx = dout", "dx = dout.copy()")
    ended = project.write(a=HEAD + commented(right, "dx[x <= 0] = 0.0", "GA301")).scan()
    assert codes(ended.report["findings"]) == ["GA010"]
    project.write(a=HEAD + commented(IN_PLACE, "dx[x <= 0] = 0.0", "GA104, GA301"))
    listed = project.run("list", "--output", "json")  # a list proves nothing, and does not know
    assert codes(json.loads(listed.out)["findings"]) == ["GA104"]


def test_a_rule_that_is_not_selected_neither_shows_nor_proves(project):
    project.write(a=HEAD + IN_PLACE)
    ended = project.scan("--ignore", "GA104")
    assert "in_source" not in ended.audit("relu_backward")["findings"][0]
    ended = project.scan("--ignore", "GA301")
    assert ended.outcomes() == {"relu_backward": "passed"}
    assert codes(ended.report["findings"]) == ["GA104"]
    assert ended.status == 1
    ended = project.scan("--per-file-ignores", "a.py:GA104")
    assert "in_source" not in ended.audit("relu_backward")["findings"][0]


def test_a_baseline_knows_the_mistake_whether_it_is_proved_or_only_shown(project):
    project.write(a=HEAD + UNREAD)
    project.run("scan", "--write-baseline", "base.json")
    entries = json.loads((project.root / "base.json").read_text())["findings"]
    assert {(each["code"], each.get("gradient")) for each in entries} == {
        ("GA102", None), ("GA209", "x"), ("GA209", "w"),
    }  # fmt: skip
    ended = project.scan("--baseline", "base.json")
    assert (ended.status, ended.outcomes()) == (0, {"softplus_backward": "xfailed"})
    assert ended.report["baseline"] == {"known": 2, "stale": []}
    listed = project.run("list", "--baseline", "base.json")
    assert listed.status == 0, listed.out


def test_a_baseline_from_before_the_audit_was_written_does_not_know_the_proof(project):
    project.write(a=HEAD + UNREAD.replace("@audited_backward", "#"))
    project.run("scan", "--write-baseline", "base.json")
    ended = project.write(a=HEAD + UNREAD).scan("--baseline", "base.json")
    assert (ended.status, ended.codes("softplus_backward")) == (1, ["GA209", "GA209"])
    assert ended.report["baseline"]["stale"] == []
