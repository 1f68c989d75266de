"""What was measured, as text."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING

from detection_suite.measuring import ONE_TRIAL, WHOLE
from detection_suite.pair import KINDS
from detection_suite.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from detection_suite.locating import Located
    from detection_suite.measuring import Measured, Run

WIDTH = 24


def _row(name: str, cells: Sequence[str], width: int = 13) -> str:
    return f"{name:{WIDTH}s}" + "".join(f"{cell:>{width}s}" for cell in cells).rstrip()


def _share(part: int, of: int) -> str:
    """A percentage that says 100 only of all and 0 only of none."""
    if not of:
        return "-"
    percent = 100.0 * part / of
    if 0 < part < of:
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f}"


def _tools(measured: Measured) -> list[str]:
    present = {run.tool for run in measured.runs}
    return [name for name in (ONE_TRIAL, *(peer.name for peer in PEERS)) if name in present]


def recall(measured: Measured) -> Iterator[str]:
    """For each checker the share of mistakes that it finds, by kind, at the same points."""
    kinds = [kind for kind in KINDS if kind != "size"]
    runs = {kind: [run for run in measured.runs if run.group == kind] for kind in kinds}
    reference = [sum(run.tool == ONE_TRIAL for run in runs[kind]) for kind in kinds]
    yield _row("mistakes found, %", kinds)
    for tool in _tools(measured):
        yield _row(tool, [_found([run for run in runs[kind] if run.tool == tool]) for kind in kinds])
    yield _row("of", [f"{count:,}" for count in reference])


def _found(runs: Sequence[Run]) -> str:
    return _share(sum(run.verdict == "wrong" for run in runs), len(runs))


def false_alarms(measured: Measured) -> Iterator[str]:
    """For each checker the share of right pairs that it fails or can't decide, and what a check costs."""
    columns = ("plain", "undecided", "of", "stress", "undecided", "of", "forwards")
    yield _row("false alarms, %", columns, 11)
    for tool in [*_tools(measured), WHOLE]:
        cells: list[str] = []
        for group in ("plain", "stress"):
            verdicts = Counter(run.verdict for run in measured.runs if (run.tool, run.group) == (tool, group))
            total = verdicts.total()
            cells += [_share(verdicts["wrong"], total), _share(verdicts["undecided"], total), f"{total:,}"]
        forwards = [run.forwards for run in measured.runs if (run.tool, run.group) == (tool, "plain")]
        yield _row(tool, [*cells, f"{statistics.median(forwards):g}"], 11)


def whole_audits(measured: Measured) -> Iterator[str]:
    """What three trials with sizes of their own find."""
    yield _row("mistakes found, %", KINDS)
    runs = {kind: [run for run in measured.runs if (run.tool, run.group) == (WHOLE, kind)] for kind in KINDS}
    yield _row(WHOLE, [_found(runs[kind]) for kind in KINDS])
    undecided = [sum(run.verdict == "undecided" for run in runs[kind]) for kind in KINDS]
    yield _row("undecided", [_share(count, len(runs[kind])) for count, kind in zip(undecided, KINDS, strict=True)])
    yield _row("of", [f"{len(runs[kind]):,}" for kind in KINDS])


def names(measured: Measured) -> Iterator[str]:
    """How often the cause that is named is the right one."""
    columns = ("named", "formless", "unnamed", "misnamed", "blamed", "of")
    yield _row("wrong gradients, %", columns)
    for whole, title in ((True, "up to 256 elements"), (False, "more than 256")):
        results = Counter(naming.result for naming in measured.namings if naming.whole == whole)
        total = results.total()
        shares = [_share(results[result], total) for result in ("named", "formless", "unnamed", "misnamed", "blamed")]
        yield _row(title, [*shares, f"{total:,}"])


def located(searches: Mapping[str, Sequence[Located]]) -> Iterator[str]:
    """How often wrong elements are told exactly, and at what cost."""
    yield _row("wrong of 1e5 elements", ("exact, %", "forwards", "of"))
    for what, found in searches.items():
        exact = _share(sum(each.exact for each in found), len(found))
        yield _row(what, [exact, f"{statistics.median(each.forwards for each in found):g}", str(len(found))])


def cost(units: Mapping[str, float]) -> Iterator[str]:
    """The whole check of a network of 1e6 parameters in forward+backward passes."""
    yield _row("999,198 parameters", ("passes",))
    for name, ratio in units.items():
        yield _row(name, [f"{ratio:.1f}"])
