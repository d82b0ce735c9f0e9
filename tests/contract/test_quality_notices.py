"""What there is to tell of quality is told once, whoever did it, and whatever dies meanwhile."""

import asyncio
import json
import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from acd.clock import Clock
from acd.distributor import Distributor
from acd.facts import EvaluationReleased, Fact, QualityFact, ReviewWorkGiven
from acd.router import Router
from cti.quality_notices import QualityNotices
from recording.models import QualityNotice
from recording.quality.evaluations import Step, StepKind
from recording.quality.notices import LAPSES, Notices
from recording.quality.store import Evaluations
from recording.store import Store
from tests.quality import ANNA, AT, BORIS, CHIEF, SHEET, drawn, judged, keep_heard

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def some_work(store: Store) -> None:
    """Two evaluations for Anna and one for everybody; one of hers is released."""
    await keep_heard(store, "c1", "c2", "c3", "c4")
    evaluations = Evaluations(store)
    hers = [drawn("e1", call="c1", reviewer=ANNA), drawn("e2", call="c2", reviewer=ANNA)]
    own = drawn("e4", call="c4", reviewer=BORIS, chosen_by=BORIS.name)
    await evaluations.add(SHEET, [*hers, drawn("e3", call="c3"), own])
    steps = (
        Step(kind=StepKind.CLAIM, at=AT, by=ANNA),
        Step(kind=StepKind.SCORE, at=AT, by=ANNA, judgement=judged(hello=1, right=5)),
        Step(kind=StepKind.RELEASE, at=AT, by=ANNA),
    )
    for revision, one in enumerate(steps):
        await evaluations.take("e1", one, revision)
    handed = Step(kind=StepKind.HAND_OVER, at=AT, by=CHIEF, in_charge=True, to=BORIS)
    await evaluations.take("e2", handed, 0)


async def waiting(store: Store) -> int:
    """How many are still to be told, whoever has taken them."""
    async with store.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(QualityNotice)) or 0


EXPECTED = Counter({("EvaluationReleased", ""): 1, ("ReviewWorkGiven", "anna"): 1, ("ReviewWorkGiven", ""): 1} | {
    ("ReviewWorkGiven", "boris"): 1
})  # fmt: skip


async def test_what_was_done_while_nobody_could_tell_is_told_once(store: Store, tmp_path: Path) -> None:
    await some_work(store)
    told: list[Fact] = []
    distributor = Distributor(Router(), Clock())
    distributor.on_fact.append(told.append)
    notices = QualityNotices(store, distributor, tmp_path / "journal")
    assert list(await asyncio.gather(notices.tell(), notices.tell())) == [4, 0], "both at one moment"
    assert Counter((type(one).__name__, getattr(one, "reviewer", "")) for one in told) == EXPECTED
    (given,) = [one.evaluations for one in told if isinstance(one, ReviewWorkGiven) and one.reviewer == "anna"]
    assert given == 2
    (released,) = [one for one in told if isinstance(one, EvaluationReleased)]
    assert released.agent == "1001"
    assert released.at_ms > AT.timestamp() * 1000, "it is told now, whenever it was done"
    assert await waiting(store) == 0


async def test_a_service_that_is_about_to_end_leaves_it_to_the_next(store: Store, tmp_path: Path) -> None:
    await some_work(store)
    ending = Distributor(Router(), Clock())
    notices = QualityNotices(store, ending, tmp_path / "journal")
    ending.close()
    await notices.tell()
    assert await waiting(store) == 4
    assert await Notices(store).take(9, "another", datetime.now(UTC)) == [], "it may only be starting again"
    assert len(await Notices(store).take(9, "another", datetime.now(UTC) + LAPSES)) == 4


async def test_of_two_services_on_one_data_base_one_tells_each_fact(store: Store, tmp_path: Path) -> None:
    await some_work(store)
    told: list[Fact] = []
    both = [Distributor(Router(), Clock()) for _ in range(2)]
    for distributor in both:
        distributor.on_fact.append(told.append)
    services = [QualityNotices(store, one, tmp_path / f"journal{n}") for n, one in enumerate(both)]
    counts = await asyncio.gather(*(one.tell() for one in services for _ in range(2)))
    assert sum(counts) == len(told) == 4
    assert Counter((type(one).__name__, getattr(one, "reviewer", "")) for one in told) == EXPECTED
    assert await waiting(store) == 0


async def test_a_notice_taken_by_two_in_one_moment_is_one_services(store: Store) -> None:
    await some_work(store)
    now = datetime.now(UTC)
    taken = await asyncio.gather(*(Notices(store).take(3, f"service{n % 4}", now) for n in range(8)))
    by_service = [{one.fact.notice for some in taken[n::4] for one in some} for n in range(4)]
    assert sum(map(len, by_service)) == len(set[str]().union(*by_service)) == 4


async def test_each_is_in_the_journal_once_whatever_was_killed(tmp_path: Path) -> None:
    database, journal = f"sqlite:///{tmp_path / 'quality.db'}", tmp_path / "journal"
    store = Store(database)
    await store.migrate()
    await some_work(store)
    for where, number, ends in (("before", 2, -signal.SIGKILL), ("behind", 2, -signal.SIGKILL), ("before", 0, 0)):
        words = ("-m", "tests.contract.notices_process", database, str(journal), where, str(number))
        process = await asyncio.create_subprocess_exec(sys.executable, *words)
        assert await process.wait() == ends
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert Counter((one["fact"], one.get("reviewer", "")) for one in lines) == EXPECTED
    assert len({one["notice"] for one in lines}) == 4
    assert await waiting(store) == 0
    await store.close()


async def test_what_could_not_be_told_while_the_data_base_was_away_is_told_by_and_by(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_work(store)
    told = asyncio.Queue[Fact]()
    distributor = Distributor(Router(), Clock())
    distributor.on_fact.append(told.put_nowait)
    notices = QualityNotices(store, distributor, tmp_path / "journal")
    real = Notices.take
    away = True

    async def take(self: Notices, size: int, teller: str, now: datetime) -> object:
        if away:
            raise TimeoutError
        return await real(self, size, teller, now)

    monkeypatch.setattr(Notices, "take", take)
    monkeypatch.setattr("cti.quality_notices.RETRY_S", 0)
    assert await notices.tell() == 0
    running = asyncio.create_task(notices.run())
    away = False
    facts = [await told.get() for _ in range(4)]
    assert all(isinstance(one, QualityFact) for one in facts)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
