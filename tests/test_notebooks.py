"""Notebooks are found, run and reported by cell and line."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from importlib.resources import files

import jsonschema
import pytest

from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.errors import UsageError
from gradaudit.notebooks.magics import without_magics
from gradaudit.reporters import REPORTERS


def markdown(text):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}


def code(text):
    source = textwrap.dedent(text).strip("\n").splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": "c", "metadata": {}, "outputs": [], "source": source}


def notebook(*cells, language="python", nbformat=4):
    """The file's text; cells given as text are code."""
    document = {
        "cells": [code(cell) if isinstance(cell, str) else cell for cell in cells],
        "metadata": {"language_info": {"name": language}},
        "nbformat": nbformat,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1)


TITLE = markdown("# A course")
IMPORT = "from gradaudit import audited_backward"
SQUARE = """
    def square(x):
        return x**2


    @audited_backward(forward=square, inputs={"x": "N"})
    def square_backward(dout, x):
        return 2 * x * dout
"""
WRONG = SQUARE.replace("square", "cube").replace("x**2", "x**3")


def write(folder, **notebooks):
    for name, text in notebooks.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")


def found(folder, *paths, **options):
    return discover(paths, Settings(root=str(folder), **options), str(folder))


def test_magics_are_left_out_and_no_line_moves():
    magics = ["%matplotlib inline", "!pip install \\", "  x", "names = !ls", "x?", "?x"]
    source = [*magics, "%time y = 1", "z = %time f(2)", "if y:", "    !ls", "w = 3"]
    python = without_magics("\n".join(source)).split("\n")
    assert python == ["", "", "", "", "", "", "y = 1", "z = f(2)", "if y:", "    pass", "w = 3"]


@pytest.mark.parametrize(
    "source",
    [
        'x = """\n%time\n!ls\nwhy?\n"""\n%magic',
        "x = (17\n% 5)\n%magic",
        "x = 17 \\\n% 5\n%magic",
        "x = 1  # why?\n%magic",
        "x = 'a#b\\'%' # '''\n%magic",
        "f(x != 1, 'why?')\n%magic",
    ],
)
def test_what_only_looks_like_a_magic_is_kept(source):
    assert without_magics(source) == source.replace("%magic", "")


@pytest.mark.parametrize("magic", ["bash", "html", "writefile a.py", "javascript", "timeit"])
def test_cells_that_are_no_code_of_the_notebook_are_left_out_whole(magic):
    assert without_magics(f"\n%%{magic}\nx = 1\ny = 2") == "\n\n\n"


@pytest.mark.parametrize("magic", ["time", "capture out", "prun -q"])
def test_cells_that_are_measured_are_code(magic):
    assert without_magics(f"%%{magic}\nx = 1\n!ls") == "\nx = 1\n"


def test_targets_are_named_by_cell_and_line_and_names_hold_from_cell_to_cell(tmp_path):
    write(tmp_path, course=notebook(TITLE, IMPORT, markdown("more"), "\n    %matplotlib inline" + SQUARE))
    (target,) = found(tmp_path).targets
    assert (target.id, target.cell, target.line) == ("course.ipynb::square_backward", 4, 6)


def test_cells_are_numbered_as_ruff_numbers_them(tmp_path):
    pytest.importorskip("ruff")
    write(tmp_path, course=notebook(TITLE, IMPORT, markdown(""), "", "%%bash\nls", "y = 1\nx = = 3"))
    (finding,) = found(tmp_path).findings
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--output-format=concise", "."]
    said = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert f"course.ipynb:cell {finding.cell}:{finding.line}:5: invalid-syntax" in said


@pytest.mark.parametrize(
    ("cell", "why"),
    [("x = = 3", "invalid syntax"), ("return 3", "'return' outside function")],
)
def test_a_cell_that_is_no_python_of_a_module_is_named(tmp_path, cell, why):
    write(tmp_path, course=notebook(TITLE, IMPORT, f"%time\n\n{cell}"))
    result = found(tmp_path)
    (finding,) = result.findings
    assert (finding.code, finding.cell, finding.line) == ("GA001", 3, 3)
    assert finding.message == f"can't be parsed: {why}"
    assert result.targets == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"audited_backward":\n x}', "is not JSON"),
        ('{"audited_backward": 1}', "no nbformat"),
        ('["audited_backward"]', "no nbformat"),
        (notebook(IMPORT, nbformat=3), "format 3"),
        ('{"nbformat": 4, "audited_backward": 1}', "without a list of cells"),
        (notebook({**code(IMPORT), "source": 3}), "no source in cell 1"),
        ("\xff audited_backward", "is not JSON"),
    ],
)
def test_what_is_no_notebook_of_format_4_is_said_in_one_line(tmp_path, text, why):
    text = text if "audited_backward" in text else text.replace('"metadata"', '"audited_backward": 1, "metadata"', 1)
    (tmp_path / "course.ipynb").write_bytes(text.encode("latin-1"))
    (finding,) = found(tmp_path).findings
    assert finding.code == "GA001"
    assert why in finding.message
    assert "\n" not in finding.message
    assert finding.help


def test_a_file_that_is_named_is_read_though_it_does_not_mention_the_decorator(tmp_path):
    write(tmp_path, empty="")
    assert found(tmp_path).findings == ()
    assert [finding.code for finding in found(tmp_path, "empty.ipynb").findings] == ["GA001"]
    assert found(tmp_path, "empty.ipynb", force_exclude=True).findings == ()


def test_a_notebook_in_another_language_is_refused_where_a_person_names_it(tmp_path):
    write(tmp_path, course=notebook(IMPORT, language="R"))
    assert found(tmp_path) == found(tmp_path, "course.ipynb", force_exclude=True)
    assert (found(tmp_path).targets, found(tmp_path).findings) == ((), ())
    with pytest.raises(UsageError, match="is a notebook in R"):
        found(tmp_path, "course.ipynb")


