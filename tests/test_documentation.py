"""What the documents name exists, and what two places say is the same."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import gradaudit
from gradaudit.configuration import OPTIONS
from gradaudit.declaration import _OPTIONS
from gradaudit.distributions import DISTRIBUTIONS
from gradaudit.rules import RULES

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md"))
# Names of files that a recipe invents, with <placeholders>, are no promise.
NAMED_FILE = re.compile(r"`((?:gradaudit|tests|examples|benchmarks|\.github|\.ci)(?:/[\w.-]+)+/?)`")
NAMED_TABLE = re.compile(r"`([A-Z]{4,})`\s+in\s+`(gradaudit/[\w/]+\.py)`")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


def text_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def quick_start():
    """The sh blocks of the README's quick start."""
    section = text_of("README.md").partition("\n## Quick start\n")[2].partition("\n## ")[0]
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_document_names_exist(document):
    named = {*NAMED_FILE.findall(text_of(document)), *LINK.findall(text_of(document))}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_each_recipe_names_a_table_that_exists():
    recipes = text_of("CONTRIBUTING.md").partition("## Five recipes")[2].partition("\n## ")[0]
    tables = NAMED_TABLE.findall(recipes)
    assert [table for table, _ in tables] == ["REPORTERS", "RULES", "FRAMEWORKS", "DISTRIBUTIONS", "EXECUTORS"]
    for table, file in tables:
        assert re.search(rf"^{table}\b.*=", text_of(file), re.MULTILINE), f"{table} is not in {file}"


def test_contributing_lists_every_session_of_nox():
    sessions = re.findall(r"^@nox\.session.*\ndef (\w+)", text_of("noxfile.py"), re.MULTILINE)
    listed = re.findall(r"^\| `(\w+)` \|", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert listed == sessions


def test_quick_start_is_two_commands():
    commands = quick_start()
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)


def test_ci_runs_the_test_command_of_the_readme_last():
    assert text_of(".ci/run").endswith(f'\n{quick_start()[1]}\nexit "$checks"\n')


def test_codes_that_documents_name_are_rules():
    for document in DOCUMENTS:
        unknown = set(re.findall(r"\bGA\d{3}\b", text_of(document))) - set(RULES)
        assert unknown == set(), document


def test_changelog_has_the_version_or_calls_it_unreleased():
    headings = re.findall(r"^## \[(.+?)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] in {"Unreleased", gradaudit.__version__}


def without_seconds(text):
    """Differences are round-off and durations are the machine's: both change from run to run of other versions."""
    text = re.sub(r" in [\d.]+ m?s$", "", text, flags=re.MULTILINE)
    return re.sub(r"\d(?:\.\d+)?e-\d\d", "tiny", text)


TRANSCRIPTS = re.findall(r"^```text\n\$ gradaudit (.+)\n((?s:.+?))\n```", text_of("README.md"), re.MULTILINE)


def test_the_readme_has_two_transcripts():
    assert len(TRANSCRIPTS) == 2


@pytest.mark.parametrize(("command", "shown"), TRANSCRIPTS)
def test_a_transcript_of_the_readme_is_what_the_command_prints(command, shown):
    words = shlex.split(command)
    ended = subprocess.run(
        [sys.executable, "-m", "gradaudit", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert without_seconds(shown).split() == without_seconds(ended.stdout).split()


def test_the_workflow_that_init_writes_pins_actions_as_the_readme_does(tmp_path):
    (tmp_path / "layers.py").write_text(
        "def relu(x):\n    return x\n\n\ndef relu_backward(dout, x):\n    return dout\n"
    )
    subprocess.run([sys.executable, "-m", "gradaudit", "init", "--yes"], cwd=tmp_path, capture_output=True, check=True)
    text = (tmp_path / ".github" / "workflows" / "gradaudit.yml").read_text(encoding="utf-8")
    pinned = re.findall(r"uses: (actions/\S+ # \S+)", text)
    assert len(pinned) == 2
    assert all(f"uses: {action}\n" in text_of("README.md") for action in pinned)


def test_the_readme_names_every_option_of_the_command_with_its_default():
    rows = dict(re.findall(r"^\| `([\w-]+)` \| `([^`]*)` \|", text_of("README.md"), re.MULTILINE))
    assert list(rows) == list(OPTIONS)
    assert rows["timeout"] == "60.0"


def test_the_readme_names_every_option_of_an_audit_and_every_distribution():
    readme = text_of("README.md")
    assert [name for name in sorted({*_OPTIONS, *DISTRIBUTIONS}) if name not in readme] == []
