"""What commands do once their words are parsed: settings, the run, its reports, the exit status."""

from __future__ import annotations

import os
import sys

from gradaudit.errors import InternalError, Interrupted, UsageError
from gradaudit.streams import colored, complain, has_width, print_out, silence, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from gradaudit.configuration import Settings
    from gradaudit.pipeline import Run

WRONG_USE = 2
OWN_FAILURE = 3
INTERRUPTED = 130
_PLEASE_REPORT = "please report this: https://github.com/gradaudit/gradaudit/issues"


def run_command(  # noqa: PLR0911 - an exit status a line
    command: str, paths: Sequence[str], config: str | None, options: Mapping[str, object]
) -> int:
    """Run ``scan``, ``list`` or ``init`` and return the exit status.

    Args:
        command: ``"scan"``, ``"list"`` or ``"init"``.
        paths: As given on the command line.
        config: ``--config``.
        options: By field name; None for those not given. ``show_settings`` prints the settings and does nothing else.
    """
    try:
        return _run_command(command, paths, config, options)
    except UsageError as error:
        complain(str(error))
        return WRONG_USE
    except InternalError as error:
        complain(f"gradaudit itself failed: {error}\n{_PLEASE_REPORT}")
        return OWN_FAILURE
    # Before or after the audits ran; while they do, the run reports what is known.
    except KeyboardInterrupt:
        return INTERRUPTED
    except Interrupted as interrupt:
        return 128 + interrupt.number
    except BrokenPipeError:  # the reader of our output has gone; nothing more can be said
        silence()
        return 1
    except Exception:  # noqa: BLE001 - the last resort of a program that promises an exit status
        import traceback

        complain(f"gradaudit itself failed\n{traceback.format_exc()}{_PLEASE_REPORT}")
        return OWN_FAILURE


def _run_command(command: str, paths: Sequence[str], config: str | None, options: Mapping[str, object]) -> int:
    from gradaudit import configuration, pipeline

    try:
        start = os.getcwd()
    except FileNotFoundError as error:
        raise UsageError("the working directory does not exist any more; change to one that does") from error
    if command == "init":
        from gradaudit.init_command import initialise

        return initialise(start, config, options)
    if command == "scan":
        _heed_termination()
    given = dict(options)
    show_settings = given.pop("show_settings", False)
    settings = configuration.load(start, config, given, paths)
    if show_settings:
        print_out(configuration.show(settings, command))
        return 0
    destinations = _destinations(settings.output, settings.place("output"))
    _check_places(destinations, settings)
    if command == "list":
        run = pipeline.list_audits(paths, settings, start)
    else:
        from gradaudit.progress import progress_on

        with progress_on(sys.stderr) as progress:
            run = pipeline.scan(paths, settings, start, progress)
    _report(run, destinations, settings)
    if run.failure:
        complain(f"gradaudit itself failed on {run.failure}{_PLEASE_REPORT}")
    return pipeline.exit_status(run, settings)


def _heed_termination() -> None:
    """A CI system that cancels a job sends SIGTERM, a terminal that is closed SIGHUP: end as after Ctrl-C."""
    import signal

    def interrupt(number: int, frame: FrameType | None) -> None:
        del frame
        raise Interrupted(number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)


def _check_places(destinations: Sequence[tuple[str, str]], settings: Settings) -> None:
    """See that all files can be written before a run that may take long.

    Raises:
        UsageError: One can't.
    """
    if not settings.write_baseline and not any(file for _, file in destinations):
        return
    from gradaudit.writing import check_writable

    for _, file in destinations:
        if file:
            check_writable(file, settings.place("output"))
    if settings.write_baseline:
        check_writable(settings.write_baseline, settings.place("write-baseline"))


def _destinations(outputs: Sequence[str], option: str) -> list[tuple[str, str]]:
    """``FORMAT[=FILE]`` parted; the file is empty for standard output. Without any, text on standard output.

    Raises:
        UsageError: Two go to one place.
    """
    pairs = [(name, file) for name, _, file in (output.partition("=") for output in outputs)]
    seen: dict[str, str] = {}
    for name, file in pairs:
        place = os.path.realpath(file) if file else ""
        if place in seen:
            where = file or "standard output"
            raise UsageError(
                f"{option}: {seen[place]} and {name} both go to {where}; give each a file of its own: {name}=FILE"
            )
        seen[place] = name
    if "" not in seen and not any(name == "text" for name, _ in pairs):
        pairs.append(("text", ""))
    return pairs


def _report(run: Run, destinations: Sequence[tuple[str, str]], settings: Settings) -> None:
    """Write every report; a file that can't be written does not keep the others from being."""
    from gradaudit.folders import folder_in_repository
    from gradaudit.reporters import Style, render

    failed: list[UsageError] = []
    report = run.report
    try:
        _write_baseline(run, settings)
    except UsageError as error:
        failed.append(error)
        if report.baseline is not None:
            report = report._replace(baseline=report.baseline._replace(written=None))
    folder = folder_in_repository(settings.root)
    for output_format, file in sorted(
        destinations, key=lambda place: not place[1]
    ):  # files are safe before anybody reads
        style = Style(
            color=not file and colored(settings.color),
            width=width(),
            whole_names=bool(file) or not has_width(),
            verbosity=settings.verbosity,
            folder=folder,
        )
        text = render(output_format, report, style)
        if not file:
            print_out(text)
            continue
        from gradaudit.writing import write_whole

        try:
            write_whole(file, text, settings.place("output"))
        except UsageError as error:
            failed.append(error)
    if failed:
        raise UsageError("\n".join(map(str, failed)))


def _write_baseline(run: Run, settings: Settings) -> None:
    """Write it, unless the run ended early: what it did not come to would be taken for right."""
    if run.baseline:
        from gradaudit.writing import write_whole

        write_whole(settings.write_baseline, run.baseline, settings.place("write-baseline"))
    elif settings.write_baseline and run.report.incomplete:
        complain(f"--write-baseline: {settings.write_baseline} was not written, since the run ended early")
