from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from gradaudit.records.finding import Finding, Region
from gradaudit.records.verdict import VERDICTS
from gradaudit.reporters import Style
from gradaudit.reporters.json_report import render

SCHEMA = json.loads((files("gradaudit.reporters") / "report.schema.json").read_text("utf-8"))


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def _loads(text: str):
    return json.loads(text, parse_constant=_no_constant)


def _validate(document) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_report_is_strict_json_of_the_schema(each_report, ignoring, snapshot):
    text = render(ignoring(each_report, "GA302"), Style())
    _validate(_loads(text))
    assert text.isascii()
    assert text == snapshot


def test_keys_stand_in_the_order_of_the_contract(every_outcome):
    document = _loads(render(every_outcome, Style()))
    assert list(document) == ["schema", "version", "seed", "summary", "audits", "findings"]
    assert list(document["summary"]) == ["audits", *VERDICTS, "cached", "duration_s"]
    assert list(document["audits"][0])[:19] == [
        "id", "file", "line", "outcome", "cached", "seed", "trials", "mode", "dtype", "framework", "duration_s",
        "difference", "grade", "threshold", "detects", "evaluations", "gradients", "findings", "reproduce",
    ]  # fmt: skip
    gradient = document["audits"][0]["gradients"][1]
    assert list(gradient) == ["name", "shape", "outcome", "difference", "error_bound", "grade", "worst"]
    assert list(document["audits"][0]["findings"][0])[:5] == ["code", "rule", "gradient", "message", "help"]
    assert list(document["findings"][0])[:5] == ["code", "rule", "file", "line", "message"]


def test_the_score_of_a_self_test_is_there_where_it_was_asked_for(self_tested, all_passed):
    document = _loads(render(self_tested, Style()))
    assert document["summary"]["self_test"] == {
        "audits": 2, "distortions": 14, "caught": 12, "missed": 2, "below_threshold": 1,
    }  # fmt: skip
    sound, blind, failed = document["audits"]
    assert sound["self_test"]["missed"] == []
    assert [each["outcome"] for each in blind["self_test"]["missed"]] == ["inconclusive", "passed"]
    assert blind["self_test"]["gradients_left_out"] == 3
    assert "self_test" not in failed
    assert "self_test" not in _loads(render(all_passed, Style()))["summary"]


def test_the_summary_counts_what_the_audits_hold(every_outcome):
    document = _loads(render(every_outcome, Style()))
    for verdict in VERDICTS:
        assert document["summary"][verdict] == sum(audit["outcome"] == verdict for audit in document["audits"])


def test_values_that_json_lacks_are_strings(every_outcome):
    audits = {audit["id"]: audit for audit in _loads(render(every_outcome, Style()))["audits"]}
    scale, shift = audits["src/loss.py::Loss.backward"]["gradients"]
    assert (scale["difference"], scale["error_bound"]) == ("NaN", "Infinity")
    assert scale["worst"] == {"index": [], "analytic": "NaN", "numeric": "-Infinity"}
    assert (shift["difference"], shift["worst"]) == (None, None)


def test_findings_say_whether_they_count(every_outcome, ignoring):
    audits = {audit["id"]: audit for audit in _loads(render(ignoring(every_outcome, "GA302"), Style()))["audits"]}
    kink, ignored = audits["examples/cs231n/layers.py::softmax_loss[labels]"]["findings"]
    assert (kink["severity"], kink.get("ignored")) == ("warning", None)
    assert (ignored["severity"], ignored.get("ignored"), ignored["ignored_by"]) == ("error", True, "selection")


def test_regions_are_those_of_the_source(all_passed):
    (passed,) = all_passed.audits
    finding = Finding("GA101", "no audit names f", file="a.py", line=3, column=5, end_line=3, end_column=10)
    report = all_passed._replace(audits=(replace(passed, region=Region(1, 31, 20)),), findings=(finding,))
    document = _loads(render(report, Style()))
    _validate(document)
    places = [
        (each["line"], each["column"], each["end_line"], each["end_column"])
        for each in (document["audits"][0], document["findings"][0])
    ]
    assert places == [(31, 1, 31, 20), (3, 5, 3, 10)]
    assert "column" not in _loads(render(all_passed, Style()))["audits"][0]


def test_an_incomplete_run_says_so_and_a_whole_one_does_not(interrupted, every_outcome):
    document = _loads(render(interrupted, Style()))
    assert (document["incomplete"], document["incomplete_reason"], document["not_run"]) == (True, "interrupted", 4)
    assert "incomplete" not in _loads(render(every_outcome, Style()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("audits", 0, "outcome"), "ok"),
        (("audits", 0, "difference"), "nan"),
        (("audits", 0, "surprise"), 1),
        (("summary", "passed"), -1),
        (("incomplete",), True),
        (("schema",), 2),
    ],
)
def test_the_schema_rejects_what_breaks_the_contract(all_passed, path, value):
    document = _loads(render(all_passed, Style()))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        _validate(document)
