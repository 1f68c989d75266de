"""Known findings in a file: what is written, what is known, what has gone."""

from __future__ import annotations

import json

import pytest

from gradaudit.baseline import read, written
from gradaudit.errors import UsageError
from gradaudit.records.report import Known

SOURCE = """
from gradaudit import audited_backward


def square(x):
    return x * x


@audited_backward(forward=square, inputs={"x": "N"})
def wrong(dout, x):
    return 4 * x * dout


@audited_backward(forward=square, inputs={"x": "N"})
def right(dout, x):
    return 2 * x * dout
"""
UNAUDITED = "\n\ndef tanh_forward(x): return x, x\ndef tanh_backward(dout, cache): return dout\n"
KNOWN = {"path": "a.py", "name": "wrong", "code": "GA203", "gradient": "x"}
STATIC = {"path": "a.py", "name": "tanh_backward", "code": "GA101"}


def entries(project, file="base.json"):
    return json.loads((project.root / file).read_text())["findings"]


def write_entries(project, *findings, schema=1):
    (project.root / "base.json").write_text(json.dumps({"schema": schema, "findings": findings}))


def stale(ended):
    return [entry["name"] for entry in ended.report["baseline"]["stale"]]


def test_entries_are_sorted_and_read_again(tmp_path):
    known = [Known("b.py", "f", "GA201", "x"), Known("a.py", "f[é]", "GA201"), Known("a.py", "f", "GA203", "w")]
    path = tmp_path / "base.json"
    path.write_text(written(known))
    assert read(str(path), "--baseline") == frozenset(known)
    assert [entry["path"] for entry in json.loads(path.read_text())["findings"]] == ["a.py", "a.py", "b.py"]
    assert written(reversed(known)) == path.read_text()
    assert json.loads(written([])) == {"schema": 1, "findings": []}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ('{"schema": 1, "findings": [\n<<<<<<< HEAD\n', "is not JSON: .*line 2"),
        ("\xff", "is not JSON"),
        ("[]", "is no baseline of gradaudit"),
        ("{}", "is no baseline of gradaudit"),
        ('{"schema": true, "findings": []}', "is no baseline of gradaudit"),
        ('{"schema": 1, "findings": {}}', "is no baseline of gradaudit"),
        ('{"schema": 1, "findings": [{"path": "a.py"}]}', "is no baseline of gradaudit"),
        ('{"schema": 1, "findings": [{"path": 1, "name": "", "code": ""}]}', "is no baseline of gradaudit"),
        ('{"schema": 2, "findings": []}', "has schema 2, this gradaudit reads 1"),
    ],
)
def test_a_broken_file_is_named_with_the_remedy(tmp_path, text, complaint):
    path = tmp_path / "base.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=rf"(?s)--baseline: .*base\.json {complaint}.*--write-baseline"):
        read(str(path), "--baseline")


@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_a_broken_file_ends_with_status_two_before_anything_runs(project, option):
    project.write(a="raise SystemExit('ran')")
    (project.root / "base.json").write_text("{")
    ended = project.run("scan", option, "base.json")
    assert ended.status == 2
    assert f"{option}: {project.root}/base.json is not JSON" in ended.err
    assert (project.root / "base.json").read_text() == "{"


def test_a_missing_file_is_named(project):
    ended = project.run("scan", "--baseline", "base.json")
    assert ended.status == 2
    assert "there is no file" in ended.err
    assert "--write-baseline" in ended.err


def test_a_file_that_can_not_be_written_is_named_before_anything_runs(project):
    (project.root / "file").touch()
    ended = project.write(a=SOURCE).scan("--write-baseline", "file/base.json")
    assert ended.status == 2
    assert "--write-baseline: " in ended.err
    assert (ended.report, ended.out) == ({}, "")


def test_a_file_that_can_not_be_written_after_the_run_is_not_said_to_be_written(project):
    base = project.root / "base.json"
    project.write(a=f"import os\nos.makedirs({str(base)!r}, exist_ok=True)\n{SOURCE}")
    ended = project.scan("--write-baseline", "base.json")
    assert ended.status == 2
    assert "--write-baseline: " in ended.err
    assert "baseline written" not in ended.out
    assert ended.report["summary"]["audits"] == 2


