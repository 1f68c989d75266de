"""The options of the command line, and nothing else: what they mean is in `commands`, `configuration`, `pipeline`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

import gradaudit
from gradaudit.commands import INTERRUPTED, WRONG_USE, run_command
from gradaudit.configuration import OPTIONS
from gradaudit.errors import UsageError
from gradaudit.familiar_words import wrong_command, wrong_option
from gradaudit.streams import complain

app = typer.Typer(
    help="The linter for hand-written gradients: checks what is marked with @audited_backward.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_SELECTION, _CHECK, _RUN, _REPORT = "Which audits", "The check", "Running", "Reporting"


def _option(*names: str, key: str, panel: str, metavar: str | None = None) -> typer.models.OptionInfo:
    """An option whose help and default are those of its row in the table of options."""
    row = OPTIONS[key]
    default = row.default
    shown = (
        ""
        if default in {(), "", False, None}
        else f" [default: {str(default).lower() if default is True else default}]"
    )
    info = typer.Option(*names, help=row.help + shown, metavar=metavar, rich_help_panel=panel, show_default=False)
    assert isinstance(info, typer.models.OptionInfo)  # noqa: S101 - typer types it as Any
    return info


Paths = Annotated[
    list[str] | None,
    typer.Argument(help="files, folders, or audits as path::qualname[name]; the working directory if none"),
]
Output = Annotated[list[str] | None, _option("--output", "-o", key="output", panel=_REPORT, metavar="FORMAT[=FILE]")]
Select = Annotated[list[str] | None, _option("--select", key="select", panel=_SELECTION, metavar="CODES")]
ExtendSelect = Annotated[
    list[str] | None, _option("--extend-select", key="extend-select", panel=_SELECTION, metavar="CODES")
]
PerFileIgnores = Annotated[
    list[str] | None,
    _option("--per-file-ignores", key="per-file-ignores", panel=_SELECTION, metavar="PATTERN:CODE"),
]
ChangedSince = Annotated[
    str | None, _option("--changed-since", key="changed-since", panel=_SELECTION, metavar="REVISION")
]
Baseline = Annotated[str | None, _option("--baseline", key="baseline", panel=_REPORT, metavar="FILE")]
Ignore = Annotated[list[str] | None, _option("--ignore", key="ignore", panel=_SELECTION, metavar="CODES")]
Exclude = Annotated[list[str] | None, _option("--exclude", key="exclude", panel=_SELECTION, metavar="PATTERN")]
Keyword = Annotated[str | None, _option("-k", "--keyword", key="keyword", panel=_SELECTION, metavar="EXPRESSION")]
RespectGitignore = Annotated[
    bool | None,
    _option("--respect-gitignore/--no-respect-gitignore", key="respect-gitignore", panel=_SELECTION),
]
ForceExclude = Annotated[
    bool | None,
    _option("--force-exclude/--no-force-exclude", key="force-exclude", panel=_SELECTION),
]
Color = Annotated[str | None, _option("--color", key="color", panel=_REPORT, metavar="auto|always|never")]
Config = Annotated[
    str | None,
    typer.Option("--config", help="configuration file, instead of the nearest one", metavar="FILE"),
]
ShowSettings = Annotated[bool, typer.Option("--show-settings", help="print the settings that apply, and end")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="failures and the summary alone", rich_help_panel=_REPORT)]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="more about each audit", rich_help_panel=_REPORT)]
ExitZero = Annotated[bool | None, _option("--exit-zero/--no-exit-zero", key="exit-zero", panel=_REPORT)]
FailOnEmpty = Annotated[
    bool | None,
    _option("--fail-on-empty/--no-fail-on-empty", key="fail-on-empty", panel=_REPORT),
]

FailUnder = Annotated[float | None, _option("--fail-under", key="fail-under", panel=_REPORT, metavar="PERCENT")]


def _verbosity(*, quiet: bool, verbose: bool) -> int | None:
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose contradict each other; give one of them")
    return -1 if quiet else 1 if verbose else None


def _codes(values: list[str] | None) -> list[str] | None:
    """``--select GA2,GA302`` and ``--select GA2 --select GA302`` are the same, as in ruff."""
    return [code.strip() for value in values for code in value.split(",") if code.strip()] if values else None


@app.callback(invoke_without_command=True)
def version(
    *,
    show: Annotated[bool, typer.Option("--version", "-V", help="print the version, and end")] = False,
) -> None:
    """Commands of gradaudit."""
    if show:
        typer.echo(f"gradaudit {gradaudit.__version__}")
        raise typer.Exit


@app.command()
def scan(  # noqa: PLR0913 - one parameter an option
    *,
    paths: Paths = None,
    output: Output = None,
    select: Select = None,
    extend_select: ExtendSelect = None,
    ignore: Ignore = None,
    per_file_ignores: PerFileIgnores = None,
    exclude: Exclude = None,
    keyword: Keyword = None,
    changed_since: ChangedSince = None,
    respect_gitignore: RespectGitignore = None,
    force_exclude: ForceExclude = None,
    seed: Annotated[int | None, _option("--seed", key="seed", panel=_CHECK)] = None,
    trials: Annotated[int | None, _option("--trials", key="trials", panel=_CHECK)] = None,
    mode: Annotated[
        str | None, _option("--mode", key="mode", panel=_CHECK, metavar="auto|elementwise|directional")
    ] = None,
    dtype: Annotated[
        str | None, _option("--dtype", key="dtype", panel=_CHECK, metavar="float64|float32|float16|bfloat16")
    ] = None,
    upcast: Annotated[bool | None, _option("--upcast/--no-upcast", key="upcast", panel=_CHECK)] = None,
    threshold: Annotated[float | None, _option("--threshold", key="threshold", panel=_CHECK)] = None,
    self_test: Annotated[bool | None, _option("--self-test/--no-self-test", key="self-test", panel=_CHECK)] = None,
    device: Annotated[str | None, _option("--device", key="device", panel=_CHECK)] = None,
    timeout: Annotated[float | None, _option("--timeout", key="timeout", panel=_RUN, metavar="SECONDS")] = None,
    jobs: Annotated[int | None, _option("--jobs", "-j", key="jobs", panel=_RUN)] = None,
    maxfail: Annotated[int | None, _option("--maxfail", key="maxfail", panel=_RUN)] = None,
    exit_first: Annotated[
        bool, typer.Option("-x", "--exitfirst", help="stop after the first failure", rich_help_panel=_RUN)
    ] = False,
    python: Annotated[str | None, _option("--python", key="python", panel=_RUN, metavar="PATH")] = None,
    pythonpath: Annotated[
        list[str] | None, _option("--pythonpath", key="pythonpath", panel=_RUN, metavar="FOLDER")
    ] = None,
    exit_zero: ExitZero = None,
    fail_on_empty: FailOnEmpty = None,
    fail_under: FailUnder = None,
    write_baseline: Annotated[
        str | None, _option("--write-baseline", key="write-baseline", panel=_REPORT, metavar="FILE")
    ] = None,
    fail_on_inconclusive: Annotated[
        bool | None,
        _option("--fail-on-inconclusive/--no-fail-on-inconclusive", key="fail-on-inconclusive", panel=_REPORT),
    ] = None,
    baseline: Baseline = None,
    color: Color = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    config: Config = None,
    show_settings: ShowSettings = False,
) -> None:
    """Find the audits, run them, report. This executes the code of the repository, as its tests do."""
    if exit_first and maxfail not in {None, 1}:
        raise typer.BadParameter("-x is --maxfail 1; give one of them")
    options = {
        "output": output,
        "select": _codes(select),
        "extend_select": _codes(extend_select),
        "ignore": _codes(ignore),
        "per_file_ignores": per_file_ignores,
        "exclude": exclude,
        "keyword": keyword,
        "changed_since": changed_since,
        "respect_gitignore": respect_gitignore,
        "force_exclude": force_exclude,
        "seed": seed,
        "trials": trials,
        "mode": mode,
        "dtype": dtype,
        "upcast": upcast,
        "threshold": threshold,
        "self_test": self_test,
        "device": device,
        "timeout": timeout,
        "jobs": jobs,
        "maxfail": 1 if exit_first else maxfail,
        "python": python,
        "pythonpath": pythonpath,
        "exit_zero": exit_zero,
        "fail_on_empty": fail_on_empty,
        "fail_under": fail_under,
        "fail_on_inconclusive": fail_on_inconclusive,
        "write_baseline": write_baseline,
        "baseline": baseline,
        "color": color,
        "verbosity": _verbosity(quiet=quiet, verbose=verbose),
        "show_settings": show_settings,
    }
    raise typer.Exit(run_command("scan", paths or [], config, options))


@app.command(name="list")
def list_(  # noqa: PLR0913 - one parameter an option
    *,
    paths: Paths = None,
    output: Output = None,
    select: Select = None,
    extend_select: ExtendSelect = None,
    ignore: Ignore = None,
    per_file_ignores: PerFileIgnores = None,
    exclude: Exclude = None,
    keyword: Keyword = None,
    changed_since: ChangedSince = None,
    respect_gitignore: RespectGitignore = None,
    force_exclude: ForceExclude = None,
    exit_zero: ExitZero = None,
    fail_on_empty: FailOnEmpty = None,
    fail_under: FailUnder = None,
    baseline: Baseline = None,
    color: Color = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    config: Config = None,
    show_settings: ShowSettings = False,
) -> None:
    """Show what a scan would run. Nothing is imported or executed."""
    options = {
        "output": output,
        "select": _codes(select),
        "extend_select": _codes(extend_select),
        "ignore": _codes(ignore),
        "per_file_ignores": per_file_ignores,
        "exclude": exclude,
        "keyword": keyword,
        "changed_since": changed_since,
        "respect_gitignore": respect_gitignore,
        "force_exclude": force_exclude,
        "exit_zero": exit_zero,
        "fail_on_empty": fail_on_empty,
        "fail_under": fail_under,
        "baseline": baseline,
        "color": color,
        "verbosity": _verbosity(quiet=quiet, verbose=verbose),
        "show_settings": show_settings,
    }
    raise typer.Exit(run_command("list", paths or [], config, options))


@app.command()
def init(
    *,
    file: Annotated[
        str, typer.Option("--file", help="where the first audits are written", metavar="FILE")
    ] = "audits/gradients.py",
    diff: Annotated[
        bool, typer.Option("--diff", "--dry-run", help="show what would be written, and write nothing")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="add to files that are there without asking")] = False,
    config: Config = None,
) -> None:
    """Write a configuration, first audits, pre-commit hooks and a workflow. Nothing is imported or executed."""
    raise typer.Exit(run_command("init", [], config, {"file": file, "diff": diff, "yes": yes}))


@app.command()
def explain(
    *,
    code: Annotated[
        str | None, typer.Argument(help="a code such as GA201, the beginning of some such as GA2, or a rule's name")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="explain all rules")] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", help="for a terminal, or as a page", metavar="text|markdown")
    ] = "text",
) -> None:
    """Explain a rule: what it means, why it matters, a wrong and a right example."""
    from gradaudit import explanation
    from gradaudit.streams import print_out

    try:
        print_out(explanation.explain(code, everything=everything, output_format=output))
    except UsageError as error:
        raise _fail(str(error)) from None


def _fail(message: str) -> typer.Exit:
    complain(message)
    return typer.Exit(WRONG_USE)


# What typer raises for words that it can't parse, by whichever name it has in a version: that of click, or its own.
_WrongWords: type[Exception] = typer.BadParameter.__bases__[0]


def main() -> None:
    """Parse the words of the command line and run the command; a mistake in them is one line."""
    try:
        status = app(prog_name="gradaudit", standalone_mode=False)
    except _WrongWords as error:
        status = _complain_of(error)
    except typer.Abort:
        status = INTERRUPTED
    sys.exit(status)


def _complain_of(error: Any) -> int:
    """Say what is wrong with the words, on one line; without any word, how the command is used."""
    commands: Any = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    context = error.ctx
    name = context.info_name if context and context.parent else ""
    option = getattr(error, "option_name", None)
    if not sys.argv[1:]:
        error.show()
    elif option is not None:
        elsewhere = () if name == "scan" else _options_of("scan")
        complain(wrong_option(option, name, _options_of(name), elsewhere))
    elif context and not name and sys.argv[1] not in commands:
        complain(wrong_command(sys.argv[1], commands))
    else:
        complain(f"{error.format_message().rstrip('.')}; see gradaudit {name} --help".replace("  ", " "))
    return WRONG_USE


def _options_of(command: str) -> set[str]:
    """The options of a command, or those of none."""
    group: Any = typer.main.get_command(app)
    found = group.commands[command] if command else group
    names = (name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts))
    return {name for name in names if name.startswith("-")}
