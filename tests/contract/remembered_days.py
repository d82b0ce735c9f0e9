"""Days that were worked out by hand (tests/figure_days.py), in a data base."""

import json
from collections.abc import Sequence

from acd.facts import Fact, to_json
from recording.entries import Batch, Entry, Source
from recording.figures.rule_book import keep_rules
from recording.inputs.costs import Costs
from recording.inputs.schedules import Schedules
from recording.inputs.scores import Scores
from recording.inputs.staff import Staff
from recording.store import Store
from recording.transactions import write_records
from tests.figure_days import Day
from tests.ledgers import batch


async def remember(store: Store, day: Day) -> None:
    """All that happened on this day, and what was entered of it."""
    zone = day.rules.zone
    async with store.transaction() as connection:
        await keep_rules(connection, day.rules, day.now)
    await store.ingest(journal(day.facts))
    async with store.transaction() as connection:
        await write_records(connection, day.records)
    schedules = Schedules(store, zone)
    await schedules.save_patterns(day.patterns)
    await schedules.assign(day.assignments)
    await Costs(store, zone).save(day.costs)
    await Staff(store).save(day.staff)
    await Scores(store, zone).save(day.scores)


def journal(facts: Sequence[Fact]) -> Batch:
    """Facts as they are read off the journal."""
    return batch(Source.JOURNAL, [Entry(Source.JOURNAL, json.dumps(to_json(fact)), fact) for fact in facts])
