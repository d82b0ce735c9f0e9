"""What can be drawn is read off the columns of calls: the same as their records say, of real calls of every story."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from recording.inputs.plan import Plan
from recording.quality.candidates import Lookback, candidates
from recording.quality.evaluations import Subject
from recording.quality.sampling import Candidate, Rule, SamplingRules, Where
from recording.quality.shifts import shifts_of
from recording.quality.subjects import subjects
from recording.record import CallRecord, Recording
from recording.store import Agent, Store
from tests.ledgers import CALLBACKS, FOLDER, real_call
from tests.quality import keep

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
RULES = SamplingRules(rules=(Rule(name="sent-on", sheet="made", one_in=1, where=Where(transferred=True)),))
ALL = Lookback(
    since=datetime(2020, 1, 1, tzinfo=UTC),
    until=datetime(2040, 1, 1, tzinfo=UTC),
    seen=datetime(2020, 1, 1, tzinfo=UTC),
    shifts_until=None,
)
MILLISECOND = timedelta(milliseconds=1)


def recorded() -> list[CallRecord]:
    """A real call of each story, as if each had been recorded."""
    found = [real_call(one.name, folder).record() for folder in (FOLDER, CALLBACKS) for one in sorted(folder.iterdir())]
    return [
        one.model_copy(
            update={
                "id": f"{n:032x}",
                "linkedid": f"n-{n}",
                "recordings": (
                    Recording(file=f"{n}.wav", started_at=one.started_at, duration_ms=1, bytes=1, sha256=""),
                ),
            }
        )
        for n, one in enumerate(found)
    ]


async def read(store: Store, which: Lookback = ALL) -> list[Candidate]:
    shift_of = shifts_of(Plan(ZONE, [], [], []), [], date(2026, 11, 1), date(2026, 11, 30), ZONE)
    async with store.engine.connect() as connection:
        return await candidates(connection, RULES, which, {"1001": "day"}, shift_of, ZONE)


async def test_of_every_story_the_columns_say_the_same_as_the_record(store: Store) -> None:
    records = recorded()
    await store.save_agents([Agent(number="1001", name="", phone="", pin_hash="")])
    await keep(store, *records)
    found = await read(store)
    told = {(one.id, agent): (one, part) for one in records for agent, part in subjects(one, {"1001": "day"}).items()}
    assert [(one.call, one.agent) for one in found] == sorted(told)
    for candidate in found:
        record, part = told[candidate.call, candidate.agent]
        exact = part.model_dump(include=set(Subject.model_fields) - {"talk_ms"})
        assert candidate.model_dump(include=set(exact)) == exact, candidate.call
        assert abs(candidate.talk_ms - part.talk_ms) <= len(record.segments), "each stretch is rounded by itself"
        sent_on = candidate.agent in {one.agent for one in record.transfers}
        assert (candidate.transferred, candidate.resolved) == (sent_on, record.resolved)
        marks = {one.agent: one.score for one in record.surveys if one.score is not None}
        assert (candidate.outcome, candidate.survey) == (record.outcome_code or "", marks.get(candidate.agent))
    assert {one.transferred for one in found} == {True, False}


async def test_only_calls_that_began_and_ended_within_the_time_are_looked_at(store: Store) -> None:
    records = [one for one in recorded() if one.conversations]
    await keep(store, *records)
    last = max(records, key=lambda one: one.ended_at)
    before = {one.id for one in records if one.ended_at < last.ended_at}
    until = Lookback(since=ALL.since, until=last.ended_at, seen=ALL.seen, shifts_until=None)
    assert {one.call for one in await read(store, until)} == before
    since = Lookback(since=last.started_at + MILLISECOND, until=ALL.until, seen=ALL.seen, shifts_until=None)
    later = {one.id for one in records if one.started_at > last.started_at}
    assert {one.call for one in await read(store, since)} == later
