"""The report for programs: a contract, held in ``report.schema.json`` beside this file.

Strict JSON in ASCII, whatever encoding it is written in: values that JSON has no number for are the strings ``"NaN"``,
``"Infinity"`` and ``"-Infinity"``.
"""

from __future__ import annotations

import json

from gradaudit.records.verdict import VERDICTS
from gradaudit.reporters.cleaning import without_surrogates
from gradaudit.reporters.wording import rule_name
from gradaudit.rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from gradaudit.records.finding import Finding, Region
    from gradaudit.records.outcome import GradientOutcome, Outcome
    from gradaudit.records.report import BaselineUse, Known, Report
    from gradaudit.records.self_test import MissedDistortion, SelfTest, SmallDistortion
    from gradaudit.reporters import Style

    Json: TypeAlias = "str | float | bool | dict[str, Json] | list[Json] | None"

SCHEMA = 1
"""Version of the contract; a change that could break a reader raises it."""


def render(report: Report, style: Style) -> str:
    """The report as one JSON object."""
    del style  # programs read it
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "version": report.version,
        "seed": report.seed,
        "summary": _summary(report),
        "audits": [_audit(outcome) for outcome in report.audits],
        "findings": [_finding_outside(finding) for finding in report.findings],
    }
    if report.coverage is not None:
        coverage = report.coverage
        document["coverage"] = {
            "audited": coverage.audited,
            "unaudited": coverage.unaudited,
            "percent": round(coverage.percent, 2),
        }
    if (changes := report.changes) is not None:
        document["changes"] = {"since": changes.since, "touched": changes.touched, "audits": changes.audits}
    if report.baseline is not None:
        document["baseline"] = _baseline(report.baseline)
    if report.incomplete:
        document |= {"incomplete": True, "incomplete_reason": report.incomplete, "not_run": report.not_run}
    text = json.dumps(encodable(document), indent=2, allow_nan=False)
    # "##[" commands the log of a GitHub workflow wherever it stands; inside a JSON string this is the same text.
    return text.replace("##[", "#\\u0023[") + "\n"


def _summary(report: Report) -> Json:
    counts: dict[str, Json] = {"audits": len(report.audits)}
    counts |= {verdict: report.count(verdict) for verdict in VERDICTS}
    if ignored := sum(outcome.is_ignored for outcome in report.audits):
        counts["ignored"] = ignored
    if listed := report.count("listed"):
        counts["listed"] = listed
    if report.deselected:
        counts["deselected"] = report.deselected
    counts |= {"cached": 0, "duration_s": round(report.duration_s, 6)}
    return counts | ({"self_test": _self_tests(report)} if report.self_tested else {})


def _baseline(use: BaselineUse) -> Json:
    stale: list[Json] = [_known(entry) for entry in use.stale]
    written: dict[str, Json] = {} if use.written is None else {"written": use.written}
    return {"known": use.known, "stale": stale, **written}


def _known(entry: Known) -> Json:
    gradient: dict[str, Json] = {"gradient": entry.gradient} if entry.gradient else {}
    return {"path": entry.path, "name": entry.name, "code": entry.code, **gradient}


def _self_tests(report: Report) -> Json:
    tests = [outcome.self_test for outcome in report.audits if outcome.self_test is not None]
    return {
        "audits": len(tests),
        "distortions": sum(test.tried for test in tests),
        "caught": sum(test.caught for test in tests),
        "missed": sum(len(test.missed) for test in tests),
        "below_threshold": sum(len(test.below_threshold) for test in tests),
    }


def _audit(outcome: Outcome) -> Json:
    audit: dict[str, Json] = {
        "id": outcome.id,
        "file": outcome.file,
        "line": outcome.line,
        **_cell(outcome),
        **_region(outcome.region),
        "outcome": outcome.verdict,
        "cached": False,
        "seed": outcome.seed,
        "trials": outcome.trials,
        "mode": outcome.mode,
        "dtype": outcome.dtype,
        "framework": outcome.framework,
        "duration_s": round(outcome.duration_s, 6),
        "difference": outcome.difference,
        "grade": outcome.grade,
        "threshold": outcome.threshold,
        "detects": outcome.detects,
        "evaluations": {"forward": outcome.evaluations.forward, "backward": outcome.evaluations.backward},
        "gradients": [_gradient(gradient) for gradient in outcome.gradients],
        "findings": [_finding(finding) for finding in outcome.findings],
        "reproduce": outcome.reproduce,
    }
    extra: dict[str, Json] = {"notes": list(outcome.notes), "reason": outcome.reason, "output": outcome.output}
    if outcome.is_ignored:
        extra["ignored"] = True
    if outcome.self_test is not None:
        extra["self_test"] = _self_test(outcome.self_test)
    return audit | {key: value for key, value in extra.items() if value}


