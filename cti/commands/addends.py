"""`callcenter report addends`: what adds up to a number that is not of calls; the service need not run."""

import argparse
import csv
import sys
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from cti.commands.arguments import instant
from cti.commands.database import with_store
from cti.commands.errors import Exit
from cti.commands.tables import table
from cti.figures_file import rules_of
from cti.settings import Settings
from cti.subjects import require_subject
from cti.versions.start import current_centre
from recording.figures.addends.listing import addends
from recording.figures.addends.values import MOST, Addend, AddendsOrder
from recording.figures.definition import LISTED
from recording.figures.scope import Scope
from recording.store import Store

COLUMNS = tuple(Addend.model_fields)


def list_addends(settings: Settings, given: argparse.Namespace) -> Exit:
    """List what adds up to a number that is not of calls: stretches of the log of states, shifts, costs, staff."""
    centre = current_centre(settings)
    rules = rules_of(centre)
    order = AddendsOrder(
        sums=tuple(dict.fromkeys(given.sums.split(","))),
        scope=given.scope,
        since=instant(given.since, rules.zone),
        until=instant(given.until, rules.zone),
        as_of=instant(given.as_of, rules.zone) if given.as_of else datetime.now(UTC),
        limit=MOST,
    )

    async def read(store: Store) -> list[Addend]:
        await require_subject(store, centre, Scope.parse(order.scope))
        found: list[Addend] = []
        after = ""
        while True:
            page = await addends(store, order.model_copy(update={"after": after}), rules)
            found += page.addends
            if page.next is None:
                return found
            after = page.next

    found = with_store(settings, read)
    if given.format == "csv":
        writer = csv.DictWriter(sys.stdout, COLUMNS)
        writer.writeheader()
        writer.writerows(one.model_dump(mode="json") for one in found)
        return Exit.DONE
    print(table(("SUM", "AMOUNT", "WHAT", "AGENT", "FROM", "UNTIL", "OF"), map(_row, found)))
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        totals[one.sum] += one.amount
    for name, total in totals.items():
        print(f"{name}: {total}")
    return Exit.DONE


def _row(one: Addend) -> tuple[str, ...]:
    times = ("-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (one.start, one.end))
    of = f"{one.whole:f} {one.currency} ({one.scope})" if one.whole is not None else "-"
    return (one.sum, str(one.amount), one.what, one.agent or "-", *times, f"{one.share} %" if one.share else of)


def addends_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter report addends`."""
    parser.add_argument("--sums", required=True, metavar="SUM,…", help=f"of: {', '.join(sorted(LISTED))}")
    parser.add_argument("--scope", default="centre", help="whose: centre, queue:NAME, team:NAME, agent:NUMBER")
    parser.add_argument("--since", required=True, metavar="TIME", help="2026-11-22T08:00 (centre's time)")
    parser.add_argument("--until", required=True, metavar="TIME")
    parser.add_argument("--as-of", metavar="TIME", help="what was known then (default: now)")
    parser.add_argument("--format", choices=("text", "csv"), default="text")