def test_what_is_written_is_known_and_what_is_new_fails(project):
    project.write(a=SOURCE + UNAUDITED)
    words = ["--extend-select", "GA101"]
    first = project.scan("--write-baseline", "base.json", *words)
    assert first.status == 0
    assert first.report["baseline"] == {"known": 2, "stale": [], "written": 2}
    assert entries(project) == [STATIC, KNOWN]
    # Further down, and in other words.
    project.write(a='"""Moved."""\n\n' + SOURCE.replace("4 * x", "8 * x") + UNAUDITED)
    second = project.scan("--baseline", "base.json", *words)
    assert second.status == 0
    assert second.outcomes() == {"wrong": "xfailed", "right": "passed"}
    assert "2 known findings in the baseline" in second.out
    assert "GA203" not in second.out
    project.write(a=SOURCE.replace("2 * x", "-2 * x") + UNAUDITED.replace("tanh", "relu"))
    third = project.scan("--baseline", "base.json", *words)
    assert third.status == 1
    assert third.outcomes() == {"wrong": "xfailed", "right": "failed"}
    assert stale(third) == ["tanh_backward"]


def test_another_finding_of_a_known_audit_fails(project):
    write_entries(project, KNOWN)
    ended = project.write(a=SOURCE.replace("4 * x", "-2 * x")).scan("--baseline", "base.json")
    assert ended.status == 1
    assert ended.codes("wrong") == ["GA202"]
    assert stale(ended) == ["wrong"]


def test_another_gradient_of_a_known_audit_fails(project):
    source = """
        from gradaudit import audited_backward


        def product(x, y):
            return x * y


        @audited_backward(forward=product, inputs={"x": "N", "y": "N"})
        def wrong(dout, x, y):
            return 2 * y * dout, 2 * x * dout
    """
    write_entries(project, KNOWN)
    ended = project.write(a=source).scan("--baseline", "base.json")
    assert ended.status == 1
    findings = ended.audit("wrong")["findings"]
    assert [(each["gradient"], each.get("ignored_by")) for each in findings] == [("x", "baseline"), ("y", None)]
    assert ended.outcomes() == {"wrong": "failed"}


def test_what_keeps_an_audit_from_running_is_never_known(project):
    crashing = SOURCE.replace("4 * x * dout", "__import__('os')._exit(dout.size)")
    ended = project.write(a=crashing).scan("--write-baseline", "base.json")
    assert ended.status == 1
    assert entries(project) == []
    write_entries(project, {"path": "a.py", "name": "wrong", "code": "GA008"})
    assert project.scan("--baseline", "base.json").status == 1


def test_entries_of_what_did_not_run_are_neither_stale_nor_dropped(project):
    other = {"path": "b.py", "name": "wrong", "code": "GA203", "gradient": "x"}
    gone = {"path": "a.py", "name": "right", "code": "GA202", "gradient": "x"}
    project.write(a=SOURCE, b=SOURCE)
    for words in (["a.py::wrong"], ["-k", "a.py and wrong"], ["--trials", "1"]):
        write_entries(project, KNOWN, gone, other)
        assert stale(project.scan(*words, "--baseline", "base.json")) == [], words
        assert project.scan(*words, "--write-baseline", "base.json").status == 0
        assert entries(project) == [gone, KNOWN, other], words
    assert stale(project.scan("a.py", "--baseline", "base.json")) == ["right"]
    written_anew = project.scan("a.py", "--write-baseline", "base.json")
    assert entries(project) == [KNOWN, other]
    assert "1 that matched nothing any more dropped" in written_anew.out


def test_entries_of_audits_and_files_that_are_gone_are_stale(project):
    renamed = {**KNOWN, "name": "renamed"}
    write_entries(project, KNOWN, renamed, {**KNOWN, "path": "gone.py"}, STATIC)
    ended = project.write(a=SOURCE).scan("--baseline", "base.json")
    assert ended.status == 0
    assert [(entry["path"], entry["name"]) for entry in ended.report["baseline"]["stale"]] == [
        ("a.py", "renamed"),
        ("gone.py", "wrong"),
    ]  # GA101 was not looked for
    assert "2 entries of the baseline match nothing any more: GA203 in x of a.py::renamed" in " ".join(
        ended.out.split()
    )
    assert "tanh_backward" in stale(project.scan("--baseline", "base.json", "--extend-select", "GA101"))


