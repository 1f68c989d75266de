"""Commands and options of other linters are answered with gradaudit's own, on one line and with status 2."""

from __future__ import annotations

import re

import pytest
import typer

from gradaudit.__main__ import run
from gradaudit.cli import app
from gradaudit.familiar_words import COMMANDS, OPTIONS, wrong_command, wrong_option

GROUP = typer.main.get_command(app)


def options_of(command):
    parameters = GROUP.commands[command].params if command else GROUP.params
    return {name for parameter in parameters for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("word", COMMANDS)
def test_no_command_of_others_is_one_of_ours(word):
    assert word not in GROUP.commands


@pytest.mark.parametrize("option", OPTIONS)
def test_no_option_of_others_is_one_of_a_scan(option):
    assert option not in options_of("scan")


@pytest.mark.parametrize("answer", sorted({*COMMANDS.values(), *OPTIONS.values()}))
def test_what_is_answered_exists(answer):
    for command, rest in re.findall(r"gradaudit (scan|list|explain|--\w+)([^,;]*)", answer):
        assert command in {*GROUP.commands, *options_of("")}
        assert set(re.findall(r"--[\w-]+", rest)) <= options_of(command if command in GROUP.commands else "")
    everywhere = options_of("scan") | options_of("explain") | options_of("")
    assert set(re.findall(r"(?<!\w)--?[a-z][\w-]*", answer)) <= everywhere


CASES = {
    "check": (["check", "src"], "use gradaudit scan"),
    "lint": (["lint"], "use gradaudit scan"),
    "rule": (["rule", "GA201"], "use gradaudit explain CODE"),
    "format": (["format"], "changes no code"),
    "a path": (["src/layers.py"], "gradaudit scan src/layers.py"),
    "a misspelt command": (["scna"], "did you mean 'scan'?"),
    "output format": (["scan", "--output-format", "json"], "use --output FORMAT"),
    "output format with a sign": (["scan", "--output-format=json"], "use --output FORMAT"),
    "fix": (["scan", "--fix"], "changes no code"),
    "statistics": (["scan", "--statistics"], "--quiet"),
    "junit": (["scan", "--junitxml", "report.xml"], "use --output junit=FILE"),
    "sarif": (["scan", "--sarif"], "use --output sarif=FILE"),
    "watch": (["scan", "--watch"], "one run"),
    "diff": (["scan", "--diff"], "changes no code"),
    "processes": (["scan", "-n", "4"], "use --jobs"),
    "an option of scan": (["list", "--seed", "3"], "it is one of gradaudit scan"),
    "an option before the command": (["--seed", "3", "scan"], "it is one of gradaudit scan"),
    "a misspelt option": (["scan", "--sede", "3"], "did you mean '--seed'?"),
    "no option at all": (["scan", "--xyzzy"], "see gradaudit scan --help"),
    "no number": (["scan", "--seed", "three"], "--seed"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_answers_on_one_line(monkeypatch, capsys, case):
    words, answer = CASES[case]
    monkeypatch.setattr("sys.argv", ["gradaudit", *words])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert said.err.startswith("gradaudit: ")
    assert answer in said.err


def test_no_word_at_all_shows_how_gradaudit_is_used(project):
    ended = project.run()
    assert "Usage: gradaudit" in ended.out + ended.err
    assert project.run("--help").status == 0


def test_a_word_that_is_near_nothing_shows_what_there_is():
    assert wrong_command("xyzzy", ["list", "scan"]) == "No such command 'xyzzy'; known are list, scan"
    assert wrong_option("--xyzzy", "", ["--version"]) == "No such option --xyzzy; see gradaudit --help"
