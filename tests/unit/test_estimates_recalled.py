"""After a restart the estimates know from the journal what they knew before, and that nobody waits any more."""

from pathlib import Path

import pytest

from acd.clock import Clock
from acd.distributor import Distributor
from acd.estimates import Estimate, Estimates
from acd.facts import DaemonStarted, Fact
from acd.queues import QueueSettings
from acd.router import Router
from cti.estimates import estimates_of, recall
from recording.journal import Journal
from tests.unit.simulated_queue import QUEUE, SimulatedQueue, Traffic

pytestmark = pytest.mark.unit

AGENTS = 8


def worked(journal: Path) -> tuple[SimulatedQueue, Estimates]:
    """A queue that has had a busy morning, all of it in the journal."""
    queue = SimulatedQueue(1, Traffic(between_ms=24_000))
    written = Journal(journal)
    estimates = Estimates(lambda agent, queue: True, lambda linkedid: None)
    queue.on_fact += [written.append, estimates.on_fact]
    queue.staff(AGENTS)
    queue.run(hours=3)
    written.append(DaemonStarted(at_ms=queue.now_ms, node="node1", version="1"))
    written.close()
    return queue, estimates


def begun_anew(agents: int) -> tuple[Distributor, Estimates]:
    """A daemon that knows its agents and where they sit, and no more."""
    distributor = Distributor(Router(), Clock())
    estimates = estimates_of(distributor)
    with distributor.command() as (router, now_ms):
        router.define_queue(QueueSettings(name=QUEUE), now_ms=now_ms)
        for number in map(str, range(1000, 1000 + agents)):
            router.define_agent(number, number, {}, now_ms=now_ms)
            router.phone_changed(number, reachable=True, engaged=False, now_ms=now_ms)
    return distributor, estimates


def sign_in(distributor: Distributor, agents: int) -> None:
    with distributor.command() as (router, now_ms):
        for number in map(str, range(1000, 1000 + agents)):
            router.sign_in(number, number, cause="restart", now_ms=now_ms)


def test_what_was_learnt_is_known_again_once_the_agents_are_back(tmp_path: Path) -> None:
    queue, before = worked(tmp_path / "facts.jsonl")
    distributor, after = begun_anew(AGENTS)
    recall(after, tmp_path / "facts.jsonl")
    assert after.estimate(QUEUE, 5) is None  # nobody is at work yet
    sign_in(distributor, AGENTS)
    waiting = sum(1 for call in queue.router.calls.values() if not call.offers)
    assert waiting > 0
    known = after.estimate(QUEUE, 5)
    assert isinstance(known, Estimate)
    offered = len(queue.router.calls) - waiting
    assert known == before.estimate(QUEUE, 5 + offered)
    assert after.accuracy(QUEUE) == before.accuracy(QUEUE)


def test_an_agent_and_a_queue_that_are_no_more_and_a_torn_line_are_passed_over(tmp_path: Path) -> None:
    journal = tmp_path / "facts.jsonl"
    worked(journal)
    with journal.open("ab") as lines:
        lines.write(b'{"fact":"CallQueued","at_ms":17\n{"fact":"CallQueued","at_ms":1}\nnot a fact\n')
    distributor, estimates = begun_anew(1)
    recall(estimates, journal)
    recall(estimates, tmp_path / "none")
    sign_in(distributor, 1)
    assert estimates.estimate("another", 1) is None


def test_only_the_journals_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(tmp_path / "facts.jsonl")
    seen: list[Fact] = []
    monkeypatch.setattr("cti.estimates.RECALLED", 5_000)
    _, estimates = begun_anew(AGENTS)
    monkeypatch.setattr(estimates, "on_fact", seen.append)
    recall(estimates, tmp_path / "facts.jsonl")
    assert 0 < len(seen) < 50
