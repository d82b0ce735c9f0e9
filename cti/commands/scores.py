"""`callcenter scores …`: quality scores that were made elsewhere, in the data base; the service need not run."""

import argparse
from datetime import timedelta

from cti.commands.arguments import agent_number, day, subcommands
from cti.commands.database import with_store
from cti.commands.errors import CommandError, Exit
from cti.commands.sheets import sheet_commands
from cti.commands.tables import table
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.inputs.clock_times import at
from recording.inputs.scores import Scores


class ScoreUnknown(CommandError):
    """There is no such score."""

    id = "unknown-score"


def list_scores(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the scores of elsewhere of some days, of the last 31 as a rule."""
    centre = current_centre(settings)
    zone = centre.time_zone
    until = given.until or centre.today()
    since = given.since or until - timedelta(days=30)
    times = at(since, 0, zone), at(until + timedelta(days=1), 0, zone)
    scores = with_store(settings, lambda store: Scores(store, zone).scores(*times, given.agent))
    rows = (
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
            *(one.agent, f"{one.score:.2f}", one.reviewer or "-", one.queue or "-", one.reference or "-", one.id),
        )
        for one in scores
    )
    print(table(("AT", "AGENT", "SCORE", "REVIEWER", "QUEUE", "REFERENCE", "ID"), rows))
    return Exit.DONE


def remove_score(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take a score out, by its id."""
    zone = current_centre(settings).time_zone
    if not with_store(settings, lambda store: Scores(store, zone).remove(given.id)):
        raise ScoreUnknown(f"there is no score {given.id}; `callcenter scores` shows those there are")
    print(f"Score {given.id} is taken out.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter scores`; nothing means `list`."""
    parser.set_defaults(run=list_scores, since=None, until=None, agent=None)
    command = subcommands(parser)
    listing = command("list", list_scores)
    listing.add_argument("--since", type=day, metavar="DAY")
    listing.add_argument("--until", type=day, metavar="DAY", help="the last day")
    listing.add_argument("--agent", type=agent_number)
    command("remove", remove_score).add_argument("id")
    sheet_commands(command, ["scores"])
