"""Words that users of ruff, mypy, pytest and other linters bring along, and what gradaudit has in their place."""

from __future__ import annotations

import re

from gradaudit.near_names import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_CHANGES_NOTHING = "gradaudit changes no code; its reports say what to correct"
_RUNS_ALL = "every audit runs in each scan; -k and path::name take some of them"

COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(("check", "lint", "run", "test", "audit", "verify", "analyze"), "use gradaudit scan"),
    **dict.fromkeys(("rule", "rules", "help-rule", "doc"), "use gradaudit explain CODE, or explain --all"),
    **dict.fromkeys(("ls", "collect", "show", "coverage"), "use gradaudit list"),
    **dict.fromkeys(("config", "settings"), "use gradaudit scan --show-settings"),
    **dict.fromkeys(("format", "fix", "fmt"), _CHANGES_NOTHING),
    "linter": "use gradaudit explain --all",
    "version": "use gradaudit --version",
    "help": "use gradaudit --help",
}
"""Commands of others, and the answer to each."""

OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("--output-format", "--format", "--report", "--reporter"), "use --output FORMAT"),
    **dict.fromkeys(("--output-file", "--out", "--report-file"), "use --output FORMAT=FILE"),
    **dict.fromkeys(("--junitxml", "--junit-xml", "--junit", "--xml"), "use --output junit=FILE"),
    **dict.fromkeys(("--sarif", "--sarif-file"), "use --output sarif=FILE"),
    **dict.fromkeys(("--json", "--json-report"), "use --output json, or --output json=FILE"),
    **dict.fromkeys(("--markdown", "--md"), "use --output markdown, or --output markdown=FILE"),
    **dict.fromkeys(("--github", "--annotations"), "use --output github"),
    **dict.fromkeys(
        ("--fix", "--fix-only", "--unsafe-fixes", "--diff", "--show-fixes", "--add-noqa", "--write-changes"),
        _CHANGES_NOTHING,
    ),
    **dict.fromkeys(
        ("--statistics", "--stats", "--count", "--summary"),
        "each report ends or begins with the counts; use --quiet, or summary of --output json",
    ),
    **dict.fromkeys(
        ("--watch", "-w", "--looponfail", "-f"), "gradaudit ends after one run; use a program that watches"
    ),
    **dict.fromkeys(("--enable", "--enable-error-code", "--rules"), "use --select CODES"),
    **dict.fromkeys(("--extend-ignore", "--disable", "--disable-error-code", "--skip"), "use --ignore CODES"),
    **dict.fromkeys(("--extend-exclude", "--ignore-glob", "--deselect", "--omit"), "use --exclude PATTERN"),
    **dict.fromkeys(("--numprocesses", "-n", "--workers", "--parallel", "--processes"), "use --jobs"),
    **dict.fromkeys(("--fail-fast", "--failfast", "--stop"), "use -x, or --maxfail"),
    **dict.fromkeys(("--cov-fail-under", "--min-coverage", "--coverage"), "use --fail-under PERCENT"),
    **dict.fromkeys(("--strict", "--warn-unreachable", "--error-on-warning"), "use --fail-on-inconclusive"),
    **dict.fromkeys(("--python-executable", "--python-version", "--target-version"), "use --python PATH"),
    **dict.fromkeys(("--config-file", "--rcfile", "-c", "--rootdir", "--isolated"), "use --config FILE"),
    **dict.fromkeys(("--no-cache", "--cache-dir", "--cache-clear", "--no-incremental"), "gradaudit keeps no cache"),
    **dict.fromkeys(("--collect-only", "--co", "--list", "--show-files", "--dry-run"), "use gradaudit list"),
    **dict.fromkeys(("--rule", "--explain", "--show-source"), "use gradaudit explain CODE"),
    **dict.fromkeys(("--random-seed", "--randomly-seed", "-p"), "use --seed"),
    **dict.fromkeys(
        ("--tol", "--tolerance", "--atol", "--rtol", "--eps", "--epsilon"),
        "use --threshold; steps and error bounds are chosen by the method",
    ),
    **dict.fromkeys(("--samples", "--repeat", "--count-trials"), "use --trials"),
    **dict.fromkeys(("--last-failed", "--lf", "--failed-first", "--ff"), _RUNS_ALL),
    **dict.fromkeys(("--capture", "-s", "--tb", "--no-capture"), "what audited code prints is shown with its failure"),
    **dict.fromkeys(("--no-color", "--colour"), "use --color auto|always|never"),
    **dict.fromkeys(("--silent", "-qq"), "use --quiet"),
    **dict.fromkeys(("--exit-non-zero-on-fix", "--no-exit-zero-on-fix"), "findings end with status 1"),
    **dict.fromkeys(("-m", "--filter", "--only"), "use -k EXPRESSION"),
}
"""Options of others, and the answer to each."""


def wrong_command(word: str, commands: Collection[str]) -> str:
    """What to say to a first word that is no command.

    >>> wrong_command("check", ["explain", "list", "scan"])
    "'check' is no command; use gradaudit scan"
    >>> wrong_command("src/layers.py", ["explain", "list", "scan"])
    "'src/layers.py' is no command; did you mean gradaudit scan src/layers.py?"
    """
    if answer := COMMANDS.get(word):
        return f"{word!r} is no command; {answer}"
    if re.search(r"[/\\.]|::", word):
        return f"{word!r} is no command; did you mean gradaudit scan {word}?"
    return f"No such command {word!r}; {nearest(word, commands)}"


def wrong_option(option: str, command: str, known: Collection[str], elsewhere: Collection[str] = ()) -> str:
    """What to say to an option that a command does not have.

    Args:
        option: As it was given, without its value.
        command: The command's name; empty for none.
        known: The options that the command has.
        elsewhere: Those of ``scan``.

    >>> wrong_option("--output-format", "scan", ["--output"])
    'No such option --output-format; use --output FORMAT'
    >>> wrong_option("--sede", "scan", ["--output", "--seed"])
    "No such option --sede; did you mean '--seed'?"
    >>> wrong_option("--seed", "list", ["--output"], ["--seed"])
    'No such option --seed; it is one of gradaudit scan'
    """
    if option in elsewhere and option not in known:
        return f"No such option {option}; it is one of gradaudit scan"
    if answer := OPTIONS.get(option):
        return f"No such option {option}; {answer}"
    hint = nearest(option, known)
    if not hint.startswith("did you mean"):  # all of them would be a page
        hint = f"see gradaudit {command} --help".replace("  ", " ")
    return f"No such option {option}; {hint}"