def test_checkpoints_and_excluded_notebooks_are_passed_over(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    write(tmp_path / ".ipynb_checkpoints", course=notebook(IMPORT, SQUARE))
    write(tmp_path, course=notebook(IMPORT, SQUARE), draft=notebook(IMPORT, SQUARE))
    assert [target.file for target in found(tmp_path, exclude=("draft.*",)).targets] == ["course.ipynb"]


@pytest.fixture(scope="module")
def scanned(make_project):
    project = make_project()
    (project.root / "sibling.py").write_text("offset = 3")
    (project.root / "data.txt").write_text("2")
    setup = """
        from __future__ import annotations
        %matplotlib inline
        import inspect
        from sibling import offset
        from gradaudit import audited_backward
    """
    run_time = """
        factor = int(open("data.txt").read())
        display(factor, __file__)
        assert get_ipython() is None
    """
    mutating = """
        # Which line it is on is read from the source.
        def doubled(x: Nowhere):
            return 2 * x

        @audited_backward(forward=doubled, inputs={"x": "N"})
        def doubled_backward(dout, x):
            dout *= int(open("data.txt").read())
            return dout
    """
    raising = """
        @audited_backward(forward=square, inputs={"x": "N"}, name="raises")
        def raising_backward(dout, x):
            raise ValueError(inspect.getsource(raising_backward).splitlines()[0])


        for k in range(2):
            looped = audited_backward(forward=square, inputs={"x": "N"}, name=f"k {k}")(square_backward)
    """
    hanging = """
        @audited_backward(forward=square, inputs={"x": "N"}, timeout=1)
        def hanging_backward(dout, x):
            while True: pass
    """
    write(project.root, course=notebook(TITLE, setup, run_time, SQUARE, WRONG, mutating, raising, hanging))
    return project.scan("course.ipynb")


def test_audits_of_a_notebook_run(scanned):
    assert scanned.outcomes() == {
        "square_backward": "passed",
        "cube_backward": "failed",
        "doubled_backward": "failed",
        "raising_backward[raises]": "error",
        "looped[k 0]": "passed",
        "looped[k 1]": "passed",
        "hanging_backward": "error",
    }, scanned.out


def test_reports_name_cell_and_line(scanned):
    assert (scanned.audit("cube_backward")["cell"], scanned.audit("cube_backward")["line"]) == (5, 6)
    assert "course.ipynb:cell 5:6: failed" in scanned.out
    schema = json.loads((files("gradaudit.reporters") / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(scanned.report)


def test_tracebacks_and_sources_are_those_of_the_cell(scanned):
    (finding,) = scanned.audit("raising_backward[raises]")["findings"]
    assert 'course.ipynb:cell 7", line 3, in raising_backward\n    raise ValueError(inspect' in finding["details"]
    assert '@audited_backward(forward=square, inputs={"x": "N"}, name="raises")' in finding["message"]


def test_the_stack_of_a_hang_names_the_cell(scanned):
    assert 'course.ipynb:cell 8", line 3 in hanging_backward' in scanned.audit("hanging_backward")["output"]


def test_a_statement_that_writes_to_an_argument_is_named_with_its_cell(scanned):
    assert scanned.codes("doubled_backward") == ["GA301"]
    assert "line 7 of cell 6" in scanned.audit("doubled_backward")["findings"][0]["message"]


def test_an_audit_is_reproduced_by_its_id(project):
    write(project.root, course=notebook(IMPORT, SQUARE, WRONG))
    first = project.scan(".")
    again = project.scan("course.ipynb::cube_backward")
    assert "gradaudit scan 'course.ipynb::cube_backward' --seed 0" in first.out
    assert again.audit("cube_backward")["difference"] == first.audit("cube_backward")["difference"]
    assert again.outcomes() == {"cube_backward": "failed"}


def test_a_cell_that_raises_fails_the_import_and_is_named(project):
    write(project.root, course=notebook(IMPORT, SQUARE, "value = 0\n1 / value"))
    (finding,) = project.scan("course.ipynb").audit("square_backward")["findings"]
    assert finding["code"] == "GA005"
    assert 'course.ipynb:cell 3", line 2, in <module>\n    1 / value' in finding["details"]


@pytest.mark.parametrize("output_format", [name for name in REPORTERS if name != "json"])
def test_every_report_for_people_names_the_cell_of_a_finding_outside_audits(project, output_format):
    write(project.root, course=notebook(IMPORT, "x = = 3"))
    ended = project.run("scan", ".", "--output", output_format)
    assert ended.status == 1
    assert ("cell 2 line 1" if output_format in {"github", "sarif"} else "course.ipynb:cell 2:1") in ended.out
    assert "Traceback" not in ended.out + ended.err


def test_a_notebook_in_another_language_ends_the_command_with_a_message(project):
    write(project.root, course=notebook("x <- 1", language="R"))
    ended = project.run("list", "course.ipynb")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "gradaudit: course.ipynb: is a notebook in R; gradaudit audits Python, name other files\n"


def test_cells_may_await_as_in_jupyter_and_share_one_loop(project):
    cells = [
        "import asyncio\nasync def later():\n    return 2",
        "task = asyncio.ensure_future(later())\nawait asyncio.sleep(0)",
        "forgotten = asyncio.ensure_future(asyncio.sleep(60))\nawait asyncio.sleep(0)",
        "factor = await task",
        "audit = audited_backward(forward=lambda x: x * x, inputs={'x': 'N'})(lambda dout, x: factor * x * dout)",
    ]
    write(project.root, course=notebook(IMPORT, *cells))
    assert project.scan().outcomes() == {"audit": "passed"}