def _self_test(test: SelfTest) -> Json:
    left_out: dict[str, Json] = {"gradients_left_out": test.gradients_left_out} if test.gradients_left_out else {}
    counts: dict[str, Json] = {"distortions": test.tried, "caught": test.caught}
    return {
        **counts,
        "missed": [{**_distortion(each), "outcome": each.verdict} for each in test.missed],
        "below_threshold": [_distortion(each) for each in test.below_threshold],
        "not_applicable": list(test.not_applicable),
        **left_out,
    }


def _distortion(distortion: SmallDistortion | MissedDistortion) -> dict[str, Json]:
    return {
        "distortion": distortion.kind,
        "gradient": distortion.gradient,
        "description": distortion.description,
    }


def _gradient(gradient: GradientOutcome) -> Json:
    worst: Json = None
    if (element := gradient.worst) is not None:
        worst = {"index": list(element.index), "analytic": element.analytic, "numeric": element.numeric}
    return {
        "name": gradient.name,
        "shape": list(gradient.shape),
        "outcome": gradient.outcome,
        "difference": gradient.difference,
        "error_bound": gradient.error_bound,
        "grade": gradient.grade,
        "worst": worst,
        **({"trial": gradient.trial} if gradient.trial else {}),
    }


def _finding(finding: Finding) -> Json:
    head: dict[str, Json] = {"code": finding.code, "rule": rule_name(finding.code), "gradient": finding.gradient}
    place: dict[str, Json] = {}
    if finding.file is not None:
        place = {"file": finding.file, "line": finding.line, **_cell(finding), **_region(finding.region)}
    factor: dict[str, Json] = {} if finding.factor is None else {"factor": finding.factor}
    shown: list[Json] = [_shown(each) for each in finding.in_source]
    source: dict[str, Json] = {"in_source": shown} if shown else {}
    return head | place | {"message": finding.message, "help": finding.help} | factor | _standing(finding) | source


def _shown(finding: Finding) -> Json:
    head: dict[str, Json] = {"code": finding.code, "rule": rule_name(finding.code)}
    place: dict[str, Json] = {"file": finding.file, "line": finding.line, **_cell(finding), **_region(finding.region)}
    return head | place | {"message": finding.message}


def _finding_outside(finding: Finding) -> Json:
    head: dict[str, Json] = {"code": finding.code, "rule": rule_name(finding.code)}
    head |= {"file": finding.file, "line": finding.line, **_cell(finding), **_region(finding.region)}
    if finding.qualname:
        head["qualname"] = finding.qualname
    head |= {"message": finding.message, "help": finding.help}
    return head | _standing(finding)


def _standing(finding: Finding) -> dict[str, Json]:
    standing: dict[str, Json] = {"severity": RULES[finding.code].severity}
    if finding.ignored:
        is_named = finding.ignored in {"comment", "baseline"}
        standing |= {"ignored": True, "ignored_by": finding.ignored if is_named else "selection"}
    if finding.details:
        standing["details"] = finding.details
    return standing


def _cell(what: Outcome | Finding) -> dict[str, Json]:
    """Of a notebook, the cell that the line is a line of."""
    return {} if what.cell is None else {"cell": what.cell}


def _region(region: Region | None) -> dict[str, Json]:
    """Where the part of the source that something is about begins in its line, and where it ends."""
    if region is None:
        return {}
    return {"column": region.column, "end_line": region.end_line, "end_column": region.end_column}


def encodable(value: Json) -> Json:
    """The value with no float that JSON lacks and no string that UTF-8 lacks."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, dict):
        return {key: encodable(item) for key, item in value.items()}
    return [encodable(item) for item in value] if isinstance(value, list) else value


def _finite(value: float) -> float | str:
    if value != value:  # noqa: PLR0124 - NaN, without an import
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
