"""`callcenter check`: whether the settings and the centre's files fit, before they go live."""

import argparse

from cti.centre import centre_of
from cti.commands.errors import Exit
from cti.commands.file_warnings import tell_warnings
from cti.conversations import require_conversations
from cti.settings import Settings
from cti.versions.files import read_folder


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
    return Exit.BAD_INPUT if tell_warnings(settings, centre) and given.strict else Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter check`."""
    parser.description = check.__doc__
    parser.add_argument("--strict", action="store_true", help="a warning is a fault, too")
    parser.set_defaults(run=check)
