"""What a mistake depends on: sizes, repeated indices, or neither. One scan of the sample for each seed and mode."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from time import perf_counter

import pytest

from gradaudit.errors import AuditError
from gradaudit.runner.verdicts.reruns import Reruns
from gradaudit.runner.verdicts.size_dependence import MOST

SAMPLE = Path(__file__).parent / "samples" / "variants" / "variants.py"

BY_SIZE = {
    "squeezed_centre[squeezed]": ("x", r"is right with N = [2-9, 1]+ and wrong with N = 1\b"),
    "all_axes_centre[all axes]": ("x", r"is right with D = 1 and wrong with D = \d"),
    "softmax_squeezed[squeezed]": ("x", r"is right with N = [2-9, 1]+ and wrong with N = 1\b"),
    "transposed_if_square": (
        "w",
        r"is wrong where D = M \((\d) and \1\), right where D ≠ M .*, where it is the transpose of the numeric one",
    ),
    "sign_of_one[sign]": ("x", "and wrong with N = 1, where it is minus the numeric one"),
    "zero_of_one[zero]": ("x", "and wrong with N = 1, where it is zero"),
    "convolve_assigned[assigned]": ("x", r"is right with K = 1(, 2)? and wrong with K = [345]"),
}
BY_INDEX = {
    f"{backward}[{case}]": ("w", "where all entries of ids are distinct")
    for backward in ("assigned", "added_once")
    for case in ("sequence", "batch", "full", "pair")
} | {
    "labelled": ("w", "where all entries of ids are distinct"),
    "pooled": ("w", "where all entries of ids are distinct"),
    "entries": ("x", "where all entries of rows and columns are distinct"),
}
MAX_POOL = "max_pool_assigned[assigned]"
OTHERWISE = {
    "other_mistake": {"GA201", "GA208"},
    "other_factor": {"GA203"},
    "without_mask": {"GA201", "GA208"},
    "transposed": {"GA205"},
    "summed": {"GA203"},
}
RIGHT = [
    *("centre_backward[right]", "softmax_backward[right]", "max_pool_backward[right]", "convolve_backward[right]"),
    *(f"accumulated[{case}]" for case in ("sequence", "batch", "full", "pair")),
    *("masked_softmax", "doubled"),
]


@pytest.fixture(scope="module", params=["0", "1", "elementwise"])
def scanned(request, make_project):
    project = make_project()
    shutil.copy(SAMPLE, project.root)
    option = "--mode" if request.param == "elementwise" else "--seed"
    return project.scan(option, request.param)


def further_trials(audit):
    (count,) = [
        int(note.split()[0]) for note in audit.get("notes", ()) if "to find what the mistake depends on" in note
    ] or [0]
    return count


def test_every_audit_of_the_sample_is_expected(scanned):
    assert sorted(scanned.outcomes()) == sorted([*BY_SIZE, *BY_INDEX, *OTHERWISE, *RIGHT, "absolute", MAX_POOL])


@pytest.mark.parametrize("audit", BY_SIZE)
def test_what_some_sizes_break_names_the_sizes(scanned, audit):
    gradient, words = BY_SIZE[audit]
    (finding,) = scanned.audit(audit)["findings"]
    assert (finding["code"], finding["rule"], finding["gradient"]) == ("GA213", "size-dependent", gradient)
    assert re.search(words, finding["message"]), finding["message"]
    assert 6 <= further_trials(scanned.audit(audit)) <= MOST


def test_windows_that_overlap_are_named_unless_it_shows_what_they_lose(scanned):
    """Where the maximum of two windows is the same element, the upstream gradient of one has no effect."""
    (finding,) = scanned.audit(MAX_POOL)["findings"]
    assert finding["code"] in {"GA209", "GA213"}
    if finding["code"] == "GA213":
        assert re.search(r"is right with K = 1(, 2)? and wrong with K = [345]", finding["message"])


@pytest.mark.parametrize("audit", BY_INDEX)
def test_what_repeated_indices_break_names_the_indices(scanned, audit):
    gradient, words = BY_INDEX[audit]
    (finding,) = scanned.audit(audit)["findings"]
    assert (finding["code"], finding["rule"], finding["gradient"]) == ("GA214", "missing-accumulation", gradient)
    assert words in finding["message"]
    assert "np.add.at" in finding["help"]
    assert 1 <= further_trials(scanned.audit(audit)) <= 2


@pytest.mark.parametrize("audit", OTHERWISE)
def test_what_neither_explains_keeps_its_name(scanned, audit):
    codes = set(scanned.codes(audit))
    assert codes
    assert codes <= OTHERWISE[audit]


def test_a_single_number_takes_both_signs(scanned):
    assert scanned.outcomes()["absolute"] == "failed"


def test_a_mistake_that_depends_on_what_is_drawn_says_so(scanned):
    (finding,) = scanned.audit("without_mask")["findings"]
    told = "it is right in 1 of 3 trials, and at the same sizes it is right for some values and wrong for others"
    assert told in finding["message"]


@pytest.mark.parametrize("audit", RIGHT)
def test_right_gradients_pass(scanned, audit):
    assert scanned.outcomes()[audit] == "passed"
    assert further_trials(scanned.audit(audit)) == 0


def test_an_audit_that_passes_costs_what_it_did(scanned):
    """Four forwards and a backward a trial, and once the four calls for what a backward promises."""
    if scanned.audit("doubled")["mode"] == "directional":
        assert scanned.audit("doubled")["evaluations"] == {"forward": 3 * 4 + 4, "backward": 3 * 1 + 4}


def test_further_trials_count_as_evaluations_and_not_as_trials(scanned):
    audit = scanned.audit("sign_of_one[sign]")
    assert audit["trials"] == 3
    assert audit["evaluations"]["backward"] >= 3 + further_trials(audit)


def test_the_same_seed_says_the_same(project):
    shutil.copy(SAMPLE, project.root)
    first, second = (project.scan("-k", "sign_of_one or labelled or square") for _ in range(2))
    for one, other in zip(first.report["audits"], second.report["audits"], strict=True):
        assert one | {"duration_s": 0} == other | {"duration_s": 0}


def test_a_mistake_at_fixed_sizes_needs_no_further_trial(project):
    project.write(
        a="""
        import numpy as np
        from gradaudit import audited_backward

        @audited_backward(forward=lambda a, x: np.abs(a) * x, inputs={"a": "", "x": "3"}, wrt="a")
        def b(dout, a, x):
            return (dout * x).sum()
        """
    )
    audit = project.scan().audit("b")
    assert audit["outcome"] == "failed"
    assert further_trials(audit) == 0
    assert re.search(r"; it is right in [12] of 3 trials, and at the same sizes", audit["findings"][0]["message"])


def test_no_further_trial_is_begun_when_half_of_the_time_is_over():
    reruns = Reruns(lambda *_, **__: pytest.fail("it was run"), regular=3, until=perf_counter() - 1.0)
    assert reruns.at_sizes({"N": 1}) is None
    assert reruns.asked == 0


def test_a_further_trial_that_cannot_be_run_says_nothing():
    def raises(number, **_):
        raise AuditError("GA006", f"trial {number}")

    reruns = Reruns(raises, regular=3, until=perf_counter() + 1000.0)
    assert reruns.at_sizes({"N": 1}) is None
    assert (reruns.asked, reruns.results) == (1, [])