def test_an_audit_that_could_not_be_decided_leaves_its_entries(project):
    write_entries(project, KNOWN)
    for returned in ("x * dout[99, 99]", "__import__('os')._exit(dout.size)"):
        ended = project.write(a=SOURCE.replace("4 * x * dout", returned)).scan("--baseline", "base.json")
        assert ended.status == 1
        assert stale(ended) == []
    project.write(a="def broken(:\n# audited_backward\n")
    assert stale(project.scan("--baseline", "base.json")) == []


def test_audits_with_names_that_are_known_when_run_are_known_by_these(project):
    source = SOURCE + (
        "\n\nfor factor in (2, 3):\n"
        '    audited_backward(forward=square, inputs={"x": "N"}, name=f"times {factor}")'
        "(lambda dout, x, factor=factor: factor * x * dout)\n"
    )
    names = ["<lambda>[times 3]", "<lambda>[times 4]", "wrong"]
    write_entries(project, *({**KNOWN, "name": name} for name in names))
    ended = project.write(a=source).scan("--baseline", "base.json")
    assert ended.outcomes()["<lambda>[times 3]"] == "xfailed", ended.out
    assert stale(ended) == ["<lambda>[times 4]"]
    assert stale(project.scan("--baseline", "base.json", "-k", "'times 2'")) == []


def test_what_a_comment_or_the_selection_ignores_is_not_written(project):
    project.write(a=SOURCE.replace("def wrong(dout, x):", "def wrong(dout, x):  # gradaudit: ignore[GA203]"))
    assert project.scan("--write-baseline", "base.json").status == 0
    assert entries(project) == []
    assert project.write(a=SOURCE).scan("--write-baseline", "base.json", "--ignore", "GA2").status == 0
    assert entries(project) == []


def test_a_run_that_ends_early_writes_nothing(project):
    crashing = SOURCE.replace("4 * x * dout", "__import__('os')._exit(dout.size)")
    ended = project.write(a=crashing, b=SOURCE).scan("--write-baseline", "base.json", "-x", "--jobs", "1")
    assert ended.status == 1
    assert not (project.root / "base.json").exists()
    assert "was not written, since the run ended early" in ended.err


def test_known_failures_do_not_count_to_maxfail(project):
    write_entries(project, KNOWN)
    ended = project.write(a=SOURCE).scan("--baseline", "base.json", "-x", "--jobs", "1")
    assert ended.outcomes() == {"wrong": "xfailed", "right": "passed"}


def test_what_can_not_be_decided_is_known_too(project):
    project.write(a=SOURCE.replace("4 *", "0 *").replace("2 *", "0 *").replace("return x * x", "return x * 0"))
    assert project.scan("--fail-on-inconclusive").status == 1
    assert project.scan("--fail-on-inconclusive", "--write-baseline", "base.json").status == 0
    ended = project.scan("--fail-on-inconclusive", "--baseline", "base.json")
    assert ended.status == 0
    assert ended.report["summary"]["inconclusive"] == 2


def test_the_configuration_names_it_relative_to_itself(project):
    write_entries(project, KNOWN)
    (project.root / "gradaudit.toml").write_text('baseline = "base.json"\n')
    project.write(sub__b="").write(a=SOURCE)
    ended = type(project)(project.root / "sub").run("scan", "../a.py")
    assert ended.status == 0, ended.out + ended.err


def test_a_list_is_held_against_it(project):
    write_entries(project, STATIC)
    project.write(a=SOURCE + UNAUDITED)
    assert project.run("list", "--select", "GA1").status == 1
    ended = project.run("list", "--select", "GA1", "--baseline", "base.json")
    assert ended.status == 0
    assert "1 known finding in the baseline" in ended.out
