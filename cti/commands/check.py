"""`callcenter check`: whether the settings and the centre's files fit, before they go live."""

import argparse
import sys

from cti.centre import centre_of
from cti.commands.database import with_store
from cti.commands.errors import Exit
from cti.conversations import require_conversations
from cti.quality_names import Known, known_in, warnings
from cti.settings import Settings
from cti.versions.files import read_folder
from recording.database import is_away


def check(settings: Settings, given: argparse.Namespace) -> Exit:
    """Check the settings and every file under dialplans/; each fault is told with file, line and what was expected.

    The example conversations are carried out, too (`callcenter dialplan test`). What fits and is worth a word all the
    same is told as a warning, and refused with --strict: names in the sampling rules that nobody in the data base is
    called, score sheets that do not speak every language of the centre.
    """
    read_folder(settings.dialplans, f"{settings.dialplans}/")  # a link, or too large a file, could not be published
    centre = centre_of(settings)
    print(
        f"{settings.dialplans}: {centre.name}, {len(centre.numbers)} numbers, {len(centre.flows)} flows, "
        f"{len(centre.queues)} queues; all fit."
    )
    if conversations := require_conversations(centre, settings.dialplans):
        print(f"{conversations} conversations go as they should.")
    told = list(warnings(settings.dialplans, centre.languages, _known(settings)))
    for one in told:
        print(f"warning: {one}", file=sys.stderr)
    return Exit.BAD_INPUT if told and given.strict else Exit.DONE


def _known(settings: Settings) -> Known | None:
    """The names in the data base; None where there is none yet, or it is away: a check makes and asks for nothing."""
    if not settings.database and not settings.database_file.exists():
        return None
    try:
        return with_store(settings, known_in)
    except Exception as error:
        if not is_away(error):
            raise
        print("The data base is away: names in the sampling rules were not looked up.", file=sys.stderr)
        return None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter check`."""
    parser.description = check.__doc__
    parser.add_argument("--strict", action="store_true", help="a warning is a fault, too")
    parser.set_defaults(run=check)
