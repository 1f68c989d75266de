"""Every checker on every pair, mutant and point: what it says, and what it costs."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, Literal, TypeAlias

from detection_suite import audits
from detection_suite.naming import Naming, namings
from detection_suite.pairs import PAIRS
from detection_suite.peers import PEERS
from detection_suite.stress import STRESS
from detection_suite.subject import Subject, draw
from detection_suite.truth import counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detection_suite.audits import Verdict
    from detection_suite.pair import Mutant, Pair

ONE_TRIAL = "gradaudit, same points"
WHOLE = "gradaudit, whole audits"


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        seeds: Points at which each mutant, and each right pair at a stress point, is checked.
        slow: Of those the points for `torch gradcheck, slow`.
        whole: Whole audits of three trials for each mutant.
        large: The same at large sizes.
        draws: Further draws of each right pair for gradaudit alone.
        peers: Names of the peers that take part.
    """

    seeds: int
    slow: int
    whole: int
    large: int
    draws: int
    peers: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One checker once.

    Attributes:
        tool: The checker.
        group: The kind of the mutant; "plain" or "stress" for a right pair.
        verdict: What it says.
        forwards: How often it evaluated the forward.
    """

    tool: str
    group: str
    verdict: Verdict
    forwards: int


@dataclass
class Measured:
    """What was measured."""

    runs: list[Run] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)

    def add(self, other: Measured) -> None:
        """Take in another's."""
        self.runs += other.runs
        self.namings += other.namings


Where: TypeAlias = Literal["pairs", "stress"]
Task: TypeAlias = tuple[Plan, Where, int, int | None]


def measure(plan: Plan, processes: int = 2) -> Measured:
    """Everything, in the same order whatever the number of processes."""
    measured = Measured()
    # Spawned, not forked: frameworks have threads.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for part in pool.map(measure_task, list(_tasks(plan)), chunksize=4):
            measured.add(part)
    return measured


def _tasks(plan: Plan) -> Iterator[Task]:
    for number, pair in enumerate(PAIRS):
        yield plan, "pairs", number, None
        yield from ((plan, "pairs", number, mutant) for mutant in range(len(pair.mutants)))
    yield from ((plan, "stress", number, None) for number in range(len(STRESS)))


def measure_task(task: Task) -> Measured:
    """One mutant, or one right pair, at all its points."""
    plan, where, number, index = task
    if where == "stress":
        return Measured(list(_at_points(plan, STRESS[number], None, "stress")))
    pair = PAIRS[number]
    if index is None:
        return Measured([*_at_points(plan, pair, None, "plain"), *_further_draws(plan, pair)])
    mutant = pair.mutants[index]
    measured = Measured(list(_at_points(plan, pair, mutant, mutant.kind)) if mutant.kind != "size" else [])
    measured.add(_whole_audits(plan, pair, mutant))
    return measured


def _at_points(plan: Plan, pair: Pair, mutant: Mutant | None, group: str) -> Iterator[Run]:
    """All checkers at the same points, those left out at which the mutant happens to be right."""
    for seed in range(plan.seeds):
        drawn = draw(pair, seed)
        if mutant is not None and not counts(pair, mutant, drawn, seed):
            continue
        outcome = audits.at_point(pair, mutant, drawn, seed)
        yield Run(ONE_TRIAL, group, audits.verdict(outcome, mutant), outcome.evaluations.forward)
        for peer in PEERS:
            if peer.name not in plan.peers or (peer.slow and seed >= plan.slow):
                continue
            subject = Subject(pair, mutant, drawn)
            accepted = peer.judge(subject, seed)
            yield Run(peer.name, group, "right" if accepted else "wrong", subject.forwards)


def _further_draws(plan: Plan, pair: Pair) -> Iterator[Run]:
    """Whole audits of the right pair, each with three draws."""
    for seed in range(plan.draws // 3):
        outcome = audits.whole(pair, None, seed)
        yield Run(WHOLE, "plain", audits.verdict(outcome, None), outcome.evaluations.forward)


def _whole_audits(plan: Plan, pair: Pair, mutant: Mutant) -> Measured:
    """Audits that draw by themselves, at usual and at large sizes, and how they name the mistake."""
    measured = Measured()
    for seed in range(plan.whole):
        outcome = audits.whole(pair, mutant, seed)
        run = Run(WHOLE, mutant.kind, audits.verdict(outcome, mutant), outcome.evaluations.forward)
        measured.add(Measured([run], namings(pair, mutant, seed, outcome)))
    if mutant.kind == "value" and pair.large:
        for seed in range(plan.large):
            outcome = audits.whole(pair, mutant, seed, pair.large)
            measured.add(Measured([], namings(pair, mutant, seed, outcome)))
    return measured
