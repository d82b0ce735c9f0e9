"""`callcenter recount`: counts recorded calls again for the key figures, by the rules of the centre that hold now. The
service may run.
"""

import argparse
from datetime import UTC, date, datetime

from cti.commands.database import with_store
from cti.commands.errors import Exit
from cti.figures_file import rules_of
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.figures.period import midnight
from recording.figures.recounting import recount_calls, recount_times
from recording.figures.rule_book import keep_rules_for
from recording.store import Store


def recount(settings: Settings, given: argparse.Namespace) -> Exit:
    """Count all calls again, or those from a day on, and the times of all agents."""
    rules = rules_of(current_centre(settings))
    since = midnight(given.since, rules.zone) if given.since else None

    async def work(store: Store) -> tuple[int, int]:
        async with store.transaction() as connection:
            await keep_rules_for(connection, rules, datetime.now(UTC), since)
        return await recount_calls(store, since), await recount_times(store)

    calls, agents = with_store(settings, work)
    print(f"{calls} calls and the times of {agents} agents are counted again.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter recount`."""
    parser.set_defaults(run=recount)
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="DAY", help="calls from this day on, such as 2026-11-01 (all)"
    )
