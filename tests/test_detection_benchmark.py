"""The pairs of the detection benchmark: each mutant is wrong in its way, each right backward passes."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from detection_suite import audits, truth
from detection_suite.locating import locate
from detection_suite.measuring import ONE_TRIAL, Plan, measure_task
from detection_suite.naming import namings
from detection_suite.pair import Pair, value, written
from detection_suite.pairs import PAIRS
from detection_suite.pairs.dense import AFFINE, affine_backward, affine_forward
from detection_suite.peers import PEERS
from detection_suite.stress import STRESS
from detection_suite.subject import Subject, draw, draw_upstreams
from detection_suite.tables import recall

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of what is wrong on purpose

MUTANTS = [(pair, mutant) for pair in PAIRS for mutant in pair.mutants]


@pytest.mark.parametrize("pair", [*PAIRS, *STRESS], ids=lambda pair: pair.name)
def test_a_right_pair_is_not_accused(pair):
    assert audits.at_point(pair, None, draw(pair, 0), 0).verdict in {"passed", "inconclusive"}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_each_mutant_is_wrong_as_its_kind_says_at_some_point(pair):
    for mutant in pair.mutants:
        if mutant.kind != "size":
            assert any(truth.counts(pair, mutant, draw(pair, seed), seed) for seed in range(6)), mutant


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_mutant_is_wrong_in_the_gradients_that_have_a_code_and_in_no_others(pair):
    for mutant in pair.mutants:
        if mutant.kind in {"value", "small"}:
            off = [truth.differences(pair, mutant, draw(pair, seed), seed) for seed in range(4)]
            wrong = {name for each in off for name, difference in each.items() if difference > truth.LEAST}
            assert wrong == set(mutant.codes), mutant


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_each_mutant_is_found_where_it_is_wrong(pair):
    missed = []
    for mutant in pair.mutants:
        drawn = draw(pair, 0)
        if truth.counts(pair, mutant, drawn, 0):
            found = audits.verdict(audits.at_point(pair, mutant, drawn, 0), mutant)
            missed += [str(mutant)] if found != "wrong" else []
    assert missed == []


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_accepts_a_right_pair_and_refuses_a_wrong_one(peer):
    if not peer.installed:
        pytest.skip(f"{peer.package} is not installed")
    sign = next(mutant for mutant in AFFINE.mutants if "GA202" in mutant.codes.get("x", ()))
    assert peer.judge(Subject(AFFINE, None, draw(AFFINE, 0)), 0)
    assert not peer.judge(Subject(AFFINE, sign, draw(AFFINE, 0)), 0)


def test_there_are_at_least_fifteen_pairs_with_a_dozen_mutants_of_several_kinds_each():
    assert len(PAIRS) >= 15
    assert len(STRESS) >= 12
    for pair in PAIRS:
        assert len(pair.mutants) >= 12
        assert {mutant.kind for mutant in pair.mutants} >= {"value", "small", "upstream", "side effect", "state"}


def test_names_of_mutants_say_what_they_replace_and_no_two_are_the_same():
    assert len({(pair.name, mutant.old, mutant.new) for pair, mutant in MUTANTS}) == len(MUTANTS)


def test_a_mistake_that_the_source_has_no_place_for_is_refused():
    nowhere = value("dw = y", "dw = 0", w="GA206")
    with pytest.raises(ValueError, match="occurs 0 times"):
        written(AFFINE, nowhere)


def test_each_instance_of_a_mutant_has_a_memory_of_its_own():
    stale = next(mutant for mutant in AFFINE.mutants if mutant.kind == "state")
    first, second = (Subject(AFFINE, stale, draw(AFFINE, seed)) for seed in (0, 1))
    for subject in (first, second):
        outputs, cache = subject.forward(*subject.point)
        gradients = subject.backward(draw_upstreams(outputs, 0), cache)
        assert [gradient.shape for gradient in gradients] == [array.shape for array in subject.point]


def test_a_task_judges_a_mutant_at_each_point_and_names_it():
    plan = Plan(seeds=2, slow=0, whole=1, large=0, draws=0, peers=("textbook", "scipy check_grad"))
    sign = next(number for number, mutant in enumerate(AFFINE.mutants) if "GA202" in mutant.codes.get("x", ()))
    measured = measure_task((plan, "pairs", PAIRS.index(AFFINE), sign))
    judged = [(run.tool, run.verdict) for run in measured.runs]
    assert judged[:2] == [(ONE_TRIAL, "wrong"), ("textbook", "wrong")]
    assert [naming.result for naming in measured.namings] == ["named"]
    header, *rows = recall(measured)
    assert header.startswith("mistakes found")
    assert rows[0].split()[3] == "100.0"


def test_a_gradient_that_is_right_and_called_wrong_is_counted_as_blamed():
    mutant = value("dx = dout @ w.T", "dx = -dout @ w.T", w="GA202")  # it is x that is wrong
    pair = Pair("affine", affine_forward, affine_backward, AFFINE.inputs, (mutant,))
    assert [naming.result for naming in namings(pair, mutant, 0, audits.whole(pair, mutant, 0))] == ["blamed"]


def test_a_search_counts_forwards_and_compares_what_is_said_with_what_was_planted():
    found = locate(1, 0)
    assert found.forwards > 4
    assert isinstance(found.exact, bool)
