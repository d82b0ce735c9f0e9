"""`callcenter costs …`: what the centre costs, in the data base; the service need not run."""

import argparse
from datetime import timedelta
from decimal import Decimal

from pydantic import ValidationError

from cti.commands.arguments import day, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.sheets import sheet_commands
from cti.commands.tables import table
from cti.settings import Settings
from cti.unfit import said
from cti.versions.start import current_centre
from recording.inputs.clock_times import at
from recording.inputs.cost_shares import Cost, total
from recording.inputs.costs import Costs
from recording.store import Store


class CostUnknown(CommandError):
    """There is no such cost."""

    id = "unknown-cost"


def list_costs(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the costs of some days, the present month as a rule, and what of each falls into them."""
    centre = current_centre(settings)
    zone = centre.time_zone
    since = given.since or (given.until or centre.today()).replace(day=1)
    until = given.until or (since.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if until < since:
        raise BadInput(f"--until: expected {since} or a later day")
    costs = with_store(settings, lambda store: Costs(store, zone).entries(since, until))
    start, end = at(since, 0, zone), at(until + timedelta(days=1), 0, zone)
    rows = [
        (
            *(one.what, one.scope, str(one.first), str(one.last), f"{one.amount:.2f}", one.currency),
            f"{sum(total([one], one.scope, start, end, zone).values(), Decimal()):.2f}",
            one.id,
        )
        for one in costs
    ]
    print(table(("WHAT", "SCOPE", "FIRST", "LAST", "AMOUNT", "CURRENCY", "SHARE", "ID"), rows))
    for scope in sorted({"centre", *(one.scope for one in costs)}):
        for currency, amount in sorted(total(costs, scope, start, end, zone).items()):
            print(f"{since} to {until}, {scope}: {amount:.2f} {currency}")
    return Exit.DONE


def add_cost(settings: Settings, given: argparse.Namespace) -> Exit:
    """Add a cost, or replace the one of the same what, scope and first day."""
    centre = current_centre(settings)
    names = {"what": given.what, "scope": given.scope, "amount": given.amount, "currency": given.currency}
    try:
        cost = Cost.model_validate({**names, "first": given.first, "last": given.last})
    except ValidationError as error:
        raise BadInput(said(error, "cost")[1]) from None
    kind, _, name = cost.scope.partition(":")
    if kind == "queue" and name not in centre.queues:
        raise BadInput(f"--scope: there is no queue {name!r}; expected one of: {', '.join(centre.queues)}")

    async def save(store: Store) -> Cost | None:
        costs = Costs(store, centre.time_zone)
        before = next((one for one in await costs.entries(cost.first, cost.first) if one.id == cost.id), None)
        await costs.save([cost])
        return before

    before = with_store(settings, save)
    instead = f", in the place of {before.amount:.2f} until {before.last}" if before else ""
    print(f"Cost {cost.id} is known: {cost.amount:.2f} {cost.currency} until {cost.last}{instead}.")
    return Exit.DONE


def remove_cost(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take a cost out, by its id."""
    zone = current_centre(settings).time_zone
    if not with_store(settings, lambda store: Costs(store, zone).remove(given.id)):
        raise CostUnknown(f"there is no cost {given.id}; `callcenter costs` shows those there are")
    print(f"Cost {given.id} is taken out.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter costs`; nothing means `list`."""
    parser.set_defaults(run=list_costs, since=None, until=None)
    command = subcommands(parser)
    listing = command("list", list_costs)
    listing.add_argument("--since", type=day, metavar="DAY")
    listing.add_argument("--until", type=day, metavar="DAY", help="the last day")
    adding = command("add", add_cost)
    adding.add_argument("what", help="what it is for, such as Salaries")
    adding.add_argument("amount", help="for the whole time, such as 1200.50")
    adding.add_argument("currency", help="three capital letters, such as CNY")
    adding.add_argument("--first", type=day, required=True, metavar="DAY")
    adding.add_argument("--last", type=day, required=True, metavar="DAY")
    adding.add_argument("--scope", default="centre", help="centre, queue:NAME or team:NAME (default: centre)")
    command("remove", remove_cost).add_argument("id")
    sheet_commands(command, ["costs"])
