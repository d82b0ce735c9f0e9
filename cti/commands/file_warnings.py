"""What fits in the centre's files and is worth a word all the same (cti/quality_names.py), as commands tell it."""

import sys

from cti.centre import Centre
from cti.commands.database import with_store
from cti.quality_names import Known, known_in, warnings
from cti.settings import Settings
from recording.database import is_away


def tell_warnings(settings: Settings, centre: Centre) -> bool:
    """Print each of the folder's on standard error, with file, line and column; whether there is any."""
    told = list(warnings(settings.dialplans, centre.languages, _known(settings)))
    for one in told:
        print(f"warning: {one}", file=sys.stderr)
    return bool(told)


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
